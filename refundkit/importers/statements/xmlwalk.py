"""Walks a bank's XML in bounded memory: the elements asked for, one by one; hostile XML is refused with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, TreeBuilder

from refundkit.errors import InputError

if TYPE_CHECKING:
    from xml.parsers.expat import XMLParserType

MAX_DEPTH: Final = 64
MAX_PIECE: Final = 20_000
"""Elements within one element that is asked for."""

MAX_TEXT: Final = 4 << 20
MAX_TOKEN: Final = 1 << 20
"""Characters of all texts within such an element, and bytes of one tag with its attributes."""

MAX_BYTES: Final = 2_000_000_000
_CHUNK: Final = 1 << 16
_AGAIN: Final = "get the file again from the bank, as it is; nothing of it was taken"


class Tree:
    """An element with everything in it by its path ('Refs/EndToEndId'), gone through once."""

    __slots__ = ("found",)

    def __init__(self, element: Element) -> None:
        self.found: dict[str, list[Element]] = {}
        self._add(element, "")

    def _add(self, element: Element, before: str) -> None:
        for child in element:
            path = before + child.tag
            if path in self.found:
                self.found[path].append(child)
            else:
                self.found[path] = [child]
            if len(child):
                self._add(child, path + "/")

    def all(self, path: str) -> list[Element]:
        """Every element under a path."""
        return self.found.get(path, [])

    def text(self, *paths: str) -> str:
        """The first text that stands under one of these paths."""
        for path in paths:
            for element in self.found.get(path, ()):
                if text := (element.text or "").strip():
                    return text
        return ""

    def texts(self, path: str) -> list[str]:
        """Every text under a path."""
        return [element.text or "" for element in self.found.get(path, ())]


@dataclass(frozen=True, slots=True)
class Piece:
    """An element without those inside it that were asked for as well; names are without namespaces.

    `inside`: the name of the element it stands in. `line`: the file's line on which it ends.
    """

    name: str
    inside: str
    element: Element
    line: int


class _Target:
    """What the parser reports to: counts, refuses, and builds only what was asked for."""

    def __init__(self, wanted: frozenset[str]) -> None:
        self.wanted = wanted
        self.names: dict[str, str] = {}
        self.stack: list[str] = []
        self.building: list[TreeBuilder] = []
        self.sizes: list[int] = []
        self.texts: list[int] = []
        self.events = self.before = self.read = self.quiet = 0
        self.expat: XMLParserType | None = None
        self.ready: list[Piece] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = self.names.get(tag) or self._name(tag)
        self.stack.append(name)
        self.events += 1
        if len(self.stack) > MAX_DEPTH:
            raise ValueError(f"has elements nested more than {MAX_DEPTH} deep")
        if name in self.wanted:
            self.building.append(TreeBuilder())
            self.sizes.append(0)
            self.texts.append(0)
        if self.building:
            self.sizes[-1] += 1
            self.texts[-1] += sum(map(len, attributes.values()))
            if self.sizes[-1] > MAX_PIECE:
                raise ValueError(f"has more than {MAX_PIECE:,} elements within one")
            self.building[-1].start(name, attributes)

    def data(self, text: str) -> None:
        self.events += 1
        if self.building:
            self.texts[-1] += len(text)
            if self.texts[-1] > MAX_TEXT:
                raise ValueError("holds a text of more than 4 MB")
            self.building[-1].data(text)

    def end(self, _: str) -> None:
        name = self.stack.pop()
        self.events += 1
        if self.building:
            element = self.building[-1].end(name)
            if name in self.wanted:
                self.building.pop().close()
                self.sizes.pop()
                self.texts.pop()
                inside = self.stack[-1] if self.stack else ""
                self.ready.append(Piece(name, inside, element, self.expat.CurrentLineNumber if self.expat else 0))

    def close(self) -> None:
        """Nothing is left to do at the end."""

    def count(self, size: int) -> None:
        """Count bytes that were read; raise ValueError for a tag or a file that is too large."""
        self.read += size
        self.quiet = 0 if self.events > self.before else self.quiet + size
        self.before = self.events
        if self.quiet > MAX_TOKEN:
            raise ValueError("holds a tag of more than 1 MB")
        if self.read > MAX_BYTES:
            raise ValueError("is larger than 2 GB")

    def must_have(self, names: frozenset[str]) -> None:
        """Raise ValueError when no element had one of these names."""
        if names.isdisjoint(self.names.values()):
            raise ValueError(f"holds no {' and no '.join(sorted(names))}, so there is nothing to read in it")

    def taken(self) -> list[Piece]:
        """What has become ready since this was asked last."""
        found, self.ready = self.ready, []
        return found

    def _name(self, tag: str) -> str:
        name = tag.rpartition("}")[2]
        if len(self.names) < 10_000:
            self.names[tag] = name
        return name


def walk(path: Path, name: str, wanted: frozenset[str], message: frozenset[str]) -> Iterator[Piece]:
    """The wanted elements in the order in which they end. Raise InputError for what is no sound, harmless XML.

    `message`: names of elements of which one must be there, for the file to be of this kind.
    """
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser, ParseError

    target = _Target(wanted)
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    target.expat = expat = parser.parser
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                parser.feed(chunk)
                target.count(len(chunk))
                yield from target.taken()
        parser.close()
        yield from target.taken()
        target.must_have(message)
    except DefusedXmlException as err:
        what = "declares a document type or entities, as no bank's file does"
        raise _refusal(what, name, expat.CurrentLineNumber) from err
    except ParseError as err:
        what = "is cut or damaged" if target.stack else "is no XML"
        raise _refusal(f"{what}: {_reason(err)}", name, err.position[0]) from err
    except (ValueError, LookupError) as err:
        raise _refusal(_reason(err), name, expat.CurrentLineNumber) from err
    except OSError as err:
        raise InputError(f"cannot be read: {err.strerror}", hint="check the file and its rights", where=name) from err


def _reason(err: Exception) -> str:
    """What the parser says, without its own place."""
    return str(err).partition(": line")[0][:200]


def _refusal(what: str, name: str, line: int) -> InputError:
    return InputError(what, hint=_AGAIN, where=f"{name}, line {line}" if line else name)

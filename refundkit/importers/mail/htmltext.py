"""HTML of a mail as the text a person sees: no styles, scripts or hidden parts; quotes marked; nothing is fetched."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Final

MAX_HTML: Final = 1_000_000
_MAX_TAG: Final = 20_000
_MAX_DEPTH: Final = 200

_SILENT: Final = frozenset({"style", "script", "head", "title", "noscript", "template", "svg", "xml", "object"})
_BLOCK_TAGS: Final = (
    "p div tr table ul ol li blockquote h1 h2 h3 h4 h5 h6 pre hr section article header footer center dl dt dd form"
    " fieldset address body html tbody thead caption"
)
_BLOCK: Final = frozenset(_BLOCK_TAGS.split())
_VOID_TAGS: Final = "br hr img input meta link area base col embed source track wbr"
_VOID: Final = frozenset(_VOID_TAGS.split())
_NAME: Final = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:]{0,40})")
_HIDDEN: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em)?\s*[;\"']|mso-hide\s*:\s*all|\shidden(?:[\s=>]|$)",
    re.IGNORECASE,
)
_HREF: Final = re.compile(r"href\s*=\s*[\"']?(https?://[^\s\"'>]{1,300})", re.IGNORECASE)
_SPACE: Final = re.compile(r"[ \t\r\n\f\u00a0]+")
_EDGES: Final = re.compile(r" *\n[ ]*")
_EMPTY_LINES: Final = re.compile(r"\n{3,}")


@dataclass(slots=True)
class _Page:
    """What has been written so far. `silent`: the tag whose end ends a part that is not shown, and how deep it is.

    `next_end` is where the next '>' stands, looked up once, so that a million '<' cost no more than one.
    """

    done: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    filled: bool = False
    quote: int = 0
    silent: str = ""
    depth: int = 0
    href: str = ""
    shown: list[str] = field(default_factory=list)
    next_end: int = 0

    def end_line(self) -> None:
        """Begin a new line, also after an empty one."""
        self.done.append("".join(self.line))
        self.line, self.filled = [], False

    def newline(self) -> None:
        """Begin a new line unless this one is empty."""
        if self.filled:
            self.end_line()

    def add(self, text: str) -> None:
        """Write on the current line."""
        if not self.line and self.quote:
            self.line.append("> " * min(self.quote, 10))
        self.line.append(text)
        self.filled = self.filled or not text.isspace()
        if self.href:
            self.shown.append(text)


def to_text(source: str) -> str:
    """The readable text of an HTML body. Quoted blocks begin with '> ', table cells are set apart by tabs."""
    source = source[:MAX_HTML]
    page, at = _Page(), 0
    while at < len(source):
        opening = source.find("<", at)
        end = len(source) if opening < 0 else opening
        _text(page, source[at:end])
        if opening < 0:
            break
        at = _markup(page, source, opening)
    page.end_line()
    text = "\n".join(_tidy(line) for line in page.done)
    return _EMPTY_LINES.sub("\n\n", _EDGES.sub("\n", text)).strip()


def _markup(page: _Page, source: str, at: int) -> int:
    """Handle what begins with '<' at this place; return where reading goes on."""
    if source.startswith("<!--", at):
        end = source.find("-->", at + 4)
        return len(source) if end < 0 else end + 3
    if page.next_end <= at:
        found = source.find(">", at + 1)
        page.next_end = len(source) if found < 0 else found
    end = page.next_end
    name = _NAME.match(source, at + 1)
    if end == len(source) or end - at > _MAX_TAG or (name is None and source[at + 1 : at + 2] not in "!?/"):
        _text(page, "<")
        return at + 1
    if name is not None:
        tag = name[1].lower()
        inside = source[name.end() : end]
        if source[at + 1] == "/":
            _close(page, tag)
        else:
            _open(page, tag, inside)
    return end + 1


def _open(page: _Page, tag: str, inside: str) -> None:
    if page.silent:
        page.depth += tag == page.silent
        return
    hidden = tag not in _VOID and tag not in ("body", "html") and _HIDDEN.search(inside) is not None
    if (tag in _SILENT or hidden) and not inside.rstrip().endswith("/"):
        page.silent, page.depth = tag, 1
        return
    if tag == "br":
        page.end_line()
    elif tag in _BLOCK:
        page.newline()
        if tag in ("p", "h1", "h2", "h3", "blockquote", "table"):
            page.end_line()
        page.quote += tag == "blockquote" and page.quote < _MAX_DEPTH
        if tag == "li":
            page.add("- ")
    elif tag in ("td", "th") and page.filled:
        page.add("\t")
    elif tag == "a":
        found = _HREF.search(inside)
        page.href = html.unescape(found[1]) if found else ""
        page.shown = []


def _close(page: _Page, tag: str) -> None:
    if page.silent:
        if tag == page.silent:
            page.depth -= 1
            page.silent = "" if page.depth <= 0 else page.silent
        elif tag in ("body", "html"):
            page.silent = ""
        return
    if tag == "blockquote":
        page.newline()
        page.quote = max(0, page.quote - 1)
        page.end_line()
    elif tag in _BLOCK:
        page.newline()
        if tag in ("p", "h1", "h2", "h3", "table"):
            page.end_line()
    elif tag == "a" and page.href:
        shown, href = "".join(page.shown).strip(), page.href
        page.href = ""
        if shown and shown.rstrip("/") != href.rstrip("/"):
            page.add(f" <{href}>")


def _text(page: _Page, raw: str) -> None:
    if page.silent or not raw:
        return
    text = _SPACE.sub(" ", html.unescape(raw).replace("\x00", ""))
    if text != " " or page.filled:
        page.add(text)


def _tidy(line: str) -> str:
    return re.sub(r"[ \u00a0]+", " ", line).strip(" ").replace(" \t", "\t").replace("\t ", "\t")

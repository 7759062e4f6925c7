"""All presets, the program's and the person's own, and which of them a row of headings belongs to."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from refundkit.errors import UsageError
from refundkit.importers.presets.preset import Preset
from refundkit.importers.tabular.headings import plain
from refundkit.model.toml_lines import line_of, lines

P = TypeVar("P", bound=Preset)

ENOUGH: Final = Fraction(4, 5)
"""The share of a preset's key headings that must be there."""

_plain: Final = lru_cache(maxsize=4096)(plain)
"""For the headings that presets name: the same few for every row."""

_HINT: Final = "docs/how-to/import-a-list.md shows how a preset file is written"


@dataclass(frozen=True, slots=True)
class Met:
    """A preset, and where its headings stand in one list: a plain name -> the columns so called, in order."""

    preset: Preset
    places: Mapping[str, tuple[int, ...]]

    def all(self, heading: str) -> tuple[int, ...]:
        """The columns of a heading of the preset, under its own name or another one of it."""
        found = self.places.get(_plain(heading), ())
        for name in self.preset.also.get(heading, ()):
            found += self.places.get(_plain(name), ())
        return found


@dataclass(frozen=True, slots=True)
class Known:
    """A preset with the plain names of each key heading, and those it never has."""

    preset: Preset
    key: tuple[frozenset[str], ...]
    without: frozenset[str]

    def rank(self, names: frozenset[str]) -> tuple[Fraction, bool, int] | None:
        """How well headings fit: the share of the key, own ones first, the length of the key; None when they do not."""
        if names & self.without:
            return None
        there = sum(1 for key in self.key if key & names)
        share = Fraction(there, len(self.key))
        return (share, self.preset.own, there) if share >= ENOUGH else None


def find(headings: Sequence[str], own: Path | None) -> tuple[Met | None, list[str]]:
    """The preset that fits a row of headings best, and the titles of those that fit equally well when none does better.

    Order, letter case, '*' and further columns do not matter. `own`: the folder of the person's own presets.
    """
    return best(headings, _all(own))


def best(headings: Sequence[str], presets: Iterable[Known]) -> tuple[Met | None, list[str]]:
    """The same among these presets."""
    places: dict[str, tuple[int, ...]] = {}
    for place, heading in enumerate(headings):
        if name := plain(heading):
            places[name] = (*places.get(name, ()), place)
    names = frozenset(places)
    ranked = [(rank, known.preset) for known in presets if (rank := known.rank(names)) is not None]
    if not ranked:
        return None, []
    highest = max(rank for rank, _ in ranked)
    fitting = [preset for rank, preset in ranked if rank == highest]
    if len(fitting) > 1:
        return None, [preset.title for preset in fitting]
    return Met(fitting[0], places), []


def fits(headings: Sequence[str], own: Path | None) -> bool:
    """Whether a row of cells may be the headings of an export that a preset knows."""
    return sum(1 for h in headings if h) > 1 and any(find(headings, own))


def builtin() -> list[Preset]:
    """The program's own presets, by name."""
    return [known.preset for known in _builtin()]


def _all(own: Path | None) -> tuple[Known, ...]:
    if own is None or not own.is_dir():
        return _builtin()
    found = sorted(own.glob("*.toml"))
    return (*_builtin(), *_own(tuple((p, p.stat().st_size, p.stat().st_mtime_ns) for p in found)))


@lru_cache(maxsize=1)
def _builtin() -> tuple[Known, ...]:
    folder = files(__package__).joinpath("exports")
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(known(parse(f.read_bytes(), f.name.removesuffix(".toml"), f.name, own=False)) for f in found)


@lru_cache(maxsize=1)
def _own(found: tuple[tuple[Path, int, int], ...]) -> tuple[Known, ...]:
    """The person's own presets; read again when a file changes."""
    return tuple(known(parse(path.read_bytes(), path.stem, str(path), own=True)) for path, _, _ in found)


def known(preset: Preset) -> Known:
    """A preset made ready for being found."""
    names = [frozenset(map(plain, (heading, *preset.also.get(heading, ())))) for heading in preset.key]
    return Known(preset, tuple(names), frozenset(map(plain, preset.without)))


def parse(data: bytes, name: str, where: str, *, own: bool) -> Preset:
    """Read a preset file; raise UsageError naming file, line and key of the first things that are wrong."""
    return parse_as(Preset, data, name, where, own=own)


def parse_as(kind: type[P], data: bytes, name: str, where: str, *, own: bool) -> P:
    """The same for a preset of another kind."""
    try:
        text = data.decode("utf-8-sig")
        table: dict[str, Any] = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as err:
        raise UsageError(f"is no preset: {err}", hint=_HINT, where=where) from err
    try:
        return kind.model_validate({**table, "name": name, "own": own})
    except ValidationError as err:
        places = lines(text)
        said = [_problem(dict(found), places) for found in err.errors(include_url=False)]
        raise UsageError("; ".join(said[:5]), hint=_HINT, where=where) from err


def _problem(found: Mapping[str, Any], known: dict[tuple[str | int, ...], int]) -> str:
    """One thing that is wrong, with its line and key; 'payments.1.amount' is in the first of [[payments]]."""
    place = tuple(found["loc"])
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
    message = str(found["msg"]).removeprefix("Value error, ")
    what = {"missing": "is missing", "extra_forbidden": "means nothing here"}.get(str(found["type"]), message)
    return f"line {line_of(known, place)}: {key + ' ' if key else ''}{what[:1].lower()}{what[1:]}"

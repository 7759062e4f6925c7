"""What a bank's preset says: a list as other presets describe it, and what of a row is day, amount and reference.

`refundkit/importers/presets/preset.py` says what the keys mean that all presets have.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from refundkit.errors import InputError
from refundkit.importers.presets.catalog import Known, Met, best, known, parse_as
from refundkit.importers.presets.preset import From, Preset, When, Words
from refundkit.model.statements import Said


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Saying(_Model):
    """What rows say for which `when` holds: 'pending', 'returned' and the like."""

    said: Said = Field(alias="is")
    when: When


class Statement(_Model):
    """Where the values of a line stand, and for which rows.

    `amount`: signed, negative when money left, or with `direction` ('out', 'in') beside it; else `debit` and `credit`
    in columns of their own. `references`: ids in the order of their weight. `text`: columns of words, put together.
    `cheque`: the column of cheques' numbers, which stands in `references` too.
    `says`: the first that fits counts; else the row is booked.
    """

    when: When = Field(default_factory=dict)
    on: From
    amount: From | None = None
    direction: From | None = None
    debit: From | None = None
    credit: From | None = None
    currency: From | None = None
    account: From | None = None
    references: Annotated[tuple[From, ...], BeforeValidator(_tuple)] = ()
    cheque: From | None = None
    text: Words = ()
    name: From | None = None
    code: From | None = None
    identity: From | None = None
    says: Annotated[tuple[Saying, ...], BeforeValidator(_tuple)] = ()

    @model_validator(mode="after")
    def _some_amount(self) -> Statement:
        if self.amount is None and (self.debit is None or self.credit is None):
            raise ValueError("needs 'amount', or both 'debit' and 'credit'")
        return self


class BankPreset(Preset):
    """One list of a bank or processor.

    `columns` and `shape`: the names of the columns of a list without headings, and what each cell of its rows looks
    like (regular expressions). `account_above`: a pattern whose group is the account, in the lines above the headings.
    `footer`: how lines begin that are none of the list. `secret`: columns with the other side's account, which are
    never shown. `last`: it counts only where no other preset fits.
    """

    columns: Words = ()
    shape: Words = ()
    account_above: str = ""
    footer: Words = ()
    secret: Words = ()
    last: bool = False
    statement: Statement

    @field_validator("shape", "account_above")
    @classmethod
    def _patterns(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for pattern in (value,) if isinstance(value, str) else value:
            try:
                re.compile(pattern)
            except re.error as err:
                raise ValueError(f"is no regular expression: {err}") from err
        return value

    @model_validator(mode="after")
    def _something(self) -> BankPreset:
        if self.requests or self.blocks or self.nothing:
            raise ValueError("describes a statement, so it takes neither requests nor records")
        if len(self.columns) != len(self.shape):
            raise ValueError("'columns' and 'shape' go together, one pattern a column")
        return self


def find(headings: Sequence[str], own: Path | None) -> tuple[BankPreset, Met] | None:
    """The preset that fits a row of headings. Raise InputError when several do equally well."""
    for presets in _shelves(own):
        met, equal = best(headings, presets)
        if equal:
            hint = "make the 'key' of your own preset longer"
            raise InputError(f"fits several presets equally well: {', '.join(equal)}", hint=hint)
        if met is not None and isinstance(met.preset, BankPreset):
            return met.preset, met
    return None


def fits(headings: Sequence[str], own: Path | None) -> bool:
    """Whether a row of cells may be the headings of a list that a preset knows."""
    return sum(1 for h in headings if h) > 1 and any(best(headings, presets) != (None, []) for presets in _shelves(own))


def without_headings(rows: Sequence[Sequence[str]], own: Path | None) -> BankPreset | None:
    """The preset of a list without headings of which these are the first rows."""
    for preset in [k.preset for shelf in _shelves(own) for k in shelf]:
        if rows and isinstance(preset, BankPreset) and preset.shape:
            patterns = [re.compile(pattern) for pattern in preset.shape]
            if all(
                len(row) == len(patterns)
                and all(p.fullmatch(cell[:200]) for p, cell in zip(patterns, row, strict=True))
                for row in rows
            ):
                return preset
    return None


def builtin() -> list[BankPreset]:
    """The program's own bank presets, by name."""
    return list(_builtin())


def _shelves(own: Path | None) -> tuple[tuple[Known, ...], tuple[Known, ...]]:
    """Those that are looked at first, and those that count only where none of these fits."""
    found = sorted(own.glob("*.toml")) if own is not None and own.is_dir() else []
    return _ranked(tuple((path, path.stat().st_size, path.stat().st_mtime_ns) for path in found))


@lru_cache(maxsize=1)
def _builtin() -> tuple[BankPreset, ...]:
    folder = files(__package__).joinpath("presets")
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    names = [(f, f.name.removesuffix(".toml")) for f in found]
    return tuple(parse_as(BankPreset, f.read_bytes(), name, f.name, own=False) for f, name in names)


@lru_cache(maxsize=4)
def _ranked(own: tuple[tuple[Path, int, int], ...]) -> tuple[tuple[Known, ...], tuple[Known, ...]]:
    """The person's own presets are read again when a file changes."""
    theirs = [parse_as(BankPreset, path.read_bytes(), path.stem, str(path), own=True) for path, _, _ in own]
    presets = [*_builtin(), *theirs]
    return tuple(known(p) for p in presets if not p.last), tuple(known(p) for p in presets if p.last)

"""Loads the shop's records: native files and exports; newest version of a row kept, older ones stay in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final

from refundkit.errors import InputError
from refundkit.importers.presets.catalog import Met, find
from refundkit.importers.presets.records import Bad, Known, Passed, Row, mapped, read_records
from refundkit.importers.registry import opened
from refundkit.importers.tabular.choices import Choices
from refundkit.importers.tabular.plan import renamed
from refundkit.importers.tabular.rows import Sheet
from refundkit.importers.tabular.shop import TableShop
from refundkit.model.org import RECORDS_LOADED
from refundkit.model.people import Act
from refundkit.model.records import Kind, RowError, kinds
from refundkit.store import records
from refundkit.workflow.lists import Ways
from refundkit.workflow.pen import Pen
from refundkit.workflow.shop import Shop

_CHUNK_CHARACTERS: Final = 120_000
_LOOK_UP: Final = 2_000
Progress = Callable[[str, int], None]


@dataclass
class FileReport:
    """What came of one file. `rejects`: (line, column, sentence, the row's words)."""

    file: str
    kind: str
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejects: list[tuple[int, str, str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def load(
    shop: Shop,
    paths: Sequence[Path],
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    ways: Ways | None = None,
) -> list[FileReport]:
    """Load record files, native ones and exports that a preset knows, or every native one found in a folder.

    All of the good rows, or nothing when a file is bad. `ways`: what a person said about lists. One report for each
    file and kind of records.
    """
    shop.require(Act.RECORDS)
    known = kinds(shop.zone)
    with shop.write(keep=not dry_run) as pen:
        book = _Book(shop, pen, known, ways or Ways(Choices()), progress)
        return [report for path in _files(paths, known) for report in book.file(path)]


def _files(paths: Sequence[Path], known: dict[str, Kind]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = [path / kind.file for kind in known.values() if (path / kind.file).is_file()]
        if not found:
            names = ", ".join(k.file for k in known.values())
            raise InputError(
                "no native record file lies in this folder", hint=f"it would be named {names}", where=str(path)
            )
        yield from found


class _Book:
    """Loads one file after the other into one store."""

    def __init__(self, shop: Shop, pen: Pen, known: dict[str, Kind], ways: Ways, progress: Progress | None) -> None:
        self._shop, self._pen, self._known, self._ways, self._progress = shop, pen, known, ways, progress
        self._columns = {column for kind in known.values() for column in kind.columns}

    def file(self, path: Path) -> list[FileReport]:
        """Load one file. Raise InputError when it holds no records."""
        reports: list[FileReport] = []
        refused: list[InputError] = []
        choices = self._ways.of(self._shop, path)
        for sheet in opened(path, str(path), choices.own):
            headings = renamed(sheet, choices.columns, self._columns)
            native = _native(path, headings, self._known)
            if native is not None:
                reports.append(self._native(path, sheet, headings, native))
                continue
            met, equal = find(sheet.headings, choices.own)
            if met is not None and met.preset.blocks:
                reports += self._export(path, sheet, mapped(met, choices.columns), choices)
            else:
                refused.append(_no_records(path, sheet, headings, self._known, met, equal))
        if not reports:
            hint = "save the sheet as CSV and load that"
            raise refused[0] if refused else InputError("no sheet of it can be read", hint=hint, where=str(path))
        reports[0].notes += [f"a sheet was not read: {err.message}" for err in refused]
        return reports

    def _native(self, path: Path, sheet: Sheet, headings: list[str], kind: Kind) -> FileReport:
        report = FileReport(str(path), kind.name)
        places = [headings.index(c) for c in kind.columns]
        extra = [h for h in headings if h not in kind.columns]
        if extra:
            report.notes.append(f"not read: {', '.join(extra)}")
        loader = Loader(self._pen, kind, report, str(path), sha256_of(path))
        width = len(headings)
        for line, row in sheet.rows():
            report.rows += 1
            if len(row) != width:
                loader.reject(line, "", f"has {len(row)} cells under {width} headings", row)
            else:
                loader.take(line, row if places == list(range(width)) else [row[p] for p in places], row)
            if self._progress and report.rows % 5_000 == 0:
                self._progress(path.name, report.rows)
        loader.finish()
        return report

    def _export(self, path: Path, sheet: Sheet, met: Met, choices: Choices) -> list[FileReport]:
        """Load another system's export: a report for each kind of records it gives."""
        digest = sha256_of(path)
        names = [name for name in self._known if getattr(met.preset, name, ())]
        reports = {name: FileReport(str(path), name) for name in names}
        loaders = {n: Loader(self._pen, self._known[n], r, str(path), digest) for n, r in reports.items()}
        first = reports[names[0]]
        left: dict[str, list[int]] = {}
        told = replace(choices, say=first.notes.append)
        shop = TableShop(self._shop.org.base, self._shop.zone, self._shop.now, told)
        for done, found in enumerate(read_records(sheet, met, shop, self._what_is_known()), start=1):
            match found:
                case Row():
                    reports[found.kind].rows += 1
                    loaders[found.kind].take(found.line, found.cells, [found.words])
                case Bad():
                    reports[found.kind].rows += 1
                    loaders[found.kind].reject(found.line, found.column, found.problem, [found.words])
                case Passed():
                    left.setdefault(found.why, []).append(found.line)
            if self._progress and done % 5_000 == 0:
                self._progress(path.name, done)
        for loader in loaders.values():
            loader.finish()
        first.notes += [_left_out(why, lines) for why, lines in left.items()]
        return list(reports.values())

    def _what_is_known(self) -> Known:
        connection, orders = self._pen.connection, self._known["service_orders"]

        def order(number: str) -> Sequence[str] | None:
            row = [number] + [""] * (len(orders.columns) - 1)
            return records.existing(connection, orders, [row]).get((number,))

        return Known(
            customer=records.Names(connection).customer,
            invoice_of=lambda payment: records.invoice_paid_by(connection, payment),
            order=order,
        )


def _left_out(why: str, lines: Sequence[int]) -> str:
    shown = ", ".join(map(str, lines[:5])) + (" ..." if len(lines) > 5 else "")
    return f"left out {len(lines)} row{'' if len(lines) == 1 else 's'}: {why} (line {shown})"


def _native(path: Path, headings: Sequence[str], known: dict[str, Kind]) -> Kind | None:
    """The kind of a native file, by its name when the columns fit, else by its columns; None when it is none."""
    fits = [k for k in known.values() if set(headings) >= set(k.columns)]
    named = known.get(path.stem)
    if named in fits:
        return named
    return max(fits, key=lambda k: len(k.columns)) if fits else None


def _no_records(
    path: Path, sheet: Sheet, headings: Sequence[str], known: dict[str, Kind], met: Met | None, equal: Sequence[str]
) -> InputError:
    """Why a file is none of the shop's records."""
    where = f"{path}:{sheet.header_line}"
    if met is not None and met.preset.nothing:
        what = f"is {met.preset.title}, and there are no records in it: {met.preset.nothing}"
        return InputError(what, hint="nothing is read from it", where=where)
    if met is not None:
        hint = f"requests go through: refundkit import {path}"
        return InputError(f"is {met.preset.title}, and there are no records in it", hint=hint, where=where)
    if equal:
        what = f"fits several presets equally well: {', '.join(equal)}"
        return InputError(what, hint="export more of its columns", where=where)
    named = known.get(path.stem)
    if named:
        missing = [c for c in named.columns if c not in headings]
        hint = f"{named.file} has {', '.join(named.columns)}"
        return InputError(f"columns are missing: {', '.join(missing)}", hint=hint, where=where)
    files = ", ".join(k.file for k in known.values())
    return InputError(
        f"these headings are none of the native records: {', '.join(sheet.headings[:12])}",
        hint=f"native files: {files}; requests go through 'refundkit import'", where=str(path),
    )  # fmt: skip


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


class Loader:
    """Collects the rows of one file that are new or changed, and writes them as events of bounded size."""

    def __init__(self, pen: Pen, kind: Kind, report: FileReport, name: str, digest: str) -> None:
        self._pen, self._kind, self._report, self._name, self._digest = pen, kind, report, name, digest
        self._empty = records.is_empty(pen.connection, kind)
        self._lines: dict[Any, int] = {}
        self._read: list[list[str]] = []
        self._pending: list[list[str]] = []
        self._size = 0

    def reject(self, line: int, column: str, problem: str, row: Sequence[str]) -> None:
        """Note a row that cannot be taken, and why."""
        self._report.rejects.append((line, column, problem, ",".join(row)[:2_000]))

    def take(self, line: int, row: Sequence[str], words: Sequence[str]) -> None:
        """Take one row; what is no row of this kind is rejected, with `words` kept."""
        try:
            kept, _ = self._kind.read(row)
        except RowError as err:
            self.reject(line, err.column, err.problem, words)
            return
        key = kept[self._kind.key[0]] if len(self._kind.key) == 1 else tuple(kept[i] for i in self._kind.key)
        first = self._lines.setdefault(key, line)
        if first != line:
            shown = key if isinstance(key, str) else " ".join(key)
            names = " and ".join(self._kind.columns[i] for i in self._kind.key)
            self.reject(line, names, f"{shown} stands already in line {first}", words)
            return
        self._read.append(kept)
        if len(self._read) >= _LOOK_UP:
            self._compare()

    def _compare(self) -> None:
        known = {} if self._empty else records.existing(self._pen.connection, self._kind, self._read)
        for kept in self._read:
            before = known.get(tuple(kept[i] for i in self._kind.key))
            if before is None:
                self._report.new += 1
            elif before == tuple(kept):
                self._report.unchanged += 1
                continue
            else:
                self._report.changed += 1
            self._pending.append(kept)
            self._size += sum(map(len, kept))
            if self._size >= _CHUNK_CHARACTERS:
                self._write()
        self._read.clear()

    def _write(self) -> None:
        if self._pending:
            data = {"kind": self._kind.name, "file": self._name, "sha256": self._digest, "rows": self._pending}
            self._pen.append(RECORDS_LOADED, data)
        self._pending, self._size = [], 0

    def finish(self) -> None:
        """Write what is still held."""
        self._compare()
        self._write()

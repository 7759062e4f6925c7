"""Loads the shop's records: native files in, newest version of every row kept, older ones in the ledger for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final

from refundkit.errors import InputError
from refundkit.importers.tabular.rows import Table, open_table
from refundkit.model.org import RECORDS_LOADED
from refundkit.model.people import Act
from refundkit.model.records import Kind, RowError, kinds
from refundkit.store import records
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
    shop: Shop, paths: Sequence[Path], *, dry_run: bool = False, progress: Progress | None = None
) -> list[FileReport]:
    """Load native record files, or every one found in a folder. All of the good rows, or nothing when a file is bad."""
    shop.require(Act.RECORDS)
    known = kinds(shop.zone)
    with shop.write(keep=not dry_run) as pen:
        return [_load_file(pen, path, known, progress) for path in _files(paths, known)]


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


def _load_file(pen: Pen, path: Path, known: dict[str, Kind], progress: Progress | None) -> FileReport:
    table = open_table(path, str(path))
    kind = _kind_of(path, table, known)
    report = FileReport(str(path), kind.name)
    places = [table.headings.index(c) for c in kind.columns]
    extra = [h for h in table.headings if h not in kind.columns]
    if extra:
        report.notes.append(f"not read: {', '.join(extra)}")
    loader = _Loader(pen, kind, report, str(path), _sha256(path))
    width = len(table.headings)
    for line, row in table.rows():
        report.rows += 1
        if len(row) != width:
            loader.reject(line, "", f"has {len(row)} cells under {width} headings", row)
        else:
            loader.take(line, row if places == list(range(width)) else [row[p] for p in places], row)
        if progress and report.rows % 5_000 == 0:
            progress(path.name, report.rows)
    loader.finish()
    return report


def _kind_of(path: Path, table: Table, known: dict[str, Kind]) -> Kind:
    headings = set(table.headings)
    fits = [k for k in known.values() if headings >= set(k.columns)]
    named = known.get(path.stem)
    if named and named not in fits:
        missing = [c for c in named.columns if c not in headings]
        raise InputError(
            f"columns are missing: {', '.join(missing)}", hint=f"{named.file} has {', '.join(named.columns)}",
            where=f"{path}:{table.header_line}",
        )  # fmt: skip
    if named or len(fits) == 1:
        return named or fits[0]
    if fits:
        return max(fits, key=lambda k: len(k.columns))
    raise InputError(
        f"these headings are none of the native records: {', '.join(table.headings[:12])}",
        hint=f"native files: {', '.join(k.file for k in known.values())}; requests go through 'refundkit import'",
        where=str(path),
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


class _Loader:
    """Collects the rows of one file that are new or changed, and writes them as events of bounded size."""

    def __init__(self, pen: Pen, kind: Kind, report: FileReport, name: str, digest: str) -> None:
        self._pen, self._kind, self._report, self._name, self._digest = pen, kind, report, name, digest
        self._empty = records.is_empty(pen.connection, kind)
        self._lines: dict[Any, int] = {}
        self._read: list[list[str]] = []
        self._pending: list[list[str]] = []
        self._size = 0

    def reject(self, line: int, column: str, problem: str, row: Sequence[str]) -> None:
        self._report.rejects.append((line, column, problem, ",".join(row)[:2_000]))

    def take(self, line: int, row: Sequence[str], words: Sequence[str]) -> None:
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
        self._compare()
        self._write()

"""Rejected rows out as a file one can mend, and the mended rows back in, each tied to the row it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from refundkit.errors import InputError, RefusedError
from refundkit.exporters.files import safe_write
from refundkit.exporters.journals.csv_lines import csv_bytes
from refundkit.exporters.text import cell_text
from refundkit.importers.tabular.amounts import unwrap
from refundkit.importers.tabular.headings import NATIVE
from refundkit.importers.tabular.mended import HEADINGS, as_row, read_mended
from refundkit.importers.tabular.shop import TableShop
from refundkit.model.people import Act
from refundkit.model.requests import Draft, Ignored, Place, Reject, place_in
from refundkit.store import leftovers as kept
from refundkit.workflow import leftovers
from refundkit.workflow.fingerprints import Fingerprints
from refundkit.workflow.intake import Intake, Line, Report, shop_facts
from refundkit.workflow.kinship import OnDuplicate
from refundkit.workflow.shop import Shop

_BOM = "\ufeff".encode()  # without it Excel takes UTF-8 for Windows-1252


def refuse_existing(path: Path) -> None:
    """Never write over a file that somebody may be mending."""
    if path.exists():
        raise RefusedError(
            "this file is there already", hint="name another, or move it away: it may hold what somebody mended",
            where=str(path),
        )  # fmt: skip


def write(shop: Shop, path: Path) -> int:
    """Write every row that could not be a case, and is none since, into a new CSV; return how many there are."""
    refuse_existing(path)
    rows = leftovers.listed(shop, "reject")
    lines = [as_row(r["id"], place_in(r), r["column"], r["problem"], r["cells"], r["words"]) for r in rows]
    if rows:
        content = _BOM + csv_bytes(HEADINGS, ([cell_text(cell) for cell in line] for line in lines))
        safe_write(path.parent, [(path.name, content)])
    return len(rows)


def take_back(shop: Shop, path: Path, *, dry_run: bool = False, keep_lines: bool = True) -> Report:
    """Make cases of the rows of such a file that are sound now. The others stay rejected, with what is wrong."""
    shop.require(Act.IMPORT)
    table = TableShop(shop.org.base, shop.zone, shop.now, forms=shop_facts(shop).forms)
    report = Report()
    with shop.write(keep=not dry_run) as pen:
        intake = Intake(shop, pen, report, keep_lines=keep_lines, on_duplicate=OnDuplicate.REVIEW, choices={})
        for line, left, reading in _rows(shop, path, table):
            if left is None:
                report.add(Line(reading, "reject"), keep=True)
            elif left["case"]:
                report.again += 1
                report.add(
                    Line(reading, "duplicate", left["case"], left["case"], Place(left["file"], None)), keep=keep_lines
                )
            elif isinstance(reading, Draft):
                here = replace(reading, file=left["file"], index=left["index"], sheet=left["sheet"])
                mark = Fingerprints(f"{path}#{line}").of(here)
                intake.left_over([(here, mark)], left["fingerprint"])
            else:
                report.add(Line(reading, "reject"), keep=True)
        intake.finish(str(path))
    return report


def _written(left: dict[str, Any]) -> dict[str, str]:
    """The cells as the file got them."""
    return {name: unwrap(cell_text(left["cells"].get(name, ""))) for name in NATIVE}


def _rows(
    shop: Shop, path: Path, table: TableShop
) -> Iterator[tuple[int, dict[str, Any] | None, Draft | Reject | Ignored]]:
    """(line, what was left over, what the mended row says) of every row of the file."""
    name = str(path)
    try:
        for row in read_mended(path, name, table):
            found = kept.find(shop.store, row.number, "reject") if row.number else []
            if len(found) != 1:
                problem = f"no rejected row has the number '{row.number[:40]}'"
                yield row.line, None, Reject(name, row.line, problem, "", "reject")
            elif isinstance(row.reading, Draft | Reject) and (found[0]["case"] or row.cells != _written(found[0])):
                yield row.line, found[0], row.reading
            else:
                yield row.line, found[0], Reject(name, row.line, "nothing in it was mended yet", found[0]["words"])
    except OSError as err:
        raise InputError(f"cannot be read: {err.strerror}", hint="check the path", where=name) from err

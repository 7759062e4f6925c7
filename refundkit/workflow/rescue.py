"""Makes a case of a message or row that seemed to ask for no refund, because a person says that it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from refundkit.importers.registry import read_file
from refundkit.model.people import Act
from refundkit.model.requests import Draft
from refundkit.store import documents
from refundkit.workflow import leftovers
from refundkit.workflow.fingerprints import Fingerprints
from refundkit.workflow.intake import Intake, Report, shop_facts
from refundkit.workflow.kinship import OnDuplicate
from refundkit.workflow.shop import Shop

_DOUBT = "A person made a case of it; by itself it did not seem to ask for money."


def case_from(shop: Shop, named: str, *, dry_run: bool = False) -> Report:
    """Make a case, waiting for a person, of the message somebody means; the requests it names, each a case."""
    shop.require(Act.IMPORT)
    left = leftovers.find(shop, named)
    report = Report()
    with shop.write(keep=not dry_run) as pen:
        intake = Intake(shop, pen, report, keep_lines=True, on_duplicate=OnDuplicate.REVIEW, choices={})
        prints = Fingerprints(left["file"])
        intake.left_over([(draft, prints.of(draft)) for draft in _drafts(shop, left)], left["fingerprint"])
        intake.finish(left["file"])
    return report


def _drafts(shop: Shop, left: dict[str, Any]) -> Iterator[Draft]:
    """What the message asks for, read once more; its words alone where nothing else can be had."""
    found = list(_read(shop, left)) if left["document"] else []
    words = left["words"]
    for draft in found or [Draft(left["file"], left["index"], "csv", description=words, words=words)]:
        yield replace(
            draft, file=left["file"], index=left["index"], sheet=left["sheet"], doubts=(_DOUBT, *draft.doubts)
        )


def _read(shop: Shop, left: dict[str, Any]) -> Iterator[Draft]:
    facts = replace(shop_facts(shop), forced=True)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "message"
        path.write_bytes(documents.read(shop.store, left["document"]))
        for reading in read_file(path, left["file"], facts):
            if isinstance(reading, Draft):
                yield reading

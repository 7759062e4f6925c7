"""What imports left over: rows that could not be cases and messages that ask for no refund, word for word."""

from __future__ import annotations

from typing import Any, Final

from refundkit.errors import RefusedError
from refundkit.model.org import INTAKE_FINISHED
from refundkit.model.requests import Ignored, Reject
from refundkit.store import documents, leftovers
from refundkit.workflow.pen import Pen
from refundkit.workflow.shop import Shop

WORDS: Final = 8_000
"""Characters kept of what a row or message says."""

_IN_ONE_EVENT: Final = 30


def listed(shop: Shop, kind: str) -> list[dict[str, Any]]:
    """All left over of one kind (`reject` or `ignored`) that are no case yet, in the order they came."""
    return leftovers.listed(shop.store, kind)


def find(shop: Shop, named: str) -> dict[str, Any]:
    """The ignored message somebody means by its number, its Message-ID, its file or its place there."""
    found = leftovers.find(shop.store, named, "ignored")
    ways = "refundkit import --ignored"
    if not found:
        raise RefusedError(f"no message that was left over is called '{named[:80]}'", hint=f"'{ways}' lists them")
    if len(found) > 1:
        some = ", ".join(row["id"] for row in found[:4])
        raise RefusedError(f"'{named[:80]}' means several: {some}", hint=f"'{ways}' lists them with their numbers")
    if found[0]["case"]:
        raise RefusedError(f"it is a case already: {found[0]['case']}", hint=f"refundkit show {found[0]['case']}")
    return found[0]


class LeftOver:
    """Collects what one file leaves over, and writes it as events of bounded size."""

    def __init__(self, pen: Pen) -> None:
        self._pen, self._run = pen, pen.time
        self._left: list[dict[str, Any]] = []

    def add(self, reading: Reject | Ignored, mark: str) -> None:
        """Keep one row or message with the reason; the message itself as a document."""
        original = reading.original if isinstance(reading, Ignored) else None
        document = documents.keep(self._pen.connection, original.content) if original else ""
        left: dict[str, Any] = {
            "fingerprint": mark, "kind": "reject" if isinstance(reading, Reject) else "ignored", "file": reading.file,
            "index": reading.index, "column": "", "words": reading.words[:WORDS], "document": document,
            "message_id": "",
        }  # fmt: skip
        if reading.sheet:
            left["sheet"] = reading.sheet
        if isinstance(reading, Reject):
            left |= {
                "column": reading.column,
                "problem": reading.problem,
                "cells": {f: text[:WORDS] for f, text in reading.cells.items() if text},
            }
        else:
            left |= {"problem": reading.why, "message_id": reading.message_id, "is": str(reading.kind)}
        self._left.append(left)

    def finish(self, where: str, cases: int) -> None:
        """Write what a file came to: how many cases, and what was left over."""
        left = self._left
        pieces = [left[i : i + _IN_ONE_EVENT] for i in range(0, len(left), _IN_ONE_EVENT)]
        for number, piece in enumerate(pieces or ([[]] if cases else [])):
            rejects = sum(1 for item in piece if item["kind"] == "reject")
            data = {
                "kind": "requests", "run": self._run, "file": where, "cases": cases if number == 0 else 0,
                "rejects": rejects, "ignored": len(piece) - rejects, "left": piece,
            }  # fmt: skip
            self._pen.append(INTAKE_FINISHED, data)
        self._left = []

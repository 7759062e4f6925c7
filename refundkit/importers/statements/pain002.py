"""Reads a bank's answer to a payment file: pain.002 of any version, with its status of file, batch and transaction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

from refundkit.errors import InputError
from refundkit.importers.statements.codes import order_status
from refundkit.importers.statements.contract import FileFacts, Line
from refundkit.importers.statements.values import day, minor, references, tidy, unread
from refundkit.importers.statements.xmlwalk import Tree, walk
from refundkit.model.statements import StatementLine

_HEAD: Final = re.compile(rb"<(?:\w{1,20}:)?CstmrPmtStsRpt\b|:pain\.002\.001\.\d\d[\"']")
_LEVELS: Final = ("OrgnlGrpInfAndSts", "OrgnlPmtInfAndSts", "TxInfAndSts")
_WANTED: Final = frozenset({"GrpHdr", *_LEVELS})
_MESSAGE: Final = frozenset({"CstmrPmtStsRpt"})
_STATUS: Final = ("TxSts", "PmtInfSts", "GrpSts")
_IDS: Final = ("OrgnlEndToEndId", "OrgnlInstrId", "OrgnlUETR", "OrgnlPmtInfId", "OrgnlMsgId")


class Pain002:
    """The reader of payment status reports."""

    name = "pain.002"

    def identify(self, head: bytes, _: FileFacts) -> bool:
        """Whether the head holds the name of such a message."""
        return bool(_HEAD.search(head.replace(b"\0", b"")))

    def read(self, path: Path, facts: FileFacts) -> Iterator[Line]:
        """Every status, a batch's own after those of its transactions.

        One without an end-to-end id is of the whole file or batch; what a transaction's own says counts before it.
        """
        index, created, message = 0, None, ""
        for piece in walk(path, facts.name, _WANTED, _MESSAGE):
            element = piece.element
            if piece.name == "GrpHdr":
                created = _created(element, facts.name)
                continue
            if created is None:
                raise InputError(
                    "gives a status before its own date", hint="ask the bank for the file again", where=facts.name
                )
            message = element.findtext("OrgnlMsgId", "").strip() or message
            if (line := _line(Tree(element), created, message)) is not None:
                index += 1
                yield replace(line, index=index)


def _created(element: Element, name: str) -> date:
    try:
        return day(element.findtext("CreDtTm", ""))
    except ValueError as err:
        raise InputError(f"has no date: {err}", hint="ask the bank for the file again", where=name) from err


def _line(tree: Tree, created: date, message: str) -> Line | None:
    """What one level says; None where it leaves it to its transactions."""
    status = tree.text(*_STATUS)
    if status in {"", "PART"}:
        return None
    ids = references((*map(tree.text, _IDS), message))
    said = order_status(status)
    if said is None:
        return unread(0, f"has the status '{status[:20]}', which is not known", " ".join(ids))
    words = tree.texts("OrgnlTxRef/RmtInf/Ustrd")
    line = StatementLine(
        index=0, on=created, amount=0, currency="", said=said, references=references(ids, *words),
        text=tidy(" ".join([*tree.texts("StsRsnInf/AddtlInf"), *words])),
        code=tree.text("StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry")[:35],
        name=tidy(tree.text("OrgnlTxRef/Cdtr/Pty/Nm", "OrgnlTxRef/Cdtr/Nm")),
        account=re.sub(r"\s", "", tree.text("OrgnlTxRef/DbtrAcct/Id/IBAN"))[:40],
    )  # fmt: skip
    for amount in tree.all("OrgnlTxRef/Amt/InstdAmt")[:1]:
        currency = amount.get("Ccy", "")
        try:
            return replace(line, amount=-abs(minor(amount.text or "", currency)), currency=currency)
        except ValueError as err:
            return unread(0, str(err), " ".join(ids))
    return line

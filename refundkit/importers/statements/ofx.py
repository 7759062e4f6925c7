"""Reads OFX and QFX, versions 1 (SGML) and 2 (XML): statements of bank accounts and of cards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from refundkit.importers.statements.contract import FileFacts, Line
from refundkit.importers.statements.ofxtags import tags
from refundkit.importers.statements.values import cheque, day, given, minor, references, tidy, unread
from refundkit.model.statements import Said, StatementLine

_HEAD: Final = re.compile(
    rb"\s*(?:OFXHEADER\s*:|<\?xml[^>]{0,200}\?>\s*(?:<!--[^>]{0,500}-->\s*)?<\?OFX\b|<\?OFX\b|<OFX>)", re.IGNORECASE
)
_LOOK: Final = 4_000
_LINES: Final = {"STMTTRN": Said.BOOKED, "STMTTRNP": Said.PENDING}
_ACCOUNTS: Final = frozenset({"BANKACCTFROM", "CCACCTFROM", "INVACCTFROM"})
_FIELDS: Final = frozenset({
    "TRNTYPE", "DTPOSTED", "DTTRAN", "DTUSER", "DTAVAIL", "TRNAMT", "FITID", "CORRECTFITID", "CORRECTACTION", "SRVRTID",
    "CHECKNUM", "REFNUM", "NAME", "MEMO", "EXTDNAME",
})  # fmt: skip


class Ofx:
    """The reader of OFX and QFX."""

    name = "OFX or QFX"

    def identify(self, head: bytes, _: FileFacts) -> bool:
        """Whether the file begins with OFX's header, of either version, or with <OFX> itself."""
        start = head[:_LOOK].replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe")
        return bool(_HEAD.match(start)) or b"<STMTTRN>" in head

    def read(self, path: Path, facts: FileFacts) -> Iterator[Line]:
        """Every posted and pending transaction."""
        reading = _Reading(facts)
        for tag, value, _ in tags(path, facts.name):
            if (line := reading.take(tag, value)) is not None:
                yield line


class _Reading:
    """What is known at one place of the file: account, currency, and the transaction that is open."""

    def __init__(self, facts: FileFacts) -> None:
        self.account, self.currency = "", facts.currency
        self.index = 0
        self.open: dict[str, str] | None = None
        self.kind = Said.BOOKED
        self.own = False
        self.other = ""

    def take(self, tag: str, value: str) -> Line | None:
        """Take the next tag in; the line that ends with it, if one does."""
        line = None
        if tag in _LINES:
            line = self._finished()
            self.open, self.kind, self.other = {}, _LINES[tag], ""
        elif tag in {"/STMTTRN", "/STMTTRNP", "/BANKTRANLIST", "/BANKTRANLISTP"}:
            line = self._finished()
        elif self.open is not None:
            self._field(tag, value)
        elif tag == "CURDEF":
            self.currency = value.upper()
        elif tag in {"STMTRS", "CCSTMTRS"}:
            self.account = ""
        elif tag.lstrip("/") in _ACCOUNTS:
            self.own = not tag.startswith("/")
        elif tag == "ACCTID" and self.own:
            self.account = re.sub(r"\s", "", value)[:40]
        return line

    def _field(self, tag: str, value: str) -> None:
        """A field of the open transaction. What stands in an account of the other side is nothing of ours."""
        assert self.open is not None
        if tag in {"BANKACCTTO", "CCACCTTO", "CURRENCY", "ORIGCURRENCY"}:
            self.other = tag
        elif tag == f"/{self.other}":
            self.other = ""
        elif tag == "CURSYM" and self.other == "CURRENCY":
            self.open[tag] = value.upper()
        elif tag in _FIELDS and not self.other and value:
            self.open.setdefault(tag, value)

    def _finished(self) -> Line | None:
        """The transaction that was open as a line."""
        fields, self.open = self.open, None
        if fields is None:
            return None
        self.index += 1
        try:
            return self._line(fields)
        except ValueError as err:
            told = (fields.get(name, "") for name in ("DTPOSTED", "TRNAMT", "FITID", "NAME", "MEMO"))
            return unread(self.index, str(err), " ".join(told))

    def _line(self, fields: dict[str, str]) -> StatementLine:
        if fields.get("CORRECTFITID"):
            does = "takes back" if fields.get("CORRECTACTION", "").casefold() == "delete" else "corrects"
            raise ValueError(f"{does} the line that the bank called '{tidy(fields['CORRECTFITID'])[:40]}' earlier")
        when = next((fields[name] for name in ("DTPOSTED", "DTTRAN", "DTUSER", "DTAVAIL") if name in fields), "")
        if not when:
            raise ValueError("has no date")
        currency = fields.get("CURSYM") or self.currency
        if not currency:
            raise ValueError("is in no currency: the file names none")
        name = tidy(fields.get("NAME", "") or fields.get("EXTDNAME", ""))
        memo = tidy(fields.get("MEMO", ""))
        number = given(cheque(fields.get("CHECKNUM", "")))
        ids = (number, fields.get("REFNUM", ""), fields.get("SRVRTID", ""))
        return StatementLine(
            index=self.index, on=day(when), amount=minor(fields.get("TRNAMT", ""), currency), currency=currency,
            said=self.kind, references=references(ids, name, memo), text=memo or name, name=name,
            identity=given(fields.get("FITID", "")), account=self.account,
            cheque=number,
        )  # fmt: skip

"""Reads what an American bank sends back of ACH payments: returns (R01 ...) and notifications of change (C01 ...)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from refundkit.errors import InputError
from refundkit.importers.statements.codes import meaning
from refundkit.importers.statements.contract import FileFacts, Line
from refundkit.importers.statements.values import given, references, tidy, unread
from refundkit.model.statements import Said, StatementLine

WIDTH: Final = 94
_HEAD: Final = re.compile(rb"\s{0,200}101[ 0-9][0-9]{9}[ 0-9A-Za-z]{10}[0-9]{6}")
_CREDITS: Final = frozenset({"20", "21", "22", "23", "24", "30", "31", "32", "33", "34"})
"""Transaction codes of money that went to the customer, and of its return; 26 and 36 return what was drawn."""

_CODE: Final = re.compile(r"[RC][0-9]{2}")
_DISPUTED: Final = frozenset({*(f"R{n}" for n in range(61, 78)), *(f"C{n}" for n in range(61, 70))})
"""Returns of returns, their contests, and refused notifications of change."""

_AGAIN: Final = "ask the bank for the return file as it is: lines of 94 characters"


class NachaReturns:
    """The reader of ACH return files. Amounts are US dollars; no other currency travels by ACH domestically."""

    name = "NACHA returns (ACH)"

    def identify(self, head: bytes, _: FileFacts) -> bool:
        """Whether the file begins with an ACH file header."""
        return bool(_HEAD.match(head))

    def read(self, path: Path, facts: FileFacts) -> Iterator[Line]:
        """Every return and every notification of change. Raise InputError for a file that holds neither."""
        reading = _Reading(facts)
        for number, record in _records(path, facts.name):
            if (line := reading.take(number, record)) is not None:
                yield line
        reading.end()


def _records(path: Path, name: str) -> Iterator[tuple[int, str]]:
    """(number, record) of every record that is not blank; a file without line ends is cut every 94 characters."""
    try:
        with path.open(encoding="latin-1") as file:
            whole = "\n" not in file.read(2 * WIDTH + 2)
            file.seek(0)
            for number, line in enumerate(iter(lambda: file.read(WIDTH) if whole else file.readline(4 * WIDTH), ""), 1):
                record = line.rstrip("\n").ljust(WIDTH)
                if record.isspace():
                    continue
                if "\0" in record or record[WIDTH:].strip():
                    what = "holds NUL bytes" if "\0" in record else f"has a line of more than {WIDTH} characters"
                    raise InputError(what, hint=_AGAIN, where=f"{name}, line {number}")
                yield number, record
    except OSError as err:
        raise InputError(f"cannot be read: {err.strerror}", hint="check the file and its rights", where=name) from err


@dataclass(slots=True)
class _Entry:
    """An entry that waits for its addenda."""

    number: int
    record: str


class _Reading:
    """What is known at one place of the file: its day, the batch, and the entry that waits for its reason."""

    def __init__(self, facts: FileFacts) -> None:
        self.facts = facts
        self.created: date | None = None
        self.settled: date | None = None
        self.kind = ""
        self.entry: _Entry | None = None
        self.counted = self.returns = self.debits = 0
        self.ended = False

    def take(self, number: int, record: str) -> Line | None:
        """Take the next record in; the line that it completes, if it does."""
        line = self._waiting() if record[0] != "7" else None
        match record[0]:
            case "1":
                self.created = self._created(number, record)
            case "5":
                self.kind, self.settled = record[50:53], self._settled(record[75:78])
            case "6":
                self.counted += 1
                self.entry = _Entry(number, record)
            case "7":
                self.counted += 1
                line = self._addenda(number, record)
            case "8":
                pass
            case "9":
                self._control(number, record)
            case _:
                raise self._refusal(f"has a record that begins with '{record[0]}', as none does", number)
        return line

    def end(self) -> None:
        """Raise InputError when the file was cut, or holds nothing that came back."""
        if not self.ended:
            raise self._refusal("is cut: its last record (9) is missing", 0)
        if self.debits:
            self.facts.say(f"left out {self.debits} returns of money that was drawn from customers")
        if not self.returns:
            what = "is an ACH file in which nothing came back: no returns, no notifications of change"
            raise InputError(
                what, hint="name the return file that the bank made, not the payments", where=self.facts.name
            )

    def _created(self, number: int, record: str) -> date:
        try:
            return _yymmdd(record[23:29])
        except ValueError as err:
            raise self._refusal(f"has no date: '{record[23:29].strip()}' is not YYMMDD", number) from err

    def _settled(self, julian: str) -> date | None:
        """The day of settlement: the bank writes its number within the year, or nothing."""
        if self.created is None or not (julian.isdigit() and 1 <= int(julian) <= 366):
            return None
        found = date(self.created.year, 1, 1) + timedelta(int(julian) - 1)
        ahead = found - self.created > timedelta(days=100)
        return date(self.created.year - 1, 1, 1) + timedelta(int(julian) - 1) if ahead else found

    def _waiting(self) -> Line | None:
        """The entry before, when no addenda said why it came back."""
        entry, self.entry = self.entry, None
        if entry is None:
            return None
        return unread(entry.number, "names no reason: it has no return addenda", _told(entry.record))

    def _addenda(self, number: int, record: str) -> Line | None:
        entry = self.entry
        if entry is None or record[1:3] not in {"98", "99"}:
            return None
        self.entry = None
        self.returns += 1
        if self.created is None:
            raise self._refusal("has an entry before its header", number)
        code, amount = record[3:6].strip(), entry.record[29:39]
        if record[1:3] == "99" and entry.record[1:3] not in _CREDITS:
            self.debits += 1
            return None
        if not amount.isdigit() or not _CODE.fullmatch(code):
            return unread(entry.number, f"has the amount '{amount}' and the code '{code}'", _told(entry.record))
        if self.kind == "IAT" or code in _DISPUTED:
            what = "an international entry (IAT)" if self.kind == "IAT" else f"about an earlier return ({code})"
            return unread(entry.number, f"is {what}, which only a person can settle", _told(entry.record))
        return self._line(entry, record, code, int(amount))

    def _line(self, entry: _Entry, record: str, code: str, amount: int) -> StatementLine:
        assert self.created is not None
        notice = record[1:3] == "98"
        number, name = entry.record[39:54], entry.record[58:74] if self.kind == "CTX" else entry.record[54:76]
        info = "" if notice else tidy(record[35:79])
        return StatementLine(
            index=entry.number, on=self.settled or self.created, amount=0 if notice else amount, currency="USD",
            said=Said.NOTICE if notice else Said.RETURNED,
            references=references((number, record[6:21]), info), text="; ".join(filter(None, (meaning(code), info))),
            name=tidy(name), code=code, identity=given(record[79:94]),
            corrected=record[35:64].strip() if notice else "",
        )  # fmt: skip

    def _control(self, number: int, record: str) -> None:
        if record == "9" * WIDTH:
            return
        self.ended = True
        told = record[13:21]
        if not re.fullmatch(r"[0-9]{8}", told) or int(told) != self.counted:
            said = told.strip().lstrip("0") or "0"
            what = f"is damaged: its last record counts '{said}' entries, there are {self.counted}"
            raise self._refusal(what, number)

    def _refusal(self, what: str, number: int) -> InputError:
        where = f"{self.facts.name}, line {number}" if number else self.facts.name
        return InputError(what, hint=_AGAIN, where=where)


def _yymmdd(text: str) -> date:
    if not re.fullmatch(r"[0-9]{6}", text):
        raise ValueError(text)
    return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))


def _told(record: str) -> str:
    """What of an entry may be shown: its number, amount and trace, not the account."""
    return tidy(f"{record[39:54]} {record[29:39]} {record[79:94]}")

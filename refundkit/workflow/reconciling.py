"""Reads what banks and processors say and ends the payments it is about; the same statement twice does nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from refundkit.errors import RefusedError, UsageError
from refundkit.importers.statements import registry
from refundkit.importers.statements.contract import FileFacts
from refundkit.model.case import CONFIRMED, REFUSED, RETURNED
from refundkit.model.money import Money, plain
from refundkit.model.org import STATEMENT_READ
from refundkit.model.people import Act
from refundkit.model.statements import Said, StatementLine, UnreadLine, fingerprints
from refundkit.rules.matching import Candidate, match, near_days
from refundkit.store import payments, statements
from refundkit.workflow import payment_ends
from refundkit.workflow.booking import owns_the_right
from refundkit.workflow.pen import Pen
from refundkit.workflow.shop import Shop

_ENDS: Final = {Said.BOOKED: CONFIRMED, Said.REJECTED: REFUSED, Said.RETURNED: RETURNED}
"""What a line does to the payment it is about. What is only accepted or pending proves nothing yet."""

MATCHED: Final = "matched"
OPEN: Final = "open"
OTHER: Final = "other"
LOOKED_THROUGH: Final = 200
"""So many open payments of one amount about one day are told apart by name; more go to a person."""
AT_ONCE: Final = 2_000
"""Lines in one event: a ledger's event stays small."""


@dataclass(frozen=True)
class HowRead:
    """What a person said of statements: the account's currency and the order of dates, '' where they say it themselves.

    `say` hears what was assumed.
    """

    currency: str = ""
    order: str = ""
    say: Callable[[str], None] = lambda _: None


@dataclass(frozen=True)
class Told:
    """What was found of one line. `found`: matched, open (a person must look), other, known (read before), unread."""

    file: str
    index: int
    found: str
    why: str
    payment: str = ""
    case: str = ""
    amount: Money | None = None
    on: date | None = None
    state: str = ""


@dataclass
class Report:
    """What a run did, line by line and summed up."""

    lines: list[Told] = field(default_factory=list)

    @property
    def counts(self) -> Counter[str]:
        """How many lines were found to be what."""
        return Counter(told.found for told in self.lines)


def reconcile(shop: Shop, paths: Sequence[Path], said: HowRead, *, dry_run: bool = False) -> Report:
    """Read statements and end the payments they prove. One transaction: all files, or none of it.

    Raise InputError for a file that is no statement, RefusedError where this machine does not hold the right to pay.
    """
    shop.require(Act.PAY)
    read = [(path, *_read(path, said)) for path in paths]
    report = Report()
    with shop.write(keep=not dry_run) as pen:
        owns_the_right(shop)
        for path, format_name, lines in read:
            _take(shop, pen, path, format_name, lines, report)
    return report


def assign(shop: Shop, fingerprint: str, payment: str, *, dry_run: bool = False) -> Told:
    """Say, as a person, which payment an open line is about. `fingerprint`: its beginning is enough.

    Raise RefusedError for a line that does not stand open, or an end that the payment cannot have.
    """
    shop.require(Act.PAY)
    with shop.write(keep=not dry_run) as pen:
        owns_the_right(shop)
        found = [x for x in statements.listed(shop.store, OPEN) if x.fingerprint.startswith(fingerprint.lower())]
        if len(found) != 1 or len(fingerprint) < 4:
            raise RefusedError(
                f"{len(found) or 'no'} open lines of statements are called '{fingerprint[:40]}', and it takes one",
                hint="'refundkit reconcile --open' lists them with their names",
            )
        kept = found[0]
        rows = payments.listed(shop.store, "number", [payment.strip().upper()])
        if not rows:
            raise UsageError(f"there is no payment '{payment}'", hint="'refundkit payment list' shows their numbers")
        line = _line(kept.line)
        told = _end(shop, pen, kept.file, line, rows[0]["event"], f"{shop.actor.user} says so")
        said = [_said(fingerprint=kept.fingerprint, told=told, line=line, payment=rows[0]["event"])]
        _note(shop, pen, kept.file, "by hand", said)
        return told


def still_open(shop: Shop) -> list[statements.Line]:
    """Lines that may be about a refund and fit no payment, or several: a person must look."""
    return statements.listed(shop.store, OPEN)


def _read(path: Path, said: HowRead) -> tuple[str, list[StatementLine | UnreadLine]]:
    facts = FileFacts(path.name, said.currency, said.order, say=said.say)
    reader = registry.reader_of(path, facts)
    return reader.name, list(reader.read(path, facts))


def _take(
    shop: Shop, pen: Pen, path: Path, format_name: str, read: Sequence[StatementLine | UnreadLine], report: Report
) -> None:
    named = list(fingerprints(line for line in read if isinstance(line, StatementLine)))
    known = statements.known(shop.store, [mark for mark, _ in named])
    found = [Told(path.name, one.index, "unread", one.problem) for one in read if isinstance(one, UnreadLine)]
    said = []
    for mark, line in named:
        if known.get(mark, OPEN) != OPEN:
            found.append(Told(path.name, line.index, "known", "it was read before", on=line.on))
            continue
        told, payment = _judge(shop, pen, path.name, line)
        found.append(told)
        if told.found != OPEN or mark not in known:
            said.append(_said(fingerprint=mark, told=told, line=line, payment=payment))
    report.lines += sorted(found, key=lambda told: told.index)
    for begin in range(0, len(said), AT_ONCE):
        _note(shop, pen, path.name, format_name, said[begin : begin + AT_ONCE])


def _judge(shop: Shop, pen: Pen, file: str, line: StatementLine) -> tuple[Told, str]:
    """What one line is about, and its end written when it proves one."""
    if line.said == Said.NOTICE:
        why = "the bank says that the payee's account must be written differently: enter it with 'refundkit payee set'"
        return _told(file, line, OPEN, why), ""
    candidates, more = _candidates(shop, line)
    found = match(line, candidates, more=more)
    if not found.payment:
        return _told(file, line, OPEN if found.about_a_refund else OTHER, found.why), ""
    if line.said not in _ENDS:
        return _told(file, line, OTHER, f"{found.why}: {line.said}, which ends nothing yet"), found.payment
    try:
        return _end(shop, pen, file, line, found.payment, found.why), found.payment
    except RefusedError as err:
        return _told(file, line, OPEN, f"{found.why}; {err.message}"), found.payment


def _end(shop: Shop, pen: Pen, file: str, line: StatementLine, event: str, why: str) -> Told:
    (row,) = payments.listed(shop.store, "event", [event])
    view = shop.case(row["case_key"])
    payment = next(p for p in view.payments if p.event == event)
    evidence = {
        "source": "statement", "file": file, "line": line.index, "references": list(line.references),
        "identity": line.identity, "text": why,
    }  # fmt: skip
    kind = _ENDS[line.said]
    if kind == CONFIRMED and line.amount > 0:
        kind = RETURNED  # money that came back under the name of one that went out
    view = payment_ends.write(
        shop, pen, view, payment, kind, line.on, evidence, code=line.code, why=line.text or line.code or why
    )
    if kind == RETURNED and line.charges > 0:  # only what the file's own sums prove
        fee = (Decimal(plain(line.charges, line.currency)), line.currency)
        view = payment_ends.charge(shop, pen, view, event, fee, line.on, evidence)
    after = payment_ends.ended(view, event)
    return Told(file, line.index, MATCHED, why, after.number, after.case, after.amount, line.on, after.payment_state)


def _candidates(shop: Shop, line: StatementLine) -> tuple[list[Candidate], int]:
    """Payments that the line names, and those of its amount about its day: a few rows by index.

    With more than LOOKED_THROUGH of its amount, none of these, and that number.
    """
    rows = {r["event"]: r for r in payments.named_by(shop.store, _texts(line))}
    alike = payments.open_of(shop.store, _amounts(line), near_days(line), LOOKED_THROUGH + 1)
    more = LOOKED_THROUGH if len(alike) > LOOKED_THROUGH else 0
    rows |= {} if more else {r["event"]: r for r in alike}
    return [
        Candidate(
            r["event"], r["key"], r["number"], r["case_id"], r["method"], r["amount_minor"], r["currency"],
            date.fromisoformat(r["paid_on"]), r["cheque"], r["original"], r["customer_name"],
            r["state"] in ("issued", "uncertain"),
        )
        for r in rows.values()
    ], more  # fmt: skip


def _texts(line: StatementLine) -> Iterator[str]:
    for text in (*line.references, *line.text.split()):
        yield text.strip("#.,;:()").upper()


def _amounts(line: StatementLine) -> list[tuple[int, str]]:
    found = [(abs(line.amount), line.currency)] if line.currency else []
    return [*found, (abs(line.ordered[0]), line.ordered[1])] if line.ordered else found


def _told(file: str, line: StatementLine, found: str, why: str) -> Told:
    amount = Money(line.amount, line.currency) if line.currency else None
    return Told(file, line.index, found, why, amount=amount, on=line.on)


def _said(*, fingerprint: str, told: Told, line: StatementLine, payment: str) -> dict[str, Any]:
    """What is kept of a line. Of lines that are not about refunds nothing is kept but that they were read."""
    kept = _as_data(line) if told.found == OPEN else {}
    return {
        "fingerprint": fingerprint, "index": line.index, "found": told.found, "line": kept, "payment": payment,
        "why": told.why if kept or payment else "",
    }  # fmt: skip


def _note(shop: Shop, pen: Pen, file: str, format_name: str, said: Sequence[dict[str, Any]]) -> None:
    if said:
        data = {"file": file, "format": format_name, "who": shop.actor.user, "lines": list(said)}
        pen.append(STATEMENT_READ, data, deps=sorted({s["payment"] for s in said if s["payment"]})[:30])


def _as_data(line: StatementLine) -> dict[str, Any]:
    return {
        "index": line.index, "on": line.on.isoformat(), "amount": line.amount, "currency": line.currency,
        "said": str(line.said), "references": list(line.references), "text": line.text, "name": line.name,
        "code": line.code, "identity": line.identity,
    }  # fmt: skip


def _line(data: dict[str, Any]) -> StatementLine:
    return StatementLine(
        data["index"], date.fromisoformat(data["on"]), data["amount"], data["currency"], Said(data["said"]),
        tuple(data["references"]), data["text"], data["name"], data["code"], data["identity"],
    )  # fmt: skip

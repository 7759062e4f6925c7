"""Reads ISO 20022 statements and notifications of a bank: camt.053, camt.054 and camt.052, of any version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

from refundkit.errors import InputError
from refundkit.importers.statements.codes import comes_back, entry_status
from refundkit.importers.statements.contract import FileFacts, Line
from refundkit.importers.statements.values import cheque, day, given, minor, references, tidy, unread
from refundkit.importers.statements.xmlwalk import Tree, walk
from refundkit.model.statements import Said, StatementLine, UnreadLine

MAX_DETAILS: Final = 100_000
"""Transactions in one booked batch."""

_MESSAGE: Final = frozenset({"BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn", "BkToCstmrAcctRpt"})
_HEAD: Final = re.compile(
    rb"<(?:\w{1,20}:)?(?:BkToCstmrStmt|BkToCstmrDbtCdtNtfctn|BkToCstmrAcctRpt)\b|:camt\.05[234]\.001\.\d\d[\"']"
)
_WANTED: Final = frozenset({"Acct", "TxDtls", "Ntry"})
_IDS: Final = ("EndToEndId", "InstrId", "TxId", "UETR", "PmtInfId", "ClrSysRef", "Prtry/Ref", "MsgId")
_AMOUNTS: Final = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt", "AmtDtls/InstdAmt/Amt")


@dataclass(frozen=True, slots=True)
class _Detail:
    """One transaction of an entry, as its texts. `debit`: '' where only the entry says it. `back`: a return."""

    amounts: tuple[tuple[str, str], ...]
    debit: str
    ids: tuple[str, ...]
    identity: str
    cheque: str
    text: str
    payee: str
    payer: str
    code: str
    back: bool
    charges: tuple[tuple[str, str, str], ...]


class Camt:
    """The reader of camt.052, camt.053 and camt.054."""

    name = "camt.053 (also camt.052 and camt.054)"

    def identify(self, head: bytes, _: FileFacts) -> bool:
        """Whether the head holds the name of such a message; UTF-16 is looked through too."""
        return bool(_HEAD.search(head.replace(b"\0", b"")))

    def read(self, path: Path, facts: FileFacts) -> Iterator[Line]:
        """Every transaction of every entry; an entry without transactions is one line."""
        index, account = 0, ""
        details: list[_Detail] = []
        for piece in walk(path, facts.name, _WANTED, _MESSAGE):
            if piece.name == "Acct":
                account = _account(Tree(piece.element)) if piece.inside in {"Stmt", "Ntfctn", "Rpt"} else account
            elif piece.name == "TxDtls":
                details.append(_detail(Tree(piece.element)))
                if len(details) > MAX_DETAILS:
                    where = f"{facts.name}, line {piece.line}"
                    what = f"has an entry of more than {MAX_DETAILS:,} transactions"
                    raise InputError(what, hint="ask the bank for smaller batches", where=where)
            else:
                for line in _entry(Tree(piece.element), details, account):
                    index += 1
                    yield replace(line, index=index)
                details = []


def _account(tree: Tree) -> str:
    return re.sub(r"\s", "", tree.text("Id/IBAN", "Id/Othr/Id"))[:40]


def _money(element: Element) -> tuple[str, str]:
    return (element.text or "").strip(), element.get("Ccy", "")


def _detail(tree: Tree) -> _Detail:
    creditor = tree.texts("RmtInf/Strd/CdtrRefInf/Ref")
    charges = [*map(Tree, tree.all("Chrgs/Rcrd")), *map(Tree, tree.all("Chrgs"))]
    words = [*tree.texts("RmtInf/Ustrd"), *creditor, *tree.texts("RtrInf/AddtlInf")]
    number = given(cheque(tree.text("Refs/ChqNb")))
    return _Detail(
        amounts=tuple(_money(element) for path in _AMOUNTS for element in tree.all(path)[:1]),
        debit=tree.text("CdtDbtInd"),
        ids=(number, *(tree.text(f"Refs/{path}") for path in _IDS), *creditor),
        identity=given(tree.text("Refs/AcctSvcrRef")),
        cheque=number,
        text=tidy(" ".join(words)) or tidy(tree.text("AddtlTxInf")),
        payee=tidy(tree.text("RltdPties/Cdtr/Pty/Nm", "RltdPties/Cdtr/Nm")),
        payer=tidy(tree.text("RltdPties/Dbtr/Pty/Nm", "RltdPties/Dbtr/Nm")),
        code=tree.text("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry")[:35],
        back=bool(tree.all("RtrInf")) or _code_back(tree),
        charges=tuple((*_money(amount), c.text("CdtDbtInd")) for c in charges for amount in c.all("Amt")[:1]),
    )


def _code_back(tree: Tree) -> bool:
    return comes_back(tree.text("BkTxCd/Domn/Fmly/SubFmlyCd"), tree.text("BkTxCd/Prtry/Cd"))


def _entry(tree: Tree, details: list[_Detail], account: str) -> list[StatementLine] | list[UnreadLine]:
    """The lines of one entry, or the reason why there are none; their places are not set yet."""
    try:
        return _lines(tree, details, account)
    except ValueError as err:
        told = (tree.text(p) for p in ("Amt", "CdtDbtInd", "BookgDt/Dt", "AcctSvcrRef", "AddtlNtryInf"))
        return [unread(0, str(err), " ".join(told))]


def _lines(tree: Tree, details: list[_Detail], account: str) -> list[StatementLine]:
    text, currency = next(map(_money, tree.all("Amt")), ("", ""))
    total = _signed(text, currency, tree.text("CdtDbtInd"))
    status = tree.text("Sts/Cd", "Sts/Prtry", "Sts") or "BOOK"
    said = entry_status(status)
    if said is None:
        raise ValueError(f"has the status '{status[:20]}', which is not known")
    when = tree.text("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm")
    if not when:
        raise ValueError("has neither a booking date nor a value date")
    identity = given(tree.text("AcctSvcrRef"))
    batch = tuple(tree.text(f"NtryDtls/Btch/{path}") for path in ("PmtInfId", "MsgId"))
    whole = StatementLine(
        index=0, on=day(when), amount=total, currency=currency, said=said, identity=identity, account=account,
        references=references(batch), text=tidy(tree.text("AddtlNtryInf")),
    )  # fmt: skip
    back = tree.text("RvslInd").lower() in {"true", "1"} or _code_back(tree)
    if not details:
        return [_returned(whole, back=back)]
    amounts = [_amount(detail, tree, currency) for detail in details]
    known = [amount for amount in amounts if amount is not None]
    charges = [_charges(detail, currency) for detail in details]
    if len(details) > 1 and len(known) < len(details):
        return [_returned(_joined(whole, details), back=back or all(d.back for d in details))]
    taken = sum(known) - sum(charges) == total
    if len(details) > 1 and not taken and sum(known) != total:
        raise ValueError("is a batch whose transactions do not add up to what was booked")
    if len(details) == 1 and not taken:
        known = [total]
    lines = []
    for number, (detail, amount, charge) in enumerate(zip(details, known, charges, strict=True), 1):
        own = detail.identity or (identity if len(details) == 1 else identity and f"{identity}/{number}")
        line = replace(
            whole, amount=amount, identity=own, charges=charge if taken else 0, text=detail.text or whole.text,
            references=references((*detail.ids, *whole.references), detail.text, whole.text),
            name=detail.payee if amount < 0 else detail.payer or detail.payee, code=detail.code,
            ordered=_ordered(detail, currency, amount), cheque=detail.cheque,
        )  # fmt: skip
        line = _returned(line, back=back or detail.back)
        lines.append(replace(line, name=detail.payee or detail.payer) if line.said is Said.RETURNED else line)
    return lines


def _signed(text: str, currency: str, indicator: str) -> int:
    amount = minor(text, currency)
    if amount < 0 or indicator not in {"DBIT", "CRDT"}:
        raise ValueError("does not say as DBIT or CRDT whether money went out or came in")
    return -amount if indicator == "DBIT" else amount


def _amount(detail: _Detail, entry: Tree, currency: str) -> int | None:
    """The transaction's own amount in the currency of the entry; None where it says none."""
    text = next((text for text, code in detail.amounts if code == currency), None)
    return None if text is None else _signed(text, currency, detail.debit or entry.text("CdtDbtInd"))


def _charges(detail: _Detail, currency: str) -> int:
    """What the bank took, above 0 when the shop paid it."""
    own = [(text, sign) for text, code, sign in detail.charges if code == currency]
    return sum(-_signed(text, currency, sign or "DBIT") for text, sign in own)


def _ordered(detail: _Detail, currency: str, amount: int) -> tuple[int, str] | None:
    """The amount as ordered when it was in another currency; the last that is told is the order's."""
    other = [(text, code) for text, code in detail.amounts if code != currency]
    if not other:
        return None
    text, code = other[-1]
    return _signed(text, code, "DBIT" if amount < 0 else "CRDT"), code


def _joined(whole: StatementLine, details: list[_Detail]) -> StatementLine:
    """A batch of which only the sum is known: one line that names all of them."""
    ids = tuple(one for detail in details[:1000] for one in detail.ids)
    texts = [detail.text for detail in details[:1000] if detail.text]
    return replace(
        whole, references=references((*ids, *whole.references), *texts), text=tidy(" ".join(texts)) or whole.text
    )


def _returned(line: StatementLine, *, back: bool) -> StatementLine:
    """The line as a return where booked money came back; its references may stand in its text."""
    line = replace(line, references=references(line.references, line.text))
    return replace(line, said=Said.RETURNED) if back and line.amount > 0 and line.said is Said.BOOKED else line

"""Tells the events of a case in plain words, one sentence each; times and money as every document has them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from refundkit.model.booking import SCRAP
from refundkit.model.money import plain
from refundkit.model.payments import Method
from refundkit.model.requests import place_in


def utc(milliseconds: int) -> str:
    """A time as every document and `--json` has it: UTC, ISO 8601, whole seconds."""
    return datetime.fromtimestamp(milliseconds // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def money(minor: int | None, currency: str) -> dict[str, str] | None:
    """Money for `--json`; None without an amount or a currency."""
    return None if minor is None or not currency else {"amount": plain(minor, currency), "currency": currency}


def told(type_: str, data: dict[str, Any]) -> str:
    """One event in a sentence."""
    found = data.get("assessment") if isinstance(data.get("assessment"), dict) else None
    assessed = f"; {_assessed(found)}" if found else ""
    match type_:
        case "request.logged":
            place = place_in(data["source"]).told(" ")
            return f"received by {data['request']['channel']}, from {place}{assessed}"
        case "request.amended":
            return f"amended{': ' + data['why'] if data['why'] else ''}{assessed}"
        case "case.assessed":
            return f"assessed{assessed.removeprefix(';')}"
        case "finding.overridden":
            return f"finding {data['code']} overridden{_for(data)}: {data['reason']}"
        case "decision.approved":
            note = f": {data['note']}" if data["note"] else ""
            return f"approved {plain(data['amount'], data['currency'])} {data['currency']}{_for(data)}{note}"
        case "decision.denied" | "request.withdrawn" | "case.reopened" | "approval.revoked":
            word = {"decision.denied": "denied", "request.withdrawn": "withdrawn", "case.reopened": "reopened"}
            said = f"{word.get(type_, 'approval revoked')}{_for(data)}"
            return f"{said}{': ' + data['reason'] if data['reason'] else ''}"
        case "case.noted":
            return f"{data['kind']} from {data['sender'] or 'nobody known'}: {data['why']}"
        case "question.asked":
            return f"asked: {data['question']}"
        case "question.answered":
            return f"answered: {data['text']}"
        case "case.held":
            return f"held ({data['kind']}): {data['reason']}"
        case "case.released":
            return f"hold lifted: {data['reason']}"
        case "case.reminded":
            up = "; from now on a manager decides" if data["raises"] else ""
            return f"reminder {data['slot']} to {', '.join(data['to']) or 'nobody: all stand in the case'}{up}"
        case "anomaly.settled":
            return f"anomaly {data['code']} settled: {data['reason']}"
        case "export.line":
            what = data.get("booking", {}).get("document", "credit-memo").replace("-", " ")
            return f"booked as {data['memo']} ({what}) in batch {data['batch']}"
        case "payment.issued":
            return _issued(data)
        case "stock.returned":
            goal = "to scrap" if data["goal"] == SCRAP else "back into stock"
            again = ", in place of what was said before" if data["replaces"] else ""
            return f"a part went {goal} as {data['number']}{_on(data)}{again}: {_shown(data)}"
        case "credit.used":
            amount = f"{plain(data['amount'], data['currency'])} {data['currency']}"
            why = f": {data['why']}" if data["why"] else ""
            return f"{amount} of the credit used on {data['invoice']} as {data['number']}{_on(data)}{why}"
        case "payment.charged":
            return (
                f"the bank took {plain(data['amount'], data['currency'])} {data['currency']}{_on(data)}: {_shown(data)}"
            )
        case (
            "payment.confirmed"
            | "payment.refused"
            | "payment.returned"
            | "payment.uncertain"
            | "payment.unclaimed"
            | "payment.remitted"
        ):
            return _ended(type_.removeprefix("payment."), data)
        case _:
            return "an event this program does not know"


def _issued(data: dict[str, Any]) -> str:
    amount = f"{plain(data['amount'], data['currency'])} {data['currency']}"
    if data["method"] == Method.ACCOUNT:
        way = "kept on the customer's account"
    else:
        way = f"paid by {data['method']}" + (f" {data['cheque']}" if data["cheque"] else "")
    why = f": {data['why']}" if data.get("why") else ""
    return f"{amount} {way} as {data['number']} on {data['on']}, batch {data['batch']}{why}"


def _ended(how: str, data: dict[str, Any]) -> str:
    code = f" ({data['code']})" if data.get("code") else ""
    return f"payment {how}{code}{_on(data)}: {_shown(data)}"


def _on(data: dict[str, Any]) -> str:
    return f" on {data['on']}" if "on" in data else ""


def _shown(data: dict[str, Any]) -> str:
    return "; ".join(evidence(data))


def evidence(data: dict[str, Any]) -> list[str]:
    """What shows how a payment ended: the words of who said so; or the statement's line and why it is this payment."""
    shown = data["evidence"] if isinstance(data.get("evidence"), dict) else {}
    place = f"{shown['file']}, line {shown['line']}" if shown.get("file") else ""
    said = [place, shown.get("text", ""), " ".join(shown.get("references", ())), data.get("why", "")]
    return list(dict.fromkeys(filter(None, said)))


def _for(data: dict[str, Any]) -> str:
    """Whom a stand-in decided for."""
    return f" for {data['for']}" if data.get("for") else ""


def _assessed(found: dict[str, Any]) -> str:
    state, level, currency = found["state"], found["level"], found["currency"]
    codes = ", ".join(f[0] for f in found["findings"])
    payable = f", payable {plain(found['payable'], currency)} {currency}" if currency else ""
    way = f"{state} by the policy" if level == "auto" else f"{state} for a {level}" if level else state
    return f"{way}{payable}{'; findings: ' + codes if codes else ''}"

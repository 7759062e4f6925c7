"""What is asked before a decision: each question names the case and the sum, as the screen shows it."""

from __future__ import annotations

from collections.abc import Sequence

from refundkit.model.words import HoldKind
from refundkit.tui.deeds import Done
from refundkit.tui.screens.forms import Confirm, Field, Form
from refundkit.tui.wording import money, sums
from refundkit.workflow.queue import Ready, Sheet

_REASON = "This takes a reason; it stays with the case for ever."
_MESSAGE = "the message as it was received"


def _about(sheet: Sheet) -> list[str]:
    name = sheet.customer or sheet.case["customer_id"] or "customer not known"
    return [f"{sheet.id}, {name}", f"{sheet.case['reason']}; payable {money(sheet.case['payable'])}"]


def approve(sheet: Sheet) -> Confirm:
    """A yes to what is payable."""
    both = ["Two different managers must approve it."] if sheet.case["route"]["two_managers"] else []
    return Confirm(f"Approve {money(sheet.case['payable'])}?", [*_about(sheet), *both], "Approve")


def deny(sheet: Sheet) -> Form:
    """A no, with the reason."""
    return Form("Deny", _about(sheet), [Field("reason", "Reason, as the customer will read it", _REASON)], "Deny")


def less(sheet: Sheet) -> Form:
    """Another amount, with the reason."""
    amount = Field("amount", "Amount", "Say the amount, e.g. 120.00.")
    return Form(
        "Approve a lower amount", [*_about(sheet), f"eligible {money(sheet.case['eligible'])}"],
        [amount, Field("reason", "Reason", _REASON)], "Approve",
    )  # fmt: skip


def question(sheet: Sheet) -> Form:
    """A question; the case waits for its answer."""
    lines = [*_about(sheet), "Nothing of it is approved before the answer."]
    return Form("Ask", lines, [Field("question", "Question", "This takes a question.")], "Ask")


def override(sheet: Sheet) -> Form | None:
    """Which finding is set aside, and why; None where none stands."""
    standing = [f for f in sheet.case["findings"] if f["severity"] != "info" and not f["overridden_by"]]
    if not standing:
        return None
    choices = [(f["code"], f"{f['code']} ({f['severity']})") for f in standing]
    fields = [Field("code", "Finding", "Choose one.", choices=choices), Field("reason", "Reason", _REASON)]
    return Form("Override a finding", _about(sheet), fields, "Override")


def hold(sheet: Sheet) -> Form:
    """The kind of a hold, and why."""
    kinds = [(str(kind), str(kind)) for kind in HoldKind]
    fields = [Field("kind", "Kind", "Choose one.", choices=kinds), Field("reason", "Reason", _REASON)]
    return Form("Hold", [*_about(sheet), "No money moves until a manager lifts it."], fields, "Hold")


def take_back(done: Done) -> Form:
    """Why the last decision is taken back."""
    lines = [f"What was {done.kind} last: {', '.join(done.cases[:6])}{' ...' if len(done.cases) > 6 else ''}"]
    return Form("Take back", lines, [Field("reason", "Reason", _REASON)], "Take back")


def approve_marked(ready: Sequence[Ready]) -> Confirm:
    """One question for all that is marked: the sum of each currency, each case, and what cannot be approved."""
    able = [case for case in ready if not case.problem]
    lines = [f"{case.case}  {case.payable}" for case in able]
    left = [f"{case.case}  not now: {case.problem}" for case in ready if case.problem]
    total = sums(case.payable for case in able if case.payable)
    cases = "1 case" if len(able) == 1 else f"{len(able)} cases"
    return Confirm(f"Approve {cases}: {total}?", [*lines, *left], "Approve all")


def files(sheet: Sheet) -> Form | None:
    """Which document is shown; None where there is none."""
    case = sheet.case
    choices = [(case["document"], _MESSAGE)] if case["document"] else []
    choices += [(f["sha256"], f"{f['name']}  {f['media_type']}, {f['size']} bytes") for f in case["files"]]
    if not choices:
        return None
    lines = [f"Documents of {sheet.id}", "The system's own viewer shows it; nothing is run from here."]
    return Form("Open a document", lines, [Field("file", "Document", "Choose one.", choices=choices)], "Open")


def file_named(sheet: Sheet, digest: str) -> tuple[str, str]:
    """The name and the kind of a document; a message is shown as plain text, whatever is in it."""
    for file in sheet.case["files"]:
        if file["sha256"] == digest:
            return str(file["name"]), str(file["media_type"])
    return "message.txt", "text/plain"

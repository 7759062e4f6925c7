"""One case in words, line by line to the width there is: what an approver must see comes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from textual.content import Content

from refundkit.model.inert import printable, printable_lines
from refundkit.tui.wording import money, waited, wrapped
from refundkit.workflow.queue import Sheet

_WORDS: Final = {"block": "BLOCKS", "review": "LOOK", "info": "note"}
_STYLES: Final = {"block": "bold $text-error", "review": "bold $text-warning", "info": ""}
_MAX_WORDS: Final = 60
Line = tuple[str, str, str]
"""What stands in front, the text, and the style of what stands in front."""


def content(sheet: Sheet, me: str, now: datetime, width: int) -> Content:
    """The case as it is shown to `me`."""
    lines: list[Content] = []
    for title, found in _sections(sheet, me, now):
        body = list(found)
        if not body:
            continue
        if title:
            lines += [Content(""), Content.styled(title, "bold underline")]
        for front, text, style in body:
            lines += _hung(front, text, style, width)
    return Content("\n").join(lines)


def _hung(front: str, text: str, style: str, width: int) -> Iterator[Content]:
    """A text with something in front of it; what does not fit goes on below it."""
    room = max(width - len(front), 10)
    first, *more = wrapped(printable(text), room)
    yield Content.assemble((front, style), first)
    yield from (Content(" " * len(front) + line) for line in more)


def _sections(sheet: Sheet, me: str, now: datetime) -> Iterator[tuple[str, Iterable[Line]]]:
    case = sheet.case
    yield "", _head(sheet, now)
    yield "Who decides", _who(sheet, me)
    yield "Stops it", [*map(_pause, (p for p in case["holds"] + case["questions"] if p["open"]))]
    yield "Findings", map(_finding, case["findings"])
    yield "Asked, in their words", _words(case)
    yield "Calculation", _plain(case["calculation"]["steps"] if case["calculation"] else ["not assessed yet"])
    yield "Route", _plain([*case["route"]["why"], *_policy(case["policy_adopted"])])
    yield "Approvals", _plain(f"{a['by']}: {money(a['amount'])} {a['note']}" for a in case["approvals"])
    yield "Customer", _customer(sheet)
    yield "Documents  (f opens them)", _documents(case)
    yield "Messages about it", map(_note, case["notes"])
    yield "Was stopped before", [*map(_pause, (p for p in case["holds"] + case["questions"] if not p["open"]))]
    yield "Anomalies", _plain(case["anomalies"])


def _plain(lines: Iterable[str]) -> Iterator[Line]:
    return (("  ", line, "") for line in lines)


def _head(sheet: Sheet, now: datetime) -> Iterator[Line]:
    case = sheet.case
    level = f" ({case['level']})" if case["level"] else ""
    yield f"{case['id']}  ", f"{case['state']}{level}", "bold"
    yield "payable   ", money(case["payable"]), ""
    if case["requested"] or case["eligible"]:
        asked = money(case["requested"]) if case["requested"] else "no amount"
        yield "          ", f"asked {asked}, eligible {money(case['eligible'])}", ""
    since = int(datetime.fromisoformat(case["waiting_since"]).timestamp() * 1000)
    yield "waits     ", f"{waited(since, now)}; received {case['received_at'][:10]} by {case['channel']}", ""
    yield "reason    ", case["reason"], ""
    yield "about     ", ", ".join(x for x in (case["service_order"], case["invoice"]) if x) or "nothing known", ""


def _who(sheet: Sheet, me: str) -> Iterator[Line]:
    """Who may decide, and why not whoever looks."""
    if not sheet.waits:
        yield "  ", f"Nobody now: it is {sheet.case['state']}.", ""
        return
    if sheet.why_not:
        yield "  Not you: ", f"{me} {sheet.why_not}.", "bold"
    else:
        yield "  You may. ", "", "bold"
    both = "two different managers of " if sheet.case["route"]["two_managers"] else ""
    yield "  may decide: ", both + (", ".join(sheet.deciders) or "nobody yet: an admin can give somebody the role"), ""
    for user, why in sheet.others:
        if user != me:
            yield "  not ", f"{user}: {why}", ""


def _pause(found: dict[str, Any]) -> Line:
    said = f"{found['kind']}: {found['reason']}" if "kind" in found else f"asks: {found['question']}"
    ends = "".join(f"  [{end['by']} {end['at'][:10]}: {end['text']}]" for end in found["ended"])
    front = "  HELD  " if "kind" in found and found["open"] else "  ASKED " if found["open"] else "  "
    return front, f"{found['at'][:10]} {found['by']}, {said}{ends}", "bold $text-warning" if found["open"] else ""


def _finding(found: dict[str, Any]) -> Line:
    over = f"  [overridden by {found['overridden_by']}: {found['override_reason']}]" if found["overridden_by"] else ""
    word = "over" if over else _WORDS[found["severity"]]
    style = "" if over else _STYLES[found["severity"]]
    return f"  {word:<7}", f"{found['code']}: {found['text']}{over}", style


def _words(case: dict[str, Any]) -> Iterator[Line]:
    """The request as it was made; of a list's row what its description says."""
    asked = case["request"]
    who = ", ".join(x for x in (asked["requested_by"], asked["customer_email"]) if x)
    if who:
        yield "  from ", who, ""
    of_message = case["words"] if case["document"] else ""  # of a list's row the description is what was said
    lines = printable_lines(of_message or asked["description"] or case["words"])
    yield from (("  | ", line, "dim") for line in lines[:_MAX_WORDS])
    if len(lines) > _MAX_WORDS:
        yield "  ", f"... and {len(lines) - _MAX_WORDS} more lines; the document has them all", "dim"
    if not lines:
        yield "  ", "no words came with it", "dim"
    yield from (("  doubt: ", doubt, "bold $text-warning") for doubt in case["doubts"])


def _policy(adopted: dict[str, Any] | None) -> list[str]:
    if adopted is None:
        return []
    since = "in force" if adopted["in_force"] else "replaced since"
    return [f"by policy {adopted['number']}, adopted {adopted['adopted_at'][:10]}, {since}"]


def _customer(sheet: Sheet) -> Iterator[Line]:
    identity = sheet.case["customer_id"]
    if not identity:
        yield "  ", "nobody known", ""
        return
    yield "  ", f"{sheet.customer or 'not among the records'} ({identity})", ""
    yield "  got back: ", "; ".join(sheet.given) or "nothing through refundkit", ""
    for past in sheet.earlier:
        yield (
            "  ",
            f"{past['received_at'][:10]}  {past['id']}  {past['state']}  {money(past['payable'])}  {past['reason']}",
            "",
        )
    left = sheet.count - len(sheet.earlier)
    if left > 0:
        yield "  ", f"... and {left} more", ""
    if not sheet.count:
        yield "  ", "no other case", ""


def _documents(case: dict[str, Any]) -> Iterator[Line]:
    if case["document"]:
        yield "  ", "the message as it was received", ""
    for file in case["files"]:
        called = f", was called {file['original']}" if file["original"] != file["name"] else ""
        yield "  ", f"{file['name']}  {file['media_type']}, {file['size']} bytes{called}", ""


def _note(note: dict[str, Any]) -> Line:
    return "  ", f"{note['at'][:10]} {note['kind']} from {note['sender'] or 'nobody known'}: {note['why']}", ""

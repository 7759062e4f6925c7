"""One case on the screen: request, findings, calculation, decisions, booking, payments, and what is possible now."""

from __future__ import annotations

from typing import Any

import typer

from refundkit.commands import show
from refundkit.model.requests import NoRequest, place_in


def money(value: dict[str, str] | None) -> str:
    """An amount of `--json` as a person reads it."""
    return f"{value['amount']} {value['currency'] or ''}".rstrip() if value else "-"


def tell(found: dict[str, Any]) -> None:
    """The whole case on the screen."""
    level = f" ({found['level']})" if found["level"] else ""
    typer.echo(show.bold(f"{found['id']}  {found['state']}{level}  payable {money(found['payable'])}"))
    asked = found["request"]
    who = " ".join(x for x in (found["customer_id"], asked["requested_by"], asked["customer_email"]) if x)
    source = place_in(found["source"]).told(" ")
    facts = {
        "received": f"{found['received_at']} by {found['channel']}, {source}",
        "customer": who,
        "order": found["service_order"],
        "invoice": found["invoice"],
        "reason": found["reason"],
        "requested": money(found["requested"]),
        "says": asked["description"],
    }
    for name, text in facts.items():
        if text:
            typer.echo(f"  {name:<10}{show.printable(text)}")
    _section("doubts", found["doubts"])
    _section("files", [f"{f['name']}  {f['media_type']}, {f['size']} bytes{_called(f)}" for f in found["files"]])
    _section("findings", [_finding(f) for f in found["findings"]])
    _section("messages about it", [_note(found, note) for note in found["notes"]])
    calculation = found["calculation"]
    _section("calculation", calculation["steps"] if calculation else ["not assessed yet: run 'refundkit assess'"])
    _section("route", [*found["route"]["why"], *_raised(found), *_by_policy(found["policy_adopted"])])
    _section("reminders", [_reminded(r) for r in found["reminders"]])
    _section("approvals", [_approval(a) for a in found["approvals"]])
    booking = found["booking"]
    _section("booking", [f"{booking['memo']} on {booking['posted_on']} in batch {booking['batch']}"] if booking else [])
    _section("payments", [line for p in found["payments"] for line in _payment(p)])
    _section("parts that came back", [_stock(s) for s in found["stock"]])
    _section("holds", [_pause(p, f"{p['kind']}: {p['reason']}") for p in found["holds"]])
    _section("questions", [_pause(p, p["question"]) for p in found["questions"]])
    _section("live edits: settle with --keep", [_rival(r) for r in found["revisions"]])
    settled = {s["code"]: f"  [settled by {s['by']}: {s['reason']}]" for s in found["settled"]}
    _section("anomalies", [f"{code}{settled.get(code, '')}" for code in found["anomalies"]])
    ways = ", ".join(found["possible_now"]) or "nothing"
    typer.echo(f"\npossible now: {ways}")


def _payment(found: dict[str, Any]) -> list[str]:
    """A payment, what was said of it, and its bookings: a line each."""
    method = f"{found['method']} {found['cheque']}" if found["cheque"] else found["method"]
    first = f"{found['number']}  {method}  {money(found['amount'])} on {found['on']}, {found['state']}"
    return [
        f"{first}  (batch {found['batch']}, by {found['by']})",
        *(f"  {_said(said)}" for said in found["said"]),
        *(
            f"  {money(use['amount'])} used on {use['invoice']} on {use['on']} as {use['number']}"
            + ("" if use["counts"] else "  [more than the credit: it does not count]")
            for use in found["uses"]
        ),
        *(
            f"  booked as {b['number']} ({b['document'].replace('-', ' ')}) on {b['posted_on']} in batch {b['batch']}"
            for b in found["booked"]
        ),
    ]


def _stock(found: dict[str, Any]) -> str:
    """A part that came back, with its bookings, on one line."""
    goal = "to scrap" if found["scrap"] else "into stock"
    booked = f"; booked as {', '.join(found['booked'])}" if found["booked"] else ""
    over = "" if found["counts"] else "  [corrected]"
    return f"{found['number']}  {money(found['cost'])} {goal} on {found['on']}{booked}{over}"


def _said(found: dict[str, Any]) -> str:
    code = f" ({found['code']})" if found["code"] else ""
    on = f" on {found['on']}" if found["on"] else ""
    fee = f" {money(found['fee'])}" if found["fee"] else ""
    return f"{found['what']}{fee}{code}{on}: {'; '.join(found['evidence'])}  [{found['by']} {found['at'][:10]}]"


def _raised(found: dict[str, Any]) -> list[str]:
    at = found["raised_at"]
    return [f"nobody decided by {at[:10]}: it went up a level, and a manager decides"] if at else []


def _reminded(found: dict[str, Any]) -> str:
    return f"{found['at'][:10]} {found['by']}: reminder {found['slot']} to {', '.join(found['to']) or 'nobody'}"


def _approval(found: dict[str, Any]) -> str:
    who = f"{found['by']} for {found['for']}" if found["for"] else found["by"]
    return f"{who}: {money(found['amount'])} {found['note']}"


def _by_policy(adopted: dict[str, Any] | None) -> list[str]:
    """Which policy a case was judged by."""
    if adopted is None:
        return []
    since = "in force" if adopted["in_force"] else "replaced since; what is decided keeps it"
    return [f"judged by policy {adopted['number']}, adopted {adopted['adopted_at'][:10]}, {since}"]


def _pause(found: dict[str, Any], said: str) -> str:
    """A hold or a question with what ended it, on one line."""
    ends = "".join(f"  [{end['by']} {end['at'][:10]}: {end['text']}]" for end in found["ended"])
    over = "" if found["open"] or found["ended"] else "  [the request was amended since]"
    return f"{found['at'][:10]} {found['by']}: {said}{ends}{over}"


def _rival(found: dict[str, Any]) -> str:
    differs = ", ".join(f"{name} {value!r}" for name, value in found["differs"].items())
    return f"{found['revision']}  by {found['by']}: {differs}"


def _called(file: dict[str, Any]) -> str:
    return f", was called {file['original']}" if file["original"] != file["name"] else ""


def _finding(found: dict[str, Any]) -> str:
    over = f"  [overridden by {found['overridden_by']}: {found['override_reason']}]" if found["overridden_by"] else ""
    return f"{found['severity']:<7} {found['code']}: {found['text']}{over}"


def _note(found: dict[str, Any], note: dict[str, Any]) -> str:
    """A message on the case; one that takes the request back with the command that does so."""
    said = f"{note['at'][:10]} {note['kind']} from {note['sender'] or 'nobody known'}: {note['why']}"
    takes_back = note["kind"] == NoRequest.WITHDRAWAL and "withdraw" in found["possible_now"]
    return f"{said}  -> refundkit withdraw {found['id']}" if takes_back else said


def _section(title: str, lines: list[str]) -> None:
    if lines:
        typer.echo(f"\n{title}")
        for line in lines:
            typer.echo(f"  {show.printable(line)}")

"""Shows a request beside the case it may repeat, and asks whether they are one: link, keep apart, or look later."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Final

import typer

from refundkit.commands import ask, show
from refundkit.workflow.kinship import Near, OnDuplicate

_WIDTH: Final = 34
_LINES: Final = 6
_FIELDS: Final = (
    ("received", "received_at"), ("from", "customer_email"), ("customer", "customer_id"), ("order", "service_order"),
    ("invoice", "invoice"), ("reason", "reason"),
)  # fmt: skip
_ANSWERS: Final = {"l": OnDuplicate.LINK, "k": OnDuplicate.KEEP, "r": OnDuplicate.REVIEW, "": OnDuplicate.REVIEW}


def choose(near: Sequence[Near]) -> Mapping[str, OnDuplicate]:
    """What a person says of each; a capital letter answers for all that follow."""
    said: dict[str, OnDuplicate] = {}
    show.note(
        f"{len(near)} may be there already. l: link to it, k: keep as another, r: look later; L, K, R: all others"
    )
    for number, one in enumerate(near, start=1):
        typer.echo(f"\n{number} of {len(near)}: {show.printable(one.why)}")
        _page(one)
        while (typed := ask.line("link, keep or review? [r]")).lower()[:1] not in _ANSWERS:
            pass
        answer = _ANSWERS[typed.lower()[:1]]
        said[one.mark] = answer
        if typed[:1].isupper():
            return said | {other.mark: answer for other in near[number:]}
    return said


def _page(near: Near) -> None:
    new, old = near.request, near.before
    _line("", "new", near.called)
    for title, field in _FIELDS:
        _line(title, str(new[field]), str(old[field]))
    _line("amount", _amount(new), _amount(old))
    words = [textwrap.wrap(one["description"], _WIDTH)[:_LINES] for one in (new, old)]
    for place in range(max(map(len, words))):
        left, right = (lines[place] if place < len(lines) else "" for lines in words)
        _line("" if place else "says", left, right)


def _line(title: str, left: str, right: str) -> None:
    mark = " " if left == right or not title else "*"
    shown = [show.printable(text)[:_WIDTH] for text in (left, right)]
    typer.echo(f"{mark} {title:<9} {shown[0]:<{_WIDTH}} | {shown[1]}".rstrip())


def _amount(request: dict[str, Any]) -> str:
    return f"{request['amount']} {request['currency']}".strip() or "-"

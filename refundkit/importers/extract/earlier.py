"""What a short answer in a thread asks by what it quotes: the sum it settles for, or the request it presses for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import Final, Protocol

from refundkit.importers.extract.answer import PRESSES, Answer
from refundkit.importers.extract.asked import UNCLEAR
from refundkit.importers.extract.chosen import Chosen
from refundkit.importers.extract.intent import Intent, intent
from refundkit.importers.extract.sentences import passage
from refundkit.importers.extract.settled import AGREED, sums_in
from refundkit.importers.extract.vocabulary import vocabulary
from refundkit.model.requests import NoRequest

_SHORT: Final = 40
"""Words of an answer that leaves what it is about to what it quotes."""
_FEW: Final = 20
"""Words of one that may accept a sum it names and that stands in what it quotes, though no phrase says so."""
_MAY_PRESS: Final = 20
"""From here on, in per cent, an answer of no other kind may press for what it quotes."""
_TOLD: Final = 50
_IDLE: Final = frozenset({NoRequest.NONE, NoRequest.TALK})
"""Kinds of an answer that by itself asks, ends and promises nothing."""
MAY_SETTLE: Final = "It is not clear whether it settles for this amount."


class Reader(Protocol):
    """Reads a text; `forced`: as one that asks for money."""

    def __call__(self, text: str, *, forced: bool = False) -> Answer: ...


def by_what_it_quotes(
    own: Answer, new: str, turns: Callable[[], Sequence[str]], read: Reader, base: str, *, passed_on: bool = False
) -> Answer:
    """What an answer asks together with the turns it quotes. `own`: what it asks by itself.

    `turns` gives them, newest first; it is asked only where they may matter. `passed_on`: the message sends on what it
    quotes.
    """
    quoted = cache(turns)
    settled = _settled(own, new, quoted, read, base)
    if settled is not None:
        return settled
    presses = own.kind in (NoRequest.CHASER, NoRequest.STATUS) or (
        own.kind is NoRequest.NONE and own.presses >= _MAY_PRESS
    )
    presses = presses or (
        own.kind in _IDLE and (_asks_after(new, quoted, base) or (passed_on and len(new.split()) <= _SHORT))
    )
    return own if own.requests or not presses else _pressed(own, quoted(), read, base)


def _asks_after(new: str, quoted: Callable[[], Sequence[str]], base: str) -> bool:
    """Whether a short answer asks a question about a sum that stands in what it quotes."""
    if "?" not in new or len(new.split()) > _SHORT:
        return False
    sums = sums_in(new, base)
    return bool(sums) and any(sums <= sums_in(turn, base) for turn in quoted())


def _settled(own: Answer, new: str, quoted: Callable[[], Sequence[str]], read: Reader, base: str) -> Answer | None:
    """The request of a quoted turn for the one sum that a short answer names; None when it settles for nothing."""
    words = len(new.split())
    values = sums_in(new, base) if words <= _SHORT and not own.form else set()
    if len(values) != 1 or _is_clear(own, value := next(iter(values))):
        return None
    body = passage(new, base)
    meant = intent(body)
    ends = own.kind in (NoRequest.WITHDRAWAL, NoRequest.THANKS)
    settles = any(vocabulary().machine["settles"].search(s.shape) for s in body.sentences)
    if _grants(meant) or not (settles or words <= _FEW):
        return None
    before = set[Decimal]().union(*(sums_in(turn, base) for turn in quoted()))
    asked = next((answer.requests[0] for answer in map(read, quoted()) if len(answer.requests) == 1), None)
    if asked is None:
        return _of_bill(own, new, read) if settles and not (ends or meant.denies) else None
    if value > max(before, default=value):
        return None
    accepts = not ends and words <= _FEW and value in before and value < max(before)
    if (ends and meant.denies) or not (settles or accepts):
        return None
    answer = read(new, forced=True)
    if len(answer.requests) != 1:
        return None
    request = answer.requests[0]
    last = next((s.text for s in body.sentences if value in sums_in(s.text, base)), new)
    request.of(Chosen(value, request.currency or asked.currency, last, sure=AGREED))
    request.doubts = [doubt for doubt in request.doubts if doubt != UNCLEAR]
    if ends or meant.denies or not settles:
        request.doubts.append(MAY_SETTLE)
    request.confidence["request"] = asked.confidence.get("request", AGREED)
    return answer


def _of_bill(own: Answer, new: str, read: Reader) -> Answer | None:
    """A sum named for a bill or order to people who asked for one, as a request that a person looks at."""
    named = own.named.invoice or own.named.service_order
    if own.kind not in _IDLE or own.requests or not named:
        return None
    answer = read(new, forced=True)
    for request in answer.requests:
        request.doubts.append(MAY_SETTLE)
    return answer


def _is_clear(own: Answer, value: Decimal) -> bool:
    """Whether the answer by itself is one request for this sum, without a doubt."""
    return len(own.requests) == 1 and own.requests[0].amount == value and not own.requests[0].doubts


def _pressed(own: Answer, quoted: Sequence[str], read: Reader, base: str) -> Answer:
    """The newest request that an answer quotes, as one that it presses for; `own` when money was granted since."""
    for turn in quoted:
        answer = read(turn)
        if answer.requests:
            for asked in answer.requests:
                asked.doubts.append(PRESSES)
            answer.chases = True
            return answer
        if _grants(intent(passage(turn, base))):
            break
    return own


def _grants(meant: Intent) -> bool:
    """Whether a turn tells that money was or will be sent."""
    return bool(meant.tells) or any(roles["told"] >= _TOLD for roles in meant.roles)

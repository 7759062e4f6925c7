"""What a customer asks in the end of a conversation: of several sums in several turns the last word counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from refundkit.importers.extract.answer import Answer, Asked
from refundkit.importers.extract.chosen import EVEN, Chosen
from refundkit.importers.extract.intent import intent
from refundkit.importers.extract.numbers import bare
from refundkit.importers.extract.sentences import passage
from refundkit.importers.extract.vocabulary import vocabulary

AGREED: Final = 80
"""How sure the sum is for which a customer settles."""


def last_word(own: Answer, turns: Sequence[str], read: Callable[[str], Answer], base: str) -> Answer:
    """What was asked in all these turns, with the sum of the last that names one; a doubt when it is not clear.

    `own`: what the turns say together; `read`: reads one of them.
    """
    said = [(turn, values) for turn in turns if (values := sums_in(turn, base))]
    if (
        len(own.requests) != 1
        or len(said) < 2
        or said[-1][1].issuperset(set[Decimal]().union(*(values for _, values in said)))
    ):
        return own
    asked, (last, values) = own.requests[0], said[-1]
    amount, currency = _meant(last, values, read(last), base)
    if amount is not None and (amount != asked.amount or asked.unclear):
        asked.of(Chosen(amount, currency or asked.currency, last, sure=AGREED))
    elif amount is None and asked.amount is not None:
        asked.of(Chosen(asked.amount, asked.currency, last, sure=EVEN - 1))
    return own


def _meant(last: str, values: set[Decimal], answer: Answer, base: str) -> tuple[Decimal | None, str]:
    """The sum that the last word asks, and its currency: it asks for it in words, or settles for the one it names."""
    asks = answer.requests[0] if len(answer.requests) == 1 else Asked()
    if asks.amount in values and not asks.unclear and intent(passage(last, base)).asks:
        return asks.amount, asks.currency
    settles = any(vocabulary().machine["settles"].search(s.shape) for s in passage(last, base).sentences)
    return (next(iter(values)), asks.currency) if settles and len(values) == 1 else (None, "")


def sums_in(turn: str, base: str) -> set[Decimal]:
    """The sums a turn names, with or without a currency."""
    read = passage(turn, base)
    numbers = {n.value for s in read.sentences for n in bare(s.shape) if f"INV-{n.text}" not in s.ids.bare}
    return {mention.value for mention in read.mentions} | numbers

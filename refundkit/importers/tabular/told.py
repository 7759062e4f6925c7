"""What the words of a row ask for, read as a mail's are: the amount that no cell holds, or that nothing is asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from refundkit.importers.extract.answer import BARE, Answer, Asked
from refundkit.importers.extract.asked import UNCLEAR, read_request
from refundkit.importers.extract.intent import intent
from refundkit.importers.extract.sentences import passage
from refundkit.model.requests import NoRequest

_FEW: Final = 2
_SENTENCE: Final = 10
_PRESSES: Final = 50
"""From here on, in per cent, the words of a row press for what was asked before."""


@dataclass(frozen=True, slots=True)
class Told:
    """`why` the words ask for no money, '' when they may. `asked`: the one request in them that has an amount."""

    why: str = ""
    asked: Asked | None = None


@lru_cache(maxsize=4096)
def read_words(said: str, base: str, *, about: bool) -> Told:
    """Read the words of a row, its first line as a subject. `base`: what a bare '$' means.

    A row that is `about` a visit or bill and tells a reason asks for money unless the words say thanks, ask where its
    money is, or the like.
    """
    if said.count(" ") < _FEW:
        return Told()
    subject, _, text = said.partition("\n")
    answer = read_request(subject, text, "", base)
    if not answer.requests and about and _says_little(answer, said, base):
        answer = read_request(subject, text, "", base, forced=True)
    if not answer.requests:
        return Told(why=answer.why)
    asked = answer.requests[0]
    if about:
        asked.doubts[:] = [doubt for doubt in asked.doubts if doubt != UNCLEAR]
    sure = bool(asked.currency) or asked.confidence.get("amount", 0) >= BARE
    return Told(asked=asked if len(answer.requests) == 1 and asked.amount is not None and sure else None)


def _says_little(answer: Answer, said: str, base: str) -> bool:
    """Whether the words of a row only tell what happened: a few may sound like talk, or pressing, in a mail."""
    meant = intent(passage(said, base))
    if answer.kind is NoRequest.CHASER:
        return answer.presses < _PRESSES and not meant.chases
    if answer.kind is not NoRequest.TALK:
        return answer.kind is NoRequest.NONE
    return said.count(" ") < _SENTENCE and not meant.denies


@lru_cache(maxsize=4096)
def currency_told(said: str, base: str) -> str:
    """The one currency of the sums that the words of a row name, '' when none or several."""
    if not any(c.isdigit() for c in said):
        return ""
    found = {mention.currency for mention in passage(said, base).mentions if mention.currency}
    return found.pop() if len(found) == 1 else ""

"""Does a text ask for money back? Which sentences ask, which say no, is it a reminder."""

from __future__ import annotations

from dataclasses import dataclass

from refundkit.importers.extract.sentences import Passage
from refundkit.importers.extract.vocabulary import vocabulary


@dataclass(frozen=True, slots=True)
class Intent:
    """Numbers of the sentences that ask for money back, of those that say no, that tell of a refund, of reminders."""

    asks: frozenset[int]
    denies: frozenset[int]
    tells: frozenset[int]
    chases: frozenset[int]
    thanks: bool


def intent(passage: Passage) -> Intent:
    """Judge each sentence by itself: one that says no does not ask, whatever other words it holds."""
    words = vocabulary().intent
    asks, denies, tells, chases = set[int](), set[int](), set[int](), set[int]()
    thanks = False
    for place, sentence in enumerate(passage.sentences):
        shape = sentence.shape
        asking = words["ask"].search(shape) is not None
        where = words["status"].search(shape) is not None and words["chase"].search(shape) is None
        told = where or (words["report"].search(shape) is not None and not (asking and words["polite"].search(shape)))
        if told:
            tells.add(place)
        elif words["no"].search(shape):
            denies.add(place)
        elif asking:
            asks.add(place)
        if words["chase"].search(shape):
            chases.add(place)
        thanks = thanks or words["thanks"].search(shape) is not None
    return Intent(frozenset(asks), frozenset(denies), frozenset(tells), frozenset(chases), thanks)

"""Does a text ask for money back? Which sentences ask, which say no, what kind of message it is as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from refundkit.importers.extract.learned import model
from refundkit.importers.extract.sentences import Passage
from refundkit.importers.extract.vocabulary import vocabulary

_ROLES: Final = ("ask", "no", "press", "told", "where")
_STEPS: Final = (20, 35, 50, 65, 80, 90)
REQUESTS: Final = ("request", "chaser")
"""The kinds of message that ask for money."""


@dataclass(frozen=True, slots=True)
class Intent:
    """Numbers of the sentences that ask for money back, of those that say no, that tell of a refund, of reminders.

    `gives`: it speaks of money that the customer is to pay back. `roles`: for every sentence the chances in per cent of
    what it does, as the trained model sees it; `asking`: that it asks.
    """

    asks: frozenset[int]
    denies: frozenset[int]
    tells: frozenset[int]
    chases: frozenset[int]
    thanks: bool
    gives: bool
    roles: tuple[Mapping[str, int], ...]
    asking: tuple[int, ...]


def intent(passage: Passage) -> Intent:
    """Judge each sentence by itself: one that says no does not ask, whatever other words it holds."""
    words = vocabulary().intent
    asks, denies, tells, chases = set[int](), set[int](), set[int](), set[int]()
    thanks = gives = False
    for place, sentence in enumerate(passage.sentences):
        shape = sentence.shape
        asked = words["ask"].search(shape) is not None
        where = words["status"].search(shape) is not None and words["chase"].search(shape) is None
        told = where or (words["report"].search(shape) is not None and not (asked and words["polite"].search(shape)))
        if told:
            tells.add(place)
        elif _says_no(shape):
            denies.add(place)
        elif asked:
            asks.add(place)
        if words["chase"].search(shape):
            chases.add(place)
        thanks = thanks or words["thanks"].search(shape) is not None
        gives = gives or words["gives"].search(shape) is not None
    role = model("role")
    roles = tuple(role.chances(s.signs) for s in passage.sentences)
    asking = tuple(chances["ask"] for chances in roles)
    return Intent(frozenset(asks), frozenset(denies), frozenset(tells), frozenset(chases), thanks, gives, roles, asking)


def _says_no(shape: str) -> bool:
    """Whether a phrase says that no money is wanted: 'I do not want it any more, so refund it' says no such thing."""
    words = vocabulary().intent
    return any(words["turn"].search(match[0]) is None for match in words["no"].finditer(shape))


def kind_of(passage: Passage, meant: Intent, *, staff: bool) -> dict[str, int]:
    """How likely the message is of each kind, in per cent. `staff`: one of the shop's people wrote it."""
    return model("kind").chances(kind_signs(passage, meant, staff=staff))


def kind_signs(passage: Passage, meant: Intent, *, staff: bool) -> set[str]:
    """What the model of kinds sees of a message."""
    found = set().union(*(sentence.signs for sentence in passage.sentences))
    found.update(_signs(passage, meant))
    if staff:
        found.add("i:staff")
    return found


def _signs(passage: Passage, meant: Intent) -> Iterator[str]:
    places = {"asks": meant.asks, "denies": meant.denies, "tells": meant.tells, "chases": meant.chases}
    for name, found in places.items():
        if found:
            yield f"i:{name}"
        if len(found) > 1:
            yield f"i:{name}2"
    if meant.asks and not meant.denies and not meant.tells:
        yield "i:only-asks"
    if meant.thanks:
        yield "i:thanks"
    if passage.mentions:
        yield "i:money"
    if any(s.ids.invoice for s in passage.sentences):
        yield "i:invoice"
    if any(s.ids.order for s in passage.sentences):
        yield "i:order"
    yield f"i:length{min(4, len(passage.sentences) // 3)}"
    for role in _ROLES:
        strongest = sorted((chances[role] for chances in meant.roles), reverse=True)[:2]
        for number, chance in enumerate(strongest):
            yield from (f"p:{role}{number}:{step}" for step in _STEPS if chance >= step)

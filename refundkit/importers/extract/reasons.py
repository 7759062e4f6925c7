"""Why money is asked back: what the trained model makes of the words, and the sentence that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from refundkit.importers.extract.learned import model
from refundkit.importers.extract.sentences import Sentence
from refundkit.importers.extract.vocabulary import vocabulary

OTHER: Final = "other"
_STEPS: Final = (1, 2, 3, 5, 7)
_TOLD, _NONE_GIVEN, _HINTED = 50, 60, 22
"""A reason is told from so many per cent on; that none was given must be so likely, if another is hinted at."""
_SHORTEST: Final = 4


class Reason(NamedTuple):
    """A reason's code, the sentence that bears it out ('' without one), and how sure that is, 0 to 100."""

    code: str
    text: str
    sure: int


def reason(sentences: Sequence[Sentence], around: Sequence[Sentence] = ()) -> Reason:
    """The likeliest reason; `around`: what else there is to read when these sentences do not tell it."""
    found = _likeliest(sentences)
    if around and (found.code == OTHER or found.sure < _TOLD):
        wider = _likeliest([*sentences, *around])
        found = wider if wider.code != OTHER and wider.sure > found.sure else found
    return found


def _likeliest(sentences: Sequence[Sentence]) -> Reason:
    chances = model("reason").chances(reason_signs(sentences))
    first, second = sorted(chances, key=lambda code: -chances[code])[:2]
    if first == OTHER and chances[first] < _NONE_GIVEN and chances[second] >= _HINTED:
        first = second
    return Reason(first, _shown(first, sentences), chances[first])


def reason_signs(sentences: Sequence[Sentence]) -> set[str]:
    """What the model of reasons sees."""
    found = set().union(*(s.signs for s in sentences))
    found.update(_phrases(sentences))
    return found


def _phrases(sentences: Sequence[Sentence]) -> Iterator[str]:
    """How much the phrases of the word files speak for each reason; one counts once however often it stands."""
    words = vocabulary().reasons
    totals = dict.fromkeys(words.codes, 0)
    for number in frozenset[int]().union(*(words.phrases.found(s.shape) for s in sentences)):
        code, weight = words.weights[number]
        totals[code] += weight
    for code, total in totals.items():
        yield from (f"r:{code}:{step}" for step in _STEPS if total >= step)


def _shown(code: str, sentences: Sequence[Sentence]) -> str:
    """The sentence that alone speaks most for this reason, when one does at all."""
    if code == OTHER or not sentences:
        return ""
    known = model("reason")
    full = [s for s in sentences if s.text.count(" ") >= _SHORTEST] or sentences
    return max(full, key=lambda s: known.chances(s.signs)[code]).text

"""Why money is asked back: what the trained model makes of the words, and the sentence that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from refundkit.importers.extract.learned import model
from refundkit.importers.extract.sentences import Sentence
from refundkit.importers.extract.vocabulary import vocabulary

OTHER: Final = "other"
_STEPS: Final = (1, 2, 3, 5, 7)
_SHORTEST: Final = 3


class Reason(NamedTuple):
    """A reason's code, the sentence that bears it out ('' without one), and how sure that is, 0 to 100."""

    code: str
    text: str
    sure: int


def reason(sentences: Sequence[Sentence]) -> Reason:
    """The likeliest reason."""
    code, sure = model("reason").best(reason_signs(sentences))
    return Reason(code, _shown(code, sentences), sure)


def speaks(sentences: Sequence[Sentence]) -> bool:
    """Whether any words of these sentences speak for some reason."""
    return any(words.any.search(s.shape) for words in vocabulary().reasons for s in sentences)


def reason_signs(sentences: Sequence[Sentence]) -> set[str]:
    """What the model of reasons sees."""
    found = set().union(*(s.signs for s in sentences))
    found.update(_phrases(sentences))
    return found


def _phrases(sentences: Sequence[Sentence]) -> Iterator[str]:
    """How much the phrases of the word files speak for each reason; one counts once however often it stands."""
    for words in vocabulary().reasons:
        shapes = [s.shape for s in sentences if words.any.search(s.shape)]
        total = sum(weight for pattern, weight in words.phrases if any(pattern.search(shape) for shape in shapes))
        for step in _STEPS:
            if total >= step:
                yield f"r:{words.code}:{step}"


def _shown(code: str, sentences: Sequence[Sentence]) -> str:
    """The sentence that alone speaks most for this reason, when one does at all."""
    if code == OTHER or not sentences:
        return ""
    known = model("reason")
    full = [s for s in sentences if s.text.count(" ") >= _SHORTEST] or sentences
    return max(full, key=lambda s: known.chances(s.signs)[code]).text

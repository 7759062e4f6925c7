"""Why money is asked back: the reason whose words weigh most, and the sentence that shows it."""

from __future__ import annotations

from collections.abc import Sequence

from refundkit.importers.extract.sentences import Sentence
from refundkit.importers.extract.vocabulary import vocabulary

ENOUGH = 2
_ORDER = (
    "duplicate-payment", "cancelled-visit", "goodwill", "equipment-return", "sla-breach", "incomplete-service",
    "faulty-work", "billing-error", "other",
)  # fmt: skip
"""Which reason wins when two weigh the same: the one whose words are rarer in other stories first."""


def reason(sentences: Sequence[Sentence]) -> tuple[str, str]:
    """(code, the sentence that bears it out); ('other', '') when no reason's words are found."""
    scores = weigh(sentences)
    if not scores:
        return "other", ""
    code = min(scores, key=lambda c: (-scores[c][0], _ORDER.index(c)))
    score, evidence = scores[code]
    return (code, evidence) if score >= ENOUGH else ("other", "")


def weigh(sentences: Sequence[Sentence]) -> dict[str, tuple[int, str]]:
    """Every reason's weight and its strongest sentence. A phrase counts once however often it stands."""
    out: dict[str, tuple[int, str]] = {}
    for words in vocabulary().reasons:
        total, best, evidence = 0, 0, ""
        seen = set[int]()
        for sentence in sentences:
            here = 0
            if not words.any.search(sentence.shape):
                continue
            for number, (pattern, weight) in enumerate(words.phrases):
                if pattern.search(sentence.shape):
                    here += weight
                    total += weight if number not in seen else 0
                    seen.add(number)
            if here > best:
                best, evidence = here, sentence.text
        if total:
            out[words.code] = (total, evidence)
    return out

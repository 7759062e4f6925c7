"""Amounts that a sentence gives only roughly, as a range, or beside another that may be meant."""

from __future__ import annotations

import re
from functools import cache

from refundkit.importers.extract.sentences import Passage
from refundkit.importers.extract.vocabulary import vocabulary


def mark_vague(shape: str, passage: Passage) -> None:
    """Mark the amounts of a sentence that it gives only roughly, or as a range."""
    approx, spans, instead = _vague()
    if (other := instead.match(shape)) is not None:
        passage.mentions[int(other[1][5:])].vague = "another sum may be meant"
    for match in approx.finditer(shape):
        if _is_of_bill(shape[: match.start()], match[0]):
            continue
        passage.mentions[int((match["a"] or match["b"])[5:])].vague = "it is only about that much"
    for match in spans.finditer(shape):
        for name in filter(None, match.groups()):
            passage.mentions[int(name[5:])].vague = "it is a range"


def _is_of_bill(before: str, words: str) -> bool:
    """Whether a word before an amount joins it to an invoice's number: 'INV-20123 over 300'."""
    return words.split(maxsplit=1)[0] in vocabulary().amount["billed_for"] and before.rstrip().endswith("invref")


@cache
def _vague() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    words = vocabulary().amount
    approx = "|".join(sorted((re.escape(w) for w in words["approx"]), key=len, reverse=True))
    joint = "|".join(re.escape(w) for w in words["range"] if w not in ("and", "und", "et", "y"))
    between = "|".join(re.escape(w) for w in words["between"])
    both = r"and|und|et|y|to|bis|a"
    after = "|".join(re.escape(w) for w in words["approx_after"])
    return (
        re.compile(rf"(?:(?<!\w)(?:{approx})|~)[\s.]{{0,5}}(?P<a>money\d+)|(?P<b>money\d+)\W{{1,3}}(?:{after})(?!\w)"),
        re.compile(
            rf"(?<!\w)(?:{between})\W+(money\d+)\W+(?:{both})\W+(money\d+)"
            rf"|(money\d+)\s*(?:{joint})\s*(money\d+)"
        ),
        re.compile(rf"\W*(?:{'|'.join(map(re.escape, words['else']))})\W+(money\d+)"),
    )

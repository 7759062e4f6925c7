"""A text as sentences, each with the amounts and ids in it taken out and replaced by place-holders."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from refundkit.importers.extract.amounts import Mention, take_amounts
from refundkit.importers.extract.features import of_sentence
from refundkit.importers.extract.forms import IdForm
from refundkit.importers.extract.ids import Ids, take_ids
from refundkit.importers.extract.phrases import fold, plain
from refundkit.importers.extract.rates import rates_in_words
from refundkit.importers.extract.vocabulary import vocabulary

MAX_TEXT: Final = 20_000
MAX_SENTENCES: Final = 300
MAX_SENTENCE: Final = 1500
_ITEM: Final = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*\u2022\u2023\u25cf\u00b7]|\(?[a-h]\))\s+\S")
_LABEL: Final = re.compile(r"^\s*[^\W\d][\w /.#'-]{1,28}\s?:\s")
_END: Final = re.compile(r"(?<=[.!?\u2026])[\"')\]]*\s+(?=\S)")
_SHORT: Final = re.compile(
    r"(?:^|[\s(])(?:mr|mrs|ms|cust|acct|qty|appt|dept|dr|prof|st|no|nr|inv|ref|tel|incl|excl|approx|ca|z\.b|bzw|usw|evtl|inkl|zzgl|vgl|str|hr|fr|sfr|m|mme|mlle|n|núm|sr|sra|art|fig|vs|etc|e\.g|i\.e|[a-z]|\d{1,2}\.\d{1,2})\.$",
    re.IGNORECASE,
)
_COUNTED: Final = re.compile(
    r"(?:^|\b(?:am|vom|zum|den|der|die|das|dem|im|bis|und|no|nr|le|el))\s?\d{1,2}\.$", re.IGNORECASE
)
_ABBREVIATED: Final = re.compile(r"(?:^|[\s(])[A-Za-z]{1,4}\.$")
_HALF_OF_DAY: Final = re.compile(r"\d ?[ap]\.m\.$", re.IGNORECASE)
_RANDS: Final = re.compile(r"(?<![\w-])R\s?(?=\d{1,3}(?:[ ,]\d{3})+(?!\w)|\d{2,6}(?:[.,]\d\d)?(?![\w-]|[.,]\d))")
_OF_RANDS: Final = re.compile(
    r"(?<![\w-])R\s?(?:\d{1,3}(?:[ ,]\d{3})+|\d+[.,]\d\d)(?!\w)|\b(?:[Rr]ands?|ZAR)\b"
    r"|\b(?:charged|paid|pay|paying|refund|refunded|cost|costs|back)\s(?:(?:me|us|you|the|a|only|over)\s)?R\s?\d{2,6}(?!\w)"
)
"""How a text shows that its 'R850' is money; in another it may be a machine's name."""
_TABLE: Final = re.compile(r"\t|\S {3,}\S|^\s*(?:INV|SO)-\d[\d-]{3,12}\s.*\d[.,]\d\d\s?(?:[A-Z]{3}|[€£$])?\s*$")
"""A row of a table: cells set apart, or an id and the words about it up to a sum at the end of the line."""
_PLACED: Final = re.compile(r"(?<!\w)money(\d+)(?!\w)")
_EMPHASIS: Final = re.compile(r"(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")


@dataclass(slots=True)
class Sentence:
    """One sentence: as written, and folded with `moneyN`, `invref`, `ordref`, `cusref` for what was taken out.

    `signs`: what the trained models see of it.
    """

    text: str
    shape: str
    ids: Ids
    signs: set[str]
    item: int = 0


@dataclass(slots=True)
class Passage:
    """Sentences in order and the amounts they mention (moneyN is `mentions[N]`). `rands`: 'R850' is one of them.

    `base`: the currency a bare '$' means.
    """

    sentences: list[Sentence] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    rands: bool = False
    base: str = ""

    @property
    def named(self) -> bool:
        """Whether it names a bill, an order or a customer by its id."""
        return any(s.ids.invoice or s.ids.order or s.ids.customer for s in self.sentences)

    def values(self, shape: str) -> list[Decimal]:
        """The amounts of a sentence."""
        return [self.mentions[int(number)].value for number in _PLACED.findall(shape)]

    def holds(self, places: Sequence[int], value: Decimal | None) -> bool:
        """Whether an amount stands in these sentences."""
        return any(value in self.values(self.sentences[place].shape) for place in places)

    def add(self, text: str, base: str, item: int = 0, forms: tuple[IdForm, ...] = ()) -> None:
        """Add one sentence."""
        ids, rest = take_ids(plain(_mended(_EMPHASIS.sub("", text))), forms)
        rest = _RANDS.sub("ZAR ", rest) if self.rands else rest
        found, rest = take_amounts(rates_in_words(rest), base, len(self.mentions))
        self.mentions += found
        shape = fold(rest)
        self.sentences.append(Sentence(text, shape, ids, of_sentence(shape), item))


def passage(text: str, base: str, forms: tuple[IdForm, ...] = ()) -> Passage:
    """Read a text. Items of a list are counted from 1; sentences outside a list have item 0.

    `base`: the currency a bare '$' means; `forms`: how the shop's own numbers look.
    """
    out = Passage(rands=_OF_RANDS.search(text[:MAX_TEXT]) is not None, base=base)
    for block, item in blocks(text[:MAX_TEXT]):
        for sentence in _pieces(block):
            if len(out.sentences) >= MAX_SENTENCES:
                return out
            out.add(sentence, base, item, forms)
    return out


def blocks(text: str) -> Iterator[tuple[str, int]]:
    """Pieces of text that belong together (paragraphs, list items, labelled lines), each with its item number."""
    lines: list[str] = []
    item = items = 0
    blank = in_row = False
    for line in [*text.split("\n"), ""]:
        begins = _ITEM.match(line) is not None
        row = _TABLE.search(line) is not None
        if lines and (begins or blank or not line.strip() or _LABEL.match(line) or row or in_row):
            yield " ".join(lines), item
            lines = []
        if row and not begins and (in_row or not item or blank):
            items += 1
            item = items
        elif in_row and not row and not begins:
            item = 0
        in_row = row
        if begins:
            items += 1
            item = items
        elif blank and line.strip() and not row and not line.startswith((" ", "\t")):
            item = 0
        if line.strip():
            lines.append(line.strip())
        blank = not line.strip()
    if lines:
        yield " ".join(lines), item


def _pieces(block: str) -> Iterator[str]:
    """The sentences of a block; one without end is cut, so that the time for it stays bounded."""
    for sentence in _sentences(block):
        for at in range(0, len(sentence), MAX_SENTENCE):
            yield sentence[at : at + MAX_SENTENCE]


def _sentences(block: str) -> Iterator[str]:
    start = 0
    for match in _END.finditer(block):
        head = block[start : match.start()]
        if not _goes_on(head, block[match.end()]):
            yield head.strip()
            start = match.end()
    if block[start:].strip():
        yield block[start:].strip()


def _goes_on(head: str, following: str) -> bool:
    """Whether the full stop at the end of `head` is that of an abbreviation, a list's number or a date."""
    if _SHORT.search(head[-12:]) or _COUNTED.search(head[-12:]):
        return True
    if following.islower() and _HALF_OF_DAY.search(head[-8:]):
        return True
    return following.isdigit() and (_ABBREVIATED.search(head[-8:]) is not None or head[-3:].lower() == "nr.")


def _mended(text: str) -> str:
    """Slips of the finger in the words that matter put right ('refnud'); all else stays."""
    slips = vocabulary().typos

    def mend(match: re.Match[str]) -> str:
        return slips.get(match[0].lower(), match[0])

    return re.sub(r"(?<![\w@.-])[A-Za-z]{3,}(?![\w@-])", mend, text)

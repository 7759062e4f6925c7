"""Customer, service order and invoice ids as people write them, brought to the forms C-1133, SO-2026-00461, INV-20988.

Ticket, RMA and purchase order numbers are no ids, and neither is an invoice number of another form: it is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from refundkit.importers.extract.forms import IdForm, patterns, written
from refundkit.importers.extract.phrases import fold
from refundkit.importers.extract.vocabulary import vocabulary

_EXACT: Final = (
    ("order", re.compile(r"(?<![\w-])so[\s-]{0,2}(20\d\d)[\s/-]{1,2}(\d{1,6})(?![\w-]*\d)", re.IGNORECASE)),
    ("order", re.compile(r"(?<![\w-])so-?(20\d\d)(\d{5})(?![\w-])", re.IGNORECASE)),
    ("invoice", re.compile(r"(?<![\w-])inv[\s-]{0,2}(\d{4,7})(?!\d|[-/.]\d)", re.IGNORECASE)),
    (
        "customer",
        re.compile(
            r"(?<![\w-])(?:[cC][-\u2010-\u2013]\s?(?=\d{3})|C(?=\d{4})|c(?=\d{4}(?!\d)))(\d{3,6})(?!\d|[-/.]\d)"
        ),
    ),
)
_YEARLY: Final = re.compile(r"(?<![\w/.-])(?:(20\d\d)[/-](\d{3,5})|(\d{3,5})/(20\d\d))(?![\w/-]|[.,]\d)")
_OF_A_YEAR: Final = re.compile(r"(20\d\d)[/-](\d{1,6})|(\d{3,6})/(20\d\d)")
_BARE: Final = re.compile(r"(?<![\w/.,:#+-])(?<!\d )(\d{5})(?![\w/-]|[.,:]\d| ?[%€$£]| [A-Z]| \d)")
_FIGURE: Final = re.compile(r"\d")
_NEAR: Final = 60
_URL: Final = re.compile(r"<?https?://\S+>?|www\.\S+|\S+@\S+", re.IGNORECASE)


@dataclass(slots=True)
class Ids:
    """What was found: normalised ids in order, and texts that look like one but are not of a known form.

    `bare`: invoices named by their digits alone, with no word for an invoice before them.
    """

    customer: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    invoice: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)

    def add(self, kind: str, value: str) -> None:
        """Keep an id once, in order."""
        known: list[str] = getattr(self, kind)
        if value not in known:
            known.append(value)


_REFERENCES: Final = {"customer": " cusref ", "order": " ordref ", "invoice": " invref "}


def take_ids(text: str, forms: tuple[IdForm, ...] = ()) -> tuple[Ids, str]:
    """The ids in a text (plain, any letter case), and the text with each replaced by `invref`, `ordref` or `cusref`.

    `forms`: how the shop's own numbers look, when that is known.
    """
    found = Ids()
    text = _spelled().sub(_in_figures, _URL.sub(" ", text))
    if _FIGURE.search(text) is None:
        return found, text
    for form, pattern in patterns(forms):
        text = pattern.sub(lambda m, form=form: _own(found, form, m), text)  # type: ignore[misc]
    for kind, pattern in _EXACT:
        text = pattern.sub(lambda m, kind=kind: _exact(found, kind, m), text)  # type: ignore[misc]
    for kind, pattern in _loose():
        text = pattern.sub(lambda m, kind=kind: _labelled(found, kind, m), text)  # type: ignore[misc]
    text = _YEARLY.sub(lambda m: _yearly(found, m), text)
    for match in _BARE.finditer(text):
        if not _foreign().search(text[max(0, match.start() - 25) : match.start()].lower()):
            found.add("bare", f"INV-{match[1]}")
    return found, text


@cache
def _spelled() -> re.Pattern[str]:
    """A number said behind a word for what it is the number of: 'invoice three one one two two', 'customer twenty one
    thirty three'.
    """
    ids = vocabulary().ids
    labels = "|".join(re.escape(w) for kind in ("customer", "order", "invoice") for w in ids[kind])
    link = "|".join(map(re.escape, ids["link"]))
    figure = _any_of(_figure_words())
    ten, unit, teen = (_any_of(_said(range(*span))) for span in ((20, 100, 10), (1, 10), (10, 20)))
    pair = rf"(?:(?:{ten})(?:[\s-](?:{unit}))?|{teen})"
    return re.compile(
        rf"(?<![\w-])(?P<label>(?:{labels})(?:[\s.:#]+(?:{link})(?!\w))*[\s:,]+)"
        rf"(?:(?P<run>(?:{figure})(?:[\s,-]+(?:{figure})){{3,8}})|(?P<first>{pair})[\s,]+(?P<second>{pair}))(?!\w)",
        re.IGNORECASE,
    )


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


@cache
def _said(values: range) -> dict[str, int]:
    """The words for some numbers, of all languages."""
    return {w: value for n in vocabulary().numerals for w, value in n.value.items() if value in values and w.isalpha()}


@cache
def _figure_words() -> dict[str, str]:
    """The words for single figures, of all languages."""
    return {word: str(value) for word, value in _said(range(1, 10)).items()} | dict.fromkeys(
        vocabulary().ids["zero"], "0"
    )


def _in_figures(match: re.Match[str]) -> str:
    if match["first"]:
        if not match["label"].lower().startswith(tuple(vocabulary().ids["customer"])):
            return match[0]  # 'the bill, forty-five fifty' is a price
        return match["label"] + "".join(f"{_under_a_hundred(match[part]):02d}" for part in ("first", "second"))
    words = _figure_words()
    number = "".join(words[fold(word)] for word in re.findall(r"\w+", match["run"]))
    return match["label"] + re.sub(r"^(20\d\d)(\d{5})$", r"\1 \2", number)


def _under_a_hundred(words: str) -> int:
    """'Thirty three': its parts added."""
    return sum(_said(range(1, 100))[fold(word)] for word in re.findall(r"\w+", words))


def _own(found: Ids, form: IdForm, match: re.Match[str]) -> str:
    found.add(form.kind, written(form, match))
    return _REFERENCES[form.kind]


def _yearly(found: Ids, match: re.Match[str]) -> str:
    """'2026/461' or '461/2026' where a word for an order stands before it."""
    before = match.string[max(0, match.start() - _NEAR) : match.start()].lower()
    if not _order_before().search(before) or _foreign().search(before[-25:]):
        return match[0]
    found.add("order", f"SO-{match[1] or match[4]}-{(match[2] or match[3]).zfill(5)}")
    return " ordref "


@cache
def _order_before() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(re.escape(w) for w in vocabulary().ids['near'])})")


@cache
def _foreign() -> re.Pattern[str]:
    """Words before numbers of other papers: purchase orders, tickets, returns."""
    return re.compile(rf"\b(?:{'|'.join(re.escape(w) for w in vocabulary().ids['foreign'])})\b[^\d]*$")


def normalised(kind: str, value: str, forms: tuple[IdForm, ...] = ()) -> str:
    """An id from a form field that is known to be of this kind; '' when it is not clearly one."""
    value = value.strip()[:200]
    found, _ = take_ids(value, forms)
    known: list[str] = getattr(found, kind)
    if len(known) == 1:
        return known[0]
    if known:
        return ""
    if kind == "order" and (match := re.fullmatch(r"(20\d\d)[\s/-](\d{1,6})", value)):
        return f"SO-{match[1]}-{match[2].zfill(5)}"
    digits = {"customer": r"c?[\s#]*(\d{3,6})", "invoice": r"#?\s*(\d{5,7})"}.get(kind, r"(?!)")
    bare = re.fullmatch(digits, value, re.IGNORECASE)
    return f"{'C' if kind == 'customer' else 'INV'}-{bare[1]}" if bare else ""


def _exact(found: Ids, kind: str, match: re.Match[str]) -> str:
    if kind == "order":
        found.add(kind, f"SO-{match[1]}-{match[2].zfill(5)}")
    else:
        found.add(kind, f"{'INV' if kind == 'invoice' else 'C'}-{match[1]}")
    return _REFERENCES[kind]


def _labelled(found: Ids, kind: str, match: re.Match[str]) -> str:
    """A number after a word for a customer, order or invoice: an id of ours, or a text of another form."""
    number = match["number"]
    if kind == "order" and (own := _OF_A_YEAR.fullmatch(number.replace(" ", "-"))):
        found.add(kind, f"SO-{own[1] or own[4]}-{(own[2] or own[3]).zfill(5)}")
        return f"{match['label']} ordref "
    if kind == "customer" and re.fullmatch(r"\d{3,6}", number):
        found.add(kind, f"C-{number}")
        return f"{match['label']} cusref "
    if kind == "invoice" and re.fullmatch(r"\d{5,6}", number):
        found.add(kind, f"INV-{number}")
        return f"{match['label']} invref "
    if kind == "order" and re.fullmatch(r"0\d{4}", number):
        return f"{match['label']} "  # ours, but of which year?
    before = match.string[max(0, match.start() - _NEAR) : match.start()].lower()
    of_theirs = _foreign().search(before[-25:] + match["label"].lower().rstrip(" .:#"))
    if len(number) >= 4 and not of_theirs and not re.fullmatch(r"(?:19|20)\d\d", number):
        found.add("foreign", " ".join(match[0].split()))
        return f"{match['label']} "
    return match[0]


@cache
def _loose() -> tuple[tuple[str, re.Pattern[str]], ...]:
    ids = vocabulary().ids
    link = "|".join(sorted((re.escape(w) for w in ids["link"]), key=len, reverse=True))
    between = rf"(?:[\s.:#°º,-]+(?:{link})(?![\w]))*[\s.:#°º(]*"
    number = r"\d+(?:[/-]\d+)*"
    numbers = {"customer": rf"(?:c )?(?P<number>{number})", "order": rf"(?P<number>20\d\d \d{{5}}|{number})"}
    after = r"(?![\w]|[-/.,:']\d|\s?(?:%|hours|hrs|euro|dollars|usd|eur|[$€£]))"
    return tuple(
        (
            kind,
            re.compile(
                rf"(?<![\w-])(?P<label>{'|'.join(re.escape(w) for w in sorted(ids[kind], key=len, reverse=True))})"
                rf"(?![\w]){between}{numbers.get(kind, f'(?P<number>{number})')}{after}",
                re.IGNORECASE,
            ),
        )
        for kind in ("customer", "order", "invoice")
    )

"""Amounts of money in a sentence, in figures and in words, with their currency and what makes them uncertain."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from refundkit.importers.extract.rates import an_hour
from refundkit.importers.extract.spoken import priced, spoken
from refundkit.importers.extract.vocabulary import Numerals, vocabulary
from refundkit.model.money import DIGITS

_DOLLARS: Final = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"})
_NUMBER: Final = (
    r"\d{1,3}(?:[ .,'\u2019]\d{3})+(?:[.,]\d{1,2})?(?![\d])|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d{1,2})?(?!\d)"
    r"|\d{1,9}(?:[.,]\d{1,3})?(?!\d)"
)
_CODE: Final = 3
_DASH: Final = r"(?:[.,][-]{1,2}|/[-=])?"
_UNIT: Final = re.compile(
    r"\s?(?:h|hr|hrs|hours?|std|stunden?|heures?|horas?|min|minutes?|km|miles?|kg|m|mm|cm|gb|tb|x|am|pm|uhr|%|percent|ports?)\b|\s?%",
    re.IGNORECASE,
)
_DAY: Final = re.compile(
    r"\b(?:am|vom|den|bis|zum|ab|on|le|du|el|at|since|seit|version|v|clause|section|page)\s*$", re.IGNORECASE
)
_CLOCK: Final = re.compile(r"(?:[01]?\d|2[0-3])\.[0-5]\d")
_TOLD: Final = re.compile(
    r"\b(?:at|from|until|till|by|before|after|since|rang|called|um|gegen|ab|bis|von|nach|vor|vers|dès|las)\s*$",
    re.IGNORECASE,
)
"""What stands before a time of day."""
_DATED: Final = re.compile(r"(?:\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}),?\s*$")
_FIGURES_BEFORE: Final = re.compile(r"\d\s?(?:-|to|bis|or|oder|ou|à|a|o)\s?$", re.IGNORECASE)
_DATE_BEFORE: Final = re.compile(r"\d/\d{1,4}\s-\s$")
"""A day and a dash: what stands behind it is no end of a range."""
_AND_BEFORE: Final = re.compile(r"(?<![\w.,])(\d[\d.,']*)\s?(?:and|und|et|y)\s?$", re.IGNORECASE)
_DAY_AND: Final = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2}(?:st|nd|rd|th)?,? and $", re.IGNORECASE
)
"""A day of a month and 'and': what stands behind it is a sum of its own."""
_TIMES: Final = re.compile(
    r"(?<![\w.,])(?!1\b)(?:\d*\s?\u00d7|\d{1,3}(?: \w{2,12})?\s?(?:[x*@]|mal|fois|times|veces))\s?$", re.IGNORECASE
)
_FIGURES_AFTER: Final = re.compile(r"\s?(?:-|to|bis|à|or|oder)\s?\d", re.IGNORECASE)


@dataclass(slots=True)
class Mention:
    """An amount where it stands. `currency` is '' when not said.

    `vague` says why it is not definite ('' otherwise); `unit`: it is a price with a count before it ('3 x $45');
    `reckoned`: its value is what was worked out where it stands ('half of the $380').
    """

    value: Decimal
    currency: str
    text: str
    vague: str = ""
    unit: bool = False
    reckoned: bool = False


def take_amounts(text: str, base: str, first: int, *, lone: bool = False) -> tuple[list[Mention], str]:
    """The amounts in a plain text, and the text with each replaced by `moneyN`, N counting from `first`.

    `lone`: a number without a sign of money counts too (the amount field of a form).
    """
    found: list[Mention] = []

    def keep(mention: Mention) -> str:
        found.append(mention)
        return f" money{first + len(found) - 1} "

    text = _in_figures(text, base, keep, lone=lone)
    for numerals in vocabulary().numerals:
        text = _in_words(text, base, numerals, keep)
    return found, text


def _in_figures(text: str, base: str, keep: Callable[[Mention], str], *, lone: bool) -> str:
    out: list[str] = []
    at = 0
    for match in _figures().finditer(text):
        mention = _mention(match, text, base, lone=lone) if match.start() >= at else None
        if mention is not None:
            cents = _cents_behind(match, mention.value, text)
            if cents is not None:
                mention.value += Decimal(cents["cents"] or cents["last"]) / 100
                mention.text += cents[0]
            out += [text[at : match.start()], keep(mention)]
            at = match.end() if cents is None else cents.end()
    out.append(text[at:])
    return "".join(out)


def _cents_behind(match: re.Match[str], whole: Decimal, text: str) -> re.Match[str] | None:
    """The cents told apart from a whole sum: with a word of their own, or behind a currency that is told by a word."""
    unit = (match["post"] or "").strip()
    found = _cents().match(text, match.end()) if unit and whole % 1 == 0 else None
    by_word = unit.isalpha() and len(unit) > _CODE
    return found if found is not None and (found["cents"] or by_word) else None


@cache
def _cents() -> re.Pattern[str]:
    """What stands behind a sum whose cents are told apart from it: '137 euros et 60 centimes', '58 dollars 90'."""
    words = "|".join(sorted({w for n in vocabulary().numerals for w in n.cents.split("|")}, key=len, reverse=True))
    told = rf" (?:(?:and|und|et|y|con) )?(?P<cents>\d{{1,2}}) ?(?i:{words})(?!\w)"
    on = "|".join(map(re.escape, vocabulary().amount["goes_on"]))
    return re.compile(rf"{told}| (?P<last>\d\d)(?=\s*(?:[,;)!?]|\.(?!\d)|$)|\s(?i:{on})(?!\w))")


def _mention(match: re.Match[str], text: str, base: str, *, lone: bool) -> Mention | None:
    value = number(match["number"])
    before, after = text[max(0, match.start() - 20) : match.start()], text[match.end() : match.end() + 20]
    marked = bool(match["pre"] or match["post"])
    if value is None or (not marked and not lone and not _looks_like_money(match, before, after)):
        return None
    if match["kilo"]:
        value *= 1000
    currency = currency_of(match["post"] or "", base) if match["post"] else ""
    named = currency_of(match["pre"], base) if match["pre"] else ""
    if named and (not currency or (match["post"] or "").strip().startswith("$")):
        currency = named
    vague = ""
    joined = None if _DAY_AND.search(before) and match["pre"] else _AND_BEFORE.search(before)
    joined = None if joined and match["pre"] and _of_tax().match(after) else joined
    ends = _FIGURES_BEFORE.search(before) and not (match["pre"] and _DATE_BEFORE.search(before))
    if ends or _FIGURES_AFTER.match(after) or (joined and number(joined[1]) != value):
        vague = "it is a range"
    if value.as_tuple().exponent < -DIGITS.get(currency, 2):  # type: ignore[operator]
        vague = f"it has more decimals than {currency or 'money'} has"
    unit = _TIMES.search(before) is not None
    return Mention(value, currency, match[0].strip(), vague, unit=unit)


@cache
def _of_tax() -> re.Pattern[str]:
    """What stands behind the tax of the sum before it: '192.00 and 38.40 of VAT'."""
    words = "|".join(map(re.escape, vocabulary().amount["tax"]))
    return re.compile(rf"\s+(?:\w{{2,3}}\s+)?(?i:{words})\b")


def _looks_like_money(match: re.Match[str], before: str, after: str) -> bool:
    """A number without a currency is money when it has exactly two decimals and is no date, time or measure."""
    figures = match["number"]
    if match["dash"] or an_hour().match(after):
        return True
    if not re.search(r"[.,]\d\d$", figures) or _UNIT.match(after) or re.match(r"[.:/]\d|\.\s?(?:und|and|\d)", after):
        return False
    day_first = re.fullmatch(r"([0-3]?\d)\.([01]\d)", figures)
    if day_first and (_DAY.search(before) or re.match(r"\.(?:\s?[a-z]|\W*$|[),;])", after)):
        return False
    return not (_CLOCK.fullmatch(figures) and (_TOLD.search(before) or _DATED.search(before))) and not re.search(
        r"\d[.:/-]$", before
    )


def number(figures: str) -> Decimal | None:
    """A number as people write it: 1,248.50, 1.248,50, 1'248.50, 1 248,50, 1248. None when it can be read two ways."""
    text = figures.replace("\u2019", "'")
    decimals = re.search(r"[.,](\d{1,2})$", text)
    grouped = text[: decimals.start()] if decimals else text
    if decimals and text[decimals.start()] in grouped:
        return None
    whole = re.sub(r"[ .,']", "", grouped)
    if not decimals and re.fullmatch(r"0[.,]\d{3}", text):
        return None
    return Decimal(f"{whole}.{decimals[1]}" if decimals else whole)


def currency_of(mark: str, base: str) -> str:
    """The ISO code a sign, code or word names; a bare '$' is the shop's dollar, else USD. '' when it names none."""
    words = vocabulary()
    mark = mark.strip()
    squeezed = mark.replace(" ", "").upper()
    if squeezed == "$":
        return base if base in _DOLLARS else "USD"
    if squeezed in words.dollars:
        return words.dollars[squeezed]
    if "$" in squeezed and squeezed.strip("$") in DIGITS:
        return squeezed.strip("$")
    if mark in words.signs:
        return "CNY" if mark == "¥" and base == "CNY" else words.signs[mark]
    if squeezed in DIGITS and (mark.isupper() or mark.lower() in words.lower_codes):
        return squeezed
    code = words.currency_words.get(mark.lower(), "")
    return currency_of("$", base) if code == "$" else code


@cache
def _figures() -> re.Pattern[str]:
    words = vocabulary()
    dollars = "|".join(sorted((re.escape(s) for s in words.dollars), key=len, reverse=True))
    signs = [f"(?i:{dollars})", *sorted((re.escape(s) for s in words.signs), key=len, reverse=True)]
    lower = "|".join(words.lower_codes)
    codes = rf"(?:{'|'.join(sorted(DIGITS))}|{lower}|{lower.title()})"
    after_words = "|".join(re.escape(w) for w in sorted(words.currency_words, key=len, reverse=True))
    dollar_after = r"\$\s?(?:CA|CAN|CAD|US|USD|AU|AUD|NZ|NZD)?(?![A-Za-z])"
    pre = rf"(?<![A-Za-z])(?:{codes}\s?\$?(?![A-Za-z])|{'|'.join(signs)}|\$)"
    post = rf"(?:{dollar_after}|{'|'.join(signs)}|{codes}(?![A-Za-z])|(?i:{after_words})(?![A-Za-z]))"
    return re.compile(
        rf"(?P<pre>{pre})?(?<![\d]) {{0,2}}(?<![\w.,/:#'])-?(?P<number>{_NUMBER})(?P<dash>{_DASH})(?P<kilo>k\b)?"
        rf"(?: {{0,2}}(?P<post>{post}))?(?![\w/%]|[.,:]\d)"
    )


def _in_words(text: str, base: str, numerals: Numerals, keep: Callable[[Mention], str]) -> str:
    """Amounts written out: a run of number words before a word for a currency, maybe with cents behind."""
    pattern = _written(numerals)

    def replace(match: re.Match[str]) -> str:
        value = spoken(match["run"], numerals)
        small = _small(match["small"] or "0", numerals)
        price = priced(match["run"], numerals) if value is None and not match["small"] else None
        if price is None and (value is None or small is None or small > 99):
            return match[0]
        amount = price or Decimal(value or 0) + Decimal(small or 0).scaleb(-2)
        return keep(Mention(amount, currency_of(match["unit"], base), " ".join(match[0].split())))

    return pattern.sub(replace, text)


@cache
def _written_for(run: str, cents: str) -> re.Pattern[str]:
    units = "|".join(re.escape(w) for w in sorted(vocabulary().currency_words, key=len, reverse=True))
    return re.compile(
        rf"(?<!\w)(?P<run>{run})[\s-]+(?P<unit>{units})(?!\w)(?:,?\s+(?:and|und|et|con|y)?\s*(?P<small>{run}|\d{{1,2}})(?:\s+(?:{cents}))?(?!\w)(?![\s-]+(?:{run}[\s-]+)?(?:{units})(?!\w)))?",
        re.IGNORECASE,
    )


def _small(words: str, numerals: Numerals) -> int | None:
    return int(words) if words.isdigit() else spoken(words, numerals)


def _written(numerals: Numerals) -> re.Pattern[str]:
    return _written_for(numerals.run, numerals.cents)

"""Amounts as people write them: one exact figure, or the reason why there is none; never a guess at a decimal mark.

The rules are those of strict readers of money: exactly one number, every other sign in the cell accounted for, a
single mark before three digits read only when the rest of its column says which mark is the decimal one.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Final

from refundkit.importers.extract.phrases import any_of, fold
from refundkit.importers.extract.written import written
from refundkit.model.canonical import LIMIT
from refundkit.model.money import DIGITS, to_minor

MAX_DIGITS: Final = 20
"""Digits of an amount: more than any currency and the store's whole numbers need, fewer than Decimal rounds at."""

DOLLARS: Final = frozenset({"USD", "AUD", "CAD", "NZD", "HKD", "SGD", "MXN", "TWD", "ARS", "CLP", "COP"})
_CROWNS: Final = frozenset({"SEK", "NOK", "DKK", "ISK"})
_SYMBOLS: Final = {
    "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₺": "TRY", "₴": "UAH", "₪": "ILS", "zł": "PLN", "kč": "CZK",
    "us$": "USD", "$us": "USD", "u$s": "USD", "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD", "can$": "CAD",
    "nz$": "NZD",
    "hk$": "HKD", "s$": "SGD", "mx$": "MXN", "r$": "BRL", "fr.": "CHF", "sfr": "CHF", "sfr.": "CHF", "rs": "INR",
    "rs.": "INR", "r": "ZAR", "rand": "ZAR", "rands": "ZAR", "rm": "MYR", "ksh": "KES",
    "₦": "NGN", "₱": "PHP", "euro": "EUR", "euros": "EUR", "us dollars": "USD", "us dollar": "USD", "us-dollar": "USD",
    "usdollar": "USD", "usd$": "USD", "cad$": "CAD",
    "aud$": "AUD", "pounds": "GBP", "sterling": "GBP", "franken": "CHF", "swiss francs": "CHF",
    "new zealand dollars": "NZD", "hong kong dollars": "HKD", "singapore dollars": "SGD", "quid": "GBP",
    "british pounds": "GBP", "pounds sterling": "GBP",
    "$ us": "USD", "us $": "USD", "$ ca": "CAD", "$ can": "CAD", "$ca": "CAD", "$can": "CAD",
    "dollars us": "USD", "dólares": "USD", "australian dollars": "AUD", "canadian dollars": "CAD",
}  # fmt: skip
# Codes that are words too: in a title 'ALL' is a word, in a column of currencies it is the Albanian lek.
_WORDS: Final = frozenset({"ALL", "TOP", "TRY", "CUP", "MOP", "GEL", "LAK", "BAM", "RON", "SOS", "ANG", "PEN", "CHE"})

_LONGEST: Final = 60
_PLAIN: Final = re.compile(r"[0-9]{1,12}(?:([.,])[0-9]{1,2})?")
_NUMBER: Final = re.compile(r"\d(?:[\d.,' ]*\d)?")
_NONE: Final = frozenset({"", "-", "--", "---", "."})
_OPEN: Final = re.compile(r"[$€£¿]?\s?\?+|n/?\s?a\.?", re.IGNORECASE)
_SHARE: Final = re.compile(r"\d{1,3}(?:[.,]\d{1,2})? ?(?:%|percent|prozent|pour ?cent|por ciento)", re.IGNORECASE)
_ABOUT: Final = re.compile(
    r"(?:ca(?!\$)|circa|approx\w*|about|around|roughly|some|up to|max|maybe|etwa|ungefahr|rund|bis zu|env|environ"
    r"|jusqu'?a|aprox\w*|unos|hasta)\b\.?\s*|[~≈<>±]",
    re.IGNORECASE,
)
_ISH: Final = re.compile(r"\d\s?-?ish\b", re.IGNORECASE)
_RANGE: Final = re.compile(r"\d\S*\s*(?:-|/|\b(?:to|or|bis|oder|ou|a|o)\b)\s*\S?\d", re.IGNORECASE)
_HALF: Final = re.compile(
    r"(?:(?:the |die )?(?:half|halfte)|1/2|½|la moitie|la mitad)(?: of| von| der| de)?(?: the)?\s+(?=\S{0,3}\d)",
    re.IGNORECASE,
)
_WHOLE: Final = re.compile(r"(?<=\d)([.,])--?(?!\d)")
"""No cents, as people write them in German: '1.250,--', "1'250.-"."""
# Groups of three, or the Indian ones of two before the last three: 1,234,567 and 12,34,567.
_GROUPS: Final = {
    mark: re.compile(r"\d{1,3}(?:M\d{3})+|\d{1,2}(?:M\d{2})+M\d{3}".replace("M", re.escape(mark))) for mark in ".,' "
}


@dataclass(frozen=True, slots=True)
class Figure:
    """What a cell says: the amount without its sign (None: none, see `doubt`), the currency written with it, or ''."""

    amount: Decimal | None = None
    currency: str = ""
    doubt: str = ""


_BLANK: Final = Figure(doubt="no amount is given")


def currency_of(text: str, base: str) -> str:
    """The ISO code of a code, symbol or word; '' when it is none. `base` decides what '$', 'kr' and '¥' mean."""
    word = text.strip()
    if word.upper() in DIGITS:
        return word.upper()
    match word.casefold():
        case "$" | "dollar" | "dollars" | "buck" | "bucks":
            return base if base in DOLLARS else "USD"
        case "kr" | "kr.":
            return base if base in _CROWNS else ""
        case "¥" | "yen":
            return "CNY" if base == "CNY" and word == "¥" else "JPY"
        case known:
            return _SYMBOLS.get(known, "")


def currency_in(text: str) -> str:
    """The one currency that a title above a list names ('all amounts in US dollars'), '' when none or several."""
    low = " " + re.sub(r"[^\w$€£]+", " ", text.casefold()) + " "
    found = {code for word, code in _SYMBOLS.items() if (len(word) > 3 or "$" in word) and f" {word} " in low}
    found |= {_SYMBOLS[sign] for sign in "€£" if sign in low}
    found |= {w for w in re.findall(r"\b[A-Z]{3}\b", text) if w in DIGITS and w not in _WORDS}
    return found.pop() if len(found) == 1 else ""


def tidy(text: str) -> str:
    """One form for the signs people type: spaces, dashes, apostrophes, digits; ="2" and a guard apostrophe removed."""
    cell = unwrap(unicodedata.normalize("NFC", text)).translate(_SAME).strip()
    return _WHOLE.sub(r"\g<1>00", re.sub(r"\s+", " ", cell))


# Not NFKC: that would turn the footnote in '45.00²' into a digit.
_SAME: Final = str.maketrans(
    dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("’‘´`ʼ", "'") | {chr(0xFEE0 + c): chr(c) for c in b"0123456789.,$-"}
)


def unwrap(text: str) -> str:
    """The words of a cell that a spreadsheet wrapped: ="2" is 2, '-12.50 is -12.50 (osTicket guards cells so)."""
    cell = text.strip()
    if not cell or cell[0] not in "='":
        return cell
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        return cell[2:-1].strip()
    if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@":
        return cell[1:]
    return cell


def mark_of(text: str) -> str:
    """The decimal mark a cell proves, '.' or ','; '' when it proves none ('1,234', '1234', 'ca. 100')."""
    if simple := _PLAIN.fullmatch(text):
        return simple[1] or ""
    numbers = _NUMBER.findall(tidy(text)) if len(text) <= _LONGEST else []
    if len(numbers) != 1:
        return ""
    number: str = re.sub("[' ]", "", numbers[0])
    points, commas = number.count("."), number.count(",")
    if points and commas:
        last = "." if number.rfind(".") > number.rfind(",") else ","
        return last if number.count(last) == 1 else ""
    if points + commas > 1:
        return ("," if points else ".") if _GROUPS["." if points else ","].fullmatch(number) else ""
    if points + commas == 1:
        mark = "." if points else ","
        whole, _, rest = number.partition(mark)
        return mark if len(rest) != 3 or len(whole) > 3 or whole == "0" else ""
    return ""


def undecided(text: str) -> bool:
    """Whether a cell is one number whose only mark stands before three digits: '1,234', '45.500'."""
    if len(text) > _LONGEST or mark_of(text):
        return False
    numbers = _NUMBER.findall(tidy(text))
    return len(numbers) == 1 and sum(numbers[0].count(c) for c in ".,") == 1


def read_amount(text: str, mark: str, base: str, currency: str = "") -> Figure:
    """The figure of a cell; `mark` is the decimal mark of its column, '' when nothing decides it.

    `currency`: the one the row names elsewhere. Signs and brackets are dropped: a list of refunds writes them either
    way. Raise ValueError with a sentence when the cell holds something that is no amount at all.
    """
    if _PLAIN.fullmatch(text):
        return Figure(Decimal(text.replace(",", ".")))
    if not text:
        return _BLANK
    if len(text) > _LONGEST:
        return _in_words(text, base)
    cell = tidy(text)
    if cell in _NONE:
        return _BLANK
    if cell[0] == "<" and cell[-1] == ">":
        cell = f"({cell[1:-1]})"
    bare = _no_accents(cell)
    if half := _HALF.match(bare):
        whole = read_amount(bare[half.end() :], mark, base, currency)
        return whole if whole.amount is None else replace(whole, amount=whole.amount / 2)
    if _OPEN.fullmatch(bare):
        return Figure(doubt=f"'{text.strip()[:40]}' is no amount yet")
    if _SHARE.fullmatch(bare):
        return Figure(doubt=f"'{text.strip()[:40]}' is a share, not an amount")
    numbers = _NUMBER.findall(cell)
    if not numbers and cell[0] != "#":
        return _told(bare, text.strip()[:40]) or _in_words(text, base)
    if cell[0] in "=@" or "#" in cell:
        raise ValueError(f"'{text.strip()[:40]}' is not an amount")
    if _ABOUT.match(bare) or _ISH.search(bare) or cell.endswith("?") or _RANGE.search(cell):
        return Figure(doubt=f"'{text.strip()[:40]}' is not one definite amount")
    if len(numbers) > 1:
        raise ValueError(f"'{text.strip()[:40]}' holds more than one number")
    before, _, after = cell.partition(numbers[0])
    said = _beside(before, after, base, text)
    return _figure(numbers[0], mark, said, currency or said, text.strip()[:40])


@lru_cache(maxsize=1)
def _words() -> dict[str, re.Pattern[str]]:
    data = files(__package__).joinpath("amounts.toml").read_text(encoding="utf-8")
    return {name: any_of(phrases) for name, phrases in tomllib.loads(data).items()}


def _told(bare: str, text: str) -> Figure | None:
    """The figure of a cell whose words say that there is none, or none yet; None when they say nothing of the kind."""
    said, words = re.sub(r"[\W_]+", " ", fold(bare)).strip(), _words()
    if words["nothing"].fullmatch(said):
        return Figure(Decimal(0))
    if words["open"].fullmatch(said) or words["judged"].search(said):
        return Figure(doubt=f"'{text}' is no amount yet")
    return Figure(doubt=f"'{text}' is a share, not an amount") if words["shares"].fullmatch(said) else None


def _in_words(text: str, base: str) -> Figure:
    """The figure of a cell that is an amount in words and nothing else; raise ValueError for any other."""
    found = written(text, base)
    if not found:
        raise ValueError(f"'{text.strip()[:40]}' is not an amount")
    if len(found) > 1:
        return Figure(doubt=f"'{text.strip()[:40]}' is not one definite amount")
    amount, currency = found.pop()
    return Figure(amount, currency)


def check(amount: Decimal, currency: str) -> None:
    """Raise ValueError unless the amount fits the currency's decimals ('' allows three) and the store's size."""
    if len(amount.as_tuple().digits) > MAX_DIGITS:
        raise ValueError(f"'{str(amount)[:40]}' has more than {MAX_DIGITS} digits")
    if currency:
        minor = to_minor(amount, currency)
    else:
        minor = int(amount.scaleb(3))
        if minor != amount.scaleb(3):
            raise ValueError(f"'{amount}' has more than 3 decimals, as no currency has")
    if abs(minor) > LIMIT:
        raise ValueError(f"'{amount}' is too large")


def _no_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _beside(before: str, after: str, base: str, text: str) -> str:
    """The currency written beside the number; raise ValueError when something stands there that is not understood."""
    left, right = before.strip(), after.strip()
    if left.count("(") != right.count(")") or (left + right).count("-") > 1:
        raise ValueError(f"'{text.strip()[:40]}' is not an amount")
    tokens = [t.strip(" ()+-") for t in (left, right)]
    codes = set()
    for token in tokens:
        if token and token.upper() != "CR":
            code = currency_of(token, base)
            if not code:
                raise ValueError(f"'{text.strip()[:40]}' is not an amount")
            codes.add(code)
    if len(codes) > 1:
        raise ValueError(f"'{text.strip()[:40]}' names two currencies")
    return codes.pop() if codes else ""


def _figure(number: str, mark: str, said: str, currency: str, text: str) -> Figure:
    """Read the digits; a single mark before three digits counts only when `mark` or the currency decides it."""
    own = mark_of(number)
    use = own or mark
    if not use and any(c in number for c in ".,") and "'" not in number and " " not in number:
        if DIGITS.get(currency) != 0:
            other = number.replace(",", "").replace(".", "")
            split = re.sub(",", ".", number)
            doubt = f"'{text}' can be {other} or {split}: nothing in its column says which"
            return Figure(currency=said, doubt=doubt)
        use = "." if "," in number else ","
    use = use or ("," if "." in number else ".")
    whole, _, fraction = number.partition(use)
    group = next((c for c in whole if not c.isdigit()), "")
    if (group and not _GROUPS[group].fullmatch(whole)) or not (fraction + "0").isdigit():
        raise ValueError(f"'{text}' is not an amount")
    digits = whole.replace(group, "") if group else whole
    if len(digits) + len(fraction) > MAX_DIGITS:
        raise ValueError(f"'{text}' has more than {MAX_DIGITS} digits")
    return Figure(Decimal(f"{digits}.{fraction}" if fraction else digits), said)

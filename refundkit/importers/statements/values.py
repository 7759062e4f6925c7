"""The values of statements, exactly: signed amounts, days as the bank wrote them, our references in a memo."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from refundkit.model.canonical import LIMIT
from refundkit.model.money import DIGITS, to_minor
from refundkit.model.statements import UnreadLine

LONGEST: Final = 2_000
"""Characters kept of any text of a line."""

SHOWN: Final = 500
"""Characters shown of a line that cannot be read."""

_AMOUNT: Final = re.compile(r"([+-]?)(\d{0,18})(?:[.,](\d{0,9}))?", re.ASCII)
_DAY: Final = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[TZ +-].{0,50})?|(\d{4})(\d{2})(\d{2})(?:\d{4,6}.{0,50}|\[.{0,50})?",
    re.DOTALL | re.ASCII,
)
_NONE: Final = frozenset({"", "NOTPROVIDED", "NOT PROVIDED", "NOTAVAILABLE", "NONREF", "NONE", "N/A", "-", "0"})
# Our numbers and keys as they come back: banks turn '-' into ' ', and break a memo's line anywhere with one space.
_NUMBER: Final = re.compile(r"\bRP[- ]?(\d{1,4})[- ](\d{6,9})\b", re.IGNORECASE)
_KEY: Final = re.compile(r"(?<![A-Za-z0-9])[A-Z2-7](?:[ \n]?[A-Z2-7]){31}(?![A-Za-z0-9])")
_IBAN: Final = re.compile(r"\b(?!RF)[A-Z]{2}\d{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?)\b")


def minor(text: str, currency: str) -> int:
    """Minor units of a plain signed number such as files of banks hold: '-12.5', '12,50', no groups.

    Raise ValueError with a sentence for anything else, for a currency that is not known, for more decimals than it has.
    """
    if currency not in DIGITS:
        raise ValueError(f"'{currency[:20]}' is no currency code like USD")
    match = _AMOUNT.fullmatch(text.strip()) if len(text) < 60 else None
    if match is None or not (match[2] or match[3]):
        raise ValueError(f"'{text.strip()[:40]}' is not an amount")
    decimals = (match[3] or "").rstrip("0")
    value = to_minor(Decimal(f"{match[1]}{match[2] or '0'}.{decimals or '0'}"), currency)
    if abs(value) > LIMIT:
        raise ValueError(f"'{text.strip()[:40]}' is too large")
    return value


@lru_cache(maxsize=4096)
def day(text: str) -> date:
    """The day of an ISO or OFX date or time, as it is written: in the bank's own time zone.

    Raise ValueError with a sentence when there is none between 1990 and 2100.
    """
    match = _DAY.fullmatch(text.strip()[:60])
    parts = [part for part in match.groups() if part] if match else []
    try:
        found = date(*map(int, parts))
    except (TypeError, ValueError):
        raise ValueError(f"'{text.strip()[:40]}' is not a date") from None
    if not 1990 <= found.year < 2100:
        raise ValueError(f"'{text.strip()[:40]}' is not a date of this century")
    return found


def one_line(text: str) -> str:
    """A text on one line without control signs, cut at LONGEST."""
    if len(text) < LONGEST and text.isprintable() and "  " not in text:
        return text.strip()
    cut = text[: 4 * LONGEST]
    if not cut.isprintable():
        cut = "".join(c if c.isprintable() else " " for c in cut)
    return " ".join(cut.split())[:LONGEST]


def tidy(text: str) -> str:
    """The same for what is shown to people: of an IBAN only its first and last four signs, for it may be a payee's."""
    one = one_line(text)
    return _IBAN.sub(_veiled, one) if len(one) > 14 else one


def _veiled(match: re.Match[str]) -> str:
    """An IBAN with its middle left out; of groups that may go on into other words, the most that are one count."""
    groups = match[0].split(" ")
    for count in range(len(groups), 0, -1):
        said = "".join(groups[:count])
        if 15 <= len(said) <= 34 and int("".join(str(int(c, 36)) for c in said[4:] + said[:4])) % 97 == 1:
            return " ".join([f"{said[:4]}...{said[-4:]}", *groups[count:]]) if not _KEY.fullmatch(said) else match[0]
    return match[0]


def unread(index: int, problem: str, text: str) -> UnreadLine:
    """A line that cannot be read; what is shown of it is one line each, and names no payee's IBAN."""
    return UnreadLine(index, tidy(problem), tidy(text)[:SHOWN])


def given(text: str) -> str:
    """An id, '' where the bank writes a word for none (NOTPROVIDED)."""
    one = one_line(text) if text else ""
    return "" if one.upper() in _NONE else one


def cheque(text: str) -> str:
    """A cheque's number without the zeros before it."""
    return text.strip().lstrip("0")


def mentions(*texts: str) -> tuple[str, ...]:
    """Our payments' numbers (RP-1-000001) and keys that stand in free text, as we write them."""
    found: dict[str, None] = {}
    for text in texts:
        if "rp" in text.casefold():
            found |= {f"RP-{int(match[1])}-{match[2]}": None for match in _NUMBER.finditer(text)}
        if len(text) > 31:
            found |= {re.sub(r"\s", "", match[0]): None for match in _KEY.finditer(text)}
    return tuple(found)


def references(ids: tuple[str, ...], *texts: str) -> tuple[str, ...]:
    """Ids in their order, each once, without words for none; then what free texts mention."""
    return tuple(dict.fromkeys([kept for one in ids if (kept := given(one))] + list(mentions(*ids, *texts))))

"""Text from outside made harmless for a file: one line, nothing invisible that moves other text, no formula."""

from __future__ import annotations

import unicodedata
from typing import Final

_FORMULA: Final = "=+-@＝＋－＠"
"""First characters that spreadsheets take for a formula, full-width forms included (OWASP, CSV injection)."""
_TURNS_TEXT: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_BREAKS: Final = frozenset({"Cc", "Zl", "Zp"})
_ASCII: Final = str.maketrans(
    {"ß": "ss", "Æ": "AE", "æ": "ae", "Ø": "O", "ø": "o", "Œ": "OE", "œ": "oe", "Ł": "L", "ł": "l", "Đ": "D", "đ": "d",
     "Þ": "Th", "þ": "th", "ı": "i", "‘": "'", "’": "'", "“": "'", "”": "'", "–": "-", "—": "-", "…": "..."}
)  # fmt: skip
"""What decomposition does not take apart."""


def one_line(text: str) -> str:
    """The text on one line: control characters and line ends become blanks, runs of blanks one, none at the ends.

    Marks that change the direction of writing are dropped; half surrogate pairs become U+FFFD.
    """
    if text.isprintable():  # so nothing that breaks a line, turns it, or is half a character
        return " ".join(text.split())
    return " ".join("".join(map(_harmless, text)).split())


def cell_text(text: str) -> str:
    """A text cell of a CSV file: one line; an apostrophe goes before what a spreadsheet would run as a formula."""
    line = one_line(text)
    return f"'{line}" if line[:1] in _FORMULA and line else line


def ascii_text(text: str) -> str:
    """The text on one line in ASCII: accents are dropped, and what has no such form becomes '?'."""
    line = one_line(text)
    if line.isascii():
        return line
    plain = unicodedata.normalize("NFKD", line.translate(_ASCII))
    return one_line("".join(c if c.isascii() else "?" for c in plain if not unicodedata.combining(c)))


def runs_as_formula(text: str) -> bool:
    """Whether a spreadsheet would run this cell."""
    return bool(text) and text[0] in _FORMULA + "\t\r\n"


def _harmless(character: str) -> str:
    if character in _TURNS_TEXT:
        return ""
    category = unicodedata.category(character)
    if category in _BREAKS:
        return " "
    return "\ufffd" if category == "Cs" else character

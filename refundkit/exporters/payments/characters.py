"""Names and texts in the letters that banks take, converted as the European table does (EPC217-08).

A letter becomes its base letter: 'Müller' is 'Muller', 'Groß' is 'Gros'. Banks convert the same way, so the name that
they compare is the same one. Letters of other scripts have no form here: `unwritable` names the first.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

from refundkit.exporters.text import one_line
from refundkit.model.payments import Payment

# Letters that Unicode does not take apart, and marks that have a plain twin.
_PLAIN: Final = str.maketrans(
    {
        **dict.fromkeys("ÆǼ", "AE"), **dict.fromkeys("æǽ", "ae"), "Œ": "OE", "œ": "oe", "ß": "s", "ẞ": "S",
        "Ø": "O", "ø": "o", "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Ð": "D", "ð": "d", "Þ": "T", "þ": "t",
        "Ħ": "H", "ħ": "h", "Ŧ": "T", "ŧ": "t", "Ŋ": "N", "ŋ": "n", "ı": "i", "ĸ": "k", "Ə": "A", "ə": "a",
        **dict.fromkeys("‘’‚‛ʼʻ´`′", "'"), **dict.fromkeys("“”„«»″", '"'), **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...", "€": "E", "⁄": "/",
    }
)  # fmt: skip
# Of ASCII, what SEPA does not take.
_SEPA: Final = str.maketrans(
    {"&": "+", "_": "-", "[": "(", "]": ")", "{": "(", "}": ")", "|": "/", "\\": "/", "`": "'", '"': "'", ";": ",",
     "~": "-", **dict.fromkeys("!#$%*<=>@^", ".")}
)  # fmt: skip


def ascii_text(text: str) -> str:
    """The text on one line in ASCII; letters that have no form in it stay, other signs become a full stop."""
    line = one_line(text).translate(_PLAIN)
    if line.isascii():
        return line
    apart = unicodedata.normalize("NFKD", line).translate(_PLAIN)
    return " ".join("".join(map(_sign, apart)).split())


def sepa_text(text: str) -> str:
    """The text in the characters of SEPA: letters, digits, blank and / - ? : ( ) . , ' +."""
    return ascii_text(text).translate(_SEPA)


def unwritable(text: str) -> str:
    """The first letter or digit that a bank's file cannot hold, '' when it can hold all."""
    return next((c for c in ascii_text(text) if not c.isascii()), "")


def remittance(payment: Payment, room: int) -> str:
    """What the customer reads beside the amount: case, credit memo, and the invoice where there is room for it."""
    text = f"Refund {payment.case} credit memo {payment.settles}"
    longer = f"{text} invoice {ascii_text(payment.invoice)}"
    return longer if payment.invoice and longer.isascii() and len(longer) <= room else text


def holder_faults(case: str, holder: str) -> Iterator[str]:
    """A holder's name that no file can hold. The name itself is not shown: it is bank data."""
    if letter := unwritable(holder):
        yield f"{case}: payee.holder: banks have no '{letter}'; write the name in Latin letters, as the bank knows it"
    elif not any(c.isalnum() for c in ascii_text(holder)):
        yield f"{case}: payee.holder: the name of the account's holder is missing"


def remittance_faults(payment: Payment, room: int) -> Iterator[str]:
    """A case or credit memo that cannot stand whole beside the amount."""
    if not payment.settles:
        yield f"{payment.case}: settles: there is no credit memo"
    text = remittance(payment, room)
    if not (text.isascii() and text.isprintable()) or len(text) > room:
        yield f"{payment.case}: settles: '{payment.settles[:40]}' does not fit: {room} plain characters with the case"


def _sign(character: str) -> str:
    kind = unicodedata.category(character)[0]
    if character.isascii() or kind in "LN":
        return character
    return "" if kind == "M" else " " if kind == "Z" else "."

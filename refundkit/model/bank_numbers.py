"""Numbers of banks and accounts: whether one can exist at all, by its form and its check digits, nothing looked up."""

from __future__ import annotations

import re
from typing import Final

# Lengths of IBANs in the countries of SEPA: the registry of IBAN formats (SWIFT), as python-stdnum 2.2 carries it; the
# countries: European Payments Council, EPC409-09, with Albania, Moldova, Montenegro, North Macedonia and Serbia.
_LENGTHS: Final = (
    "AD24 AL28 AT20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GI23 GR27 HR21 HU28 IE22 IS26 IT27"
    " LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MT31 NL18 NO15 PL28 PT25 RO24 RS22 SE24 SI19 SK24 SM27 VA22"
)
SEPA_LENGTHS: Final = {word[:2]: int(word[2:]) for word in _LENGTHS.split()}
OUTSIDE_EEA: Final = frozenset({"AD", "AL", "CH", "GB", "GI", "MC", "MD", "ME", "MK", "RS", "SM", "VA"})
"""Countries of SEPA outside the European Economic Area: payments to them carry the payer's address."""

_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}\Z")
_BIC: Final = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?\Z")
_ACCOUNT: Final = re.compile(r"[A-Z0-9-]{1,17}\Z")
_WEIGHTS: Final = (3, 7, 1, 3, 7, 1, 3, 7)


def routing_fault(text: str) -> str:
    """What is wrong with an American routing number, '' when nothing is."""
    if not (len(text) == 9 and text.isascii() and text.isdigit()):
        return "a routing number has nine digits"
    area = int(text[:2])
    if not (1 <= area <= 12 or 21 <= area <= 32 or 61 <= area <= 72 or area == 80):
        return f"no routing number begins with {text[:2]}"
    if -sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False)) % 10 != int(text[8]):
        return "its last digit does not fit the others: one is mistyped"
    return ""


def account_fault(text: str) -> str:
    """What is wrong with an American account number, '' when nothing is. Blanks are no part of it."""
    if not _ACCOUNT.match(text.replace(" ", "")):
        return "an account number has 1 to 17 digits, capital letters or dashes"
    if not text.strip("0- "):
        return "an account number is more than zeros"
    return ""


def iban_fault(text: str) -> str:
    """What is wrong with an IBAN, '' when nothing is; written without blanks, in capital letters."""
    if not _IBAN.match(text):
        return "an IBAN is two capital letters, two digits, then capital letters and digits, without blanks"
    length = SEPA_LENGTHS.get(text[:2])
    if length is None:
        return f"{text[:2]} is no country of SEPA"
    if len(text) != length:
        return f"an IBAN of {text[:2]} has {length} characters, not {len(text)}"
    if not 2 <= int(text[2:4]) <= 98 or int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 != 1:
        return "its check digits do not fit: a character is mistyped"
    return ""


def bic_fault(text: str) -> str:
    """What is wrong with a BIC, '' when nothing is."""
    return "" if _BIC.match(text) else "a BIC has 8 or 11 capital letters and digits, as NTSBDEB1XXX"

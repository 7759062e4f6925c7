"""The id of a case as people say it: 12 letters and digits of its key, without 0/O and 1/I/L, as RF-7K4M-2QXP-TR9B."""

from __future__ import annotations

from typing import Final

from refundkit.model.canonical import unb64

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
PATTERN: Final = rf"(?<![A-Za-z0-9])(?i:RF)(?:-[{ALPHABET}{ALPHABET.lower()}]{{4}}){{3}}(?![A-Za-z0-9])"
"""Finds whole ids in a text, in any letter case."""

# The alphabet of radiotelephony (ICAO Annex 10, volume II, 5.2.1.3); the digits by their English names.
_SPOKEN: Final = (
    "two three four five six seven eight nine Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel Juliett Kilo Mike"
    " November Papa Quebec Romeo Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu"
)
_PAIRS: Final = [a + b for a in ALPHABET for b in ALPHABET]
_SPACE: Final = len(_PAIRS) ** 6


def case_id(key: str) -> str:
    """The id shown for a case's key (b64url of 16 bytes): 59 bits of it, so a million cases do not collide."""
    number = int.from_bytes(unb64(key)[:10], "big") % _SPACE
    text = ""
    for _ in range(6):
        number, pair = divmod(number, 961)
        text += _PAIRS[pair]
    return f"RF-{text[:4]}-{text[4:8]}-{text[8:]}"


def fingerprint(writer: str) -> str:
    """Twelve letters and digits of a writer's id, for two people to compare by voice: 7K4M-2QXP-TR9B."""
    return case_id(writer).removeprefix("RF-")


def beginning(typed: str) -> str:
    """The beginning of an id as somebody typed it, in the form ids have. Raise ValueError when it cannot be one."""
    spoken = typed.strip().upper().replace(" ", "")
    letters = spoken.removeprefix("RF-").replace("-", "")
    if len(letters) == 14:  # all of it, said without the dashes
        letters = letters.removeprefix("RF")
    if not letters or len(letters) > 12 or any(c not in ALPHABET for c in letters):
        raise ValueError(f"'{typed[:40]}' is not the beginning of a case id")
    groups = [letters[i : i + 4] for i in range(0, len(letters), 4)]
    return "RF-" + "-".join(groups)


def spoken(case: str) -> str:
    """An id as it is read out over a telephone: seven Kilo four Mike, two Quebec X-ray Papa, ..."""
    words = dict(zip(ALPHABET, _SPOKEN.split(), strict=True))
    return ", ".join(" ".join(words[c] for c in group) for group in case.split("-")[1:])

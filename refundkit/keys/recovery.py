"""The recovery code: the 32 bytes of a signing key as letters to write down, and read back however they are typed."""

from __future__ import annotations

from typing import Final

from refundkit.errors import UsageError
from refundkit.model.case_id import ALPHABET

_GROUP: Final = 6
_BYTES: Final = 32
_LETTERS: Final = 52  # 31 of them to choose from at each place: the fewest that spell 256 bits


def spelled(seed: bytes) -> str:
    """The key in the alphabet of case ids, the least of its places first, in groups of six: 52 letters and digits."""
    number, letters = int.from_bytes(seed, "big"), ""
    for _ in range(_LETTERS):
        number, place = divmod(number, len(ALPHABET))
        letters += ALPHABET[place]
    return "-".join(letters[i : i + _GROUP] for i in range(0, len(letters), _GROUP))


def read(typed: str) -> bytes:
    """The key that a code spells, in any letter case, grouped or not; UsageError for what is no code."""
    letters = "".join(typed.upper().split()).replace("-", "")
    if not letters:
        raise UsageError("no recovery code was given", hint="it is what 'refundkit init' printed, to be written down")
    strange = next((c for c in letters if c not in ALPHABET), "")
    number = 0 if strange else sum(ALPHABET.index(c) * len(ALPHABET) ** at for at, c in enumerate(letters))
    if strange or number.bit_length() > 8 * _BYTES:
        what = f"a recovery code has no '{strange}' in it" if strange else "that is longer than a recovery code"
        raise UsageError(what, hint=f"it has letters and digits only, none of 0, 1, I, L and O, in groups of {_GROUP}")
    return number.to_bytes(_BYTES, "big")

"""Ids of cases as they are read out over a telephone."""

from __future__ import annotations

from refundkit.model.case_id import ALPHABET, spoken


def test_an_id_is_read_out_letter_by_letter() -> None:
    assert spoken("RF-7K4M-2QXP-TR9B") == "seven Kilo four Mike, two Quebec X-ray Papa, Tango Romeo nine Bravo"


def test_every_sign_has_a_word_of_its_own_that_begins_with_it() -> None:
    words = [spoken(f"RF-{sign}") for sign in ALPHABET]
    assert len(set(words)) == len(ALPHABET)
    assert all(word[0] == sign for word, sign in zip(words, ALPHABET, strict=True) if sign.isalpha())

"""Names are written in the letters banks take, as banks convert them; what has no such form is named, not dropped."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refundkit.exporters.payments.characters import ascii_text, sepa_text, unwritable


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Müller & Söhne", "Muller + Sohne"),
        ("Groß Ä Ö Ü ẞ", "Gros A O U S"),
        ("Łukasz Żółć", "Lukasz Zolc"),
        ("Þór Guðmundsdóttir", "Tor Gudmundsdottir"),
        ("Søren Ærø", "Soren AEro"),
        ("Œuvre d’Orléans", "OEuvre d'Orleans"),
        ("Dvořák – Čapek", "Dvorak - Capek"),
        ("İstanbul ısı", "Istanbul isi"),
        ("Đặng Văn", "Dang Van"),
        ("“Café”_[x]; 100% @home", "'Cafe'-(x), 100. .home"),
        ("a\u00a0b\u2003 c\n d", "a b c d"),
        ("Joe 😀", "Joe ."),
        ("ﬁnance №5 ½", "finance No5 1/2"),
        ("e\u0301a\u200e", "ea"),
    ],
)
def test_letters_become_their_base_letters(name, plain):
    assert sepa_text(name) == plain
    assert unwritable(name) == ""


@pytest.mark.parametrize(
    ("name", "letter"), [("Ωμέγα", "Ω"), ("Елена", "Е"), ("王", "王"), ("Jane ٣", "٣"), ("한", "ᄒ")]
)
def test_letters_of_other_scripts_are_named(name, letter):
    assert unwritable(name) == letter


def test_american_files_keep_their_signs():
    assert ascii_text("Müller & Söhne_#1 @ “A”") == 'Muller & Sohne_#1 @ "A"'


@given(st.text(max_size=80))
def test_whatever_comes_is_either_named_or_fits(text):
    if unwritable(text):
        assert unicodedata.category(unwritable(text))[0] in "LN"
    else:
        assert re.fullmatch(r"[A-Za-z0-9/?:().,'+ -]*", sepa_text(text))
        assert ascii_text(text).isascii()
        assert ascii_text(ascii_text(text)) == ascii_text(text)

"""Amounts, days and texts of statements: exact, as the bank wrote them, and without a payee's account."""

from datetime import date

import pytest
from hypothesis import given as trying
from hypothesis import strategies as st

from refundkit.importers.statements.values import day, given, mentions, minor, references, tidy
from refundkit.model.money import DIGITS, plain

KEY = "MZXW6YTBOI7QGEZDGNBVGY3TQOJQ2A5B".replace("1", "2")


@pytest.mark.parametrize(
    ("text", "currency", "expected"),
    [
        ("12.50", "USD", 1250), ("-12,5", "EUR", -1250), ("+3", "USD", 300), (".5", "USD", 50), ("500.00", "JPY", 500),
        ("1.125", "KWD", 1125), ("12.500", "USD", 1250), (" 7. ", "USD", 700), ("0", "USD", 0), ("-0.00", "USD", 0),
    ],
)  # fmt: skip
def test_an_amount_is_read_exactly(text, currency, expected):
    assert minor(text, currency) == expected


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("", "USD"), (".", "USD"), ("-", "USD"), ("NaN", "USD"), ("1E5", "USD"), ("1_000", "USD"), ("1,234.56", "USD"), ("0.005", "USD"),
        ("5.5", "JPY"), ("٣", "USD"), ("9" * 40, "USD"), ("999999999999999999", "USD"), ("5", "XXX"), ("5", ""), ("5", "usd"),
        ("1" * 100_000, "USD"), ("--5", "USD"), ("5 USD", "USD"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_a_sentence(text, currency):
    with pytest.raises(ValueError, match=r"^'.*' (is|has) "):
        minor(text, currency)


@trying(st.sampled_from(sorted(DIGITS)), st.integers(-(10**13), 10**13))
def test_every_amount_of_every_currency_comes_back(currency, amount):
    assert minor(plain(amount, currency), currency) == amount


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31", "2026-01-31T23:59:59+14:00", "2026-01-31Z", "2026-01-31-05:00", "20260131", "20260131235959",
        "20260131235959.123[-5:EST]", "202601312359", "20260131[0:GMT]", "2026-01-31 00:00:00",
    ],
)  # fmt: skip
def test_a_day_is_the_one_that_is_written_in_the_banks_own_zone(text):
    assert day(text) == date(2026, 1, 31)


@pytest.mark.parametrize(
    "text", ["", "2026-02-30", "31.01.2026", "20261301", "0000-00-00", "2026", "9999-01-01", "x" * 9999]
)
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValueError, match="is not a date"):
        day(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Refund RP-1-000042 INV-2", ("RP-1-000042",)),
        ("REFUND RP 1 000042", ("RP-1-000042",)),
        ("rp1-000042", ("RP-1-000042",)),
        ("RP-12-123456789 and RP-1-000001", ("RP-12-123456789", "RP-1-000001")),
        (f"EREF+{KEY} SVWZ+x", (KEY,)),
        (f"{KEY[:20]} {KEY[20:]}", (KEY,)),
        (f"{KEY}X", ()),
        ("CORP-1-000042", ()),
        ("RP-1-00042", ()),
    ],
)
def test_our_numbers_and_keys_are_found_in_free_text(text, found):
    assert mentions(text) == found


def test_references_come_once_in_their_order_without_words_for_none():
    ids = ("NOTPROVIDED", "E2E-1", "", "1042", "E2E-1", "nonref")
    assert references(ids, "for RP-1-000042", "RP 1 000042") == ("E2E-1", "1042", "RP-1-000042")
    assert [given(word) for word in ("NOTPROVIDED", "notprovided ", "0", "A\n1")] == ["", "", "", "A 1"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("to DE89370400440532013000 today", "to DE89...3000 today"),
        ("to DE89 3704 0044 0532 0130 00 today", "to DE89...3000 today"),
        ("to GB29 NWBK 6016 1331 9268 19", "to GB29...6819"),
        ("RF18539007547034", "RF18539007547034"),
        ("DE89370400440532013001", "DE89370400440532013001"),
        ("a\x00b\r\n\tc", "a b c"),
    ],
)
def test_an_iban_in_a_text_keeps_its_ends_only(text, shown):
    assert tidy(text) == shown


@trying(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=32, max_size=32))
def test_a_key_is_never_taken_for_an_iban(key):
    assert tidy(f"x {key} y") == f"x {key} y"
    assert mentions(f"x {key} y") == (key,)


@trying(st.text())
def test_any_text_becomes_one_line(text):
    shown = tidy(text)
    assert shown.isprintable()
    assert "\n" not in shown
    assert len(shown) <= 2_000

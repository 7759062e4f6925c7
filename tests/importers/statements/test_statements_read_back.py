"""What an independent writer wrote is read back equal, whatever the words; and reading costs the same for every line."""

import importlib.util
from pathlib import Path
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from refundkit.importers.statements.values import mentions
from refundkit.model.money import DIGITS
from refundkit.model.statements import Said, StatementLine

SPEC = importlib.util.spec_from_file_location("statement_writers", Path(__file__).with_name("statement_writers.py"))
writers = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(writers)

CALM = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)
TEXT = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
IDS = st.from_regex(r"[A-Z][A-Za-z0-9-]{3,30}", fullmatch=True).filter(
    lambda one: one.upper() not in {"NONE", "NONREF", "NOTPROVIDED"}
)
DAYS = st.dates(min_value=__import__("datetime").date(2001, 1, 1), max_value=__import__("datetime").date(2098, 1, 1))
ROWS = st.tuples(
    DAYS.map(str),
    st.integers(-(10**11), 10**11).filter(bool),
    st.sampled_from(["USD", "EUR", "GBP"]),
    IDS,
    IDS,
    TEXT,
    TEXT,
)


def same(lines, rows, *, identity):
    assert [type(line) for line in lines] == [StatementLine] * len(rows)
    for line, (day, amount, currency, ref, ident, text, name) in zip(lines, rows, strict=True):
        assert (line.on.isoformat(), line.amount, line.currency, line.said) == (day, amount, currency, Said.BOOKED)
        assert line.references == tuple(dict.fromkeys((ref, *mentions(ref, text))))
        assert line.account == "GB33BUKB20201555555555"
        assert line.identity == (ident if identity else "")
        assert (line.text, line.name) == (text, name)


@pytest.mark.parametrize("version", ["02", "08"])
@CALM
@given(rows=st.lists(ROWS, max_size=5))
def test_camt_comes_back(read, version, rows):
    same(read(writers.camt(rows, version=version)), rows, identity=True)


@pytest.mark.parametrize("sgml", [True, False])
@CALM
@given(rows=st.lists(ROWS, min_size=1, max_size=5))
def test_ofx_comes_back(read, sgml, rows):
    rows = [(day, amount, rows[0][2], *rest) for day, amount, _, *rest in rows]
    same(read(writers.ofx(rows, sgml=sgml)), rows, identity=True)


@CALM
@given(rows=st.lists(ROWS, min_size=1, max_size=5))
def test_a_banks_list_comes_back(read, rows):
    same(read(writers.sparkasse(rows)), rows, identity=False)


@CALM
@given(
    returns=st.lists(
        st.tuples(
            st.integers(1, 10**10 - 1), st.from_regex(r"RP-1-[0-9]{6}", fullmatch=True), st.from_regex(r"[A-Z]{1,22}", fullmatch=True),
            st.from_regex(r"[0-9]{14}[1-9]", fullmatch=True), st.sampled_from(["R02", "R03", "R04", "R23", "R99"]),
        ), min_size=1, max_size=5,
    )
)  # fmt: skip
def test_returns_come_back(read, returns):
    lines = read(writers.nacha(returns))
    assert [(x.amount, x.references[0], x.name, x.references[1], x.code) for x in lines] == returns
    assert {x.said for x in lines} == {Said.RETURNED}


@pytest.mark.parametrize("currency", ["JPY", "KWD", "EUR"])
def test_minor_units_are_those_of_the_currency(read, currency):
    row = ("2026-11-13", -123456, currency, "RP-1-000001", "A-1", "x", "y")
    for write in (writers.camt, writers.ofx, writers.sparkasse):
        [line] = read(write([row], DIGITS[currency]))
        assert (line.amount, line.currency) == (-123456, currency)


@pytest.mark.slow
@pytest.mark.parametrize("write", [writers.camt, writers.ofx, writers.sparkasse], ids=lambda w: w.__name__)
def test_a_line_of_a_long_file_costs_what_one_of_a_short_file_does(read, write):
    def seconds(count):
        rows = [
            ("2026-11-13", -100 - n, "EUR", f"RP-1-{n:06d}", f"ID-{n}", f"refund {n}", "Ann Lee") for n in range(count)
        ]
        data = write(rows)
        began = process_time()
        assert len(read(data)) == count
        return (process_time() - began) / count

    seconds(100)
    short = min(seconds(2_000) for _ in range(3))
    assert seconds(40_000) < 3 * short

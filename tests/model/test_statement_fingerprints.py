"""The permanent name of a statement's line: the same in every file that holds it, another for every other line."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from refundkit.model.statements import Said, StatementLine, fingerprint, fingerprints

LINE = StatementLine(
    index=3, on=date(2026, 11, 13), amount=-12050, currency="EUR", references=("RP-1-000042",), text="Refund RP-1-000042",
    name="Ann Lee", account="DE02120300000000202051",
)  # fmt: skip
WITH_ID = replace(LINE, identity="A-1")


def names(*lines):
    return [name for name, _ in fingerprints(lines)]


def test_a_name_stays_what_it_is():
    """Stores hold these: a change of how they are made needs a new version of them."""
    assert fingerprint(LINE) == "b671718d2c5b0e4272614c41d73af542"
    assert fingerprint(WITH_ID) == "0ee55312a7a33282c010bc9d7281ebf1"


def test_the_same_line_has_the_same_name_in_another_file():
    assert fingerprint(replace(LINE, index=99)) == fingerprint(LINE)
    assert fingerprint(replace(LINE, text="  refund\nRP-1-000042 ")) == fingerprint(LINE)


def test_every_other_line_has_another_name():
    others = [
        LINE, replace(LINE, on=date(2026, 11, 14)), replace(LINE, amount=12050), replace(LINE, currency="USD"),
        replace(LINE, said=Said.PENDING), replace(LINE, references=()), replace(LINE, text="x"), replace(LINE, name="Bo"),
        replace(LINE, code="AC04"), replace(LINE, account="x"), replace(LINE, text="Ann Lee", name="Refund RP-1-000042"),
        WITH_ID, replace(WITH_ID, identity="A-2"), replace(WITH_ID, amount=-300), replace(WITH_ID, account="x"),
        replace(WITH_ID, on=date(2026, 12, 13)), replace(WITH_ID, said=Said.RETURNED),
    ]  # fmt: skip
    assert len({fingerprint(line) for line in others}) == len(others)


def test_with_an_id_of_the_bank_its_words_may_change():
    assert fingerprint(replace(WITH_ID, text="new wording", name="ANN LEE")) == fingerprint(WITH_ID)


def test_two_honest_equal_lines_are_two_and_the_same_two_again():
    first = names(LINE, WITH_ID, LINE, LINE)
    assert len(set(first)) == 4
    assert first[0] == fingerprint(LINE)
    assert names(replace(LINE, index=7), LINE, LINE, WITH_ID) == [first[0], first[2], first[3], first[1]]


def test_a_shorter_file_names_the_beginning_of_a_longer_one():
    assert names(LINE, LINE) == names(LINE, LINE, LINE)[:2]


def test_a_corrected_account_is_in_no_name_and_no_repr():
    notice = replace(LINE, said=Said.NOTICE, corrected="secret 123")
    assert fingerprint(notice) == fingerprint(replace(notice, corrected="other"))
    assert "secret" not in repr(notice)


@given(
    st.lists(st.tuples(st.integers(-3, 3), st.sampled_from(["", "a", "b"]), st.sampled_from(["", "x"])), max_size=30)
)
def test_a_file_read_twice_names_its_lines_equally_and_all_differently(rows):
    lines = [replace(LINE, amount=amount, text=text, identity=identity) for amount, text, identity in rows]
    found = names(*lines)
    assert found == names(*(replace(line, index=n) for n, line in enumerate(lines)))
    assert len(set(found)) == len(lines)
    assert sorted(names(*reversed(lines))) == sorted(found)

"""What a journal format cannot say is refused before anything is written, with case and field."""

from dataclasses import replace

import pytest

from refundkit.errors import RefusedError
from refundkit.exporters.journals import registry
from refundkit.model.booking import Entry

ALL = pytest.mark.parametrize("name", registry.FORMATS)


def problems(name, bookings, contexts, **accounts):
    return registry.load(name).check(bookings, {**contexts[name].accounts, **accounts})


def swap(bookings, **change):
    return [replace(bookings[0], **change), *bookings[1:]]


@ALL
def test_sound_bookings_have_no_problem(name, bookings, contexts):
    assert problems(name, bookings, contexts) == []


@ALL
def test_an_account_the_policy_does_not_name_is_refused_for_each_case_that_needs_it(name, bookings, contexts):
    found = problems(name, bookings, contexts, restocking_fees="")
    cases = [b.case for b in bookings if b.reason == "equipment-return"]
    assert len(found) == len(cases) == 2
    assert [line.split(":")[:2] for line in found] == [[case, " restocking_fees"] for case in cases]
    assert all(f"[accounts.{name}]" in line for line in found)


@ALL
def test_writing_what_does_not_check_is_refused(name, bookings, contexts):
    broken = replace(contexts[name], accounts={})
    with pytest.raises(RefusedError, match=r"refunds: the policy's .*more\)"):
        registry.load(name).write(bookings, broken)


@ALL
def test_an_empty_batch_is_refused(name, contexts):
    assert problems(name, [], contexts) == ["the batch: bookings: there is none"]


@ALL
def test_the_same_number_twice_is_refused(name, bookings, contexts):
    found = problems(name, [*bookings, bookings[0]], contexts)
    assert f"{bookings[0].case}: memo: {bookings[0].memo} is the number of 2 bookings" in found


@ALL
@pytest.mark.parametrize("memo", ["", "CM 1", "CM)1", "=CM", "CM\n1", "CM;1", "C" * 41])
def test_a_number_that_is_not_plain_is_refused(name, memo, bookings, contexts):
    assert any(": memo: " in line for line in problems(name, swap(bookings, memo=memo), contexts))


@ALL
def test_two_currencies_of_books_in_one_batch_are_refused(name, bookings, contexts):
    found = problems(name, swap(bookings, base="EUR"), contexts)
    assert any("base: one batch holds books in EUR and USD" in line for line in found)


@pytest.mark.parametrize(
    "account", ["two  blanks", "a;b", "a\tb", "a\nb", " a", "a ", "(a)", "[a]", "*a", "a::b", ":a", 'a"']
)
def test_hledger_refuses_accounts_that_are_something_else_there(account, bookings, contexts):
    assert len(problems("hledger", bookings, contexts, refunds=account)) == 1


@pytest.mark.parametrize(
    "account", ["=SUM", " Refunds", "Refunds\n", "Accounts Payable (A/P)", "Accounts Receivable (A/R)"]
)
def test_quickbooks_refuses_accounts_it_cannot_book_a_refund_to(account, bookings, contexts):
    found = problems("quickbooks-online", bookings, contexts, refunds=account)
    assert len(found) == 1
    assert found[0].startswith(f"{bookings[0].case}: refunds: ")


@pytest.mark.parametrize("code", ["200 - Sales", "12345678901", "-200", "=1", "2\n0"])
def test_xero_takes_the_code_alone(code, bookings, contexts):
    assert len(problems("xero", bookings, contexts, refunds=code)) == 1


def test_quickbooks_takes_21_characters_of_a_number(bookings, contexts):
    assert problems("quickbooks-online", swap(bookings, memo="C" * 21), contexts) == []
    assert problems("quickbooks-online", swap(bookings, memo="C" * 22), contexts) == [
        f"{bookings[0].case}: memo: {'C' * 22} has 22 characters; a Journal No has 21"
    ]


def test_quickbooks_needs_the_customers_name_and_currency_on_receivables(bookings, contexts):
    paid = next(b for b in bookings if b.on_receivable)
    for change, field in (
        ({"customer_name": " \n"}, "customer_name"),
        ({"customer_name": "x" * 501}, "customer_name"),
        ({"currency": "EUR"}, "currency"),
    ):
        found = problems("quickbooks-online", [replace(paid, **change)], contexts)
        assert [line.split(": ")[:2] for line in found] == [[paid.case, field]]


@pytest.mark.parametrize("name", ["quickbooks-online", "xero"])
def test_text_that_is_too_long_is_refused_and_not_cut(name, bookings, contexts):
    entries = tuple(replace(e, text="x" * 4001) for e in bookings[0].entries)
    found = problems(name, swap(bookings, entries=entries), contexts)
    assert len(found) == 1
    assert "description: 40" in found[0]


@pytest.mark.parametrize("name", ["quickbooks-online", "xero"])
def test_books_with_three_decimals_cannot_be_said(name, bookings, contexts):
    found = problems(name, [replace(bookings[0], base="KWD")], contexts)
    assert len(found) == 1
    assert "KWD has 3" in found[0]


def test_xero_refuses_a_journal_longer_than_a_file(bookings, contexts):
    entries = (*(Entry("refunds", 1, "x") for _ in range(299)), Entry("refunds_payable", -299, "y"))
    found = problems("xero", swap(bookings, entries=entries), contexts)
    assert found == [f"{bookings[0].case}: entries: 300; a file takes 300 lines"]

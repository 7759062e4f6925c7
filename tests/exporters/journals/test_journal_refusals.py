"""What a journal format cannot say is refused before anything is written, with case and field."""

from dataclasses import replace

import pytest
import samples

from refundkit.errors import RefusedError
from refundkit.exporters.journals import registry
from refundkit.exporters.journals.contract import readiness
from refundkit.model.booking import Entry

ALL = pytest.mark.parametrize("name", registry.FORMATS)


def problems(name, bookings, contexts, settings=None, **accounts):
    context = contexts[name]
    context = replace(
        context, accounts={**context.accounts, **accounts}, settings={**context.settings, **(settings or {})}
    )
    return registry.load(name).check(bookings, context)


def swap(bookings, **change):
    return [replace(bookings[0], **change), *bookings[1:]]


def about(found):
    """Case and field of each problem."""
    return [tuple(line.split(": ")[:2]) for line in found]


@ALL
def test_sound_bookings_have_no_problem(name, bookings, scenarios, contexts):
    assert problems(name, samples.sayable(name, bookings), contexts) == []
    assert problems(name, samples.sayable(name, scenarios), contexts) == []


@ALL
def test_what_a_format_cannot_say_is_refused_with_case_and_field(name, bookings, scenarios, contexts):
    for made in (bookings, scenarios):
        said = samples.sayable(name, made)
        cannot = [b for b in made if b not in said]
        if cannot:
            with pytest.raises(RefusedError):
                registry.load(name).write(made, contexts[name])
        for booking in cannot:
            found = problems(name, [booking], contexts)
            assert found
            assert {case for case, _ in about(found)} == {booking.case}


@ALL
def test_an_account_the_policy_does_not_name_is_refused_for_each_case_that_needs_it(name, scenarios, contexts):
    chosen = samples.sayable(name, scenarios)
    found = problems(name, chosen, contexts, restocking_fees="")
    cases = [b.case for b in chosen if any(e.account == "restocking_fees" for e in b.entries)]
    assert about(found) == [(case, "restocking_fees") for case in cases]
    assert cases
    assert all(f"[accounts.{name}]" in line for line in found)


@ALL
def test_writing_what_does_not_check_is_refused(name, scenarios, contexts):
    broken = replace(contexts[name], accounts={})
    with pytest.raises(RefusedError, match=r"refunds: the policy's .*more\)"):
        registry.load(name).write(samples.sayable(name, scenarios), broken)


@ALL
def test_an_empty_batch_is_refused(name, contexts):
    assert problems(name, [], contexts) == ["the batch: bookings: there is none"]


@ALL
def test_the_same_number_twice_is_refused_and_so_are_two_credit_memos_of_a_case(name, scenarios, contexts):
    first, *others = samples.sayable(name, scenarios)
    found = problems(name, [first, *others, first], contexts)
    assert f"{first.case}: case: it has 2 credit memos in the batch" in found
    assert f"{first.case}: memo: {first.memo} is the number of 2 bookings" in found


@ALL
@pytest.mark.parametrize("memo", ["", "CM 1", "CM)1", "=CM", "CM\n1", "CM;1", "C" * 41])
def test_a_number_that_is_not_plain_is_refused(name, memo, scenarios, contexts):
    found = problems(name, swap(samples.sayable(name, scenarios), memo=memo), contexts)
    assert (scenarios[0].case, "memo") in about(found)


@ALL
def test_two_currencies_of_books_in_one_batch_are_refused(name, scenarios, contexts):
    found = problems(name, swap(samples.sayable(name, scenarios), base="EUR"), contexts)
    assert any("base: one batch holds books in EUR and USD" in line for line in found)


@ALL
def test_a_payment_must_say_what_it_pays_and_a_document_must_be_known(name, scenarios, contexts):
    payment = next(b for b in scenarios if b.document == "payment")
    assert (payment.case, "settles") in about(problems(name, [replace(payment, settles="")], contexts))
    assert (payment.case, "settles") in about(problems(name, [replace(payment, settles="CM 1")], contexts))
    assert (payment.case, "document") in about(problems(name, [replace(payment, document="gift")], contexts))


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


@pytest.mark.parametrize("name", sorted(set(registry.FORMATS) - {"hledger", "ledger", "beancount", "generic"}))
def test_books_with_three_decimals_cannot_be_said(name, scenarios, contexts):
    found = problems(name, [replace(scenarios[0], base="KWD", currency="KWD")], contexts)
    assert len(found) == 1
    assert "KWD has 3" in found[0]


def test_xero_refuses_a_journal_longer_than_a_file(bookings, contexts):
    entries = (*(Entry("refunds", 1, "x") for _ in range(299)), Entry("refunds_payable", -299, "y"))
    found = problems("xero", swap(bookings, entries=entries), contexts)
    assert found == [f"{bookings[0].case}: entries: 300; a file takes 300 lines"]


@pytest.mark.parametrize(
    "account",
    [
        "Income",
        "Income:refunds",
        "Income:Two Words",
        "income:Refunds",
        "Revenue:Refunds",
        "Income::Refunds",
        "Income:A;b",
    ],
)
def test_beancount_refuses_accounts_it_cannot_have(account, scenarios, contexts):
    assert about(problems("beancount", scenarios, contexts, refunds=account)) == [(scenarios[0].case, "refunds")]


@pytest.mark.parametrize("account", ["Income:Refunds-2026", "Income:4090", "Income:Rückgaben:A1"])
def test_beancount_takes_accounts_of_letters_digits_and_hyphens(account, scenarios, contexts):
    assert problems("beancount", scenarios, contexts, refunds=account) == []


@pytest.mark.parametrize("account", ["Rückgaben", "a;b", 'a"b', "a\tb", "x" * 160, " a"])
def test_iif_refuses_accounts_it_cannot_write(account, scenarios, contexts):
    chosen = samples.sayable("quickbooks-desktop", scenarios)
    assert about(problems("quickbooks-desktop", chosen, contexts, refunds=account)) == [(chosen[0].case, "refunds")]


def test_iif_refuses_a_foreign_currency(scenarios, contexts):
    foreign = [b for b in scenarios if b.currency != b.base]
    found = problems("quickbooks-desktop", foreign, contexts)
    assert set(about(found)) == {(b.case, "currency") for b in foreign}
    assert "IIF has no currency" in found[0]


def test_iif_takes_eleven_characters_of_a_cheques_number(scenarios, contexts):
    cheque = next(b for b in scenarios if b.method == "cheque" and b.document == "payment")
    for number, good in (("12345678901", True), ("123456789012", False), ("12;3", False), ("é1", False)):
        found = about(problems("quickbooks-desktop", [replace(cheque, reference=number)], contexts))
        assert found == ([] if good else [(cheque.case, "reference")])
    two = [cheque, replace(cheque, memo="PM-9", case="RF-9")]
    assert set(about(problems("quickbooks-desktop", two, contexts))) == {(cheque.case, "memo"), ("RF-9", "memo")}


@pytest.mark.parametrize("customer", ["", "株式会社サンプル", "Parent:Child", "x" * 42])
def test_iif_refuses_a_customer_on_receivables_that_the_list_cannot_have(customer, scenarios, contexts):
    unpaid = next(b for b in scenarios if samples.lowers(b) and b.currency == b.base)
    found = problems("quickbooks-desktop", [replace(unpaid, customer_name=customer)], contexts)
    assert about(found) == [(unpaid.case, "customer_name")]


def test_an_iif_credit_memo_needs_agency_and_tax_item_and_takes_one_rate(scenarios, contexts):
    unpaid = next(b for b in scenarios if samples.lowers(b) and b.currency == b.base)
    as_memo = {"receivables": "credit-memo"}
    found = problems("quickbooks-desktop", [unpaid], contexts, as_memo)
    assert about(found) == [(unpaid.case, "sales_tax")] * 2
    named = {**as_memo, "tax_agency": "CA Dept of Tax", "tax_item": "CA Tax"}
    assert problems("quickbooks-desktop", [unpaid], contexts, named) == []
    two = replace(unpaid, entries=(*unpaid.entries, Entry("sales_tax", 5, "x", "0.1"), Entry("refunds", -5, "x")))
    assert about(problems("quickbooks-desktop", [two], contexts, named)) == [(unpaid.case, "tax_rate")]


@pytest.mark.parametrize("memo", ["CM/1", "CM.1"])
def test_netsuite_takes_letters_digits_underscore_and_hyphen_of_an_external_id(memo, scenarios, contexts):
    assert about(problems("netsuite", swap(scenarios, memo=memo), contexts)) == [(scenarios[0].case, "memo")]


def test_a_netsuite_credit_memo_names_customer_invoice_and_amounts_of_its_currency(scenarios, contexts):
    foreign = next(b for b in scenarios if b.on_receivable and b.currency != b.base)
    old = tuple(replace(e, original=None) for e in foreign.entries)
    for change, field in (
        ({"customer_name": ""}, "customer_name"),
        ({"invoice": " "}, "invoice"),
        ({"entries": old}, "entries"),
        ({"document": "payment-returned"}, "document"),
    ):
        assert about(problems("netsuite", [replace(foreign, **change)], contexts)) == [(foreign.case, field)]
    long = replace(foreign, entries=tuple(replace(e, text="x" * 1000) for e in foreign.entries))
    assert about(problems("netsuite", [long], contexts)) == [(foreign.case, "memo")]
    many = (*(Entry("refunds", 1, "x") for _ in range(5000)), Entry("refunds_payable", -5000, "y"))
    assert about(problems("netsuite", swap(scenarios, entries=many), contexts)) == [(scenarios[0].case, "entries")]
    assert problems("netsuite", scenarios, contexts, {"date_format": "M/D/YY"})[0].startswith("the policy: netsuite.")


@pytest.mark.parametrize("code", ["Refunds", "40 10", "123456789", "-1"])
def test_sage_50_takes_nominal_codes(code, scenarios, contexts):
    chosen = samples.sayable("sage-50", scenarios)
    assert about(problems("sage-50", chosen, contexts, refunds=code)) == [(chosen[0].case, "refunds")]


def test_sage_50_needs_account_reference_and_tax_code_on_the_customers_account(scenarios, contexts):
    unpaid = next(b for b in scenarios if samples.lowers(b) and b.currency == b.base)
    for change, field in (
        ({"customer_id": "C-20260001"}, "customer_id"),
        ({"document": "payment-returned"}, "document"),
    ):
        assert about(problems("sage-50", [replace(unpaid, **change)], contexts)) == [(unpaid.case, field)]
    unknown = replace(unpaid, entries=tuple(replace(e, tax_rate=e.tax_rate and "0.123") for e in unpaid.entries))
    assert about(problems("sage-50", [unknown], contexts)) == [(unpaid.case, "tax_rate")]
    assert problems("sage-50", [replace(unpaid, memo="C" * 31)], contexts) == [
        f"{unpaid.case}: memo: 31 characters; a Reference has 30"
    ]


def test_tax_of_an_unknown_rate_is_not_given_a_rate(scenarios, contexts):
    unpaid = next(b for b in scenarios if samples.lowers(b) and b.currency == b.base)
    old = replace(unpaid, entries=tuple(replace(e, tax_rate="") for e in unpaid.entries))
    as_memo = {"receivables": "credit-memo", "tax_agency": "CA Dept of Tax", "tax_item": "CA Tax"}
    for name, settings in (("sage-50", {}), ("sage-accounting", {}), ("quickbooks-desktop", as_memo)):
        assert about(problems(name, [old], contexts, settings)) == [(unpaid.case, "tax_rate")]


def test_a_credit_that_has_tax_and_no_net_amount_is_entered_by_hand(scenarios, contexts):
    first = scenarios[0]
    entries = (Entry("goodwill", 95, "x"), Entry("sales_tax", 5, "x", "0.05"), Entry("refunds_payable", -100, "y"))
    found = problems("sage-accounting", [replace(first, entries=entries)], contexts)
    assert about(found) == [(first.case, "sales_tax")]
    odd = (Entry("bank", 95, "x"), Entry("refunds_payable", -95, "y"))
    assert about(problems("sage-accounting", [replace(first, entries=odd)], contexts)) == [(first.case, "bank")]


def test_sage_accounting_takes_credit_memos_only(scenarios, contexts):
    payment = next(b for b in scenarios if b.document == "payment")
    (found,) = problems("sage-accounting", [payment], contexts)
    assert found.startswith(f"{payment.case}: document: ")
    assert "journal = false" in found
    memo = samples.sayable("sage-accounting", scenarios)[0]
    for change, field in (
        ({"customer_name": " "}, "customer_name"),
        ({"customer_id": ""}, "customer_id"),
        ({"case": "RF-" + "7" * 23}, "case"),
    ):
        changed = replace(memo, **change)
        assert about(problems("sage-accounting", [changed], contexts)) == [(changed.case, field)]


def test_a_sheet_keeps_fifteen_digits(scenarios, contexts):
    entries = (Entry("refunds", 10**15, "x"), Entry("refunds_payable", -(10**15), "y"))
    for name in ("generic", "quickbooks-online"):
        assert about(problems(name, swap(scenarios[:3], entries=entries), contexts)) == [(scenarios[0].case, "amount")]


@ALL
def test_the_account_names_of_the_policy_are_told_good_or_bad_without_a_booking(name, contexts):
    exporter, context = registry.load(name), contexts[name]
    ready = readiness(exporter, [], context)
    assert (ready.problems, len(ready.accounts)) == ((), len(context.accounts))
    broken = replace(context, accounts={**context.accounts, "bank": "", "cash": "no\n;good:"})
    told = readiness(exporter, [], broken)
    assert [line.split(": ")[0] for line in told.problems] == ["bank", "cash"]
    assert {key for _, key in told.accounts} == set(context.accounts) - {"bank"}


def test_what_must_exist_besides_accounts_is_told_before_anything_is_written(scenarios, contexts):
    ready = readiness(registry.load("netsuite"), scenarios, contexts["netsuite"])
    assert "item: Service Refund  (4090 Refunds and Allowances)" in ready.needs
    assert "invoice: INV-1011" in ready.needs
    assert ready.problems == ()
    told = readiness(registry.load("quickbooks-desktop"), scenarios, contexts["quickbooks-desktop"])
    assert (told.needs, bool(told.problems)) == ((), True)

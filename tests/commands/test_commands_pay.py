"""Paying as an accountant meets it: the way back, payees, files, ends by evidence, the books and what is owed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from paid_ways import ACH, adopt

ACCOUNT, ROUTING = "000123456789", "021000021"


@pytest.fixture
def booked(sample):
    """The sample shop with what was approved booked: nine credit memos."""
    sample.done("export", "hledger", "-o", "books", user="carl")
    return sample


def payee(shop, customer: str, user: str = "carl", account: str = ACCOUNT):
    return shop(
        "payee", "set", customer, "--holder", "Halloran Family Dentistry", "--routing", ROUTING, "--account", account,
        "--business", user=user,
    )  # fmt: skip


def by_customer(shop, customer: str) -> str:
    return next(w["case"] for w in plan(shop) if shop.done("show", w["case"], "--json").json["customer_id"] == customer)


def plan(shop):
    return shop.done("pay", "--plan", "--json", user="carl").json


def owed(shop, at: str = "2026-11-01") -> Decimal:
    return Decimal(shop.done("report", "liability", "--at", at, "--json").json["total"]["amount"])


def payments(shop):
    return shop.done("payment", "list", "--json").json


def test_every_booked_refund_has_a_way_back_as_it_was_paid(booked):
    found = plan(booked)
    assert len(found) == 9
    assert {w["method"] for w in found} <= {"card", "cheque", "transfer", "sepa", "ach"}
    assert all(w["why"].startswith("as P-") for w in found)
    banks = {"transfer", "sepa", "ach"}
    assert all(w["stopped"].startswith("no bank account of") == (w["method"] in banks) for w in found)
    total = sum(Decimal(w["amount"]["amount"]) for w in found if w["amount"]["currency"] == "USD")
    assert total > 0


def test_what_the_customer_keeps_is_paid_at_once_and_stands_on_the_account(booked):
    case = by_customer(booked, "C-1002")
    said = booked.done("pay", "account", case, "--instead", "wants it off the next bill", "--json", user="carl").json
    assert (len(said["payments"]), said["files"]) == (1, [])
    assert booked.state(case) == "paid"
    credit = booked.done("customer", "show", "C-1002", "--json").json["credit"]
    assert credit == [said["payments"][0]["amount"]]
    before = owed(booked)
    (waits,) = booked.done("report", "unbooked", "--json").json
    assert (waits["case"], waits["what"], waits["amount"]) == (case, "kept-on-account RP-1-000001", credit[0])
    booked.done("export", "hledger", "-o", "books", user="carl")
    assert before - owed(booked) == Decimal(credit[0]["amount"])
    assert booked.done("report", "unbooked", "--json").json == []


def test_a_payment_is_in_the_ledger_before_its_file_and_its_bytes_are_the_same_again(booked):
    adopt(booked, ACH)
    case = by_customer(booked, "C-1002")
    assert payee(booked, "C-1002").status == 0
    said = booked.done("pay", "ach", case, "-o", "bank", "--json", user="carl").json
    (path,) = [Path(f) for f in said["files"] if not f.endswith(".txt")]
    written = (booked.folder / path).read_bytes()
    assert said["payments"][0]["number"] == "RP-1-000001"
    assert booked.state(case) == "paying"
    before = booked.events()
    booked.done("pay", "--again", said["batch"], "-o", "twice", user="carl")
    assert (booked.folder / "twice" / path.name).read_bytes() == written
    assert booked.events() == before
    again = booked("pay", "ach", case, "-o", "bank", user="carl")
    assert (again.status, booked.events()) == (3, before)
    assert (booked.folder / path).stat().st_mode & 0o077 == 0


def test_bank_data_is_in_no_ledger_no_table_no_document_and_no_output(booked):
    adopt(booked, ACH)
    case = by_customer(booked, "C-1002")
    told = [payee(booked, "C-1002"), booked("payee", "show", "C-1002"), booked("payee", "list", "--json")]
    told.append(booked("pay", "ach", case, "-o", "bank", "--json", user="carl"))
    told += [booked("history", case), booked("show", case, "--json"), booked("payment", "list", "--json")]
    booked.done("audit", "verify")
    assert all(said.status == 0 for said in told), told
    for said in told:
        assert ACCOUNT not in said.out + said.err
    for file in booked.folder.rglob("shop.db*"):
        assert ACCOUNT.encode() not in file.read_bytes()
    assert "...6789" in told[1].out


def test_a_changed_account_counts_when_a_second_person_has_asked_the_customer(booked):
    adopt(booked, ACH)
    case = by_customer(booked, "C-1002")
    assert payee(booked, "C-1002").status == 0
    assert payee(booked, "C-1002", account="55500011122").status == 0
    refused = booked("pay", "ach", case, "-o", "bank", user="carl")
    assert (refused.status, "second person" in refused.err) == (3, True)
    assert booked("payee", "confirm", "C-1002", "--ends", "1122", user="carl").status == 3  # who entered it
    assert booked("payee", "confirm", "C-1002", "--ends", "6789", user="lena").status == 3  # the old account
    assert booked("payee", "confirm", "C-1002", "--ends", "1122", user="ann").status == 3  # may not
    booked.done("payee", "confirm", "C-1002", "--ends", "1122", user="lena")
    booked.done("pay", "ach", case, "-o", "bank", user="carl")
    assert b"55500011122" in b"".join(p.read_bytes() for p in (booked.folder / "bank").iterdir())


@pytest.mark.parametrize(
    "words",
    [
        ("--iban", "DE89370400440532013001"), ("--routing", "021000022", "--account", "1"), ("--iban", "x"),
        ("--routing", "021000021"), ("--routing", "991000021", "--account", "5"), (),
        ("--iban", "DE89370400440532013000", "--account", "5", "--routing", "021000021"),
    ],
)  # fmt: skip
def test_what_is_no_account_is_refused(booked, words):
    before = booked.events()
    said = booked("payee", "set", "C-1002", "--holder", "H", *words, user="carl")
    assert (said.status, booked.events()) == (2, before), said


def test_an_unknown_customer_has_no_account(booked):
    assert payee(booked, "C-9").status == 3


@pytest.mark.parametrize("user", ["lena", "max", "okello", "ann"])
def test_only_accountants_and_admins_pay(booked, user):
    before = booked.events()
    assert booked("pay", "account", user=user).status == 3
    assert booked("payment", "confirm", "RP-1-000001", "--evidence", "x", user=user).status == 3
    assert booked.events() == before


def paid_by_ach(shop, customer: str = "C-1002") -> str:
    adopt(shop, ACH)
    case = by_customer(shop, customer)
    assert payee(shop, customer).status == 0
    shop.done("pay", "ach", case, "-o", "bank", user="carl")
    return case


def test_only_evidence_ends_a_payment_and_a_refused_one_can_be_paid_again(booked):
    case = paid_by_ach(booked)
    assert booked("payment", "confirm", case, "--evidence", " ", user="carl").status == 2
    said = booked("payment", "confirm", case, "--evidence", "x", "--on", "2026-12-01", user="carl")
    assert (said.status, "not come yet" in said.err) == (2, True)
    booked.done("payment", "uncertain", case, "--evidence", "bank portal shows nothing", user="carl")
    assert booked.state(case) == "paying"
    assert [p["state"] for p in booked.done("report", "uncertain", "--json").json] == ["uncertain"]
    assert booked("pay", "ach", case, "-o", "bank", user="carl").status == 3
    booked.done("payment", "refused", "RP-1-000001", "--evidence", "R03", "--code", "R03", user="carl")
    assert booked.state(case) == "booked"
    assert booked("payment", "confirm", "RP-1-000001", "--evidence", "x", user="carl").status == 3
    booked.done("pay", "ach", case, "-o", "bank", user="carl")
    first, second = payments(booked)
    assert (first["state"], second["state"]) == ("refused", "issued")
    assert first["key"] != second["key"]
    booked.done("payment", "confirm", case, "--evidence", "statement 11", user="carl")
    assert booked.state(case) == "paid"
    booked.done("payment", "returned", case, "--evidence", "came back", "--code", "R02", user="carl")
    assert booked.state(case) == "booked"


def test_a_closed_month_takes_no_entry_and_two_people_close_it(booked):
    booked.now = "2026-12-03T09:00:00Z"
    assert booked("books", "close", "2026-12", user="carl").status == 3
    booked.done("books", "close", "2026-11", user="carl")
    assert booked("books", "close", "2026-11", user="carl").status == 3
    assert booked.done("books", "list", "--json").json[0]["state"] == "open"
    booked.done("books", "close", "2026-11", user="max")
    assert booked.done("books", "list", "--json").json[0]["state"] == "closed"
    case = by_customer(booked, "C-1002")
    booked.done("pay", "account", case, "--instead", "x", "--on", "2026-11-20", user="carl")
    booked.done("export", "hledger", "-o", "books", user="carl")
    documents = booked.done("customer", "show", "C-1002", "--json").json["documents"]
    assert [d["posted_on"] for d in documents if d["document"] == "kept-on-account"] == ["2026-12-01"]
    booked.done("books", "reopen", "2026-11", "--reason", "forgot one", user="max")
    booked.done("books", "reopen", "2026-11", "--reason", "yes", user="carl")
    assert booked.done("books", "list", "--json").json[0]["state"] == "open"


def test_closing_a_month_says_what_its_books_lack_and_takes_a_yes(booked):
    case = paid_by_ach(booked)
    booked.now = "2026-12-03T09:00:00Z"
    before = booked.events()
    refused = booked("books", "close", "2026-11", user="carl")
    assert refused.status == 3
    assert f"the books of 2026-11 lack {case} (payment RP-1-000001" in refused.err
    assert booked.events() == before
    asked = booked.done("books", "close", "2026-11", "--yes", "--json", user="carl").json
    assert [(x["about"], x["what"]) for x in asked["unbooked"]] == [(case, "payment RP-1-000001")]
    assert [(x["about"], x["what"]) for x in asked["open"]] == [(case, "RP-1-000001 ach issued")]
    assert booked("books", "close", "2026-11", user="max").status == 3
    booked.done("export", "hledger", "-o", "books", user="carl")
    said = booked.done("books", "close", "2026-11", user="max").out
    assert "not in the books" not in said
    assert "not reconciled" in said
    assert "2026-11 is closed (carl and max)" in said


def test_an_invoice_shows_what_can_be_refunded_and_every_document(booked):
    (case,) = [w["case"] for w in plan(booked)][:1]
    name = booked.done("show", case, "--json").json["invoice"]
    said = booked.done("invoice", "show", name, "--json").json
    assert [d["document"] for d in said["documents"]] == ["credit-memo"]
    paid, gone = (Decimal(said[k]["amount"]) for k in ("paid", "refunded_here"))
    before = Decimal(said["refunded_before"]["amount"])
    assert Decimal(said["refundable"]["amount"]) == max(0, paid - before - gone)
    assert booked("invoice", "show", "INV-1").status == 3


def test_a_rebuild_gives_the_same_payments_payees_and_months(booked):
    case = paid_by_ach(booked)
    booked.done("payment", "confirm", case, "--evidence", "statement", user="carl")
    booked.done("export", "hledger", "-o", "books", user="carl")
    before = (payments(booked), booked.done("payee", "list", "--json").json, owed(booked), plan(booked))
    booked.done("doctor", "--rebuild")
    assert (payments(booked), booked.done("payee", "list", "--json").json, owed(booked), plan(booked)) == before
    booked.done("audit", "verify")


def lines(number: str) -> Iterator[str]:
    yield "Date,Description,Amount,Currency"
    yield f"2026-11-03,ACH REFUND {number},-120.00,USD"
    yield "2026-11-03,COFFEE,-4.50,USD"


def test_a_statement_ends_the_payment_it_names_and_the_same_one_again_does_nothing(booked):
    case = paid_by_ach(booked)
    (paid,) = payments(booked)
    amount = paid["amount"]["amount"]
    text = "\n".join(lines("RP-1-000001")).replace("120.00", amount) + "\n"
    booked.now = "2026-11-06T09:00:00Z"
    said = booked.done("reconcile", booked.write("s.csv", text), "--jsonl", user="carl").jsonl
    assert [x["found"] for x in said] == ["matched", "other"]
    assert (said[0]["payment"], said[0]["state"]) == ("RP-1-000001", "confirmed")
    assert booked.state(case) == "paid"
    before = booked.events()
    again = booked.done("reconcile", booked.write("t.csv", text), "--jsonl", user="carl").jsonl
    assert [x["found"] for x in again] == ["known", "known"]
    assert booked.events() == before


def test_several_statements_are_told_in_the_order_they_were_named(booked):
    booked.now = "2026-11-06T09:00:00Z"
    text = "Date,Description,Amount,Currency\n2026-11-03,TEA,-4.50,USD\n2026-11-04,{},-5.50,USD\n"
    files = [booked.write(name, text.format(name)) for name in ("b.csv", "a.csv", "c.csv")]
    said = booked.done("reconcile", *files, "--jsonl", user="carl").jsonl
    assert [(x["file"], x["index"]) for x in said] == [(f.name, n) for f in files for n in (2, 3)]


def two_alike(booked) -> tuple[str, str]:
    """Two cases paid with one amount on one day."""
    adopt(booked, ACH)
    found = plan(booked)
    names = {w["case"]: booked.done("show", w["case"], "--json").json["customer_id"] for w in found}
    one, two = [w["case"] for w in found if w["amount"] == {"amount": "129.90", "currency": "USD"}][:2]
    for case in (one, two):
        assert payee(booked, names[case]).status == 0
        booked.done("pay", "ach", case, "-o", "bank", user="carl")
    booked.now = "2026-11-06T09:00:00Z"
    return one, two


def test_what_fits_two_payments_waits_for_a_person_who_says_which(booked):
    one, two = two_alike(booked)
    text = "Date,Description,Amount,Currency\n2026-11-03,ACH OUT,-129.90,USD\n"
    said = booked("reconcile", booked.write("s.csv", text), "--jsonl", user="carl")
    assert (said.status, said.jsonl[0]["found"]) == (1, "open")
    (line,) = booked.done("reconcile", "--open", "--jsonl").jsonl
    number = next(p["number"] for p in payments(booked) if p["case"] == two)
    booked.done("reconcile", "--line", line["line"][:8], "--payment", number, user="carl")
    assert (booked.state(one), booked.state(two)) == ("paying", "paid")
    assert booked.done("reconcile", "--open", "--jsonl").jsonl == []


def test_more_payments_of_one_amount_than_can_be_looked_through_are_told_apart_by_what_names_them(booked, monkeypatch):
    monkeypatch.setattr("refundkit.workflow.reconciling.LOOKED_THROUGH", 1)
    one, two = two_alike(booked)
    text = "Date,Description,Amount,Currency\n2026-11-03,ACH OUT,-129.90,USD\n2026-11-04,ACH RP-1-000002,-129.90,USD\n"
    crowd, named = booked("reconcile", booked.write("s.csv", text), "--jsonl", user="carl").jsonl
    assert (crowd["found"], crowd["why"].split(" of ours")[0]) == ("open", "more than 1 payments")
    assert (named["found"], named["payment"]) == ("matched", "RP-1-000002")
    assert (booked.state(one), booked.state(two)) == ("paying", "paid")


OFX = """<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST>
<STMTTRN><TRNTYPE>CHECK<DTPOSTED>20261103<TRNAMT>-{amount}<FITID>F1<CHECKNUM>5501<NAME>CHECK</STMTTRN>
</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""


@pytest.mark.parametrize("form", ["ofx", "csv"])
def test_a_cheque_that_is_none_of_ours_ends_no_payment_of_its_amount(booked, form):
    case = paid_by_ach(booked)
    amount = payments(booked)[0]["amount"]["amount"]
    booked.now = "2026-11-06T09:00:00Z"
    chase = (
        "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n"
        f"CHECK,11/03/2026,PAPER,-{amount},CHECK_PAID,100.00,5501,\n"
    )
    path = booked.write(f"s.{form}", OFX.format(amount=amount) if form == "ofx" else chase)
    said = booked("reconcile", path, "--currency", "USD", "--jsonl", user="carl").jsonl
    assert [(x["found"], x["why"]) for x in said] == [
        ("open", "the amount is that of RP-1-000001, and the line names cheque 5501")
    ]
    assert booked.state(case) == "paying"


def test_one_refund_in_another_currency_does_not_keep_the_others_from_being_paid(booked):
    adopt(booked, ACH)
    other = next(w for w in plan(booked) if w["amount"]["currency"] != "USD")
    case = by_customer(booked, "C-1002")
    assert payee(booked, "C-1002").status == 0
    assert "pays USD, not" in other["stopped"]
    said = booked("pay", "ach", "-o", "bank", "--json", user="carl")
    assert case in [p["case"] for p in said.json["payments"]], said
    assert any(other["case"] in line and "--instead" in line for line in said.json["left"])
    named = booked("pay", "ach", other["case"], "-o", "bank", user="carl")
    assert (named.status, "pay transfer" in named.err) == (3, True)


def test_a_way_that_the_currency_closes_is_no_dead_end_where_the_policy_forces_it(booked):
    case = next(w["case"] for w in plan(booked) if w["amount"]["currency"] != "USD")
    customer = booked.done("show", case, "--json").json["customer_id"]
    text = (booked.folder / "records" / "payments.csv").read_text(encoding="utf-8")
    invoice = booked.done("show", case, "--json").json["invoice"]
    rows = [
        re.sub(r",(card|sepa|transfer|cheque|cash),", ",ach,", r) if f",{invoice}," in r else r
        for r in text.splitlines()
    ]
    booked.done("records", booked.write("payments.csv", "\n".join(rows) + "\n"))
    adopt(booked, ACH.replace('"free"', '"force"'))
    (way,) = [w for w in plan(booked) if w["case"] == case]
    assert (way["method"], "pays USD" in way["stopped"]) == ("ach", True)
    booked.done("payee", "set", customer, "--holder", "H", "--iban", "DE89370400440532013000", user="carl")
    booked.done("pay", "transfer", case, "--instead", "ACH has no such currency", "-o", "bank", user="carl")
    assert booked.state(case) == "paying"


def test_what_no_payment_reaches_goes_by_a_way_that_a_person_names_where_the_policy_forces_it(booked):
    case = next(w["case"] for w in plan(booked) if w["method"] == "card" and w["amount"]["currency"] == "USD")
    (whole,) = [Decimal(w["amount"]["amount"]) for w in plan(booked) if w["case"] == case]
    invoice = booked.done("show", case, "--json").json["invoice"]
    rows = (booked.folder / "records" / "payments.csv").read_text(encoding="utf-8").splitlines()
    smaller = [re.sub(r",\d+\.\d\d,USD,", ",10.00,USD,", r) if f",{invoice}," in r else r for r in rows]
    booked.done("records", booked.write("payments.csv", "\n".join(smaller) + "\n"))
    adopt(booked, ACH.replace('"free"', '"force"').replace('otherwise = "ach"', 'otherwise = "cash"'))
    reached, beyond = [w for w in plan(booked) if w["case"] == case]
    assert (reached["method"], Decimal(reached["amount"]["amount"]), reached["stopped"]) == ("card", 10, "")
    assert (beyond["method"], Decimal(beyond["amount"]["amount"])) == (None, whole - 10)
    assert beyond["stopped"] == f"no payment reaches it: refundkit pay cash {case} --instead REASON"
    assert "--instead REASON" in booked("pay", "cash", case, "-o", "out", user="carl").err
    paid = booked.done("pay", "cash", case, "--instead", "asked", "-o", "out", "--json", user="carl").json
    assert [Decimal(p["amount"]["amount"]) for p in paid["payments"]] == [whole - 10]
    again = booked("pay", "cash", case, "--instead", "asked", "-o", "out", user="carl")
    assert (again.status, "needs a refused payment first" in again.err) == (3, True)
    booked.done("pay", "card", case, "-o", "out", user="carl")
    assert sum(Decimal(p["amount"]["amount"]) for p in payments(booked) if p["case"] == case) == whole


def test_the_plan_says_whose_bank_account_is_missing(booked):
    adopt(booked, ACH)
    case = by_customer(booked, "C-1002")
    stopped = {w["case"]: w["stopped"] for w in plan(booked)}
    assert stopped[case] == "no bank account of C-1002 is known: refundkit payee set C-1002"
    assert payee(booked, "C-1002").status == 0
    assert {w["case"]: w["stopped"] for w in plan(booked)}[case] == ""

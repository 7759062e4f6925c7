"""Paying by cheque, card, cash and transfer as an accountant meets it: numbers, voids, the bank's list, the books."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from paid_ways import adopt

PAYING = """
[payments]
method = "free"
otherwise = "cheque"

[payments.cheque]
account = "123456789"
bank = ["First National Bank"]
payer = ["400 Harbor Street"]
positive_pay = "chase"
"""


@pytest.fixture
def booked(sample):
    """The sample shop with what was approved booked, and a bank that wants a list of cheques."""
    sample.done("export", "hledger", "-o", "books", user="carl")
    adopt(sample, PAYING)
    return sample


def dollars(shop) -> list[str]:
    """Cases that wait to be paid in dollars."""
    found = shop.done("pay", "--plan", "--json", user="carl").json
    return list(dict.fromkeys(w["case"] for w in found if w["amount"]["currency"] == "USD"))


def pay(shop, method: str, *words: str) -> Any:
    return shop.done("pay", method, *words, "-o", "out", "--json", user="carl").json


def payments(shop) -> list[dict[str, Any]]:
    return list(shop.done("payment", "list", "--json").json)


def end(shop, how: str, named: str, *words: str) -> None:
    shop.done("payment", how, named, "--evidence", "seen", *words, user="carl")


def listed(shop, said) -> list[list[str]]:
    """The lines of the bank's list: kind, account, number, day, amount, payee."""
    (path,) = [p for p in said["files"] if "positive-pay" in p]
    return list(csv.reader((shop.folder / path).read_text().splitlines()))


def pdf_text(shop, said) -> str:
    tool = shutil.which("pdftotext") or pytest.skip("pdftotext is not installed")
    (path,) = [p for p in said["files"] if p.endswith(".pdf")]
    done = subprocess.run([tool, "-layout", shop.folder / path, "-"], capture_output=True, check=True)
    return done.stdout.decode()


def test_the_first_run_asks_for_the_number_in_the_printer_and_the_numbers_run_on(booked):
    one, two, three = dollars(booked)[:3]
    asked = booked("pay", "cheque", one, "-o", "out", user="carl")
    assert (asked.status, "--first-cheque" in asked.err) == (2, True)
    said = pay(booked, "cheque", one, "--first-cheque", "2091")
    assert [p["cheque"] for p in said["payments"]] == [2091]
    assert [p["cheque"] for p in pay(booked, "cheque", two, three)["payments"]] == [2092, 2093]
    assert [p["cheque"] for p in payments(booked)] == [2091, 2092, 2093]


def test_a_number_is_never_given_twice(booked):
    one, two = dollars(booked)[:2]
    pay(booked, "cheque", one, "--first-cheque", "2091")
    before = booked.events()
    for number in ("2091", "2000"):
        said = booked("pay", "cheque", two, "--first-cheque", number, "-o", "out", user="carl")
        assert (said.status, "written already" in said.err) == (3, True)
    assert booked.events() == before
    assert pay(booked, "cheque", two, "--first-cheque", "2095")["payments"][0]["cheque"] == 2095


def test_the_sheet_says_what_is_paid_to_whom_and_for_what(booked):
    case = dollars(booked)[0]
    said = pay(booked, "cheque", case, "--first-cheque", "2091")
    known = booked.done("show", case, "--json").json
    page = pdf_text(booked, said)
    amount = f"{Decimal(said['totals'][0]['amount']):,}"
    assert f"USD **{amount}**" in page
    for wanted in ("No. 2091", "November 1, 2026", case, known["invoice"], "NON-NEGOTIABLE", "First National Bank"):
        assert wanted in page, wanted
    assert re.search(rf"This cheque +{re.escape(amount)}", page)
    assert "123456789" not in page


def test_a_spoilt_cheque_is_void_and_the_case_is_paid_anew_with_the_next_number(booked):
    one, two = dollars(booked)[:2]
    first = pay(booked, "cheque", one, two, "--first-cheque", "2091")
    assert [(line[0], line[2]) for line in listed(booked, first)] == [("I", "2091"), ("I", "2092")]
    end(booked, "refused", "2091", "--code", "spoilt")
    assert booked.state(one) == "booked"
    again = pay(booked, "cheque", one)
    assert [(line[0], line[2]) for line in listed(booked, again)] == [("I", "2093"), ("C", "2091")]
    assert (again["voids"], [p["cheque"] for p in again["payments"]]) == ([2091], [2093])
    issue, void = listed(booked, again)
    assert issue[4:] == void[4:] == listed(booked, first)[0][4:]
    states = {p["cheque"]: p["state"] for p in payments(booked)}
    assert states == {2091: "refused", 2092: "issued", 2093: "issued"}


def test_a_void_reaches_the_bank_once_also_when_nothing_else_is_to_be_paid(booked):
    (one,) = dollars(booked)[:1]
    pay(booked, "cheque", one, "--first-cheque", "2091")
    booked.now = "2026-11-20T09:00:00Z"
    end(booked, "returned", "2091", "--on", "2026-11-19")
    booked.done("hold", one, "--kind", "fraud", "--reason", "the customer has moved", user="lena")
    adopt(booked, PAYING.replace('"free"', '"prefer"').replace('"cheque"\n', '"account"\n'))
    for other in dollars(booked):
        if other != one:
            pay(booked, "account", other, "--instead", "asked for")
    told = booked("pay", "cheque", "-o", "out", user="carl")
    assert "the list for the bank says that these cheques are void: 2091" in told.out
    path = max((booked.folder / "out").glob("*-positive-pay.csv"))
    assert path.read_text().startswith("C,123456789,2091,110126,")
    assert len(path.read_text().splitlines()) == 1
    before = booked.events()
    nothing = booked("pay", "cheque", "-o", "out", user="carl")
    assert "nothing to pay this way" in nothing.out
    assert booked.events() == before


def test_without_a_list_nobody_is_told_of_voids(booked):
    adopt(booked, PAYING.replace('"chase"', '""'))
    (one,) = dollars(booked)[:1]
    first = pay(booked, "cheque", one, "--first-cheque", "2091")
    assert not any("positive-pay" in path for path in first["files"])
    end(booked, "refused", "2091")
    adopt(booked, PAYING)
    again = pay(booked, "cheque", one)
    assert again["voids"] == []
    assert [(line[0], line[2]) for line in listed(booked, again)] == [("I", "2092")]


def test_a_cashed_cheque_that_came_back_is_no_void(booked):
    (one,) = dollars(booked)[:1]
    pay(booked, "cheque", one, "--first-cheque", "2091")
    end(booked, "confirm", "2091")
    end(booked, "returned", "2091")
    assert pay(booked, "cheque", one)["voids"] == []


def test_the_files_of_a_batch_are_the_same_bytes_again(booked):
    one, two = dollars(booked)[:2]
    pay(booked, "cheque", one, "--first-cheque", "2091")
    end(booked, "refused", "2091")
    said = pay(booked, "cheque", one, two)
    booked.now = "2026-11-09T09:00:00Z"
    end(booked, "refused", "2092")
    booked.done("pay", "--again", said["batch"], "-o", "twice", user="carl")
    for path in map(Path, said["files"]):
        assert (booked.folder / "twice" / path.name).read_bytes() == (booked.folder / path).read_bytes()
        assert (booked.folder / path).stat().st_mode & 0o077 == 0
    assert len(said["files"]) == 3


def test_a_dry_run_says_the_number_and_writes_nothing(booked):
    (one,) = dollars(booked)[:1]
    before = booked.events()
    said = pay(booked, "cheque", one, "--first-cheque", "2091", "--dry-run")
    assert (said["payments"][0]["cheque"], booked.events()) == (2091, before)
    assert not (booked.folder / "out").exists()


def test_what_a_cheque_cannot_say_stops_the_batch_before_anything_is_paid(booked):
    found = booked.done("pay", "--plan", "--json", user="carl").json
    foreign = next(w["case"] for w in found if w["amount"]["currency"] != "USD")
    before = booked.events()
    said = booked("pay", "cheque", foreign, "--first-cheque", "2091", "-o", "out", user="carl")
    assert (said.status, booked.events()) == (3, before)
    assert f"{foreign}: a cheque of the shop's account pays USD, not CAD: refundkit pay transfer {foreign}" in said.err


def test_a_cheque_is_drawn_in_the_currency_of_its_account_and_others_are_held_with_the_reason(booked):
    found = booked.done("pay", "--plan", "--json", user="carl").json
    assert {w["amount"]["currency"] for w in found if not w["stopped"]} == {"USD"}
    assert all("pays USD, not" in w["stopped"] for w in found if w["amount"]["currency"] != "USD")
    adopt(booked, PAYING.replace('positive_pay = "chase"', 'currency = "CAD"'))
    after = booked.done("pay", "--plan", "--json", user="carl").json
    assert {w["amount"]["currency"] for w in after if not w["stopped"]} == {"CAD"}
    said = booked("pay", "cheque", "--first-cheque", "2091", "-o", "out", "--json", user="carl")
    paid = said.json
    assert (said.status, {p["amount"]["currency"] for p in paid["payments"]}) == (1, {"CAD"})
    assert all("pays CAD, not" in line for line in paid["left"])


def test_an_unknown_currency_of_the_cheques_is_refused_with_the_policy(booked):
    text = PAYING.replace('positive_pay = "chase"', 'currency = "DOLLARS"')
    said = adopt(booked, text, refused=True)
    assert said.status == 2
    assert "'DOLLARS' is no currency code like USD" in said.err


def test_a_rebuild_remembers_which_voids_the_bank_was_told_of(booked):
    (one,) = dollars(booked)[:1]
    pay(booked, "cheque", one, "--first-cheque", "2091")
    end(booked, "refused", "2091")
    pay(booked, "cheque", one)
    booked.done("doctor", "--rebuild")
    end(booked, "refused", "2092")
    assert pay(booked, "cheque", one)["voids"] == [2092]
    booked.done("audit", "verify")


def hledger(*words: str) -> str:
    done = subprocess.run(["hledger", *words], capture_output=True, text=True, env={"LC_ALL": "C.UTF-8"}, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(shutil.which("hledger") is None, reason="hledger is not installed")
def test_the_books_hold_a_cheque_as_outstanding_until_it_is_cashed_or_void(booked):
    one, two, three = dollars(booked)[:3]
    pay(booked, "cheque", one, two, three, "--first-cheque", "2091")
    amounts = {p["cheque"]: Decimal(p["amount"]["amount"]) for p in payments(booked)}

    def outstanding() -> Decimal:
        booked.done("export", "hledger", "-o", "books", user="carl")
        files = [word for path in sorted((booked.folder / "books").glob("*.journal")) for word in ("-f", str(path))]
        hledger(*files, "check", "-s")
        said = hledger(*files, "bal", "cheques outstanding", "-N", "--format", "%(total)")
        return -Decimal(re.sub(r"[^0-9.-]", "", said) or "0")

    assert outstanding() == sum(amounts.values())
    booked.now = "2026-11-06T09:00:00Z"
    end(booked, "confirm", "2092")
    assert outstanding() == amounts[2091] + amounts[2093]
    end(booked, "refused", "2091")
    assert outstanding() == amounts[2093]
    end(booked, "confirm", "2093")
    assert outstanding() == 0
    assert [booked.state(case) for case in (one, two, three)] == ["booked", "paid", "paid"]


def test_a_statement_that_names_the_cheque_s_number_confirms_it(booked):
    one, two = dollars(booked)[:2]
    pay(booked, "cheque", one, two, "--first-cheque", "2091")
    amounts = {p["cheque"]: p["amount"]["amount"] for p in payments(booked)}
    booked.now = "2026-11-10T09:00:00Z"
    text = f"Date,Description,Amount,Currency\n2026-11-08,CHECK 2092,-{amounts[2092]},USD\n"
    (line,) = booked.done("reconcile", booked.write("s.csv", text), "--jsonl", user="carl").jsonl
    assert (line["found"], line["state"]) == ("matched", "confirmed")
    assert (booked.state(one), booked.state(two)) == ("paying", "paid")


def by_way(shop, method: str) -> str:
    adopt(shop, '[payments]\nmethod = "prefer"\n')
    return str(next(w["case"] for w in shop.done("pay", "--plan", "--json", user="carl").json if w["method"] == method))


def test_a_card_refund_names_the_payment_that_it_gives_back(booked):
    case = by_way(booked, "card")
    said = pay(booked, "card", case)
    (path,) = [p for p in said["files"] if p.endswith(".csv")]
    (row,) = csv.DictReader((booked.folder / path).read_text().splitlines())
    assert row["processor_reference"].startswith("ch_")
    assert (row["key"], row["case"]) == (said["payments"][0]["key"], case)
    assert sorted(Path(p).suffix for p in said["files"]) == [".csv", ".pdf", ".txt"]
    assert booked.state(case) == "paying"


def test_cash_is_paid_against_a_receipt(booked):
    (case,) = dollars(booked)[:1]
    said = pay(booked, "cash", case)
    page = pdf_text(booked, said)
    assert (page.count("Cash receipt"), page.count(case), page.count("signature")) == (2, 2, 4)
    end(booked, "confirm", said["payments"][0]["number"])
    assert booked.state(case) == "paid"


def test_a_transfer_list_holds_the_account_and_nothing_else_does(booked):
    (case,) = dollars(booked)[:1]
    customer = booked.done("show", case, "--json").json["customer_id"]
    booked.done("payee", "set", customer, "--holder", "Halloran", "--iban", "DE89370400440532013000", user="carl")
    said = booked("pay", "transfer", case, "-o", "out", "--json", user="carl")
    assert said.status == 0, said
    held = {p.name: p.read_bytes() for p in (booked.folder / "out").iterdir()}
    assert [name for name, content in held.items() if b"DE89370400440532013000" in content] == [
        next(name for name in held if name.endswith(".csv"))
    ]
    assert "DE89" not in said.out + said.err


@pytest.mark.parametrize("user", ["lena", "max", "ann"])
def test_only_accountants_and_admins_write_cheques(booked, user):
    before = booked.events()
    assert booked("pay", "cheque", "--first-cheque", "2091", "-o", "out", user=user).status == 3
    assert booked.events() == before


@pytest.mark.parametrize("text", ["CHECK {}", "Check #{}", "CHEQUE NO. 000{}", "CHECK PAID 0{}", "chq {} cashed"])
def test_a_cheques_number_in_the_banks_words_says_which_cheque_it_is(booked, text):
    first, second = dollars(booked)[:2]
    pay(booked, "cheque", first, "--first-cheque", "2091")
    pay(booked, "cheque", second)
    one, two = payments(booked)
    rows = f"2026-11-01,{text.format(2092)},-{two['amount']['amount']},USD"
    said = booked(
        "reconcile", booked.write("s.csv", f"Date,Description,Amount,Currency\n{rows}\n"), "--jsonl", user="carl"
    )
    assert [(x["found"], x["payment"], x["why"]) for x in said.jsonl] == [("matched", two["number"], "cheque 2092")]
    assert one["state"] == "issued"


def test_the_amount_of_our_cheque_under_another_cheques_number_waits_for_a_person(booked):
    pay(booked, "cheque", dollars(booked)[0], "--first-cheque", "2091")
    (one,) = payments(booked)
    rows = f"2026-11-01,CHECK 511,-{one['amount']['amount']},USD"
    said = booked(
        "reconcile", booked.write("s.csv", f"Date,Description,Amount,Currency\n{rows}\n"), "--jsonl", user="carl"
    )
    (line,) = said.jsonl
    assert (line["found"], "names cheque 511" in line["why"]) == ("open", True)
    assert payments(booked)[0]["state"] == "issued"


def test_a_cheque_cashed_for_another_amount_is_told_with_both_amounts(booked):
    pay(booked, "cheque", dollars(booked)[0], "--first-cheque", "2091")
    amount = payments(booked)[0]["amount"]["amount"]
    text = "Date,Description,Amount,Currency\n2026-11-01,CHECK 2091,-9999.00,USD\n"
    said = booked("reconcile", booked.write("s.csv", text), user="carl")
    assert f"the amount is another: 9999.00 USD in place of {amount} USD" in said.out
    assert "1 line: 1 for a person" in said.out
    wrong = booked("reconcile", "--line", "zzzz", "--payment", "RP-1-000001", user="carl")
    assert (wrong.status, "no open lines" in wrong.err) == (3, True)

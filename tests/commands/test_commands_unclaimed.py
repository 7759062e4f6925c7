"""Cheques that nobody cashes, as an accountant meets them: which grow old, what the law wants, and where the money goes."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest
from paid_ways import adopt, balances

PAYING = """
[payments]
method = "free"
otherwise = "cheque"

[payments.cheque]
account = "123456789"
positive_pay = "chase"
"""
YEARS_LATER = "2029-11-02T09:00:00Z"


@pytest.fixture
def shop(sample):
    """The sample shop with a refund of 120.00 paid by cheque 2091 on 2026-11-01, booked, its list with the bank."""
    sample.done("export", "hledger", "-o", "books", user="carl")
    adopt(sample, PAYING)
    plan = sample.done("pay", "--plan", "--json", user="carl").json
    case = next(w["case"] for w in plan if w["amount"]["currency"] == "USD")
    sample.done("pay", "cheque", case, "--first-cheque", "2091", "-o", "out", user="carl")
    sample.done("export", "hledger", "-o", "books", user="carl")
    return sample


def say(shop, word: str, *more: str, status: int = 0):
    said = shop("payment", word, "2091", "--evidence", "seen", *more, user="carl")
    assert said.status == status, said
    return said


def case_of(shop) -> str:
    return str(shop.done("payment", "list", "--json").json[0]["case"])


def stale(shop) -> list[dict]:
    return list(shop.done("payment", "list", "--stale", "--json").json)


def test_a_cheque_grows_stale_then_takes_a_letter_then_is_unclaimed(shop):
    assert stale(shop) == []
    assert shop.done("payment", "list", "--stale").out == "no cheque grows stale\n"
    shop.now = "2027-04-30T09:00:00Z"
    assert stale(shop) == []
    words = {}
    for day in ("2027-05-01", "2029-07-01", "2029-11-01"):
        shop.now = f"{day}T09:00:00Z"
        (one,) = stale(shop)
        words[day] = (one["months"], one["next"].partition(";")[0])
        assert (one["cheque"], one["unclaimed_from"]) == (2091, "2029-11-01")
    assert words == {
        "2027-05-01": (6, "ask the customer, or make it void and pay anew"),
        "2029-07-01": (32, "write the letter that the law wants"),
        "2029-11-01": (36, "refundkit payment unclaimed 2091"),
    }
    assert "cheques that nobody cashes grow stale" in shop.done().out
    say(shop, "unclaimed")
    (one,) = stale(shop)
    assert (one["state"], "hand it over" in one["next"]) == ("unclaimed", True)
    assert "2091" in shop.done("payment", "list", "--stale").out
    say(shop, "remitted")
    assert stale(shop) == []


def test_a_cheque_is_not_unclaimed_before_its_time_nor_without_having_been_one(shop):
    before = shop.events()
    shop.now = "2029-10-31T09:00:00Z"
    assert "from 2029-11-01 on" in say(shop, "unclaimed", status=3).err
    shop.now = YEARS_LATER
    assert "from 2029-11-01 on" in say(shop, "unclaimed", "--on", "2029-10-31", status=3).err
    assert "cannot be remitted" in say(shop, "remitted", status=3).err
    assert shop("payment", "unclaimed", "2091", "--evidence", " ", user="carl").status == 2
    assert shop("payment", "unclaimed", "2091", "--evidence", "x", user="lena").status == 3
    assert shop.events() == before
    say(shop, "unclaimed", "--dry-run")
    assert shop.events() == before


def test_the_money_is_set_aside_and_then_the_states_and_never_income(shop):
    shop.now = YEARS_LATER
    amount = shop.done("payment", "list", "--json").json[0]["amount"]["amount"]
    start, owed = balances(shop), shop.done("report", "liability", "--json").json["total"]
    say(shop, "unclaimed", "--on", "2029-11-01")
    assert shop.state(case_of(shop)) == "paying"
    after = balances(shop)
    assert (after.get("cheques outstanding"), after["unclaimed property"]) == (None, -Decimal(amount))
    say(shop, "remitted")
    assert shop.state(case_of(shop)) == "paid"
    end = balances(shop)
    assert (end.get("unclaimed property"), end["bank"]) == (None, -Decimal(amount))
    assert start.pop("cheques outstanding") == end.pop("bank")
    assert start == end
    assert shop.done("report", "liability", "--json").json["total"] == owed
    assert shop("pay", "cheque", case_of(shop), "-o", "out", user="carl").status == 3
    assert "cannot be confirmed" in say(shop, "confirm", status=3).err
    assert "it has ended" in say(shop, "returned", status=3).err
    (one,) = shop.done("show", case_of(shop), "--json").json["payments"]
    assert [s["what"] for s in one["said"]] == ["unclaimed", "remitted"]
    assert [b["number"][:2] for b in one["booked"]] == ["RP", "RU", "RM"]
    told = [e["text"] for e in shop.done("history", case_of(shop), "--json").json["events"]]
    assert "payment unclaimed on 2029-11-01: seen" in told
    shop.done("doctor", "--rebuild")
    assert balances(shop) == end | {"bank": -Decimal(amount)}
    shop.done("audit", "verify")


def test_a_customer_who_comes_late_cashes_the_old_cheque_or_is_paid_anew(shop):
    shop.now = YEARS_LATER
    amount = Decimal(shop.done("payment", "list", "--json").json[0]["amount"]["amount"])
    start = balances(shop)
    say(shop, "unclaimed")
    balances(shop)
    say(shop, "returned")
    assert shop.state(case_of(shop)) == "booked"
    after = balances(shop)
    assert after["refunds payable"] == start["refunds payable"] - amount
    assert after.get("unclaimed property") is None
    shop.done("pay", "cheque", case_of(shop), "-o", "out", user="carl")
    assert balances(shop) == start


def test_an_old_cheque_that_the_bank_pays_after_all_comes_out_of_what_was_set_aside(shop):
    shop.now = YEARS_LATER
    start = balances(shop)
    say(shop, "unclaimed")
    balances(shop)
    say(shop, "confirm")
    assert shop.state(case_of(shop)) == "paid"
    after = balances(shop)
    assert after.pop("bank") == start.pop("cheques outstanding")
    assert after == start


def test_the_bank_is_told_once_that_an_unclaimed_cheque_is_void(shop):
    shop.now = YEARS_LATER
    say(shop, "unclaimed")
    plan = shop.done("pay", "--plan", "--json", user="carl").json
    other = next(w["case"] for w in plan if w["amount"]["currency"] == "USD")
    said = shop.done("pay", "cheque", other, "-o", "void", "--json", user="carl").json
    (path,) = [p for p in said["files"] if "positive-pay" in p]
    rows = [row for row in csv.reader((shop.folder / path).read_text().splitlines()) if row[2] == "2091"]
    assert [row[0] for row in rows] == ["C"]
    say(shop, "returned")
    shop.done("pay", "cheque", case_of(shop), "-o", "new", "--json", user="carl")
    listed = "".join(p.read_text() for p in (shop.folder / "new").glob("*positive-pay*"))
    assert "2091" not in listed


def test_no_money_goes_to_the_state_while_the_case_is_held_and_a_hold_of_a_paid_case_is_no_anomaly(shop):
    shop.now = YEARS_LATER
    say(shop, "unclaimed")
    shop.done("hold", case_of(shop), "--kind", "legal", "--reason", "a lawyer wrote", user="lena")
    assert shop.done("show", case_of(shop), "--json").json["anomalies"] == []
    assert "is held (legal" in say(shop, "remitted", status=3).err
    shop.done("release", case_of(shop), "--reason", "settled", user="max")
    say(shop, "remitted")
    assert shop.done("show", case_of(shop), "--json").json["anomalies"] == []


def test_an_ach_payment_is_never_unclaimed(shop):
    shop.now = YEARS_LATER
    plan = shop.done("pay", "--plan", "--json", user="carl").json
    case = next(w["case"] for w in plan)
    shop.done("pay", "cash", case, "--instead", "at the counter", "-o", "out", user="carl")
    said = shop("payment", "unclaimed", case, "--evidence", "x", user="carl")
    assert (said.status, "by cash: it cannot be unclaimed now" in said.err) == (3, True)

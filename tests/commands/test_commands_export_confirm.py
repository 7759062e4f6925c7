"""What the accounting system said of a batch, and the batch written anew after a refusal."""

from __future__ import annotations

import pytest


def batches(shop):
    return {b["batch"]: b for b in shop.done("export", "--list", "--json").json}


def test_a_batch_that_has_landed_stays_so(sample):
    sample.done("export", "hledger", "-o", "books", user="carl")
    said = sample.done("export", "confirm", "1-0001", "--json", user="carl").json
    assert (said["outcome"], len(said["cases"])) == ("landed", 9)
    assert batches(sample)["1-0001"]["outcome"] == "landed"
    before = sample.events()
    assert sample("export", "confirm", "1-0001", user="carl").status == 3
    assert sample("export", "confirm", "1-0001", "--refused", "no", user="carl").status == 3
    assert sample("export", "revise", "1-0001", user="carl").status == 3
    assert sample.events() == before


def test_a_refused_batch_is_written_anew_with_the_same_numbers_and_todays_accounts(sample):
    sample.done("export", "hledger", "-o", "books", user="carl")
    assert sample("export", "revise", "1-0001", "-o", "new", user="carl").status == 3  # nobody has refused it
    message = "account 'revenues:refunds and allowances' does not exist"
    sample.done("export", "confirm", "1-0001", "--refused", message, user="carl")
    text = (sample.folder / "shop.policy.toml").read_text(encoding="utf-8")
    sample.done("policy", "adopt", sample.write("p.toml", text.replace("revenues:refunds and", "revenues:returns and")))
    said = sample.done("export", "revise", "1-0001", "-o", "new", "--json", user="carl").json
    assert (said["batch"], len(said["cases"])) == ("1-0001-r2", 9)
    old = (sample.folder / "books" / "J-hledger-1-0001.journal").read_text(encoding="utf-8")
    new = (sample.folder / "new" / "J-hledger-1-0001-r2.journal").read_text(encoding="utf-8")
    assert new != old
    same = old.replace("revenues:refunds and", "revenues:returns and").replace("1-0001", "1-0001-r2")
    assert sorted(new.splitlines()) == sorted(same.splitlines())
    assert batches(sample)["1-0001"]["message"] == message
    assert sample("export", "revise", "1-0001", "-o", "more", user="carl").status == 3
    sample.done("export", "confirm", "1-0001-r2", user="carl")
    sample.done("doctor", "--rebuild")
    assert batches(sample)["1-0001-r2"]["outcome"] == "landed"
    assert sample.done("export", "xero", "--json", user="carl").json["batch"] is None
    sample.done("assess", sample.id("requests.csv:8"), user="lena")
    sample.done("approve", sample.id("requests.csv:8"), user="lena")
    assert sample.done("export", "xero", "-o", "x", "--json", user="carl").json["batch"] == "1-0002"


@pytest.mark.parametrize("user", ["lena", "max", "ann"])
def test_only_who_books_says_what_became_of_it(sample, user):
    sample.done("export", "hledger", "-o", "books", user="carl")
    assert sample("export", "confirm", "1-0001", user=user).status == 3


def test_an_unknown_batch_is_2(sample):
    assert sample("export", "confirm", "9-0001", user="carl").status == 2
    assert sample("export", "revise", "", user="carl").status == 2


@pytest.mark.parametrize("form", ["hledger", "netsuite", "sage-50", "quickbooks-desktop", "beancount"])
def test_a_format_says_what_must_exist_before_anything_is_booked(sample, form):
    before = sample.events()
    said = sample("export", form, "--check", "--json", user="carl")
    assert {a["key"] for a in said.json["accounts"]} >= {"refunds", "refunds_payable"}
    assert said.status == (1 if said.json["problems"] else 0)
    text = sample("export", form, "--check", user="carl").out
    assert text.startswith(f"[accounts.{form}]\n")
    assert sample.events() == before


def test_an_account_that_cannot_be_is_named_by_the_check(sample):
    text = (sample.folder / "shop.policy.toml").read_text(encoding="utf-8")
    sample.done(
        "policy", "adopt", sample.write("p.toml", text.replace('refunds = "270"', 'refunds = "no code of an account"'))
    )
    said = sample("export", "xero", "--check", user="carl")
    assert (said.status, "problem: " in said.out) == (1, True)

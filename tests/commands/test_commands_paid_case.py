"""What is told of a case that was paid: its page, its history, the document for an auditor, what waits."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest


@pytest.fixture
def shop(sample):
    """The sample shop with its cheque of the first row cashed, one card declined and one that nobody knows of."""
    sample.done("export", "hledger", "-o", "books", user="carl")
    sample.done("pay", "card", "-o", "pay", user="carl")
    return sample


def case_of(shop, number: str) -> str:
    return next(p["case"] for p in shop.done("payment", "list", "--json").json if p["number"] == number)


@pytest.fixture
def cashed(shop) -> str:
    """A case that was declined once, then paid by a cheque, which was cashed; all of it booked."""
    case = case_of(shop, "RP-1-000001")
    said = ("--evidence", "declined: expired", "--code", "54")
    shop.done("payment", "refused", "RP-1-000001", *said, user="carl")
    shop.done("pay", "cheque", case, "--first-cheque", 2091, "--instead", "card expired", "-o", "pay", user="carl")
    shop.done("payment", "confirm", "2091", "--evidence", "statement of November, line 4", user="carl")
    shop.done("export", "hledger", "-o", "books", user="carl")
    return case


def test_the_history_of_a_paid_case_is_told_in_plain_words(shop, cashed):
    told = [e["text"] for e in shop.done("history", cashed, "--json").json["events"]]
    assert not any("does not know" in text for text in told)
    paid = next(text for text in told if "paid by cheque 2091" in text)
    assert "batch P1-0002" in paid
    assert "payment refused (54) on 2026-11-01: declined: expired" in told
    assert "payment confirmed on 2026-11-01: statement of November, line 4" in told
    assert any(text.startswith("booked as CM-1-") and "(credit memo)" in text for text in told)
    assert sum("(cheque cleared)" in t or "(payment returned)" in t for t in told) == 2


def test_a_paid_case_shows_its_payments_what_proves_them_and_their_bookings(shop, cashed):
    refused, paid = shop.done("show", cashed, "--json").json["payments"]
    assert (refused["state"], refused["said"][0]["code"]) == ("refused", "54")
    assert (paid["state"], paid["cheque"], paid["by"]) == ("confirmed", 2091, "carl")
    assert paid["said"][0]["evidence"] == ["statement of November, line 4"]
    assert [b["document"] for b in refused["booked"]] == ["payment", "payment-returned"]
    assert [b["document"] for b in paid["booked"]] == ["payment", "cheque-cleared"]
    page = shop.done("show", cashed).out
    for text in ("payments", "cheque 2091", "statement of November, line 4", "(cheque cleared)", "refused (54)"):
        assert text in page


def test_the_audit_document_tells_payments_evidence_and_their_bookings(shop, cashed):
    pytest.importorskip("weasyprint")
    made = shop.done("audit", "pdf", cashed, "-o", "audit", "--json").json["file"]
    pages = subprocess.run(
        ["pdftotext", "-layout", str(shop.folder / Path(made)), "-"], capture_output=True, text=True, check=True
    ).stdout
    for text in (
        "RP-1-000001", "refused (54)", "declined: expired", "cheque 2091", "statement of November, line 4",
        "Bookings of payments", "Payment returned RR-1-000001", "Cheque cleared RC-1-", "cheques outstanding",
    ):  # fmt: skip
        assert text in pages, text


def test_the_overview_names_what_is_to_be_paid_what_is_on_its_way_and_what_the_books_lack(shop):
    shop.done("payment", "uncertain", "RP-1-000001", "--evidence", "the page broke off", user="carl")
    text = "Date,Description,Amount,Currency\n2026-11-01,REFUND RP-1-000002,-0.01,USD\n"
    shop("reconcile", shop.write("s.csv", text), user="carl")
    said = shop.done(user="carl").out
    for command in ("pay --plan", "report uncertain", "reconcile STATEMENT", "reconcile --open", "export hledger"):
        assert f"refundkit {command}" in said, said
    assert "payments or their ends are not in the books yet" in said
    batch = shop.done("export", "--list", "--json").json[0]["batch"]
    shop.done("export", "confirm", batch, "--refused", "no such account", user="carl")
    assert f"refundkit export revise {batch}" in shop.done(user="carl").out
    shop.done("export", "revise", batch, "-o", "books", user="carl")
    assert "export revise" not in shop.done(user="carl").out


def test_the_demo_pays_reconciles_and_books_the_payments(cli):
    pytest.importorskip("weasyprint")
    said = cli.bare("demo", "shop")
    assert said.status == 0, said
    for text in (
        "3 payments by card", "1 payment by cheque", "is confirmed: cheque 2090 in bank.csv", "1 is on its way still",
        "batch 1-0002 books the payments", "5689.98 USD are still owed",
    ):  # fmt: skip
        assert text in said.out, said.out
    assert len(list((cli.folder / "shop" / "books").glob("*.journal"))) == 2
    assert list((cli.folder / "shop" / "pay").glob("*.pdf"))
    assert cli.bare("demo", "shop").status == 0


def test_what_a_batch_of_payments_does_to_what_is_owed_is_said(shop):
    amount = next(p["amount"] for p in shop.done("payment", "list", "--json").json)
    case = shop.done("pay", "--plan", "--json", user="carl").json[0]["case"]
    assert (
        "1 payment kept on account" in shop.done("pay", "account", case, "--instead", "asked for it", user="carl").out
    )
    said = shop.done("export", "hledger", "-o", "books", user="carl").out
    assert f"{amount['currency']} less owed" in said
    assert "nor a payment waits" in shop.done("export", "hledger", "-o", "books", user="carl").out

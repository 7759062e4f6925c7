"""An export is known by the set of its headings, whatever their order, letter case and company."""

import csv
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refundkit.errors import UsageError
from refundkit.importers.presets.catalog import builtin, find, parse
from refundkit.importers.registry import opened

HEADINGS = Path(__file__).parents[3] / ".." / "shared" / "data" / "real" / "headings" / "header_only"
# Beginning of the file's name -> preset.
FILES = {
    "autotask": "autotask-billing-items", "connectwise": "connectwise-tickets", "freshdesk": "freshdesk-tickets",
    "freshservice": "freshservice-tickets", "housecall": "housecall-jobs", "jira": "jira-issues",
    "jobber_invoices": "jobber-invoices", "jobber_jobber": "jobber-card-payments",
    "jobber_transaction": "jobber-transactions", "microsoft_forms": "microsoft-forms", "osticket": "osticket-queue",
    "outlook": "outlook-folder", "paypal": "paypal-activity", "quickbooks_desktop": "quickbooks-desktop-sales",
    "quickbooks_online_invoice_import": "quickbooks-online-invoices",
    "quickbooks_online_invoice_list": "quickbooks-online-transactions",
    "quickbooks_online_transaction_detail": "quickbooks-online-ledger", "revolut": "revolut-payments",
    "servicenow": "servicenow-incidents", "servicetitan": "servicetitan-jobs", "shopify": "shopify-orders",
    "square_items": "square-items", "square_transactions": "square-transactions",
    "stripe_balance": "stripe-balance", "stripe_itemised": "stripe-itemised-balance",
    "stripe_payments_export_current": "stripe-payments", "stripe_payments_export_older": "stripe-payments-older",
    "stripe_payouts": "stripe-payouts", "syncro_msp_repairshopr_invoices": "syncro-invoices",
    "syncro_msp_repairshopr_ticket_labour": "syncro-labour", "syncro_msp_repairshopr_tickets": "syncro-tickets",
    "xero_sales_invoice_import": "xero-invoice-template", "xero_sales_invoices": "xero-invoices",
    "zendesk": "zendesk-tickets",
}  # fmt: skip
GOLDEN = sorted((Path(__file__).parents[2] / "golden" / "importers" / "presets").glob("*/input.csv"))


def found(headings):
    met, equal = find(headings, None)
    assert not equal
    return met.preset.name if met else ""


@pytest.mark.parametrize(("beginning", "name"), FILES.items())
def test_the_headings_of_a_real_export_find_their_preset_and_no_other(beginning, name):
    if not HEADINGS.is_dir():
        pytest.skip("the headings of real exports are not on this machine")
    [path] = [p for p in HEADINGS.glob("*.csv") if p.name.startswith(beginning)]
    sheet = opened(path, path.name, None)[0]
    assert found(sheet.headings) == name


def test_every_preset_knows_a_real_export():
    assert set(FILES.values()) == {preset.name for preset in builtin()}


def headings_of(path):
    return path.parent.name, opened(path, path.name, None)[0].headings


@given(
    st.sampled_from(GOLDEN), st.randoms(use_true_random=False), st.lists(st.text(min_size=1, max_size=12), max_size=6)
)
def test_order_letter_case_and_further_columns_do_not_change_what_is_found(path, shuffler: random.Random, further):
    name, headings = headings_of(path)
    written = [shuffler.choice([h, h.upper(), h.lower(), f" {h} ", f"*{h}"]) for h in headings]
    written += [f"custom {text}" for text in further]
    shuffler.shuffle(written)
    assert found(written) == name.partition("--")[0]


def test_a_fifth_of_the_key_headings_may_be_missing_and_no_more():
    preset = next(p for p in builtin() if p.name == "xero-invoices")
    enough = -(-len(preset.key) * 4 // 5)
    assert found(preset.key[:enough]) == "xero-invoices"
    assert found(preset.key[: enough - 1]) == ""


def test_lists_of_requests_and_native_records_are_no_exports():
    assert found(["Ticket", "Customer", "Invoice", "Refund amount", "Currency", "Reason", "Date"]) == ""
    assert found(["payment_id", "invoice", "paid_on", "amount", "currency", "method", "reference"]) == ""


def test_headings_are_found_below_titles_behind_empty_columns_and_in_any_dialect(tmp_path):
    path = tmp_path / "report.csv"
    text = 'Company;Report\r\nAll dates;2026\r\n\r\n;Date;Transaction Type;Num;Name;Due Date;Amount;"Open Balance"\r\n'
    path.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
    sheet = opened(path, "report.csv", None)[0]
    assert (found(sheet.headings), sheet.header_line) == ("quickbooks-online-transactions", 4)


def test_presets_that_fit_equally_well_are_named_and_none_is_used(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text(
            f'system = "{name}"\nexport = "x"\nkey = ["Alpha", "Beta"]\nnothing = "nothing"\n', encoding="utf-8"
        )
    met, equal = find(["Alpha", "Beta"], tmp_path)
    assert met is None
    assert equal == ["one - x", "two - x"]


def test_a_preset_of_ones_own_goes_before_the_programs(tmp_path):
    own = next(p for p in builtin() if p.name == "stripe-payouts")
    key = ", ".join(f'"{h}"' for h in own.key)
    (tmp_path / "mine.toml").write_text(
        f'system = "Mine"\nexport = "x"\nkey = [{key}]\nnothing = "no"\n', encoding="utf-8"
    )
    met, _ = find(own.key, tmp_path)
    assert met.preset.name == "mine"


HEAD = 'system = "S"\nexport = "E"\nkey = ["A", "B"]\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("system = \n", "is no preset"),
        (HEAD, "needs [requests], a list of records"),
        (HEAD + '[requests]\namount = "A"\nsum = "B"\n', "line 6: requests.sum means nothing here"),
        (HEAD + '[[payments]]\ninvoice = "A"\n', "payments.1.payment_id is missing"),
        (HEAD + '[requests]\namount = { sign = "turn" }\n', "line 5: requests.amount needs one of 'heading'"),
        (HEAD + '[requests]\namount = { heading = "A", pattern = "(" }\n', "is no regular expression"),
        (HEAD + 'nothing = "x"\n[list]\ndates = "ymd"\n', "line 6: list.dates"),
        ('system = "S"\nexport = "E"\nkey = ["A"]\nnothing = "x"\n', "line 3: key"),
    ],
)
def test_a_preset_that_is_wrong_is_named_with_file_line_and_key(text, said):
    with pytest.raises(UsageError) as caught:
        parse(text.encode(), "mine", "mine.toml", own=True)
    assert caught.value.where == "mine.toml"
    assert said in caught.value.message


def test_the_golden_folders_have_the_columns_of_the_real_exports():
    if not HEADINGS.is_dir():
        pytest.skip("the headings of real exports are not on this machine")
    for beginning, name in FILES.items():
        folder = Path(__file__).parents[2] / "golden" / "importers" / "presets" / name
        [real] = [p for p in HEADINGS.glob("*.csv") if p.name.startswith(beginning)]
        with real.open(encoding="utf-8-sig", newline="") as file:
            wanted = next(csv.reader(file))
        ours = opened(next(folder.glob("input.*")), "input", None)[0].headings
        assert set(wanted) <= set(ours), name

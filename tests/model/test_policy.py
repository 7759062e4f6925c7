"""The policy file: its default, its defaults, its proof, and what it is called by."""

import hashlib
import re
import tomllib
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refundkit.errors import PolicyError
from refundkit.model import toml_lines
from refundkit.model.policy import (
    ACCOUNT_KEYS,
    SYSTEMS,
    Policy,
    default_policy_text,
    parse_policy,
    policy_hash,
    prove_bands,
)
from refundkit.model.policy_accounts import ADDED

TEXT = default_policy_text("Acme Field Service", "USD", "America/Chicago")
DEFAULT = parse_policy(TEXT.encode(), "policy.toml")


def test_the_default_file_writes_out_every_figure_that_a_shorter_file_would_get_anyway():
    short = '[shop]\ncompany = "Acme Field Service"\nbase = "USD"\ntime_zone = "America/Chicago"\n'
    assert parse_policy(short.encode(), "policy.toml") == DEFAULT.model_copy(update={"example": ()})
    table = tomllib.loads(TEXT)
    sections = {f.alias or name: f for name, f in Policy.model_fields.items()}
    assert set(table) == set(sections)
    for section, model in sections.items():
        if section == "example":
            continue
        fields = model.annotation.model_fields
        if section == "accounts":  # ten systems: the file has the first ones, and says what the others are called
            left_out = {f.alias or name for name, f in fields.items()} - set(table[section])
            assert all(f".{system}" in TEXT for system in left_out)
            continue
        assert set(table[section]) == {f.alias or name for name, f in fields.items()}, section


def test_the_default_figures_are_those_of_the_rules_page():
    p = DEFAULT
    assert (p.eligibility.window_days, p.duplicates.window_days, p.rates.max_age_days) == (90, 30, 7)
    assert [(c.start, c.pct) for c in p.sla.credit] == [(0, 10), (Decimal("0.5"), 25), (1, 50)]
    assert (p.billing.increment_minutes, p.returns.restocking_pct, p.returns.window_days) == (15, 15, 30)
    assert (p.recall.window_days, p.recall.labour_pct) == (30, 100)
    assert (p.cancellation.notice_hours, p.cancellation.late_pct) == (24, 50)
    assert (p.routing.auto_below, p.routing.lead_up_to, p.routing.dual_above, p.routing.add_up_days) == (
        500,
        2000,
        10000,
        7,
    )
    assert [(o.reason, o.tier, o.at_least, o.auto_below) for o in p.routing.overrides] == [
        ("goodwill", None, "lead", None),
        (None, "platinum", None, 750),
    ]
    assert (p.escalation.hours, p.escalation.raise_after) == (24, 3)
    assert (p.escalation.business_hours, p.escalation.country, p.escalation.closed_on) == ("", "", ())
    assert p.escalation.business_days == ("mon", "tue", "wed", "thu", "fri")
    assert (p.returns.tax_on_restocking, p.xero.tax_rate_name, p.staff.addresses) == ("net", "Tax Exempt", ())


@pytest.mark.parametrize("company", ['A "B" \\ C', "Müller & Söhne", "O'Neill # 1", "\\1 \\g<0>"])
def test_a_name_is_filled_in_as_it_is(company):
    shop = parse_policy(default_policy_text(company, "EUR", "Europe/Berlin").encode(), "p").shop
    assert (shop.company, shop.base, shop.time_zone, shop.zone.key) == (
        company,
        "EUR",
        "Europe/Berlin",
        "Europe/Berlin",
    )


def test_a_control_character_in_a_name_cannot_break_out_of_its_line():
    text = default_policy_text('x"\n[routing]\nauto_below = 9', "USD", "UTC")
    assert tomllib.loads(text)["shop"]["company"] == 'x"\n[routing]\nauto_below = 9'


def test_a_policy_is_called_by_the_hash_of_its_bytes():
    assert policy_hash(b"x") == hashlib.sha256(b"x").hexdigest()


def test_every_account_has_a_name_in_every_system():
    names = {system: [DEFAULT.accounts.of(system).name(key) for key in ACCOUNT_KEYS] for system in SYSTEMS}
    assert all(len(set(listed)) == len(ACCOUNT_KEYS) for listed in names.values())
    assert DEFAULT.accounts.of("quickbooks-online").refunds == "Sales:Refunds and Allowances"
    with pytest.raises(KeyError):
        DEFAULT.accounts.of("sage")
    with pytest.raises(KeyError):
        DEFAULT.accounts.xero.name("model_fields")


def test_what_a_system_wants_besides_accounts_is_plain_keys_and_texts():
    assert DEFAULT.settings_of("xero") == {"tax_rate_name": "Tax Exempt"}
    assert DEFAULT.settings_of("sage-50") == {"tax_code 0.2": "T1", "tax_code 0.05": "T5", "tax_code 0": "T0"}
    assert DEFAULT.settings_of("netsuite")["date_format"] == "MM/DD/YYYY"
    assert DEFAULT.settings_of("quickbooks-desktop")["receivables"] == "journal"
    assert DEFAULT.settings_of("sage-accounting") == DEFAULT.settings_of("hledger") == DEFAULT.settings_of("shop") == {}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('tax_codes = { "20" = "T1" }', "'20' is no tax rate as a fraction"),
        ('tax_codes = { "a fifth" = "T1" }', "is not a number"),
        ('date_format = "M/D/YY"', "must be"),
        ('receivables = "cheque"', "must be"),
    ],
)
def test_a_setting_that_means_nothing_is_refused_with_its_line(line, said):
    key = line.split(" ")[0]
    text = re.sub(rf"(?m)^{key} = .*$", line, TEXT)
    with pytest.raises(PolicyError, match=said):
        parse_policy(text.encode(), "policy.toml")


def test_amounts_are_exact_and_in_minor_units_of_the_books():
    text = TEXT.replace("auto_below = 500 ", 'auto_below = "499.99" ')
    parsed = parse_policy(text.encode(), "p")
    assert parsed.routing.auto_below == Decimal("499.99")
    assert parsed.limits == (49999, 200000, 1000000)
    assert parse_policy(default_policy_text("A", "JPY", "UTC").encode(), "p").limits == (500, 2000, 10000)


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read():
    assert parse_policy(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode(), "p") == DEFAULT


def test_the_default_limits_are_proved():
    assert prove_bands(DEFAULT) == []


OVERRIDE = st.fixed_dictionaries(
    {},
    optional={
        "reason": st.sampled_from(["goodwill", "other"]),
        "tier": st.sampled_from(["gold", "platinum"]),
        "service_code": st.sampled_from(["HVAC", "PLUMB"]),
        "channel": st.sampled_from(["email"]),
        "auto_below": st.integers(0, 4000),
        "lead_up_to": st.integers(0, 12000),
    },
).filter(lambda o: o.keys() & {"reason", "tier", "service_code", "channel"} and o.keys() & {"auto_below", "lead_up_to"})


@given(st.lists(OVERRIDE, max_size=4))
def test_the_proof_agrees_with_trying_every_case(overrides):
    routing = {"overrides": overrides}
    policy = Policy.model_validate({"shop": {"company": "A", "base": "USD"}, "routing": routing})
    everyone = product(
        ["goodwill", "other", "sla-breach"], ["gold", "platinum", "silver"], ["HVAC", "PLUMB", "X"], ["email", "csv"]
    )
    rising = all(a <= b <= c for (a, b, c), _ in (policy.limits_for(*case) for case in everyone))
    assert (prove_bands(policy) == []) is rising


def test_the_proof_names_the_combination_that_two_exceptions_make_together():
    overrides = [{"tier": "gold", "lead_up_to": 900}, {"reason": "other", "channel": "email", "auto_below": 950}]
    policy = Policy.model_validate({"shop": {"company": "A", "base": "USD"}, "routing": {"overrides": overrides}})
    assert prove_bands(policy) == [
        "for reason other, tier gold, channel email auto_below 950.00 is above lead_up_to 900.00"
    ]


def test_a_policy_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        DEFAULT.routing.auto_below = Decimal(1)


TOML = '''# [not.a.table]
top = "a # b"
[a]
"odd key" = \'\'\'
[b]
x = 1\'\'\'
b.c = [1, # one
  [2,
   3], {x = 1, y = {z = "}"}}, """
]""",
  4]
[[list.item]]
k = 1
[list.item.sub]
m = { n = [ ], o = 2 }
[[ list . item ]]
k = 2
'''


def test_the_line_of_every_key_and_entry_is_known():
    known = toml_lines.lines(TOML)
    assert known == {
        ("top",): 2,
        ("a",): 3,
        ("a", "odd key"): 4,
        ("a", "b"): 7,
        ("a", "b", "c"): 7,
        ("a", "b", "c", 0): 7,
        ("a", "b", "c", 1): 8,
        ("a", "b", "c", 1, 0): 8,
        ("a", "b", "c", 1, 1): 9,
        ("a", "b", "c", 2): 9,
        ("a", "b", "c", 2, "x"): 9,
        ("a", "b", "c", 2, "y"): 9,
        ("a", "b", "c", 2, "y", "z"): 9,
        ("a", "b", "c", 3): 9,
        ("a", "b", "c", 4): 11,
        ("list",): 12,
        ("list", "item"): 12,
        ("list", "item", 0): 12,
        ("list", "item", 0, "k"): 13,
        ("list", "item", 0, "sub"): 14,
        ("list", "item", 0, "sub", "m"): 15,
        ("list", "item", 0, "sub", "m", "n"): 15,
        ("list", "item", 0, "sub", "m", "o"): 15,
        ("list", "item", 1): 16,
        ("list", "item", 1, "k"): 17,
    }
    assert toml_lines.line_of(known, ("list", "item", 0, "missing")) == 12
    assert toml_lines.line_of(known, ("nowhere",)) == 1


def test_every_line_of_the_default_file_is_found():
    known = toml_lines.lines(TEXT)
    written = TEXT.splitlines()

    def walk(path, value):
        if path:
            assert path in known, path
            name = path[-1]
            assert isinstance(name, int) or name in written[known[path] - 1]
        entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, inner in entries:
            walk((*path, key), inner)

    walk((), tomllib.loads(TEXT))


def test_a_file_of_an_earlier_version_has_the_usual_names_of_accounts_that_were_added():
    text = default_policy_text("Acme", "USD", "UTC")
    older = "\n".join(line for line in text.split("\n") if line.partition(" =")[0] not in ADDED)
    assert len(older.split("\n")) == len(text.split("\n")) - 3 * len(ADDED)
    assert parse_policy(older.encode(), "p.toml").accounts == parse_policy(text.encode(), "p.toml").accounts


def test_an_account_that_was_added_never_takes_the_name_of_another():
    text = default_policy_text("Acme", "USD", "UTC").replace('bank_fees = "404"\n', "")
    text = text.replace('refunds_payable = "805"', 'refunds_payable = "404"')
    xero = parse_policy(text.encode(), "p.toml").accounts.of("xero")
    assert (xero.refunds_payable, xero.bank_fees, xero.scrap) == ("404", "", "311")

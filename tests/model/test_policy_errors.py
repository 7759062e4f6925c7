"""What a shop owner is told when a policy file does not hold together: the line, the word, the way out."""

import pytest

from refundkit.errors import PolicyError
from refundkit.model.policy import default_policy_text, parse_policy
from refundkit.model.words import REASONS

TEXT = default_policy_text("Acme", "USD", "UTC")


def refused(text):
    with pytest.raises(PolicyError) as caught:
        parse_policy(text if isinstance(text, bytes) else text.encode(), "policy.toml")
    return caught.value


def changed(old, new):
    assert TEXT.count(old) == 1, old
    return TEXT.replace(old, new)


GOLDEN = [
    ('base = "USD"', 'base = "USDD"', "shop.base: 'USDD' is no currency code like USD"),
    ('zone = "UTC"', 'zone = "Mars"', "shop.time_zone: 'Mars' is no time zone like UTC or America/Chicago"),
    ('zone = "UTC"', 'zone = "../passwd"', "shop.time_zone: '../passwd' is no time zone like UTC or America/Chicago"),
    ("window_days = 90", "window_day = 90", "eligibility.window_day means nothing here; did you mean window_days?"),
    ("window_days = 90", "zzz = 90", "eligibility.zzz means nothing here"),
    ("window_days = 90", "window_days = 90.5", "eligibility.window_days must be a whole number"),
    ("window_days = 90", 'window_days = "90"', "eligibility.window_days must be a whole number"),
    ("window_days = 90", "window_days = -1", "eligibility.window_days must be at least 0"),
    ("{ from = 0, pct = 10 }", "{ from = 0, pct = 101 }", "sla.credit.pct is 101, not a percentage from 0 to 100"),
    ("{ from = 0, pct = 10 }", "{ from = 0, pkt = 10 }", None),
    ("from = 0.5", "from = nan", "sla.credit.from must be between 0 and 1000000000000"),
    ("from = 0.5", "from = true", 'sla.credit.from must be a number like 500 or "499.99"'),
    ("increment_minutes = 15", "increment_minutes = 0", "billing.increment_minutes must be at least 1"),
    ('"net"  ', '"gross"', "returns.tax_on_restocking must be 'net' or 'full'"),
    ("auto_below = 500 ", 'auto_below = "500,00"', "routing.auto_below: '500,00' is not a number written like 1234.50"),
    ("auto_below = 500 ", "auto_below = -1", "routing.auto_below must be between 0 and 1000000000000"),
    ("auto_below = 500 ", 'auto_below = "1.005"', "routing.auto_below: 1.005 has more than 2 decimals of USD"),
    ("auto_below = 750", "auto_below = 0.001", "routing.auto_below: 0.001 has more than 2 decimals of USD"),
    ("auto_below = 750", "auto_bellow = 750", None),
    ('"lead"', '"boss"', "routing.overrides.at_least: 'boss' is none of auto, lead, manager"),
    (
        'tier = "platinum"\nauto',
        'tier = "diamond"\nauto',
        "routing.overrides.tier: 'diamond' is none of gold, platinum, silver, standard",
    ),
    ("addresses = []", 'addresses = ["bob"]', "staff.addresses: 'bob' is not a mail address"),
    ('"805"', "805", "accounts.xero.refunds_payable must be text in quotes"),
    ('"assets:cash"', '"assets:  cash"', None),
    ('"assets:cash"', '"assets:cash;x"', "accounts.hledger.cash must hold no semicolon and no quotation mark"),
    ("amount = 499\n", "amount = 499.999\n", "example.amount: 499.999 has more than 2 decimals of USD"),
    ("added_up = 300", 'added_up = "0.001"', "example.added_up: 0.001 has more than 2 decimals of USD"),
    ("amount = 499\n", "amuont = 499\n", None),
    ("dual = true", 'dual = "yes"', "example.dual must be true or false"),
    ('"window-passed"', '"window-past"', None),
    ('state = "review"', 'state = "booked"', "example.state must be 'approved', 'awaiting', 'review' or 'duplicate'"),
    ("late_pct = 50", "late_pct = ", "this is not TOML: Invalid value"),
    ("late_pct = 50", "notice_hours = 50", "this is not TOML: Cannot overwrite a value"),
]


@pytest.mark.parametrize(("old", "new", "message"), GOLDEN)
def test_a_problem_is_told_with_its_line(old, new, message):
    if old == '"lead"':
        text = TEXT.replace('at_least = "lead"', 'at_least = "boss"')
        line = TEXT[: TEXT.index('at_least = "lead"')].count("\n") + 1
    else:
        text = changed(old, new)
        line = TEXT[: TEXT.index(old)].count("\n") + 1
    err = refused(text)
    assert err.exit_status == 2
    assert "policy check" in err.hint
    if message is None:  # more than one problem, all on this line or its entry
        assert f"line {line}" in str(err)
    else:
        assert (err.message, err.where) == (message, f"policy.toml, line {line}")


def test_all_problems_are_listed_at_once_in_the_order_of_the_lines():
    text = changed("window_days = 90", "window = 90").replace("late_pct = 50", "late_pct = 500")
    text = text.replace('bank = "622"\n', "").replace("[xero]", "[zero]")
    assert str(refused(text)) == (
        "policy.toml: 4 problems\n"
        "  line 17: eligibility.window means nothing here; did you mean window_days?\n"
        "  line 44: cancellation.late_pct is 500, not a percentage from 0 to 100\n"
        "  line 126: accounts.xero.bank is missing\n"
        "  line 145: zero means nothing here; did you mean xero?\n"
        "hint: mend what is named, then run `refundkit policy check`"
    )


@pytest.mark.parametrize(
    ("credit", "problem"),
    [
        ("[]", "sla.credit must begin with an entry from = 0"),
        ("[{from = 1, pct = 5}]", "sla.credit must begin with an entry from = 0"),
        ("[{from = 0, pct = 5}, {from = 0, pct = 6}]", "sla.credit must rise: from = 0 stands after from = 0"),
        ("[{from = 0, pct = 5}, {from = 1, pct = 4}]", "sla.credit must rise: pct = 4 stands after pct = 5"),
        ("5", "sla.credit must be a list, as [ ... ]"),
    ],
)
def test_credit_is_a_rising_list_that_begins_at_0(credit, problem):
    err = refused(f'[shop]\ncompany = "A"\nbase = "USD"\n[sla]\ncredit = {credit}\n')
    assert (err.message, err.where) == (problem, "policy.toml, line 5")


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        ("auto_below = 5", "routing.overrides names no condition (reason, tier, service_code, channel)"),
        ('tier = "gold"', "routing.overrides has no effect: name auto_below, lead_up_to or at_least"),
        ('tier = "gold"\nauto_below = 2001', "for tier gold auto_below 2001.00 is above lead_up_to 2000.00"),
        ('tier = "gold"\nlead_up_to = 10001', "for tier gold lead_up_to 10001.00 is above dual_above 10000.00"),
        ('tier = "gold"\nlead_up_to = 499', "for tier gold auto_below 500.00 is above lead_up_to 499.00"),
    ],
)
def test_an_exception_that_means_nothing_or_breaks_the_limits_is_named(override, problem):
    err = refused(f'[shop]\ncompany = "A"\nbase = "USD"\n\n[[routing.overrides]]\n{override}\n')
    assert (err.message, err.where) == (problem, "policy.toml, line 5")


def test_limits_that_do_not_rise_are_refused():
    err = refused(changed("lead_up_to = 2000", "lead_up_to = 400"))
    assert "for every case that no exception names auto_below 500.00 is above lead_up_to 400.00" in err.message
    assert "for tier platinum auto_below 750.00 is above lead_up_to 400.00" in err.message


def test_refunds_payable_shares_its_account_with_nothing():
    err = refused(changed('cash = "623"', 'cash = "805"'))
    assert err.message == "accounts.xero: refunds_payable must be an account of its own; cash is the same"


@pytest.mark.parametrize(
    ("data", "message", "line"),
    [
        (b"", "shop is missing", 1),
        (b"shop = 1", "shop must be a section of its own, as [name]", 1),
        (b"[shop]\ncompany = 'a\xff'", "this is not UTF-8 text", 2),
        (b"#" * 1_000_001, "the file has 1000001 bytes; a policy has at most 1000000", 1),
        (b"x = " + b"[" * 100_000, None, 1),
        (b"[shop]\ncompany = 'A'\nbase = 'USD'\n[routing]\nauto_below = 1e999999999", None, 5),
        (b"[shop]\ncompany = 'A'\nbase = 'USD'\n[routing]\nauto_below = " + b"9" * 5000, None, 5),
        (b'[shop]\ncompany = "A\\u0000"\nbase = "USD"', None, 2),
    ],
)
def test_bytes_that_are_no_policy_are_refused(data, message, line):
    err = refused(data)
    assert err.where == f"policy.toml, line {line}"
    assert message is None or err.message == message


def test_a_hundred_exceptions_are_proved_and_more_are_refused():
    shop = '[shop]\ncompany = "A"\nbase = "USD"\n'
    rule = '[[routing.overrides]]\nservice_code = "S{}"\nauto_below = {}\n'
    parse_policy((shop + "".join(rule.format(n, n) for n in range(100))).encode(), "p")
    err = refused(shop + "".join(rule.format(n, n) for n in range(101)))
    assert err.message == "routing.overrides has more than 100 entries"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ('name = "A"\namount = 1\nstate = "approved"', "example.level is missing"),
        ('name = "A"\namount = 1\nstate = "approved"\nlevel = "boss"',
         "example.level: 'boss' is none of auto, lead, manager"),
        ('name = "A"\namount = 1\nstate = "approved"\nlevel = "auto"\ncurrency = "EURO"',
         "example.currency: 'EURO' is no currency code like USD"),
        ('name = "A"\namount = "1.5"\nstate = "approved"\nlevel = "auto"\ncurrency = "JPY"',
         "example.amount: 1.5 has more than 0 decimals of JPY"),
        ('name = "A"\namount = 1\nstate = "approved"\nlevel = "auto"\nrate = 0', "example.rate must be above 0"),
        ('name = "A"\namount = 1\nstate = "approved"\nlevel = "auto"\nreason = "whim"',
         f"example.reason: 'whim' is none of {', '.join(sorted(REASONS))}"),
        ('name = "on the first limit"\namount = 1\nstate = "approved"\nlevel = "auto"',
         "example must have names that differ; two are called 'on the first limit'"),
    ],
)  # fmt: skip
def test_an_example_that_cannot_be_read_is_told_with_its_line(more, message):
    err = refused(f"{TEXT}\n[[example]]\n{more}\n")
    assert err.message == message
    assert err.where.startswith("policy.toml, line ")

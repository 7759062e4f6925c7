"""Made-up dossiers for the tests of the rules: one paid, finished visit that each test changes where it matters."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from refundkit.model.dossier import Asked, Customer, Dossier, Invoice, InvoiceLine, Other, Part, ServiceOrder
from refundkit.model.money import DIGITS, half_up
from refundkit.model.policy import default_policy_text, parse_policy

POLICY = parse_policy(default_policy_text("Acme", "USD", "UTC").encode(), "policy.toml")


def policy(replaced, time_zone="UTC"):
    """The default policy with pieces of its text replaced: policy({"pct = 25": "pct = 30"})."""
    text = default_policy_text("Acme", "USD", time_zone)
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    return parse_policy(text.encode(), "policy.toml")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def line(number, kind, quantity, price, rate="0.0825", sku="", currency="USD", taken=(0, 0)):
    quantity, price, rate = Decimal(quantity), Decimal(price), Decimal(rate)
    net = half_up(*(quantity * price).scaleb(DIGITS[currency]).as_integer_ratio())
    top, bottom = rate.as_integer_ratio()
    tax = half_up(net * top, bottom)
    return InvoiceLine(number, kind, sku, "", quantity, price, rate, net, tax, *taken)


LINES = (
    line(1, "labour", "3.5", "120"),
    line(2, "part", "2", "45", sku="FLT-20"),
    line(3, "travel", "1", "60"),
    line(4, "surcharge", "1", "40", rate="0"),
)  # net 420 + 90 + 60 + 40 = 610.00; tax 34.65 + 7.43 + 4.95 = 47.03; total 657.03


def dossier(**changes):
    """A dossier; keys of the request, customer, order and invoice are found by name, `order=None` and the like too."""
    asked = Asked(at("2026-08-20T10:00"), "email", "C-1", "", "SO-1", "INV-1", None, "USD", "incomplete-service")
    customer = Customer("C-1", "Acme Diner", "a@diner.example", "standard", "USD")
    order = ServiceOrder(
        "SO-1", "C-1", "HVAC", "T-1", "EQ-1", "standard", "completed", Decimal(60), Decimal(210),
        at("2026-07-01T08:00"), at("2026-07-01T09:00"), at("2026-07-01T16:00"), at("2026-07-01T09:00"), None, "",
    )  # fmt: skip
    invoice = Invoice("INV-1", "SO-1", "C-1", date(2026, 7, 2), "USD", LINES, 65703, 0, 0, ("P-1",))
    whole = {"today": date(2026, 8, 20), "base": "USD", "parts": (Part("FLT-20", Decimal(2), None, None, ""),)}
    places = {"asked": asked, "customer": customer, "order": order, "invoice": invoice}
    for name, value in changes.items():
        if name in places or name in Dossier.__slots__:
            whole[name] = value
            continue
        place, _, field = name.partition("_")
        places[place] = replace(places[place], **{field: value})
    return Dossier(**{**places, **whole})


def other(case="RF-2222-2222-2222", **changes):
    base = Other(case, "awaiting", "email", "", "", "C-1", "SO-1", "INV-1", "incomplete-service", None,
                 at("2026-08-19T10:00"))  # fmt: skip
    return replace(base, **changes)


def codes(assessment):
    return [f.code for f in assessment.findings]


def text(assessment, code):
    return next(f.text for f in assessment.findings if f.code == code)

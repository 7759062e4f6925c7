"""Payments for tests, sound ones and random ones, made without any code of the program's that judges them."""

from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

from hypothesis import strategies as st

from refundkit.model.payments import Payee, Payment

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
TODAY = date(2026, 11, 25)
NAMES = "ABCdefgh XYZxyz019 ÄÖÜäöüßéèñçøØłŁŒœđÞ.,'&-/()+😀\u00a0€\"“”"


def payment(number, amount, payee, currency="USD", method="ach", on=TODAY, **more):
    digits = int.from_bytes(sha256(str(number).encode()).digest())
    text = "".join(LETTERS[digits // 31**place % 31] for place in range(12))
    group = f"{text[:4]}-{text[4:8]}-{text[8:]}"
    whole = Payment(
        key=f"{number:032X}",
        number=f"RP-1-{number:06}",
        case=f"RF-{group}",
        settles=f"CM-{group}-1",
        customer_id="C-1",
        customer_name="Jane Doe",
        invoice=f"INV-{20000 + number}",
        reason="billing-error",
        method=method,
        amount=amount,
        currency=currency,
        on=on,
        payee=payee,
    )
    return replace(whole, **more)


def american():
    return [
        payment(1, 100_000, Payee("Alice Baker", routing="091000019", account="11232132")),
        payment(2, 15_029, Payee("Müller & Söhne Grundstücksverwaltung", routing="231380104", account="104 999-7",
                                 savings=True)),
        payment(3, 1, Payee("O'Neil Heating, Inc.", routing="021000021", account="00012345678901234", business=True)),
        payment(4, 9_999_999_999, Payee("José Álvarez", routing="322271627", account="AB-12", business=True),
                on=date(2026, 12, 24)),
    ]  # fmt: skip


def european():
    return [
        payment(1, 12_550, Payee("Müller & Söhne KG", iban="NL91ABNA0417164300", bic="ABNANL2A"), "EUR", "sepa"),
        payment(2, 1, Payee("Jean d'Eußö 😀", iban="FR1420041010050500013M02606", town="Orléans", country="FR"), "EUR",
                "sepa"),
        payment(3, 99_999_999_999, Payee("Łukasz Żółć", iban="PL61109010140000071219812874"), "EUR", "sepa",
                on=date(2026, 12, 25)),
    ]  # fmt: skip


def check_digit(eight):
    total = sum(int(d) * w for d, w in zip(eight, (3, 7, 1, 3, 7, 1, 3, 7), strict=True))
    return str((10 - total % 10) % 10)


def iban(country, rest):
    digits = "".join(str(int(c, 36)) for c in f"{rest}{country}00")
    return f"{country}{98 - int(digits) % 97:02}{rest}"


@st.composite
def _routing(draw):
    area = draw(st.sampled_from([*range(1, 13), *range(21, 33), *range(61, 73), 80]))
    eight = f"{area:02}{draw(st.integers(0, 999_999)):06}"
    return eight + check_digit(eight)


HOLDERS = st.text(NAMES, max_size=60).map(lambda text: f"A{text}")
DAYS = st.integers(0, 400).map(lambda days: TODAY + timedelta(days=days))
_AMERICAN = st.tuples(
    HOLDERS,
    _routing(),
    st.text("0123456789ABCXYZ-", min_size=1, max_size=17).filter(lambda t: t.strip("0-")),
    st.booleans(),
    st.booleans(),
    st.integers(1, 10_000_000) | st.integers(1, 9_999_999_999),
    DAYS,
)
_BBANS = {"DE": 18, "NL": 14, "FR": 23, "MT": 27, "NO": 11, "BE": 12}
_EUROPEAN = st.tuples(
    HOLDERS,
    st.sampled_from(sorted(_BBANS)).flatmap(
        lambda c: st.text("0123456789ABCXYZ", min_size=_BBANS[c], max_size=_BBANS[c]).map(lambda rest: iban(c, rest))
    ),
    st.sampled_from(["", "ABNANL2A", "COBADEFFXXX"]),
    st.sampled_from(["", "Köln", "Saint-Étienne"]),
    st.integers(1, 10_000_000) | st.integers(1, 99_999_999_999),
    DAYS,
)


def _made(rows, make):
    return [make(number, row) for number, row in enumerate(rows, 1)]


AMERICAN_BATCHES = st.lists(_AMERICAN, min_size=1, max_size=40).map(
    lambda rows: _made(rows, lambda n, r: payment(n, r[5], Payee(r[0], r[1], r[2], r[3], r[4]), on=r[6]))
)
EUROPEAN_BATCHES = st.lists(_EUROPEAN, min_size=1, max_size=40).map(
    lambda rows: _made(
        rows,
        lambda n, r: payment(
            n, r[4], Payee(r[0][:70], iban=r[1], bic=r[2], town=r[3], country="DE" if r[3] else ""), "EUR", "sepa", r[5]
        ),
    )
)

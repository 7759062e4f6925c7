"""Exact money: whole minor units inside, Decimal at the edges, half-up everywhere, never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

# ISO 4217 list one, as published 2025-05-12 by SIX (amendment 179), funds and metals left out.
_TWO: Final = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC"
    " CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD"
    " KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO"
    " NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL"
    " THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)
_ZERO: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE: Final = "BHD IQD JOD KWD LYD OMR TND"

DIGITS: Final[dict[str, int]] = {
    **dict.fromkeys(_TWO.split(), 2),
    **dict.fromkeys(_ZERO.split(), 0),
    **dict.fromkeys(_THREE.split(), 3),
}
"""Currency code -> number of decimals of its minor unit."""


def half_up(numerator: int, denominator: int) -> int:
    """Divide two whole numbers, halves away from zero. `denominator` is above 0."""
    if numerator >= 0:
        return (2 * numerator + denominator) // (2 * denominator)
    return -((-2 * numerator + denominator) // (2 * denominator))


def parse_decimal(text: str) -> Decimal:
    """Read a plain number: digits, one point, an optional sign. Raise ValueError for all else (1e5, NaN, 1_000)."""
    if len(text) > 24:
        raise ValueError(f"'{text[:24]}...' has more digits than an amount or a quantity can have")
    stripped = text[1:] if text[:1] in "+-" else text
    whole, _, fraction = stripped.partition(".")
    if not (whole.isascii() and whole.isdigit() and (not fraction or (fraction.isascii() and fraction.isdigit()))):
        raise ValueError(f"'{text[:40]}' is not a number written like 1234.50")
    try:
        return Decimal(text)
    except InvalidOperation as err:  # pragma: no cover - the pattern above leaves nothing to fail
        raise ValueError(f"'{text[:40]}' is not a number") from err


def to_minor(value: Decimal, currency: str) -> int:
    """Whole minor units of an exact amount. Raise ValueError when the currency has fewer decimals than the amount."""
    scaled = value.scaleb(DIGITS[currency])
    minor = int(scaled)
    if minor != scaled:
        raise ValueError(f"'{value}' has more than {DIGITS[currency]} decimals for {currency}")
    return minor


def convert(minor: int, currency: str, base: str, rate: Decimal) -> int:
    """Minor units of `base` for minor units of `currency`, half-up. `rate`: units of `currency` for 1 of `base`."""
    top, bottom = rate.as_integer_ratio()
    return half_up(minor * 10 ** DIGITS[base] * bottom, 10 ** DIGITS[currency] * top)


def plain(minor: int, currency: str) -> str:
    """Write minor units as people and files do: 16800 USD is '168.00', 45 JPY is '45'. No grouping."""
    digits = DIGITS[currency]
    if digits == 2 and minor >= 0:  # nearly all
        return f"{minor // 100}.{minor % 100:02}"
    if not digits:
        return str(minor)
    sign, minor = ("-", -minor) if minor < 0 else ("", minor)
    text = str(minor).rjust(digits + 1, "0")
    return f"{sign}{text[:-digits]}.{text[-digits:]}"


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount of one currency.

    Units: `minor` counts the currency's smallest unit: 1999 is 19.99 EUR, 1999 JPY, 1.999 KWD.
    Sign: positive is owed to the customer, negative is owed by the customer.
    """

    minor: int
    currency: str

    def __str__(self) -> str:
        return f"{plain(self.minor, self.currency)} {self.currency}"

    def as_json(self) -> dict[str, str]:
        """The form every `--json` uses: {"amount": "168.00", "currency": "USD"}."""
        return {"amount": plain(self.minor, self.currency), "currency": self.currency}

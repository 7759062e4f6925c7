"""The lines of an invoice as records keep them: net amounts, one rate of tax a line, a kind; or the reason why not.

An export says what was charged in many ways. What comes out must add up: to the invoice's total and to its tax, to the
cent, with net and tax rounded line by line. Where it does not, or nothing proves it, the invoice is not taken.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from importlib.resources import files
from itertools import product
from typing import Final

from refundkit.importers.tabular.reasons import words_of
from refundkit.model.money import DIGITS, half_up, plain
from refundkit.model.records import RowError

_STEPS: Final = (1_000, 500, 250, 125, 50, 10, 1)
"""Steps of a rate that are tried, in thousandths of a per cent: whole per cents first, then halves, quarters, ..."""

_PERCENT: Final = re.compile(r"(\d{1,2}(?:[.,]\d{1,4})?)\s*%")
_NO_TAX: Final = re.compile(r"no (?:vat|gst|tax)|tax exempt|exempt|zero rated.*|non taxable|out of scope|steuerfrei")


@dataclass(slots=True, eq=False)
class Line:
    """A line as the export has it. `amount`: with or without tax, in minor units. `tax`, `rate`: None when not said.

    `taxed`: whether it says it is. `beside`: it stands in the invoice's own columns, which do not say so: shipping.
    """

    amount: int
    quantity: Decimal
    price: Decimal | None
    sku: str
    text: str
    kind: str
    tax: int | None = None
    rate: Decimal | None = None
    taxed: bool = True
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """What the export says of the whole invoice: total and tax, None when it does not; whether amounts are net."""

    currency: str
    total: int | None
    tax: int | None
    net: bool


def settled(lines: list[Line], whole: Whole) -> list[Line]:
    """The lines with `amount` net and `rate` known. Raise RowError with the reason when they do not add up."""
    inclusive = _with_tax(lines, whole)
    rates = {line.rate for line in lines if line.rate and not line.beside}
    if len(rates) == 1 and whole.tax is not None and any(line.beside and line.rate is None for line in lines):
        _settle_beside(lines, rates.pop(), whole, inclusive=inclusive)
    if inclusive:
        _take_tax_out(lines, whole)
    _find_rates(lines, whole)
    for line in lines:
        if line.tax is not None and _tax(line) != line.tax:
            raise RowError("", f"a tax of {plain(line.tax, whole.currency)} is not {line.rate} of a line")
    total = sum(line.amount + _tax(line) for line in lines)
    if whole.total is not None and total != whole.total:
        said, made = plain(whole.total, whole.currency), plain(total, whole.currency)
        raise RowError("", f"its lines come to {made} with tax, its total is {said}")
    return lines


def _with_tax(lines: Sequence[Line], whole: Whole) -> bool:
    """Whether the lines' amounts hold the tax: what the total proves."""
    taxes = whole.tax if whole.tax is not None else _known_taxes(lines)
    amounts = sum(line.amount for line in lines)
    if whole.net or taxes == 0 or (taxes is None and whole.total is None and not any(line.rate for line in lines)):
        return False
    if whole.total is None:
        raise RowError("", "nothing says whether its amounts hold the tax: there is no total")
    if taxes is None:
        return amounts == whole.total
    if amounts + taxes == whole.total:
        return False
    if amounts == whole.total:
        return True
    said = [plain(n, whole.currency) for n in (amounts, taxes, whole.total)]
    raise RowError("", f"its lines come to {said[0]} and its tax to {said[1]}, which is not its total of {said[2]}")


def _known_taxes(lines: Sequence[Line]) -> int | None:
    known = [line.tax for line in lines if line.tax is not None]
    return sum(known) if len(known) == len(lines) else None


def _take_tax_out(lines: Sequence[Line], whole: Whole) -> None:
    """Make amounts net: by the tax of the line, else by its rate, else by the one rate that gives the whole tax."""
    rate = None
    if any(line.tax is None and line.rate is None and line.taxed for line in lines):
        rate = _one_rate(lines, whole, inclusive=True)
    for line in lines:
        if line.tax is None and line.taxed:
            line.tax = _inside(line.amount, line.rate if line.rate is not None else rate)
        line.rate = line.rate if line.rate is not None else rate if line.taxed else Decimal(0)
        line.amount -= line.tax or 0
        line.price = None


def _inside(gross: int, rate: Decimal | None) -> int:
    """The tax that a gross amount holds at a rate."""
    top, bottom = (rate or Decimal(0)).as_integer_ratio()
    return gross - half_up(gross * bottom, bottom + top)


def _find_rates(lines: Sequence[Line], whole: Whole) -> None:
    """Give every line its rate: said, or the one that makes its tax, or the one that makes the invoice's."""
    known = _known_taxes(lines)
    unknown = [line for line in lines if line.rate is None]
    for line in unknown:
        if not line.taxed or line.tax == 0 or (whole.tax == 0 and known is None):
            line.rate = Decimal(0)
    unknown = [line for line in unknown if line.rate is None]
    if not unknown:
        return
    if any(line.tax is None for line in unknown):
        if whole.tax is None:
            raise RowError("", "nothing says how much tax it holds, and at which rate")
        rate = _one_rate(lines, whole, inclusive=False)
        for line in unknown:
            line.rate = rate
        return
    common = _rate_of(sum(line.tax or 0 for line in unknown), sum(line.amount for line in unknown), unknown)
    for line in unknown:
        line.rate = common if common is not None else _rate_of(line.tax or 0, line.amount, [line])
        if line.rate is None:
            tax, net = plain(line.tax or 0, whole.currency), plain(line.amount, whole.currency)
            raise RowError("", f"no rate makes a tax of {tax} on {net}")


def _rate_of(tax: int, net: int, lines: Sequence[Line]) -> Decimal | None:
    """The shortest rate that makes the tax of each of these lines to the cent, None when there is none."""
    if net <= 0 or tax < 0:
        return None
    return next((r for r in _rates(tax, net) if all(_tax(line, r) == line.tax for line in lines)), None)


def _one_rate(lines: Sequence[Line], whole: Whole, *, inclusive: bool) -> Decimal:
    """The roundest rate that makes the invoice's whole tax of its taxed lines, rounded line by line."""
    unknown = [line for line in lines if line.taxed and line.rate is None and line.tax is None]
    wanted = (whole.tax or 0) - sum(_tax(line) for line in lines if line.rate is not None)
    if wanted and any(line.beside for line in unknown):
        raise RowError("", f"nothing says whether {unknown[-1].text} is taxed, and at which rate the lines are")
    base = sum(line.amount for line in unknown)
    for rate in _rates(wanted, base - wanted if inclusive else base):
        made = (_inside(line.amount, rate) if inclusive else _tax(line, rate) for line in unknown)
        if sum(made) == wanted:
            return rate
    said = plain(whole.tax or 0, whole.currency)
    raise RowError("", f"no single rate makes its tax of {said} on the lines that are taxed")


def _rates(tax: int, net: int) -> Iterator[Decimal]:
    """Rates that may make a tax of a net amount, the roundest first."""
    for step in _STEPS if net > 0 and tax >= 0 else ():
        rate = Decimal(half_up(tax * 100_000, net * step) * step).scaleb(-5)
        if rate <= 1:
            yield rate


def _settle_beside(lines: Sequence[Line], rate: Decimal, whole: Whole, *, inclusive: bool) -> None:
    """Tell which of the lines that stand beside are taxed, by the whole tax; raise RowError when it does not tell."""
    beside = [line for line in lines if line.beside and line.rate is None]
    others = sum(_made(line, line.rate or Decimal(0), inclusive=inclusive) for line in lines if not line.beside)
    fitting = [
        taxed
        for taxed in product((True, False), repeat=len(beside))
        if others
        + sum(_made(line, rate, inclusive=inclusive) for line, is_so in zip(beside, taxed, strict=True) if is_so)
        == whole.tax
    ]
    if len(fitting) != 1:
        raise RowError("", f"at a rate of {rate.normalize():f} its tax does not tell whether {beside[0].text} is taxed")
    for line, is_so in zip(beside, fitting[0], strict=True):
        line.taxed, line.rate = is_so, rate if is_so else Decimal(0)


def _made(line: Line, rate: Decimal, *, inclusive: bool) -> int:
    return _inside(line.amount, rate) if inclusive else _tax(line, rate)


def _tax(line: Line, rate: Decimal | None = None) -> int:
    top, bottom = (rate if rate is not None else line.rate or Decimal(0)).as_integer_ratio()
    return half_up(line.amount * top, bottom)


def unit_price(line: Line, currency: str) -> str:
    """The price of one that makes the line's net amount when multiplied and rounded; the shortest there is."""
    quantity, per = line.quantity.as_integer_ratio()
    prices = [line.price] if line.price is not None else []
    if quantity:
        exact = Decimal(line.amount).scaleb(-DIGITS[currency]) / line.quantity
        prices += [exact.quantize(Decimal(1).scaleb(-n), ROUND_HALF_UP) for n in range(DIGITS[currency], 9)]
    for price in prices:
        top, bottom = price.as_integer_ratio()
        if half_up(quantity * top * 10 ** DIGITS[currency], per * bottom) == line.amount:
            return format(price, "f")
    raise RowError("", f"no price of one makes {plain(line.amount, currency)} of {line.quantity}")


def rate_in(text: str, line_tax: int | None, net: int) -> Decimal | None:
    """The rate that words name: '20% (VAT on Income)', 'State 6.25% City 2%', 'No VAT', '0.0825'; else None."""
    if not text:
        return None
    if found := _PERCENT.findall(text):
        return sum((Decimal(rate.replace(",", ".")) for rate in found), Decimal(0)).scaleb(-2)
    if _NO_TAX.fullmatch(words_of(text)):
        return Decimal(0)
    if not re.fullmatch(r"\d{1,2}(?:\.\d{1,6})?", text):
        return None
    number = Decimal(text)
    fitting = [r for r in (number, number.scaleb(-2)) if r <= 1]
    if number == 0 or len(fitting) == 1:
        return fitting[-1]
    proven = [
        r
        for r in fitting
        if line_tax is not None and half_up(net * r.as_integer_ratio()[0], r.as_integer_ratio()[1]) == line_tax
    ]
    if len(proven) != 1:
        raise RowError("", f"a rate of '{text}' can be a fraction or a percentage")
    return proven[0]


def kind_of(text: str) -> str:
    """The kind of a line by the words of its item and description; 'fee' when none tells it."""
    said = f" {words_of(text)} "
    return next((kind for kind, pattern in _kinds() if pattern.search(said)), "fee")


@lru_cache(maxsize=1)
def _kinds() -> list[tuple[str, re.Pattern[str]]]:
    table = tomllib.loads(files(__package__).joinpath("line_kinds.toml").read_text(encoding="utf-8"))
    return [(kind, re.compile("|".join(_patterns(words)))) for kind, words in table.items()]


def _patterns(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        yield f" {words_of(word)}" + (r"\w*" if word.endswith("*") else " ")

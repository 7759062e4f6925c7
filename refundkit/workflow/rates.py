"""Takes the European Central Bank's rates into the shop's own: units of each currency for 1 of the books'."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from refundkit.errors import RefusedError
from refundkit.importers.ecb import against, read_rates
from refundkit.model.people import Act
from refundkit.model.records import kinds
from refundkit.workflow.records import FileReport, Loader, sha256_of
from refundkit.workflow.shop import Shop

DAYS: Final = 400
"""How far back rates are taken unless a person says otherwise: longer than a refund window is likely to be."""


def load(
    shop: Shop, path: Path, *, since: date | None = None, currencies: Sequence[str] = (), dry_run: bool = False
) -> FileReport:
    """Load the rates of the days since `since`, of some currencies or of all. A row with other figures takes its place.

    Raise InputError for a file that is none of the ECB's, RefusedError when it has no rate of the books' currency.
    """
    shop.require(Act.RECORDS)
    first, base = since or shop.today - timedelta(days=DAYS), shop.org.base
    report = FileReport(str(path), "rates")
    with shop.write(keep=not dry_run) as pen:
        loader = Loader(pen, kinds(shop.zone)["rates"], report, str(path), sha256_of(path))
        days = [quoted for quoted in read_rates(path) if first <= quoted.on <= shop.today]
        for quoted in days:
            for currency, rate in against(quoted, base):
                if not currencies or currency in currencies:
                    report.rows += 1
                    row = [quoted.on.isoformat(), currency, format(rate, "f")]
                    loader.take(quoted.line, row, row)
        loader.finish()
    if days and not report.rows:
        raise RefusedError(
            f"the file has no rate of {base} since {first}", hint="put rates of other sources into rates.csv"
        )
    return report

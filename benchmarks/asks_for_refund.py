"""How well 'asks for a refund' is told on messages to a bank: python benchmarks/asks_for_refund.py [FILE.csv]

FILE.csv is banking77's (text,category); without it the copy in tests/importers/extract/banking77 is read. A request is
`request_refund`. `Refund_not_showing_up` is none: it asks where a refund is. Left out of the second count are the
intents in which people complain about a charge, so that a fair reader may see a request in them or not.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from refundkit.importers.extract.asked import read_request  # noqa: E402

TEXTS = ROOT / "tests" / "importers" / "extract" / "banking77" / "test.csv"
REQUESTS = frozenset({"request_refund"})
EITHER = frozenset({
    "transaction_charged_twice", "extra_charge_on_statement", "card_payment_fee_charged", "cash_withdrawal_charge",
    "transfer_fee_charged", "exchange_charge", "top_up_by_card_charge", "top_up_by_bank_transfer_charge",
    "wrong_amount_of_cash_received", "wrong_exchange_rate_for_cash_withdrawal", "card_payment_wrong_exchange_rate",
    "card_payment_not_recognised", "cash_withdrawal_not_recognised", "direct_debit_payment_not_recognised",
    "cancel_transfer", "reverted_card_payment?",
})  # fmt: skip
KEYWORDS = re.compile(r"\b(?:refund\w*|reimburs\w*|money back|chargeback|charge back)\b", re.IGNORECASE)


def by_keywords(text: str) -> bool:
    return KEYWORDS.search(text) is not None


def by_reading(text: str) -> bool:
    return bool(read_request("", text, "", "USD").requests)


def rows(path: Path = TEXTS) -> list[tuple[str, str]]:
    """Every second message: the others teach the reading."""
    with path.open(encoding="utf-8", newline="") as file:
        found = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    return found[1::2]


def measure(found: Sequence[tuple[str, str]], asks: Callable[[str], bool]) -> dict[str, float]:
    """Precision and recall over all intents, and with those left out that may be either."""
    said = [(category, asks(text)) for text, category in found]
    hits = sum(yes for category, yes in said if category in REQUESTS)
    wanted = sum(category in REQUESTS for category, _ in said)
    false = Counter(category for category, yes in said if yes and category not in REQUESTS)
    clear = sum(times for category, times in false.items() if category not in EITHER)
    return {
        "hits": hits,
        "wanted": wanted,
        "false": false.total(),
        "false_clear": clear,
        "recall": hits / wanted,
        "precision": hits / max(1, hits + false.total()),
        "precision_clear": hits / max(1, hits + clear),
        "where_is_it": false["Refund_not_showing_up"],
    }


def main() -> None:
    found = rows(Path(sys.argv[1]) if len(sys.argv) > 1 else TEXTS)
    print(f"{len(found)} messages, {sum(c in REQUESTS for _, c in found)} of them ask for a refund")
    print(f"{'':10} {'recall':>8} {'precision':>10} {'without either':>15} {'asked where it is':>18}")
    for name, asks in (("keywords", by_keywords), ("refundkit", by_reading)):
        got = measure(found, asks)
        print(
            f"{name:10} {got['recall']:8.3f} {got['precision']:10.3f} {got['precision_clear']:15.3f}"
            f" {got['where_is_it']:12.0f} of 20"
        )


if __name__ == "__main__":
    main()

"""What tests of payments share: a policy with another way to pay, and what the journals of a shop add up to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

ACH = """
[payments]
method = "free"
otherwise = "ach"

[payments.ach]
destination = "021000021"
destination_name = "JPMORGAN CHASE"
origin = "1123456789"
origin_name = "SAMPLE SHOP"
odfi = "021000021"
company_id = "1123456789"
company_name = "SAMPLE SHOP"
"""


def adopt(shop: Any, payments: str, *, refused: bool = False) -> Any:
    """Adopt the shop's policy with another [payments]; what was said, which must be success unless `refused`."""
    whole = (shop.folder / "shop.policy.toml").read_text(encoding="utf-8")
    begin, end = whole.index("[payments]"), whole.index("# ---- What must come out")
    run = shop if refused else shop.done
    return run("policy", "adopt", shop.write("p.toml", f"{whole[:begin]}{payments}\n\n{whole[end:]}"), user="max")


def balances(shop: Any) -> dict[str, Decimal]:
    """What every account holds after an export, by the last part of its name; read by a few lines of our own."""
    shop.done("export", "hledger", "-o", "books", user="carl")
    sums: dict[str, Decimal] = {}
    for path in (shop.folder / "books").glob("*.journal"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("    ") and not line.startswith("    ;"):
                name, _, rest = line.strip().partition("  ")
                sums[name] = sums.get(name, Decimal(0)) + Decimal(rest.split()[0])
    return {name.rpartition(":")[2]: amount for name, amount in sums.items() if amount}

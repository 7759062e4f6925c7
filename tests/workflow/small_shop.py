"""A shop of a few customers, made once and copied: store, key file and marks; and lists of requests for it."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import random
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import refundkit
from refundkit.model.payments import Payee
from refundkit.workflow import booking, decisions, intake, payees, people, policy, reading, records, setup
from refundkit.workflow.shop import Settings, Shop, open_shop

BEGIN = datetime(2026, 9, 1, 9, tzinfo=UTC)
USERS = {
    "lena": ("lead", ""), "leo": ("lead", ""), "max": ("manager", ""), "mona": ("manager", ""),
    "carl": ("accountant", ""), "tom": ("manager", "T-01"), "tess": ("technician", "T-02"), "ann": ("auditor", ""),
}  # fmt: skip
HEADINGS = (
    "received_at", "channel", "customer_id", "customer_email", "service_order", "invoice", "amount", "currency",
    "reason", "description", "requested_by", "external_ref",
)  # fmt: skip
TABLES = {
    "customers": "customer_id name email phone tier currency locale",
    "service_orders": "service_order customer_id service_code technician equipment priority status completion_pct"
                      " onsite_minutes opened_at responded_at completed_at scheduled_at cancelled_at cancelled_by",
    "sla_terms": "tier priority response_minutes resolution_minutes",
    "invoices": "invoice service_order customer_id issued_on currency line_no kind sku description quantity unit_price"
                " tax_rate",
    "payments": "payment_id invoice paid_on amount currency method reference",
    "parts": "service_order sku quantity_used quantity_returned returned_on condition",
    "rates": "date currency rate",
}  # fmt: skip
"""The headings of the native record files."""
PRICES = ("100.00", "250.00", "900.00", "2400.00", "9000.00")
"""For an hour of labour; every invoice has four. 40 % of the labour comes back for incomplete service."""
ACH = {
    "destination": '"021000021"', "destination_name": '"BANK"', "origin": '"1123456789"', "origin_name": '"SHOP"',
    "odfi": '"021000021"', "company_id": '"1123456789"', "company_name": '"SHOP"',
}  # fmt: skip
"""The shop at its American bank, as the policy has it."""


def as_csv(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([list(headings), *map(list, rows)])
    return text.getvalue()


def write_records(folder: Path, customers: int) -> None:
    """Native records: customer n has order SO-n (40 % not done) and invoice INV-n of four hours and a part, paid."""
    numbers = range(customers)
    orders, invoices, payments = [], [], []
    for n in numbers:
        price = PRICES[n % len(PRICES)]
        orders.append((f"SO-{n}", f"C-{n}", "repair", f"T-0{n % 3}", f"device {n}", "standard", "partial", 60, 150,
                       "2026-08-20T08:00:00Z", "2026-08-20T13:00:00Z", "2026-08-20T18:00:00Z",
                       "2026-08-20T12:00:00Z", "", ""))  # fmt: skip
        head = (f"INV-{n}", f"SO-{n}", f"C-{n}", "2026-08-22", "USD")
        invoices.append((*head, 1, "labour", "", "Repair", "4.00", price, "0.0825"))
        invoices.append((*head, 2, "part", f"P-{n}", "Part", "1", "40.00", "0.0825"))
        net = [int(price.replace(".", "")) * 4, 4_000]
        total = sum(c + (c * 825 + 5_000) // 10_000 for c in net)
        payments.append((f"PAY-{n}", f"INV-{n}", "2026-08-25", f"{total // 100}.{total % 100:02}", "USD", "card", ""))
    write_tables(folder, {
        "customers": [(f"C-{n}", f"Customer {n}", f"c{n}@example.org", "", "standard", "USD", "en-US") for n in numbers],
        "service_orders": orders, "sla_terms": [("standard", "standard", 240, 480)], "invoices": invoices,
        "payments": payments, "parts": [(f"SO-{n}", f"P-{n}", 1, 0, "", "") for n in numbers],
    })  # fmt: skip


def write_tables(folder: Path, tables: Mapping[str, Iterable[Iterable[object]]]) -> None:
    """Native records: a file for each table."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text(as_csv(TABLES[name].split(), rows), encoding="utf-8")


def request(n: int, reason: str = "incomplete-service", amount: str = "", **changes: str) -> tuple[str, ...]:
    """A row of requests.csv about invoice n."""
    row = dict.fromkeys(HEADINGS, "") | {
        "received_at": "2026-08-30T10:00:00Z", "channel": "csv", "customer_id": f"C-{n}", "service_order": f"SO-{n}",
        "invoice": f"INV-{n}", "amount": amount, "currency": "USD", "reason": reason,
    }  # fmt: skip
    return tuple((row | changes)[h] for h in HEADINGS)


@dataclass
class SmallShop:
    """A store with the key file that belongs to it. `now` is the clock of everything done to it."""

    folder: Path
    now: datetime = BEGIN
    lists: int = 0
    made: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        return self.folder / "shop.db"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def environment(self) -> dict[str, str]:
        """For the command line in a process of its own."""
        root = str(Path(refundkit.__file__).parents[1])
        return {
            **os.environ, "XDG_DATA_HOME": str(self.home / "data"), "HOME": str(self.home), "NO_COLOR": "1",
            "REFUNDKIT_KEYRING_PASSPHRASE": "test", "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1",
        }  # fmt: skip

    @contextlib.contextmanager
    def open(self, user: str = "ada") -> Iterator[Shop]:
        with self.keys():
            shop = open_shop(Settings(self.store, user, self.now))
            try:
                yield shop
            finally:
                shop.close()

    @contextlib.contextmanager
    def keys(self) -> Iterator[None]:
        """Inside, this process uses the key file of this shop."""
        before = os.environ.get("XDG_DATA_HOME")
        os.environ["XDG_DATA_HOME"] = str(self.home / "data")
        try:
            yield
        finally:
            if before is None:
                del os.environ["XDG_DATA_HOME"]
            else:
                os.environ["XDG_DATA_HOME"] = before

    def adopt(self, settings: Mapping[str, Mapping[str, str]], *, by: str = "max") -> None:
        """Put the policy in force with other texts of some keys of its sections."""
        with self.open(by) as shop:
            text = shop.org.policies[-1].text
            for section, keys in settings.items():
                head, mark, rest = text.partition(f"\n[{section}]\n")
                for key, value in keys.items():
                    rest, found = re.subn(rf"^{key} = \S+", f"{key} = {value}", rest, count=1, flags=re.MULTILINE)
                    assert found, (section, key)
                text = head + mark + rest
            path = self.folder / "other.toml"
            path.write_text(text, encoding="utf-8")
            policy.adopt(shop, path)

    def pays_by_bank(self) -> None:
        """Adopt a policy by which every refund goes to a bank account."""
        self.adopt({"payments": {"method": '"free"', "otherwise": '"ach"'}, "payments.ach": ACH})

    def payee(self, n: int) -> None:
        """Where the money of customer n goes."""
        with self.open("carl") as shop:
            payees.enter(shop, f"C-{n}", Payee(f"Customer {n}", routing="021000021", account=f"1000{n:05}"))

    def copy(self, folder: Path) -> SmallShop:
        shutil.copytree(self.folder, folder)
        return SmallShop(folder, self.now, self.lists)

    def later(self, **by: int) -> None:
        self.now += timedelta(**by)

    def write_list(self, rows: Iterable[Iterable[str]]) -> Path:
        self.lists += 1
        path = self.folder / f"list-{self.lists}.csv"
        path.write_text(as_csv(HEADINGS, rows), encoding="utf-8")
        return path

    def take_in(self, *rows: Iterable[str], by: str = "carl") -> list[str]:
        """Import a list and return the ids of its cases."""
        with self.open(by) as shop:
            report = intake.run(shop, [self.write_list(rows)])
        return [line.case for line in report.lines]

    def approve(self, *named: str, by: str = "max") -> list[decisions.Outcome]:
        with self.open(by) as shop:
            return decisions.approve(shop, named)

    def export(self, folder: Path | None = None, *, by: str = "carl", form: str = "hledger") -> booking.Exported:
        with self.open(by) as shop:
            return booking.export(shop, form, folder or self.folder / "books")

    def cases(self) -> dict[str, dict[str, Any]]:
        with self.open() as shop:
            return {row["id"]: row for row in reading.listed(shop, {})}


def make(
    folder: Path, *, customers: int = 8, time_zone: str = "UTC", users: Mapping[str, tuple[str, str]] = USERS,
    write: Callable[[Path], None] | None = None,
) -> SmallShop:  # fmt: skip
    """Begin a shop with `users` (and ada, admin) and its records, or those that `write` puts into a folder."""
    shop = SmallShop(folder)
    folder.mkdir(parents=True)
    with shop.keys():
        setup.init(Settings(shop.store, "", BEGIN), company="Small Shop", base="USD", user="ada", name="Ada",
                   time_zone=time_zone)  # fmt: skip
    with shop.open() as opened:
        for user, (role, technician) in users.items():
            people.add(opened, user, [role], technician=technician)
    if write is None:
        write_records(folder / "records", customers)
    else:
        write(folder / "records")
    with shop.open() as opened:
        records.load(opened, [folder / "records"])
    return shop


def rows(draw: random.Random, count: int, customers: int) -> list[tuple[str, ...]]:
    """Random rows: right and wrong references, several reasons, amounts too small, too large and missing."""
    made = []
    for _ in range(count):
        n = draw.randrange(customers)
        changes = {"received_at": f"2026-08-{draw.randrange(20, 31)}T{draw.randrange(24):02}:00:00Z"}
        if draw.random() < 0.15:
            changes["invoice"] = f"INV-{draw.randrange(customers + 2)}"
        if draw.random() < 0.1:
            changes["customer_id"] = draw.choice(["", "C-99"])
        if draw.random() < 0.2:
            changes["requested_by"] = draw.choice(["lena", "Max", "somebody"])
        if draw.random() < 0.2:
            changes["external_ref"] = f"REF-{draw.randrange(5)}"
        reason = draw.choice(["incomplete-service"] * 4 + ["sla-breach", "goodwill", "other", "billing-error",
                                                           "duplicate-payment", "cancelled-visit", "faulty-work"])  # fmt: skip
        amount = draw.choice(["", "", "5.00", "40.00", "333.33", "1500.00", "99999.00", "-1", "many"])
        made.append(request(n, reason, amount, **changes))
    return made

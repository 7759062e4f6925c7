"""Who asks in a row of somebody's list, and about which visit or bill: from its cells, the words, and the row above."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from refundkit.importers.tabular.cell_ids import USUAL, customer_beside, named_elsewhere, named_in_words, put_right
from refundkit.importers.tabular.groups import Group
from refundkit.importers.tabular.row_cells import ADDRESS, IDS, RowCells
from refundkit.model.records import RowError


class Who(NamedTuple):
    """What a row names; '' where it names none."""

    customer_id: str
    service_order: str
    invoice: str
    email: str
    name: str

    @property
    def known(self) -> bool:
        """Whether anything says who asks."""
        return bool(self.email or self.customer_id or self.service_order or self.invoice)


def who_asks(reader: RowCells, cells: Sequence[str], said: str, group: Group, doubts: list[str]) -> Who:
    """Everything in a row that says whose it is. `said`: its words. `doubts` hears what is wrong with an address."""
    ids = {field: reader.ident(cells, field) for field in IDS}
    whose = (reader.cell(cells, "name"), reader.cell(cells, "requested_by"))
    put_right(ids)
    if not all(ids.values()):
        names = () if ids["customer_id"] else (text for text in whose if "@" not in text or " " in text)
        named_in_words(ids, "\n".join((*names, said)))
        named_elsewhere(ids, cells)
    email = reader.email(cells, doubts)
    if not email and ADDRESS.fullmatch(ids["customer_id"]):
        email, ids["customer_id"] = ids["customer_id"], ""
    name = reader.ident(cells, "name")
    begins = reader.plan.forms.get("customer_id", "" if reader.shop.forms else USUAL["customer_id"])
    ids["customer_id"] = customer_beside(ids["customer_id"], whose, begins)
    if reader.plan.numbered and not ids["customer_id"][-1:].isdigit() and not any(map(str.isdigit, ids["customer_id"])):
        ids["customer_id"], name = "", name or ids["customer_id"]  # 'Jo from next door' among customers' numbers
    if not email and ADDRESS.fullmatch(name):
        email, name = name, ""
    if not email and not ids["customer_id"]:
        ids["customer_id"], email, name = group.customer_id, group.email, name or group.name
    email = email or _beside(whose) or _only_address((*whose, said))
    if name and not ids["customer_id"]:
        ids["customer_id"] = reader.shop.choices.customer(name)
    return Who(ids["customer_id"], ids["service_order"], ids["invoice"], email, name)


def unknown(reader: RowCells, cells: Sequence[str], who: Who) -> str:
    """The sentence for a row in which only a name says who asks; raise RowError when not even that does."""
    if not any(c.isalpha() for c in who.name):
        raise RowError("", "the row names no customer, e-mail, service order or invoice")
    field = next(field for field in ("name", "customer_id") if reader.cell(cells, field))
    return f"{reader.heading(field)}: nothing but the name '{who.name[:60]}' says who asks"


def _beside(whose: Sequence[str]) -> str:
    """The address that stands beside a name: 'Greta Finch <greta@finch.test>'."""
    found = {address for text in whose for address in (ADDRESS.findall(text[:1_000]) if "<" in text else ())}
    return found.pop() if len(found) == 1 else ""


def _only_address(texts: Sequence[str]) -> str:
    """The one address that the words of a row name."""
    found = {address.rstrip(".") for text in texts if "@" in text for address in ADDRESS.findall(text[:1_000])}
    return found.pop() if len(found) == 1 else ""

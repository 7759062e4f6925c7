"""Where customers' money goes: entered by one person, changed only with a second, sealed on this machine."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from refundkit.errors import RefusedError, UsageError
from refundkit.model.bank_numbers import account_fault, bic_fault, iban_fault, routing_fault
from refundkit.model.canonical import unb64
from refundkit.model.org import PAYEE_SET
from refundkit.model.payments import Payee
from refundkit.model.people import Act
from refundkit.store import payees, records
from refundkit.workflow.authors import had_the_right
from refundkit.workflow.shop import Shop, fresh_bytes


@dataclass(frozen=True)
class Known:
    """What may be said of a customer's payee. `waits`: a change that a second person has not confirmed."""

    customer_id: str
    holder: str
    tail: str
    by: str
    confirmed_by: str
    waits: bool


def enter(shop: Shop, customer_id: str, payee: Payee, *, dry_run: bool = False) -> Known:
    """Enter where a customer's money goes. The first entry counts at once, every later one when another confirms it.

    Raise UsageError for what is no account, RefusedError for a customer who is not in the records.
    """
    shop.require(Act.PAYEES)
    _check(payee)
    with shop.write(keep=not dry_run) as pen:
        _, customer = records.shown(pen.connection, "customers", "customer_id", customer_id)
        if not customer:
            raise RefusedError(
                f"there is no customer '{customer_id[:40]}' in the records",
                hint="load customers.csv with 'refundkit records' first",
            )
        key = vault_key(shop, make=not dry_run) or bytes(32)
        content = json.dumps(asdict(payee), sort_keys=True).encode()
        digest = _digest(key, customer_id, content)
        known = payees.said(shop.store, customer_id)
        entries = [s for s in known if not s.confirms]
        if entries and entries[-1].digest == digest:
            raise RefusedError(
                f"this is what was entered for {customer_id} already",
                hint=f"'refundkit payee show {customer_id}' says where it stands",
            )
        payees.keep(pen.connection, customer_id, digest, _seal(key, customer_id, content))
        pen.append(PAYEE_SET, {"customer_id": customer_id, "digest": digest, "who": shop.actor.user, "confirms": ""})
    return Known(customer_id, payee.holder, payee.tail, shop.actor.user, "", bool(entries))


def confirm(shop: Shop, customer_id: str, ends: str, *, dry_run: bool = False) -> Known:
    """Confirm a changed payee as a second person, who says how the account ends as the customer gave it them.

    Raise RefusedError when nothing waits, when the same person entered it, or when the account ends otherwise.
    """
    shop.require(Act.PAYEES)
    with shop.write(keep=not dry_run) as pen:
        entry, confirmed, earlier = _standing(shop, customer_id)
        if entry is None or confirmed or not earlier:
            raise RefusedError(
                f"no change of where {customer_id}'s money goes waits for a second person",
                hint=f"'refundkit payee show {customer_id}' says where it stands",
            )
        if entry.who == shop.actor.user:
            raise RefusedError(
                f"{shop.actor.user} entered this change, and another person must confirm it",
                hint="they ask the customer by a number known before, and confirm with the last four characters",
            )
        payee = _opened(shop, entry)
        if payee.tail[3:] != ends.strip().replace(" ", "")[-4:] or len(ends.strip()) < 4:
            raise RefusedError(
                "the account that was entered ends otherwise",
                hint="nothing was confirmed: ask the customer again, by a telephone number known before the change",
            )
        pen.append(
            PAYEE_SET,
            {"customer_id": customer_id, "digest": entry.digest, "who": shop.actor.user, "confirms": entry.event},
            deps=[entry.event],
        )
    return Known(customer_id, payee.holder, payee.tail, entry.who, shop.actor.user, waits=False)


def known(shop: Shop, customer_id: str = "") -> list[Known]:
    """What may be shown of one customer's payee, or of all, by customer."""
    found = []
    for customer in sorted({s.customer_id for s in payees.said(shop.store, customer_id)}):
        entry, confirmed, earlier = _standing(shop, customer)
        if entry is None:
            continue
        there = payees.sealed(shop.store, entry.digest) is not None
        payee = _opened(shop, entry) if there else None
        found.append(
            Known(
                customer, payee.holder if payee else "", payee.tail if payee else "not on this machine", entry.who,
                confirmed, earlier and not confirmed,
            )
        )  # fmt: skip
    return found


def usable(shop: Shop, customer_id: str) -> tuple[Payee | None, str]:
    """The payee that money may go to, or None and why not."""
    if problem := missing(shop, customer_id):
        return None, problem
    entry, _, _ = _standing(shop, customer_id)
    return (_opened(shop, entry), "") if entry else (None, "")


def missing(shop: Shop, customer_id: str) -> str:
    """Why no money may go to a customer's bank account, and what mends it; '' when it may. Nothing is opened."""
    entry, confirmed, earlier = _standing(shop, customer_id)
    if entry is None:
        return f"no bank account of {customer_id} is known: refundkit payee set {customer_id}"
    if earlier and not confirmed:
        return (
            f"the bank account of {customer_id} was changed by {entry.who}, and a second person has not confirmed it:"
            f" refundkit payee confirm {customer_id}"
        )
    if payees.sealed(shop.store, entry.digest) is None:
        return f"the bank account of {customer_id} is not on this machine: refundkit payee set {customer_id}"
    return ""


def vault_key(shop: Shop, *, make: bool = False) -> bytes | None:
    """The key that seals bank data and payment files on this machine; made when `make` and it is not there."""
    name = f"payees/{unb64(shop.org.ledger).hex()}"
    key = shop.vault.get(name)
    if key is None and make:
        key = fresh_bytes(32)
        shop.vault.put(name, key)
    return key


def _standing(shop: Shop, customer_id: str) -> tuple[payees.Said | None, str, bool]:
    """The last entry that counts, who confirmed it ('' for nobody), and whether there was another before it."""
    said = [s for s in payees.said(shop.store, customer_id) if had_the_right(shop, s.event, s.who, Act.PAYEES)]
    entries = [s for s in said if not s.confirms]
    if not entries:
        return None, "", False
    last = entries[-1]
    seconds = [s.who for s in said if s.confirms == last.event and s.who != last.who and s.digest == last.digest]
    return last, seconds[0] if seconds else "", len(entries) > 1


def _opened(shop: Shop, entry: payees.Said) -> Payee:
    from refundkit.keys.sealing import unseal

    sealed, key = payees.sealed(shop.store, entry.digest), vault_key(shop)
    if sealed is None or key is None:
        raise RefusedError(
            f"the bank account of {entry.customer_id} is not on this machine",
            hint=f"enter it here: refundkit payee set {entry.customer_id}",
        )
    content = unseal(key, entry.customer_id, sealed)
    if _digest(key, entry.customer_id, content) != entry.digest:
        raise RefusedError(
            f"the kept bank account of {entry.customer_id} is not the one that was entered",
            hint=f"enter it anew: refundkit payee set {entry.customer_id}; a second person confirms it",
        )
    return Payee(**json.loads(content))


def _seal(key: bytes, customer_id: str, content: bytes) -> bytes:
    from refundkit.keys.sealing import seal

    return seal(key, customer_id, content)


def _digest(key: bytes, customer_id: str, content: bytes) -> str:
    from refundkit.keys.sealing import digest

    return digest(key, customer_id.encode() + b"\0" + content)


def _check(payee: Payee) -> None:
    if not payee.holder.strip():
        raise UsageError("whose account is it?", hint="--holder NAME, as the bank knows them", where="--holder")
    if bool(payee.iban) == bool(payee.account):
        raise UsageError("an IBAN, or a routing and an account number", hint="--iban, or --routing and --account")
    faults = {
        "--iban": iban_fault(payee.iban) if payee.iban else "",
        "--bic": bic_fault(payee.bic) if payee.bic else "",
        "--routing": routing_fault(payee.routing) if payee.account else "",
        "--account": account_fault(payee.account) if payee.account else "",
    }
    for option, fault in faults.items():
        if fault:
            raise UsageError(fault, hint="nothing was entered; copy it anew from the customer's letter", where=option)

"""Whether what somebody signed about the shop itself counts: by the signature, and by the roles its author had then."""

from __future__ import annotations

from refundkit.model.people import Act
from refundkit.store import ledger, payments
from refundkit.workflow.shop import Shop


def had_the_right(shop: Shop, event: str, who: str, act: Act) -> bool:
    """Whether the author of an event is whom it names, and might do this when the event was written."""
    core = ledger.core_of(shop.store, event)
    if core is None or not shop.org.counts(core.writer, core.seq):
        return False
    author = shop.org.person_at(shop.org.user_of(core.writer), core.deps)
    return author is not None and author.may(act) and author.user == who


def batches_without_right(shop: Shop) -> dict[str, tuple[str, str]]:
    """(batch, who) of each batch of payments, by its event, whose author might not pay when it was written.

    Its payments are facts of their cases and its numbers stay used; what it says that a bank was told does not count.
    """
    return {
        event: (batch, who)
        for event, batch, who in payments.authors(shop.store)
        if not had_the_right(shop, event, who, Act.PAY)
    }

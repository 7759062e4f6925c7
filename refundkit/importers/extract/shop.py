"""What the reader of messages must know of the shop: its currency, its people's addresses, its time zone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, tzinfo


@dataclass(frozen=True, slots=True)
class ShopWords:
    """The shop a message was sent to.

    `base`: ISO code of its books; it decides what a bare '$' means. `staff_addresses`, `staff_domains`: whose mails are
    notes of the shop's own people (lower case; a domain stands for its subdomains too). When both are empty, a sender
    counts as staff who shares a domain, not a public provider's, with the first addressee. `zone`: of times without one.
    """

    base: str = "USD"
    staff_addresses: frozenset[str] = field(default_factory=frozenset)
    staff_domains: frozenset[str] = field(default_factory=frozenset)
    zone: tzinfo = UTC

    def is_staff(self, address: str, addressee: str = "") -> bool:
        """Whether this address belongs to the shop. `addressee`: the first address the message was sent to."""
        address, domain = address.lower(), address.lower().rpartition("@")[2]
        if not domain:
            return False
        if self.staff_addresses or self.staff_domains:
            return address in self.staff_addresses or any(_within(domain, d) for d in self.staff_domains)
        theirs = addressee.lower().rpartition("@")[2]
        return bool(theirs) and theirs not in PUBLIC and _within(domain, theirs)


def _within(domain: str, parent: str) -> bool:
    return domain == parent or domain.endswith(f".{parent}")


PUBLIC = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com icloud.com me.com mac.com aol.com"
    " gmx.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de posteo.de mailbox.org proton.me protonmail.com"
    " pm.me orange.fr wanadoo.fr free.fr sfr.fr laposte.net hotmail.fr yahoo.fr hotmail.es yahoo.es hotmail.co.uk"
    " yahoo.co.uk btinternet.com comcast.net verizon.net att.net bluewin.ch zoho.com fastmail.com mail.com yandex.com"
    " example.com example.net example.org".split()
)
"""Domains under which everybody may have an address, and those reserved for examples (RFC 2606)."""

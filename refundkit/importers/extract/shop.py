"""What the reader of messages must know of the shop: its currency, its people's addresses, its time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Final

from refundkit.importers.extract.forms import IdForm


@dataclass(frozen=True, slots=True)
class ShopWords:
    """The shop a message was sent to.

    `base`: ISO code of its books; it decides what a bare '$' means. `zone`: of times written without one. `staff`:
    addresses and domains of its own people, whose mails are notes; an address stands for its domain too unless that is
    a public provider's, a domain for its subdomains. When no domain follows from that, a sender counts as staff who
    shares a domain, not a public provider's, with the first addressee. `forced`: a person says that the message asks
    for money, whatever it looks like. `forms`: how its own numbers look.
    """

    base: str = "USD"
    zone: tzinfo = UTC
    staff: tuple[str, ...] = ()
    forced: bool = False
    forms: tuple[IdForm, ...] = ()

    def is_staff(self, address: str, addressee: str = "") -> bool:
        """Whether this address belongs to the shop. `addressee`: the first address the message was sent to."""
        address = address.strip().lower()
        domain = address.rpartition("@")[2]
        listed = {entry.strip().lower() for entry in self.staff}
        if not domain or address in listed:
            return bool(domain)
        domains = {entry.rpartition("@")[2] for entry in listed} - _PUBLIC - {""}
        domains = domains or ({addressee.strip().lower().rpartition("@")[2]} - _PUBLIC - {""})
        return any(domain == parent or domain.endswith(f".{parent}") for parent in domains)


def house_of(address: str) -> str:
    """The part of an address that stands for one firm; '' for a provider under which everybody may have one."""
    domain = address.strip().lower().rpartition("@")[2]
    return "" if domain in _PUBLIC else domain


_PROVIDERS: Final = (
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com icloud.com me.com mac.com"
    " aol.com gmx.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de posteo.de mailbox.org proton.me pm.me"
    " protonmail.com orange.fr wanadoo.fr free.fr sfr.fr laposte.net hotmail.fr yahoo.fr hotmail.es yahoo.es"
    " hotmail.co.uk yahoo.co.uk btinternet.com comcast.net verizon.net att.net bluewin.ch zoho.com fastmail.com"
    " mail.com yandex.com example.com example.net example.org"
)
_PUBLIC: Final = frozenset(_PROVIDERS.split())
"""Domains under which everybody may have an address, and those reserved for examples (RFC 2606)."""

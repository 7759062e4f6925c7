"""Who asks in a message, and in what words: forwards, machines and conversations are looked through."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from refundkit.importers.extract.form import read_form
from refundkit.importers.extract.ids import take_ids
from refundkit.importers.extract.phrases import fold, plain
from refundkit.importers.extract.shop import ShopWords, house_of
from refundkit.importers.extract.vocabulary import vocabulary
from refundkit.importers.mail.automatic import Automatic, automatic_kind
from refundkit.importers.mail.machines import (
    ADDRESS,
    MOST,
    Machine,
    caller,
    machine,
    own_subject,
    own_words,
    requester,
    to_customer,
)
from refundkit.importers.mail.message import Mail
from refundkit.importers.mail.newtext import Turn, take_apart, unquoted
from refundkit.importers.mail.passed import FORWARDED, passed_on
from refundkit.importers.mail.transcript import conversation, quoted_in_field
from refundkit.model.requests import NoRequest
from refundkit.model.words import Channel


@dataclass(slots=True)
class Letter:
    """Who asks and in what words, after forwards and robots were looked through.

    `note`: what one of the shop's people says of the message that is passed on. `turns`: what the customer says in a
    conversation, turn by turn. `told`: what it is unless words ask for money in it: feedback, an offer.
    `by_list`: a mailing list sent it on under an address of its own. `quotes`: a customer's own mail
    that quotes older turns, as it was taken apart.
    """

    name: str
    address: str
    subject: str
    text: str
    context: str
    channel: str
    entered_by: str = ""
    doubts: tuple[str, ...] = ()
    note: str = ""
    turns: tuple[str, ...] = ()
    told: NoRequest | None = None
    by_list: bool = False
    quotes: Turn | None = None


def letter_of(mail: Mail, shop: ShopWords) -> tuple[Letter, Automatic | None, bool]:
    """Who says what; what it is when no person asks anything here; whether it speaks for the shop's own people."""
    address = mail.sender()[1]
    addressee = next((a for h in ("to", "delivered-to", "x-original-to") for _, a in mail.headers.addresses(h)), "")
    member = _by_list(mail)
    if member[1]:
        addressee = next((a for a in _addressees(mail) if house_of(a) != house_of(address)), addressee)
    staff = shop.is_staff(member[1] or address, addressee)
    turn = take_apart(mail.text, forwarded=bool(FORWARDED.match(mail.subject)), writer=member[0] or mail.sender()[0])
    if member[1] and not staff:
        letter = replace(
            _letter(mail, turn, shop, addressee, staff=False), name=member[0], address=member[1], by_list=True
        )
        return letter, automatic_kind(mail, own_robot=False), False
    robot = machine(mail, f"{turn.new}\n{turn.signature}", staff=staff)
    if robot is None:
        letter = _letter(mail, turn, shop, addressee, staff=staff)
        return letter, automatic_kind(mail, own_robot=staff), letter.channel == Channel.TECHNICIAN
    letter = _passed_on(mail, turn, robot, lambda a: shop.is_staff(a, addressee))
    if to_customer(mail):
        return letter, Automatic(NoRequest.AUTO_REPLY, "It is a machine's notice to a customer."), False
    named = letter.address not in ("", address)
    found = automatic_kind(mail, own_robot=staff or robot.carries or named, for_person=staff and named)
    return letter, found, False


def _addressees(mail: Mail) -> list[str]:
    return [address for header in ("to", "cc") for _, address in mail.headers.addresses(header)]


def _by_list(mail: Mail) -> tuple[str, str]:
    """Who wrote to a mailing list and to somebody outside it, when the list sent it under its own address."""
    headers = mail.headers
    bulk = headers.has("list-unsubscribe-post") or headers.get("precedence").lower() == "bulk"
    if bulk or not headers.has("list-id"):
        return "", ""
    address = mail.sender()[1]
    writer = next(iter(headers.addresses("reply-to")), ("", ""))
    others = any(house_of(a) != house_of(address) for a in _addressees(mail))
    return writer if writer[1] and writer[1].lower() != address.lower() and others else ("", "")


def _letter(mail: Mail, turn: Turn, shop: ShopWords, addressee: str, *, staff: bool) -> Letter:
    name, address = mail.sender()
    subject = mail.subject
    context = "\n\n".join(filter(None, (turn.signature, turn.quoted)))
    inner = passed_on(mail, turn, lambda inside: staff and shop.is_staff(inside, addressee))
    if inner is not None and staff and not shop.is_staff(inner.address, addressee):
        older = "\n\n".join(filter(None, (inner.context, turn.new)))
        said = (inner.name, inner.address, inner.subject, inner.text)
        return Letter(*said, older, Channel.EMAIL, entered_by=address, note=turn.new)
    text = turn.new
    if inner is not None:
        text = f"{text}\n\n{inner.text}".strip()
    if staff:
        talk = conversation(turn.new, [name, address], posts=False) if inner is None else None
        text, context = (talk.text(fields=False), talk.others) if talk else (text, context)
        outside_address = _outsider(f"{turn.new}", shop, addressee)
        channel = Channel.PHONE if _by_phone(f"{subject}\n{turn.new}") else Channel.TECHNICIAN
        turns = talk.turns if talk else ()
        return Letter(
            name or address, outside_address, subject, text, context, channel, entered_by=address, turns=turns
        )
    quotes = turn if inner is None and (turn.forward or turn.quoted) else None
    return Letter(name, address, subject, text, context, Channel.EMAIL, quotes=quotes)


def _passed_on(mail: Mail, turn: Turn, robot: Machine, is_staff: Callable[[str], bool]) -> Letter:
    """What a machine passes on, as the word of whom it speaks for; of nobody when that cannot be told."""
    own_name, own_address = mail.sender()
    name, address = requester(mail, mail.text, is_staff)
    talk = conversation(mail.text, _ours(mail), name)
    talk = talk if talk and (talk.others or not read_form(turn.new)) else None
    new, older = turn.new, f"{turn.signature}\n\n{turn.quoted}".strip()
    if talk:
        new, older = talk.text(fields=True), talk.others
    elif quoted_in_field(mail.text):
        new = take_apart(unquoted(mail.text)).new
    if read_form(new) is None:
        new = own_words(new)
    channel = Channel.PHONE if _by_phone(f"{mail.subject}\n{turn.new}") else Channel.EMAIL
    if not address and not robot.sure:
        name, address = own_name, own_address
    turns = talk.turns if talk else ()
    name, subject = name or (caller(mail) if not address else ""), own_subject(mail.subject)
    return Letter(
        name, address, subject, new, older, channel, entered_by=own_address, turns=turns, told=_told(robot, new)
    )


def _ours(mail: Mail) -> list[str]:
    """What the address the message was sent to calls the shop and one of its people."""
    address = next((address for _, address in mail.headers.addresses("to")), "")
    local, _, host = address.partition("@")
    return [re.split(r"[._-]", local)[0], host.partition(".")[0]]


def _outsider(text: str, shop: ShopWords, addressee: str) -> str:
    """The only address in a note that is not the shop's own."""
    found = dict.fromkeys(a.lower() for a in ADDRESS.findall(text[:MOST]) if not shop.is_staff(a, addressee))
    return next(iter(found)) if len(found) == 1 else ""


def _by_phone(text: str) -> bool:
    return any(vocabulary().intent["phone"].search(fold(line)) for line in text.split("\n")[:6])


def _told(robot: Machine, text: str) -> NoRequest | None:
    """What a text that a machine passes on is when it asks for nothing: feedback, an advertisement."""
    if robot.survey:
        return NoRequest.TALK
    ids, rest = take_ids(plain(text[:MOST]))
    offers = vocabulary().machine["remove"].search(fold(rest)) and not (ids.invoice or ids.order or ids.customer)
    return NoRequest.BULK if offers else None

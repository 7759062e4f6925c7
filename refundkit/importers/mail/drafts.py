"""From a message that was read to what it is: requests with their requester, or a message that asks for nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Final

from refundkit.importers.extract.answer import Answer, Asked
from refundkit.importers.extract.asked import read_request
from refundkit.importers.extract.phrases import fold
from refundkit.importers.extract.shop import ShopWords
from refundkit.importers.extract.vocabulary import vocabulary
from refundkit.importers.mail.automatic import Automatic, automatic_kind
from refundkit.importers.mail.dates import received_at
from refundkit.importers.mail.enclosed import words_in
from refundkit.importers.mail.headers import addresses
from refundkit.importers.mail.message import Mail
from refundkit.importers.mail.newtext import Turn, take_apart
from refundkit.model.requests import Draft, Ignored, NoRequest, Original, Reading
from refundkit.model.words import Channel

MAX_DESCRIPTION: Final = 4000
_FEW_WORDS: Final = 12
_SURELY: Final = 90
"""How sure, in per cent, it must be that the answer to an invitation asks for money."""
_FORWARDED: Final = re.compile(r"^\s*(?:(?:re|aw)\s?:\s*)*(?:fwd?|wg|tr|rv|vs|doorst|i)\s?:", re.IGNORECASE)
_ROBOT: Final = re.compile(
    r"^(?:no[-_.]?reply|transcripts?|chats?|do[-_.]?not[-_.]?reply|portal|voicemail|voice-mail|robot|forms?|web(?:site|form)?|notifications?|"
    r"system|automailer|telefonie|mailbox|anrufbeantworter|alerts?)\b",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands: the file, its number in a mailbox (None for a single one), what separated it."""

    file: str
    index: int | None
    from_line: str
    last: bool = False

    @property
    def name(self) -> str:
        """A name for its bytes when they are kept."""
        stem = PurePath(self.file).name or "message"
        return stem if self.index is None else f"{stem}-{self.index}.eml"


@dataclass(slots=True)
class Letter:
    """Who asks and in what words, after forwards and robots were looked through.

    `note`: what one of the shop's people says of the message that is passed on.
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


def readings(mail: Mail, place: Place, original: Original, shop: ShopWords, *, cut: bool) -> list[Reading]:
    """What a message is: one draft for each request in it, or one Ignored with the reason."""
    letter, automatic, staff = letter_of(mail, shop)
    nothing = automatic is not None and not (shop.forced or automatic.kind is NoRequest.INVITATION)
    answer = Answer() if nothing else _answer(mail, letter, shop, staff=staff)
    if automatic is not None and not (shop.forced or _asks_surely(answer)):
        return [_ignored(mail, place, original, letter, Answer(why=automatic.why, kind=automatic.kind), shop)]
    if not answer.requests:
        unread = next((n for n in mail.notes if "encrypted" in n), "")
        if not unread and not shop.forced:
            return [_ignored(mail, place, original, letter, replace(answer, why=_why(mail, answer)), shop)]
        answer.requests = [Asked(doubts=["It cannot be read whether money is asked back."])]
    doubts = _doubts(mail, letter, cut=cut)
    drafts = [_draft(mail, place, original, shop, letter, answer, asked, doubts) for asked in answer.requests]
    return [replace(draft, part=part) for part, draft in enumerate(drafts, start=1)]


def _asks_surely(answer: Answer) -> bool:
    """Whether a person asks for a sum, in the words that go with the answer to an invitation."""
    return answer.names_amount and all(asked.confidence.get("request", 0) >= _SURELY for asked in answer.requests)


def _why(mail: Mail, answer: Answer) -> str:
    """Why it is no request, and what could not be read of it."""
    lost = next((note for note in mail.notes if "character set" not in note), "")
    return f"{answer.why.removesuffix('.')}; {lost}." if lost else answer.why


def letter_of(mail: Mail, shop: ShopWords) -> tuple[Letter, Automatic | None, bool]:
    """Who says what; what it is when no person asks anything here; whether it speaks for the shop's own people."""
    address = mail.sender()[1]
    addressee = next((a for h in ("to", "delivered-to", "x-original-to") for _, a in mail.headers.addresses(h)), "")
    staff = shop.is_staff(address, addressee)
    turn = take_apart(mail.text, forwarded=bool(_FORWARDED.match(mail.subject)))
    passed_on = "" if staff else _passed_on(mail, turn, shop, addressee)
    found = automatic_kind(mail, own_robot=staff or bool(passed_on))
    letter = _letter(mail, turn, shop, addressee, staff=staff, robot=staff and _is_robot(mail, address))
    if passed_on and found is None:
        letter = replace(letter, name="", address=passed_on, entered_by=address)
    return letter, found, letter.channel == Channel.TECHNICIAN


def _answer(mail: Mail, letter: Letter, shop: ShopWords, *, staff: bool) -> Answer:
    """What the message asks; where it names no amount, together with who passes it on, or with the texts attached."""
    thread = bool(mail.thread or letter.context)

    def read(text: str) -> Answer:
        return read_request(
            letter.subject,
            text,
            letter.context,
            shop.base,
            staff=staff,
            answers=thread,
            forced=shop.forced,
            forms=shop.forms,
        )

    own = read(letter.text)
    if letter.note and not own.names_amount:
        noted = read(f"{letter.note}\n\n{letter.text}")
        own = noted if len(noted.requests) == 1 else own
    if own.names_amount or not (own.requests or _points_to_files(letter.text)):
        return own
    attached = words_in(mail.files)
    if not attached:
        return own
    both = read(f"{letter.text}\n\n{attached}")
    if not both.names_amount:
        return own
    for asked in both.requests:
        asked.evidence.setdefault("files", "read together with what came attached")
    return both


def _points_to_files(text: str) -> bool:
    """Whether a message says little, or that what it has to say is attached."""
    return len(text.split()) < _FEW_WORDS or vocabulary().intent["attached"].search(fold(text[:2_000])) is not None


def _ignored(mail: Mail, place: Place, original: Original, letter: Letter, answer: Answer, shop: ShopWords) -> Ignored:
    when, _ = received_at(mail.headers, place.from_line, shop.zone)
    return Ignored(
        place.file,
        place.index,
        answer.why,
        f"{mail.subject}\n\n{letter.text}"[:MAX_DESCRIPTION],
        mail.message_id,
        original,
        kind=answer.kind,
        customer_id=answer.named.customer_id,
        customer_email=(answer.email or letter.address).lower(),
        service_order=answer.named.service_order,
        invoice=answer.named.invoice,
        received_at=when,
        thread=mail.thread,
    )


def _letter(mail: Mail, turn: Turn, shop: ShopWords, addressee: str, *, staff: bool, robot: bool) -> Letter:
    name, address = mail.sender()
    subject = mail.subject
    context = "\n\n".join(filter(None, (turn.signature, turn.quoted)))
    reply_to = next(iter(mail.headers.addresses("reply-to")), ("", ""))
    if robot:
        outside = reply_to if not shop.is_staff(reply_to[1], addressee) else ("", "")
        outside = outside if outside[1] else ("", _outsider(turn.new, shop, addressee))
        channel = Channel.PHONE if _by_phone(f"{subject}\n{turn.new}") else Channel.EMAIL
        return Letter(*outside, subject, turn.new, context, channel, entered_by=address)
    inner = _inner(mail, turn)
    if inner is not None and staff and not shop.is_staff(inner.address, addressee):
        inner.entered_by, inner.context = address, "\n\n".join(filter(None, (inner.context, turn.new)))
        inner.note = turn.new
        return inner
    text = turn.new
    if inner is not None:
        text = f"{text}\n\n{inner.text}".strip()
    if staff:
        outside_address = _outsider(f"{turn.new}", shop, addressee)
        channel = Channel.PHONE if _by_phone(f"{subject}\n{turn.new}") else Channel.TECHNICIAN
        return Letter(name or address, outside_address, subject, text, context, channel, entered_by=address)
    return Letter(name, _reply_address(address, reply_to[1]), subject, text, context, Channel.EMAIL)


def _reply_address(address: str, reply_to: str) -> str:
    """The requester's address: the sender's, or Reply-To's when a machine's address sent it."""
    return reply_to if reply_to and (_ROBOT.match(address) or not address) else address


def _is_robot(mail: Mail, address: str) -> bool:
    automatic = mail.headers.get("auto-submitted").lower()
    return bool(_ROBOT.match(address)) or (bool(automatic) and not automatic.startswith("no"))


def _passed_on(mail: Mail, turn: Turn, shop: ShopWords, addressee: str) -> str:
    """Whose words another firm's machine passes on (a chat, a ticket): the only further address in it; else ''."""
    address = mail.sender()[1]
    if not (_ROBOT.match(address) or mail.headers.get("auto-submitted").lower().startswith("auto-generated")):
        return ""
    return _outsider(turn.new.replace(address, ""), shop, addressee)


def _inner(mail: Mail, turn: Turn) -> Letter | None:
    """The message passed on, attached or in the text."""
    if mail.enclosed:
        passed = mail.enclosed[0]
        part = take_apart(passed.text, forwarded=bool(_FORWARDED.match(passed.subject)))
        name, address = passed.sender()
        return Letter(name, address, passed.subject, part.new, part.quoted, Channel.EMAIL)
    if turn.forward is None:
        return None
    name, address = next(iter(addresses(turn.forward.sender)), (turn.forward.sender, ""))
    part = take_apart(turn.forward.text)
    older = "\n\n".join(filter(None, (part.signature, part.quoted)))
    return Letter(name, address, turn.forward.subject or mail.subject, part.new, older, Channel.EMAIL)


def _outsider(text: str, shop: ShopWords, addressee: str) -> str:
    """The only address in a note that is not the shop's own."""
    found = dict.fromkeys(a.lower() for a in _ADDRESS.findall(text[:20_000]) if not shop.is_staff(a, addressee))
    return next(iter(found)) if len(found) == 1 else ""


def _by_phone(text: str) -> bool:
    return any(vocabulary().intent["phone"].search(fold(line)) for line in text.split("\n")[:6])


def _doubts(mail: Mail, letter: Letter, *, cut: bool) -> list[str]:
    out = [f"{note[:1].upper()}{note[1:]}." for note in mail.notes if "character set" not in note]
    if cut:
        out.append("The message seems to be cut off.")
    if not letter.address and not letter.entered_by:
        out.append("It does not say who sent it.")
    return out


def _draft(
    mail: Mail,
    place: Place,
    original: Original,
    shop: ShopWords,
    letter: Letter,
    answer: Answer,
    asked: Asked,
    doubts: list[str],
) -> Draft:
    when, estimated = received_at(mail.headers, place.from_line, shop.zone)
    evidence = dict(asked.evidence)
    if letter.entered_by:
        evidence["entered_by"] = letter.entered_by
    late = [f"{estimated[:1].upper()}{estimated[1:]}."] if estimated else []
    return Draft(
        file=place.file,
        index=place.index,
        channel=letter.channel,
        received_at=when,
        customer_id=asked.customer_id,
        customer_email=(answer.email or letter.address).lower(),
        service_order=asked.service_order,
        invoice=asked.invoice,
        amount=asked.amount,
        currency=asked.currency,
        reason=asked.reason,
        description=letter.text[:MAX_DESCRIPTION],
        requested_by=(answer.name or letter.name or answer.email or letter.address)[:200],
        external_ref=answer.reference,
        message_id=mail.message_id,
        words=f"{letter.subject}\n\n{letter.text}"[:MAX_DESCRIPTION],
        evidence=evidence,
        doubts=tuple(dict.fromkeys((*asked.doubts, *doubts, *late))),
        original=original,
        thread=mail.thread,
        files=mail.files,
        confidence=asked.confidence,
        chases=answer.chases,
    )

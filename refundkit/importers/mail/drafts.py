"""From a message that was read to what it is: requests with their requester, or a message that asks for nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePath
from typing import Final

from refundkit.importers.extract.answer import Answer, Asked
from refundkit.importers.extract.asked import read_request
from refundkit.importers.extract.earlier import by_what_it_quotes
from refundkit.importers.extract.intent import intent
from refundkit.importers.extract.phrases import fold
from refundkit.importers.extract.sentences import passage
from refundkit.importers.extract.settled import last_word
from refundkit.importers.extract.shop import ShopWords
from refundkit.importers.extract.vocabulary import vocabulary
from refundkit.importers.mail.dates import received_at
from refundkit.importers.mail.enclosed import words_in
from refundkit.importers.mail.letter import Letter, letter_of
from refundkit.importers.mail.machines import is_machine
from refundkit.importers.mail.message import INVITES, Mail
from refundkit.importers.mail.newtext import Turn, earlier
from refundkit.importers.mail.passed import FORWARDED
from refundkit.model.requests import Draft, Ignored, NoRequest, Original, Reading

MAX_DESCRIPTION: Final = 4000
_FEW_WORDS: Final = 12
_SURELY: Final = 90
"""How sure, in per cent, it must be that the answer to an invitation asks for money."""
_TOLD: Final = {
    NoRequest.TALK: "It tells what somebody thinks of the work and asks for no refund.",
    NoRequest.BULK: "It is an advertisement.",
}


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


def readings(mail: Mail, place: Place, original: Original, shop: ShopWords, *, cut: bool) -> list[Reading]:
    """What a message is: one draft for each request in it, or one Ignored with the reason."""
    letter, automatic, staff = letter_of(mail, shop)
    answers = automatic is not None and automatic.kind is NoRequest.INVITATION and INVITES not in mail.kinds
    spoken = shop.forced or letter.by_list or answers
    nothing = automatic is not None and not spoken
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


def _answer(mail: Mail, letter: Letter, shop: ShopWords, *, staff: bool) -> Answer:
    """What the message asks; where it names no amount, together with who passes it on, or with the texts attached."""
    thread = bool(mail.thread or letter.context)

    def read(text: str, *, forced: bool = shop.forced) -> Answer:
        return read_request(
            letter.subject,
            text,
            letter.context,
            shop.base,
            staff=staff,
            answers=thread,
            forced=forced,
            forms=shop.forms,
        )

    own = last_word(read(letter.text), letter.turns, read, shop.base)
    if letter.quotes is not None and not shop.forced:
        quoted = partial(_quoted, letter.quotes)
        passed_on = FORWARDED.match(letter.subject) is not None
        own = by_what_it_quotes(own, letter.text, quoted, read, shop.base, passed_on=passed_on)
    if letter.told and not shop.forced and not _asks_in_words(own, letter, shop):
        return Answer(why=_TOLD[letter.told], kind=letter.told, named=own.requests[0] if own.requests else own.named)
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


def _quoted(turn: Turn) -> tuple[str, ...]:
    return tuple(earlier(turn))


def _asks_in_words(answer: Answer, letter: Letter, shop: ShopWords) -> bool:
    """Whether money is asked surely, or in plain words that are no advertisement's."""
    if any(asked.confidence.get("request", 0) >= _SURELY for asked in answer.requests):
        return True
    if letter.told is NoRequest.BULK:
        return False
    return bool(intent(passage(f"{letter.subject}\n\n{letter.text}", shop.base)).asks)


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
        customer_email=_address(answer, letter, shop),
        service_order=answer.named.service_order,
        invoice=answer.named.invoice,
        received_at=when,
        thread=mail.thread,
    )


def _address(answer: Answer, letter: Letter, shop: ShopWords) -> str:
    """The requester's address: that of a form's field, unless it is a machine's or the shop's own."""
    typed = answer.email if not (is_machine(answer.email) or shop.is_staff(answer.email)) else ""
    return (typed or letter.address).lower()


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
    email = _address(answer, letter, shop)
    named = email or letter.name or answer.name or asked.customer_id or asked.service_order or asked.invoice
    unknown = [] if named or not letter.entered_by else ["It does not say who asks."]
    late = [f"{estimated[:1].upper()}{estimated[1:]}."] if estimated else []
    return Draft(
        file=place.file,
        index=place.index,
        channel=letter.channel,
        received_at=when,
        customer_id=asked.customer_id,
        customer_email=email,
        service_order=asked.service_order,
        invoice=asked.invoice,
        amount=asked.amount,
        currency=asked.currency,
        reason=asked.reason,
        description=letter.text[:MAX_DESCRIPTION],
        requested_by=(answer.name or letter.name or email)[:200],
        external_ref=answer.reference,
        message_id=mail.message_id,
        words=f"{letter.subject}\n\n{letter.text}"[:MAX_DESCRIPTION],
        evidence=evidence,
        doubts=tuple(dict.fromkeys((*asked.doubts, *doubts, *unknown, *late))),
        original=original,
        thread=mail.thread,
        files=mail.files,
        confidence=asked.confidence,
        chases=answer.chases,
    )

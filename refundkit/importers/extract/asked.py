"""What one message asks for: its requests with ids, amount, currency and reason, or why it asks for no refund."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from refundkit.importers.extract.amounts import Mention, currency_of
from refundkit.importers.extract.answer import INSTEAD, KINDS, Answer, Asked
from refundkit.importers.extract.bars import bars_for
from refundkit.importers.extract.chosen import Chosen, choose
from refundkit.importers.extract.filled import completed, from_form
from refundkit.importers.extract.form import read_form
from refundkit.importers.extract.forms import IdForm
from refundkit.importers.extract.intent import REQUESTS, Intent, intent, kind_of
from refundkit.importers.extract.naming import by_name, every, find_beside, find_id, last_named
from refundkit.importers.extract.parts import parts_of
from refundkit.importers.extract.phrases import fold, plain
from refundkit.importers.extract.reasons import reason
from refundkit.importers.extract.sentences import MAX_TEXT, Passage, passage
from refundkit.importers.extract.table import labelled, read_table, told
from refundkit.importers.extract.vocabulary import vocabulary
from refundkit.model.money import DIGITS
from refundkit.model.words import Reason

_REPLY: Final = re.compile(
    r"^\s*(?:(?:re|aw|sv|antw|rép|rv|vs|odp|fwd?|wg|tr|rif|r)\s?(?:\[\d+\])?\s?:\s*)+", re.IGNORECASE
)
_MARK: Final = re.compile(
    rf"(?:(?<=\()|(?<=\bin )|(?<=, )|(?<=   )|(?<=: ))(?:{'|'.join(sorted(DIGITS))}|US\$|€|£)(?![\w$])"
)
"""A currency in brackets, behind a comma, a colon or 'in', or at the head of a column."""
UNCLEAR: Final = "It does not say clearly that money is asked back."
_PRESSES: Final = 10
"""By how much, in per cent, phrases that press make it likelier that a message does."""
_FULL: Final = 5
"""Digits of a number that is told whole; fewer are the end of one."""
_PLAIN_AGAINST: Final = 90
"""Below this a person looks at it where phrases say that no money is wanted, and none that it is."""
_WANTED: Final = 70
_ASKED_TOO: Final = 20
"""How likely, in per cent, a message must want money, and ask for it as if for the first time."""
_WHERE: Final = 50
"""From here on it asks where a refund is, and for none."""


def read_request(
    subject: str,
    text: str,
    context: str,
    base: str,
    *,
    staff: bool = False,
    answers: bool = False,
    forced: bool = False,
    forms: tuple[IdForm, ...] = (),
) -> Answer:
    """Read a message. `text`: what it newly says; `context`: older turns, only for ids and reason that are missing.

    `base`: the currency of the shop's books. `staff`: one of the shop's people wrote it. `answers`: it stands in a
    thread. `forced`: a person says that it asks for money. `forms`: how the shop's own numbers look.
    """
    base = _dollar(f"{subject}\n{text}\n{context}", base)
    form = read_form(text)
    if form is not None:
        answer = from_form(form, subject, base, forms)
        if answer.requests or answer.why:
            return answer
        text = form.get("comments") or text
    table = read_table(text, base, forms)
    stated = labelled(text, base) if table is None else table.asked
    if table is not None and table.whole:
        text = told(text, table)
    body = passage(f"{heading(subject)}\n\n{text}", base, forms)
    older = passage(f"{_REPLY.sub('', subject)}\n\n{context}", base, forms)
    columns = table is not None and table.whole
    answer = _from_text(body, older, staff=staff, answers=answers, forced=forced, stated=stated, columns=columns)
    if table is not None and not table.whole:
        for asked in answer.requests:
            asked.doubts.append("The sums of its table do not agree.")
    return answer if form is None else completed(answer, form, forms)


def _dollar(text: str, base: str) -> str:
    """The currency a bare '$' means here: the kind of dollar that the message names in words, else the shop's own."""
    if "$" not in text:
        return base
    shape = fold(text[:MAX_TEXT])
    named = {code for pattern, code in vocabulary().kinds if pattern.search(shape)}
    named |= {currency_of(mark, "") for mark in _dollars().findall(text[:MAX_TEXT])}
    return named.pop() if len(named) == 1 else base


def heading(subject: str) -> str:
    """What a subject adds to the text: nothing when it was taken over from an earlier message."""
    return "" if _REPLY.match(subject) else subject


def _from_text(
    body: Passage, older: Passage, *, staff: bool, answers: bool, forced: bool, stated: Mention | None, columns: bool
) -> Answer:
    meant = intent(body)
    kinds = kind_of(body, meant, staff=staff)
    sure = sum(kinds[kind] for kind in REQUESTS)
    chased = kinds["chaser"] > kinds["request"]
    everything = range(len(body.sentences))
    bars = bars_for(body, meant, chased=chased, staff=staff, stated=columns or stated is not None)
    if not forced and sure < bars.request and not _wants_money(kinds, body, answers=answers, staff=staff):
        return _no_request(kinds, body, older, chases=bool(meant.chases))
    if chased and answers and not forced and not body.mentions and not body.named:
        which, why = INSTEAD["chaser"]
        return Answer(why=why, kind=which, named=_named(body, older))
    parts = parts_of(body, meant) or [list(everything)]
    parts = [part for part in parts if not _idle(body, meant, part)] or parts
    common = [p for p in everything if not any(p in part for part in parts)]
    stated = stated if len(parts) == 1 else None
    requests = [_request(body, older, meant, part, common, stated) for part in parts]
    for request in requests:
        request.confidence["request"] = sure
        if sure < bars.certain:
            request.doubts.append(UNCLEAR)
        if bars.denies and sure < _PLAIN_AGAINST:
            request.doubts.append("It also says that no refund is wanted.")
        if meant.gives and not meant.asks:
            request.doubts.append("It may speak of money that the shop is to get back.")
        if chased:
            request.doubts.append("It may repeat an earlier request.")
    return Answer(requests, chases=chased)


def _wants_money(kinds: Mapping[str, int], body: Passage, *, answers: bool, staff: bool) -> bool:
    """Whether a message that begins a thread wants a sum it names, be it for the first time or again.

    Of one who asks when the money comes nobody knows whether it was asked before: that is for a person to see.
    """
    wanted = sum(kinds[kind] for kind in (*REQUESTS, "status"))
    begins = not (answers or staff) and bool(body.mentions)
    return begins and wanted >= _WANTED and kinds["request"] >= _ASKED_TOO and kinds["status"] < _WHERE


def _idle(body: Passage, meant: Intent, part: list[int]) -> bool:
    """Whether one item of several only tells something: 'INV-30215 I paid yesterday, just so you know'."""
    idle = vocabulary().intent["idle"]
    return not meant.asks & set(part) and any(idle.search(body.sentences[place].shape) for place in part)


def _no_request(kinds: Mapping[str, int], body: Passage, older: Passage, *, chases: bool) -> Answer:
    """The likeliest kind; of a request not sure enough, whether it presses. `chases`: phrases say that it does."""
    likeliest = max(kinds, key=lambda kind: kinds[kind])
    if likeliest not in INSTEAD:
        likeliest = max(("none", "chaser", "status"), key=lambda kind: kinds[kind])
    elif chases and kinds["chaser"] + kinds["status"] > kinds[likeliest]:
        likeliest = max(("chaser", "status"), key=lambda kind: kinds[kind])
    which, why = INSTEAD[likeliest]
    presses = kinds["chaser"] + kinds["status"] + (_PRESSES if chases else 0)
    return Answer(why=why, kind=which, named=_named(body, older), presses=presses)


def _named(body: Passage, older: Passage) -> Asked:
    """The one id of each kind that a message without a request names, else its subject or what it quotes."""
    named = Asked()
    for name, field_name in KINDS.items():
        found = every(name, body.sentences) or every(name, older.sentences)
        setattr(named, field_name, found[0] if len(found) == 1 else "")
    return named


def _stated(body: Passage) -> str:
    """The one currency that the text names apart from an amount: 'amounts USD', 'Refund (USD)', '90 back, US$'."""
    marks = (mark for s in body.sentences for mark in (*_MARK.findall(s.text), *_of_all().findall(plain(s.text))))
    return _only({currency_of(mark, body.base) for mark in marks})


@cache
def _of_all() -> re.Pattern[str]:
    """A currency behind a word for all amounts: 'Amounts USD', 'all prices are in EUR', 'all in pounds sterling'."""
    words, names = (
        "|".join(map(re.escape, sorted(found, key=len, reverse=True)))
        for found in (vocabulary().amount["figures"], vocabulary().currency_words)
    )
    marks = rf"{'|'.join(sorted(DIGITS))}|US\$|€|£|(?i:{names})"
    return re.compile(rf"\b(?i:{words})(?: \w{{1,4}}){{0,2}}[ :]{{1,2}}({marks})(?![\w$])")


@cache
def _dollars() -> re.Pattern[str]:
    """The signs that tell which dollar is meant: 'CA$', '$ CA'."""
    signs = (re.escape(sign).replace(r"\$", r"\s?\$\s?").strip() for sign in vocabulary().dollars if len(sign) > 1)
    return re.compile(rf"(?<![A-Za-z])(?:{'|'.join(signs)})(?![A-Za-z])")


def _spoken_of(turn: Passage) -> str:
    """The one currency of all amounts of a text."""
    return _only({m.currency for m in turn.mentions if m.currency})


def _only(found: set[str]) -> str:
    return found.pop() if len(found) == 1 else ""


def _request(
    body: Passage, older: Passage, meant: Intent, places: list[int], common: list[int], stated: Mention | None
) -> Asked:
    sentences = [body.sentences[p] for p in places]
    rest = [body.sentences[p] for p in common]
    out = Asked()
    asking = [body.sentences[p] for p in places if p in meant.asks]
    around = [s for s in rest if not (s.item and sentences[0].item)]
    for kind in KINDS:
        find_id(kind, sentences, asking, around, older.sentences, out)
    if not out.customer_id:
        above = [body.sentences[p] for p in common if p < places[0]]
        out.customer_id = by_name(sentences, body.sentences) or last_named(above)
    why = reason(sentences, [*rest, *older.sentences])
    one_of = bool(common) or len(places) < len(body.sentences)
    chosen = choose(body, meant, places, alone=one_of, repeated=why.code == Reason.DUPLICATE_PAYMENT, stated=stated)
    if chosen.amount is not None and re.sub(r"\D", "", out.invoice) == str(chosen.amount):
        chosen = Chosen(None, "", "", "It names no amount.")  # it is the invoice's own number
    out.of(chosen)
    beside = [s for s in sentences if out.amount in body.values(s.shape)]
    for kind in ("order", "invoice"):
        find_beside(kind, sentences, beside, out)
    if out.amount is not None:
        out.currency = out.currency or _stated(body) or _spoken_of(body) or _spoken_of(older)
    out.because(why)
    ours = [re.sub(r"\D", "", named) for named in (out.customer_id, out.service_order, out.invoice)]
    for text in dict.fromkeys(t for s in (*sentences, *rest) for t in s.ids.foreign):
        digits = re.sub(r"\D", "", text)
        if len(digits) < _FULL or any(number.endswith(digits) for number in ours):
            continue  # 'job 1207': the end of a number of ours, as people say it
        out.doubts.append(f"'{text}' is no number of a form this shop uses.")
    return out

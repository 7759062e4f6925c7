"""What one message asks for: its requests with ids, amount, currency and reason, or why it asks for no refund."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from refundkit.importers.extract.amounts import take_amounts
from refundkit.importers.extract.chosen import Chosen, choose
from refundkit.importers.extract.form import Form, read_form
from refundkit.importers.extract.ids import normalised, take_ids
from refundkit.importers.extract.intent import Intent, intent
from refundkit.importers.extract.phrases import plain
from refundkit.importers.extract.reasons import reason
from refundkit.importers.extract.sentences import Passage, Sentence, passage
from refundkit.importers.extract.vocabulary import vocabulary

KINDS: Final = {"customer": "customer_id", "order": "service_order", "invoice": "invoice"}
_REPLY: Final = re.compile(
    r"^\s*(?:(?:re|aw|sv|antw|rép|rv|vs|odp|fwd?|wg|tr|rif|r)\s?(?:\[\d+\])?\s?:\s*)+", re.IGNORECASE
)
_UNSURE: Final = re.compile(r"\bca\.?(?=[\s\d])|\b(?:about|approx|circa|tbd|etwa|environ|unos)\b|\?|~", re.IGNORECASE)
_NAME_BEFORE: Final = re.compile(r"((?:[A-Z&][\w&'-]*\s+){1,4})\(?\s*$")


@dataclass(slots=True)
class Asked:
    """One request. Empty text: not said. `amount` only when single and definite. `evidence`: field -> words."""

    customer_id: str = ""
    service_order: str = ""
    invoice: str = ""
    amount: Decimal | None = None
    currency: str = ""
    reason: str = "other"
    evidence: dict[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Answer:
    """The requests of a message, or why there is none; what a form says of its sender besides."""

    requests: list[Asked] = field(default_factory=list)
    why: str = ""
    email: str = ""
    name: str = ""
    reference: str = ""
    form: bool = False


def read_request(subject: str, text: str, context: str, base: str) -> Answer:
    """Read a message. `text`: what it newly says; `context`: older turns, only for ids and reason that are missing."""
    form = read_form(text)
    if form is not None:
        answer = _from_form(form, subject, base)
        if answer.requests:
            return answer
        text = form.get("comments") or text
    heading = "" if _REPLY.match(subject) else subject
    body = passage(f"{heading}\n\n{text}", base)
    older = passage(f"{_REPLY.sub('', subject)}\n\n{context}", base)
    return _from_text(body, older)


def _from_text(body: Passage, older: Passage) -> Answer:
    meant = intent(body)
    everything = range(len(body.sentences))
    if not meant.asks and not _likely(body, meant):
        return Answer(why=_why_not(meant))
    parts = _items(body) or _by_id(body, meant) or [list(everything)]
    common = [p for p in everything if not any(p in part for part in parts)]
    requests = [_request(body, older, meant, part, common) for part in parts]
    for request in requests:
        if not meant.asks:
            request.doubts.append("It does not say clearly that money is asked back.")
        if meant.chases:
            request.doubts.append("It may repeat an earlier request.")
    return Answer(requests)


def _why_not(meant: Intent) -> str:
    if meant.tells:
        return "It tells of a refund that was made, or asks where it is; it asks for no new one."
    if meant.denies:
        return "It says that no refund is wanted, takes a request back, or only talks about refunds."
    return "It says thanks and asks for no refund." if meant.thanks else "It asks for no refund."


def _likely(body: Passage, meant: Intent) -> bool:
    """A complaint with one of our ids and an amount, that does not ask in so many words."""
    named = any(s.ids.invoice or s.ids.order or s.ids.customer for s in body.sentences)
    return named and bool(body.mentions) and not meant.denies | meant.tells and reason(body.sentences)[0] != "other"


def _items(body: Passage) -> list[list[int]]:
    """The items of a list when at least two of them name an amount and most name an id."""
    items: dict[int, list[int]] = {}
    for place, sentence in enumerate(body.sentences):
        if sentence.item:
            items.setdefault(sentence.item, []).append(place)
    with_money = [part for part in items.values() if any("money" in body.sentences[p].shape for p in part)]
    with_id = [part for part in with_money if any("ref" in body.sentences[p].shape for p in part)]
    return with_money if len(with_money) > 1 and len(with_id) * 2 > len(with_money) else []


def _by_id(body: Passage, meant: Intent) -> list[list[int]]:
    """Stretches of text that each ask an amount of their own for an invoice or order of their own."""
    parts: list[list[int]] = []
    keys: list[str] = []
    for place, sentence in enumerate(body.sentences):
        own = [*sentence.ids.invoice, *sentence.ids.order]
        if own and not (parts and set(own) & set(keys)):
            parts.append([])
            keys = []
        keys += own
        if parts:
            parts[-1].append(place)
    asked = [choose(body, meant, part) for part in parts if any(p in meant.asks for p in part)]
    values = [c.amount for c in asked if c.amount is not None]
    return parts if len(parts) > 1 and len(values) == len(parts) == len(set(values)) else []


def _request(body: Passage, older: Passage, meant: Intent, places: list[int], common: list[int]) -> Asked:
    sentences = [body.sentences[p] for p in places]
    rest = [body.sentences[p] for p in common]
    out = Asked()
    for kind, name in KINDS.items():
        asking = [body.sentences[p] for p in places if p in meant.asks]
        setattr(out, name, _id(kind, sentences, asking, rest, older.sentences, out))
    if not out.customer_id:
        out.customer_id = _by_name(sentences, rest)
    _amount(out, choose(body, meant, places))
    out.reason, shown = reason(sentences)
    if out.reason == "other" and not shown:
        out.reason, shown = reason([*rest, *older.sentences])
    if shown:
        out.evidence["reason"] = shown
    for text in dict.fromkeys(t for s in (*sentences, *rest) for t in s.ids.foreign):
        out.doubts.append(f"'{text}' is no number of a form this shop uses.")
    return out


def _amount(out: Asked, chosen: Chosen) -> None:
    out.amount, out.currency = chosen.amount, chosen.currency
    if chosen.amount is not None:
        out.evidence["amount"] = chosen.evidence
    elif chosen.doubt:
        out.doubts.append(chosen.doubt)


def _id(
    kind: str,
    own: Sequence[Sentence],
    asking: Sequence[Sentence],
    rest: Sequence[Sentence],
    older: Sequence[Sentence],
    out: Asked,
) -> str:
    """The one id of a kind: in the text, else where money is asked, else around it, else in older turns."""
    for sentences in (own, rest, older):
        found = _all(kind, sentences)
        if len(found) > 1 and sentences is own:
            found = _all(kind, asking) if len(_all(kind, asking)) == 1 else found
        if len(found) == 1:
            shown = next(s for s in (*asking, *sentences) if found[0] in getattr(s.ids, kind))
            out.evidence[KINDS[kind]] = shown.text
            return found[0]
        if found:
            if sentences is own:
                out.doubts.append(f"It names several ids: {', '.join(found)}.")
            return ""
    return ""


def _all(kind: str, sentences: Sequence[Sentence]) -> list[str]:
    return list(dict.fromkeys(value for s in sentences for value in getattr(s.ids, kind)))


def _by_name(own: Sequence[Sentence], rest: Sequence[Sentence]) -> str:
    """The customer whose name stands before its id elsewhere ('Oak & Ember (C-1045)') and in these sentences."""
    words = " ".join(s.text for s in own)
    named = dict(pair for s in rest for pair in _names(s.text))
    found = {value for name, value in named.items() if name in words}
    return found.pop() if len(found) == 1 else ""


def _names(text: str) -> Iterator[tuple[str, str]]:
    for match in re.finditer(r"C-\d{3,6}", text):
        name = _NAME_BEFORE.search(text[: match.start()])
        if name:
            yield name[1].strip(), match[0]


def _from_form(form: Form, subject: str, base: str) -> Answer:
    """The request a form makes. None when neither an amount nor a word for a refund stands in it."""
    out = Asked()
    for kind, name in KINDS.items():
        value = form.get(name)
        setattr(out, name, normalised(kind, value))
        if value and not getattr(out, name):
            out.doubts.append(f"'{value[:60]}' is no number of a form this shop uses.")
        elif value:
            out.evidence[name] = value
    comments = passage(form.get("comments"), base)
    topics = passage("\n\n".join((subject, form.get("topic"), form.get("reason"))), base)
    meant = intent(comments)
    _form_amount(out, form, comments, meant, base)
    for source in (passage(form.get("reason"), base), comments):
        out.reason, shown = reason(source.sentences)
        if shown:
            out.evidence["reason"] = shown
            break
    asks = bool(form.get("amount") or meant.asks) or _speaks_of_refund(topics)
    if meant.denies and not meant.asks and not form.get("amount"):
        asks = False
    return Answer([out] if asks else [], "", form.address(), form.get("name"), form.get("reference")[:80], form=True)


def _speaks_of_refund(topics: Passage) -> bool:
    words = vocabulary().intent["ask"]
    return any(words.search(s.shape) or _REFUND.search(s.shape) for s in topics.sentences)


_REFUND: Final = re.compile(
    r"\b(?:refund|reimbursement|credit|ruckerstattung|erstattung|gutschrift|remboursement|avoir|reembolso|devolucion)\b"
)


def _form_amount(out: Asked, form: Form, comments: Passage, meant: Intent, base: str) -> None:
    value = form.get("amount")
    code = form.get("currency").upper()[:3]
    if not value:
        _amount(out, choose(comments, meant, range(len(comments.sentences))))
        return
    found, _ = take_amounts(take_ids(plain(value))[1], base, 0, lone=True)
    if len(found) != 1 or found[0].vague or _UNSURE.search(value):
        out.doubts.append(f"The amount '{value[:60]}' is not one definite amount.")
        return
    out.amount = abs(found[0].value)
    out.currency = found[0].currency or (code if code.isalpha() and len(code) == 3 else "")
    out.evidence["amount"] = value

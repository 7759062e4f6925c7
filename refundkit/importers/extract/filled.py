"""The request a form makes, read from its fields and the words that were typed into it."""

from __future__ import annotations

import re
from typing import Final

from refundkit.importers.extract.amounts import currency_of, take_amounts
from refundkit.importers.extract.answer import KINDS, STATED, Answer, Asked
from refundkit.importers.extract.chosen import choose
from refundkit.importers.extract.form import Form
from refundkit.importers.extract.forms import IdForm
from refundkit.importers.extract.ids import normalised, take_ids
from refundkit.importers.extract.intent import Intent, intent
from refundkit.importers.extract.naming import every
from refundkit.importers.extract.phrases import fold, plain
from refundkit.importers.extract.reasons import reason
from refundkit.importers.extract.sentences import Passage, passage
from refundkit.importers.extract.vocabulary import vocabulary
from refundkit.model.requests import NoRequest

_NO: Final = frozenset({"no", "none", "nein", "non", "false", "nicht", "ninguno"})
"""What stands for the amount where none is wanted."""
_CODE: Final = re.compile(r"[A-Z]{3}|[^\W\d_]{4,}|\$")
_LAST: Final = re.compile(r"(?:\s{2,}|\t)([A-Z]{3})\s*$")
_UNSURE: Final = re.compile(r"\bca\.?(?=[\s\d])|\b(?:about|approx|circa|tbd|etwa|environ|unos)\b|\?|~", re.IGNORECASE)


def from_form(form: Form, subject: str, base: str, forms: tuple[IdForm, ...]) -> Answer:
    """The request a form makes. None when neither an amount nor a word for a refund stands in it."""
    out = Asked()
    for kind, name in KINDS.items():
        value = form.get(name)
        setattr(out, name, normalised(kind, value, forms))
        if not any(c.isdigit() for c in value):
            continue
        if not getattr(out, name):
            out.doubts.append(f"'{value[:60]}' is no number of a form this shop uses.")
        else:
            out.say(name, getattr(out, name), value, STATED)
    wishes = [] if form.get("amount") else [wish for wish in form.wishes() if _asks_a_sum(wish, base)]
    comments = passage("\n\n".join((form.get("comments"), *wishes)), base, forms)
    topics = passage("\n\n".join((subject, form.get("topic"), form.get("reason"))), base, forms)
    meant = intent(comments)
    if not form.get("amount") and _claims(subject, form):
        form.fields["amount"] = form.get("total") or form.get("sum")
    if not form.get("amount") and meant.asks:
        form.fields["amount"] = form.get("sum")
    _amount(out, form, comments, meant, base)
    told = passage("\n\n".join((form.get("reason"), form.get("topic"), form.get("comments"))), base)
    out.because(reason(told.sentences, passage("\n".join(form.rest), base).sentences))
    declined = form.get("amount").casefold() in _NO or bool(form.get("refunded"))
    asks = bool(form.get("amount") or wishes or meant.asks) or _speaks_of_refund(topics)
    if declined or (meant.denies and not meant.asks and not form.get("amount")):
        asks = False
    beside = passage("\n".join(form.rest), base, forms)
    for name, (value, shown) in _elsewhere(topics, comments, beside).items():
        if not getattr(out, name):
            out.say(name, value, shown, STATED)
    return Answer(
        [out] if asks else [],
        email=form.address(),
        name=form.get("name"),
        reference=form.get("reference")[:80],
        form=True,
        why="The form says that no refund is wanted, or that it was made." if declined else "",
        kind=NoRequest.TALK,
    )


def _asks_a_sum(wish: str, base: str) -> bool:
    """Whether the value of a field asks for a sum: 'refund of 58.00 dollars'."""
    found = passage(wish, base)
    return len(found.mentions) == 1 and _speaks_of_refund(found)


def _claims(subject: str, form: Form) -> bool:
    """Whether the whole of it is a claim, as a debit note is, so that its total is what is asked."""
    words = vocabulary().machine["claim"]
    return any(words.search(fold(line[:300])) for line in (subject, form.get("topic"), *form.rest[:5]))


def _elsewhere(*places: Passage) -> dict[str, tuple[str, str]]:
    """The one id of each kind that is named in the subject, the comments, or beside the fields, and the words."""
    found: dict[str, tuple[str, str]] = {}
    for place in places:
        for kind, name in KINDS.items():
            ids = every(kind, place.sentences)
            if len(ids) == 1 and name not in found:
                found[name] = ids[0], next(s.text for s in place.sentences if ids[0] in getattr(s.ids, kind))
    return found


def completed(answer: Answer, form: Form, forms: tuple[IdForm, ...]) -> Answer:
    """What the words of a form ask, with the ids and the sender that stand in its other fields."""
    for request in answer.requests:
        for kind, name in KINDS.items():
            value = normalised(kind, form.get(name), forms)
            if value and not getattr(request, name):
                request.say(name, value, form.get(name), STATED)
    answer.email, answer.name, answer.reference = form.address(), form.get("name"), form.get("reference")[:80]
    return answer


def _speaks_of_refund(topics: Passage) -> bool:
    words = vocabulary().intent["ask"]
    return any(words.search(s.shape) or _REFUND.search(s.shape) for s in topics.sentences)


_REFUND: Final = re.compile(
    r"\b(?:refund|reimbursement|credit|ruckerstattung|erstattung|gutschrift|remboursement|avoir|reembolso|devolucion)\b"
)


def _head(form: Form) -> str:
    """The only currency that a line beside the fields ends with, as the head of a column does."""
    found = {c for line in form.rest if (m := _LAST.search(line)) and (c := currency_of(m[1], ""))}
    return found.pop() if len(found) == 1 else ""


def _currency(value: str, base: str) -> str:
    """The currency a field names: 'EUR', 'US Dollar (USD)'."""
    return currency_of(value, base) or next((c for word in _CODE.findall(value) if (c := currency_of(word, base))), "")


def _amount(out: Asked, form: Form, comments: Passage, meant: Intent, base: str) -> None:
    value = form.get("amount")[:200]
    code = _currency(form.get("currency")[:60], base) or _head(form)
    if not value:
        out.of(choose(comments, meant, range(len(comments.sentences))))
        return
    found, _ = take_amounts(take_ids(plain(value))[1], base, 0, lone=True)
    if len(found) != 1 or found[0].vague or _UNSURE.search(value):
        out.doubts.append(f"The amount '{value[:60]}' is not one definite amount.")
        return
    out.amount = abs(found[0].value)
    out.currency = found[0].currency or code
    out.evidence["amount"], out.confidence["amount"] = value, STATED

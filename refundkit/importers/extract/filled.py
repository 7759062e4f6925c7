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
from refundkit.importers.extract.phrases import plain
from refundkit.importers.extract.reasons import reason
from refundkit.importers.extract.sentences import Passage, passage
from refundkit.importers.extract.vocabulary import vocabulary
from refundkit.model.requests import NoRequest

_NO: Final = frozenset({"no", "none", "nein", "non", "false", "nicht", "ninguno"})
"""What stands for the amount where none is wanted."""
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
    comments = passage(form.get("comments"), base)
    topics = passage("\n\n".join((subject, form.get("topic"), form.get("reason"))), base)
    meant = intent(comments)
    _amount(out, form, comments, meant, base)
    out.because(
        reason(passage("\n\n".join((form.get("reason"), form.get("topic"), form.get("comments"))), base).sentences)
    )
    declined = form.get("amount").casefold() in _NO or bool(form.get("refunded"))
    asks = bool(form.get("amount") or meant.asks) or _speaks_of_refund(topics)
    if declined or (meant.denies and not meant.asks and not form.get("amount")):
        asks = False
    for kind, name in KINDS.items():
        named = every(kind, topics.sentences)
        if len(named) == 1 and not getattr(out, name):
            out.say(name, named[0], form.get("topic") or subject, STATED)
    return Answer(
        [out] if asks else [],
        email=form.address(),
        name=form.get("name"),
        reference=form.get("reference")[:80],
        form=True,
        why="The form says that no refund is wanted, or that it was made." if declined else "",
        kind=NoRequest.TALK,
    )


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


def _amount(out: Asked, form: Form, comments: Passage, meant: Intent, base: str) -> None:
    value = form.get("amount")[:200]
    code = currency_of(form.get("currency"), base) if form.get("currency") else ""
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

"""Which customer, order and invoice a request is about, of all the ids that stand in a message."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from refundkit.importers.extract.answer import KINDS, Asked
from refundkit.importers.extract.sentences import Sentence

_NAME_BEFORE: Final = re.compile(r"((?:[A-Z&][\w&'-]*,?\s+){1,4})\(?\s*(?:(?<=\()(?:[a-z.]{2,12}\s+){1,2})?$")
"""A name before an id in brackets, maybe with a word for what the id is: 'Oak & Ember (your C-1045)'."""


_SEVERAL: Final = "It names several ids: {}."
_OWN, _AROUND, _OLDER, _BARE = 97, 90, 80, 75
"""How sure an id is by where it stands; a bare number least."""


def find_id(
    kind: str,
    own: Sequence[Sentence],
    asking: Sequence[Sentence],
    rest: Sequence[Sentence],
    older: Sequence[Sentence],
    out: Asked,
) -> None:
    """Find the one id of a kind: in the text, else where money is asked, else around it, else in older turns."""
    places = [(kind, own, _OWN), (kind, rest, _AROUND), (kind, older, _OLDER)]
    if kind == "invoice":
        places.insert(1, ("bare", own, _BARE))
    for form, sentences, sure in places:
        found = every(form, sentences)
        if kind == "invoice" and out.service_order:
            found = [value for value in found if not _is_order(value, form, sentences, out.service_order)]
        if len(found) > 1 and sentences is own and len(every(form, asking)) == 1:
            found = every(form, asking)
        if len(found) == 1:
            shown = next(s for s in (*asking, *sentences) if found[0] in getattr(s.ids, form))
            out.say(KINDS[kind], found[0], shown.text, sure)
        elif found and form == kind and sentences is own:
            out.doubts.append(_SEVERAL.format(", ".join(found)))
        if found and (len(found) == 1 or form == kind):
            return


def _is_order(value: str, form: str, sentences: Sequence[Sentence], order: str) -> bool:
    """Whether an invoice's number is that of the order, written with no word for an invoice before it: 're 01427'."""
    digits = value.rpartition("-")[2]
    named = re.compile(rf"[a-z]{{3,}}\W{{0,3}}(?:no|nr)?\W{{0,3}}{digits}", re.IGNORECASE)
    return order.endswith(f"-{digits}") and (form == "bare" or not any(named.search(s.text) for s in sentences))


def find_beside(kind: str, own: Sequence[Sentence], beside: Sequence[Sentence], out: Asked) -> None:
    """Of several ids of a kind, the one that stands with the amount (`beside`)."""
    several, near = every(kind, own), every(kind, beside)
    if len(several) > 1 and len(near) == 1 and not getattr(out, KINDS[kind]):
        out.say(KINDS[kind], near[0], beside[0].text, _BARE)
        out.doubts.remove(_SEVERAL.format(", ".join(several)))


def every(kind: str, sentences: Sequence[Sentence]) -> list[str]:
    """All ids of a kind that these sentences name, each once."""
    return list(dict.fromkeys(value for s in sentences for value in getattr(s.ids, kind)))


def by_name(own: Sequence[Sentence], rest: Sequence[Sentence]) -> str:
    """The customer whose name stands before its id elsewhere ('Oak & Ember (C-1045)') and in these sentences."""
    words = set(re.findall(r"[^\W\d]{4,}", " ".join(s.text for s in own)))
    named = dict(pair for s in rest for pair in _names(s.text))
    found = {value for name, value in named.items() if words & set(re.findall(r"[^\W\d]{4,}", name))}
    return found.pop() if len(found) == 1 else ""


def last_named(above: Sequence[Sentence]) -> str:
    """The customer named last above an item, as in a list with a heading for each."""
    for sentence in reversed(above):
        if sentence.ids.customer:
            return sentence.ids.customer[0] if len(sentence.ids.customer) == 1 else ""
    return ""


def _names(text: str) -> Iterator[tuple[str, str]]:
    for match in re.finditer(r"C-\d{3,6}", text):
        name = _NAME_BEFORE.search(text[max(0, match.start() - 160) : match.start()])
        if name:
            yield name[1].strip(" ,"), match[0]

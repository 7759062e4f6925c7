"""Forms in mails: `Label: value` lines or table rows of a portal or a web form, read by their labels."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from refundkit.importers.extract.phrases import fold
from refundkit.importers.extract.vocabulary import vocabulary

MAX_VALUE: Final = 20_000

_LINE: Final = re.compile(r"^\s*+([^\s:][^:\t]{1,59}?)\s*(?::(?!//)|\t|\s\.{3,}|\s{3,})\s*(.*)$")
_NOTHING: Final = frozenset(
    {"", "-", "--", "n/a", "na", "none", "unknown", "tbd", "?", "keine", "aucun", "aucune", "ninguno"}
)
_ENOUGH: Final = 3
_TELLING: Final = frozenset({"customer_id", "service_order", "invoice", "amount"})
_CONTACT: Final = frozenset({"email", "comments"})
"""The fields by which a form to get in touch is known."""
_ADDRESS: Final = re.compile(r"[^\s<>()\[\]\",;:@]{1,64}@[^\s<>()\[\]\",;:@]{1,190}\.[a-z]{2,24}", re.IGNORECASE)
_IN_BRACKETS: Final = re.compile(r"\([^)]*\)")
_WORD: Final = re.compile(r"[a-z]+(?:-[a-z]+)*")
_IDLE_WORDS: Final = (
    "no nr n number nummer numero num your ihre ihr votre vos su sus de d du des del la le l der die das the a id"
    " we us should what how is it"
)
_IDLE: Final = frozenset(_IDLE_WORDS.split())
"""Words of a label that say nothing of what it is for."""
_LONGEST: Final = 8
_LONGEST_LABEL: Final = 60
_APART: Final = 40


@dataclass(slots=True)
class Form:
    """The fields of a form by what they mean, and the lines that belong to none of them."""

    fields: dict[str, str] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)

    def get(self, name: str) -> str:
        """A field's value, '' when it is missing or says nothing ('-', 'n/a')."""
        value = self.fields.get(name, "").strip()
        return "" if value.lower() in _NOTHING else value

    def address(self) -> str:
        """The mail address the form names, '' without one; some forms put it behind the name."""
        found = (_ADDRESS.search(self.fields.get(field, "")[:1_000]) for field in ("email", "name"))
        return next((match[0] for match in found if match), "")


def read_form(text: str) -> Form | None:
    """The form in a text; None when fewer than three known labels stand in it, or none that tells of a request."""
    form, current = Form(), ""
    for line in _paired(text.split("\n")):
        match = _LINE.match(line)
        name = _named(match) if match else ""
        if match and name:
            if name == "amount" and (unit := _IN_BRACKETS.search(match[1])):
                form.fields.setdefault("currency", unit[0].strip("()"))
            form.fields[name] = form.fields.get(name) or match[2].strip()[:MAX_VALUE]
            current = name
        elif current and line.strip() and len(form.fields[current]) >= MAX_VALUE:
            form.rest.append(line)
        elif current and line.strip() and (line[:1] in (" ", "\t") or not form.fields[current]):
            form.fields[current] = f"{form.fields[current]} {line.strip()}".strip()
        elif line.strip() and current == "comments":
            form.fields[current] += f" {line.strip()}"
        else:
            current = current if current == "comments" and not form.fields[current] else ""
            form.rest.append(line)
    known = set(form.fields) | ({"email"} if form.address() else set())
    enough = len(known) >= _ENOUGH and (len(_TELLING & known) >= 2 or known >= _CONTACT)
    return form if enough else None


def _paired(lines: list[str]) -> list[str]:
    """The lines of a form whose labels stand above their values, each label put before its value; others as they are.

    Such a form is known by a label for the address with an address under it, and two more labels.
    """
    names = [_above(lines, at) if 0 < len(line) < _LONGEST_LABEL else "" for at, line in enumerate(lines)]
    pairs = [(at, name) for at, name in enumerate(names[:-1]) if name and lines[at + 1].strip() and not names[at + 1]]
    asks = any(name == "email" and _ADDRESS.fullmatch(lines[at + 1].strip()[:300]) for at, name in pairs)
    if not asks or len({name for _, name in pairs}) < _ENOUGH:
        return lines
    values = {at + 1: lines[at].strip() for at, _ in pairs}
    labels = {at for at, _ in pairs}
    return [f"{values[at]}: {line}" if at in values else line for at, line in enumerate(lines) if at not in labels]


def _above(lines: list[str], at: int) -> str:
    """What a line that may be a label above its value means: known as it stands, or by a word when it stands apart."""
    apart = at == 0 or not lines[at - 1].strip()
    return _field(lines[at]) if apart and len(lines[at]) < _APART else _labels().get(_telling(lines[at]), "")


def _named(match: re.Match[str]) -> str:
    """What a line's label means; one that is not known is for the address when an address stands behind it."""
    return _field(match[1]) or ("email" if _ADDRESS.fullmatch(match[2].strip()[:300]) else "")


def _field(label: str) -> str:
    """What a label means: by its words as they stand, else by a known label within it."""
    words = _telling(label)
    if not words or len(words) > _LONGEST:
        return ""
    known = _labels()
    if words in known:
        return known[words]
    for length in range(min(len(words), 3), 0, -1):
        for start in range(len(words) - length + 1):
            found = known.get(words[start : start + length], "")
            if found:
                return found
    return ""


def _telling(label: str) -> tuple[str, ...]:
    words = _WORD.findall(fold(_IN_BRACKETS.sub(" ", label)))
    return tuple(w for w in words if w not in _IDLE) or tuple(words)


@cache
def _labels() -> dict[tuple[str, ...], str]:
    return {_telling(label): meaning for label, meaning in vocabulary().form.items()}

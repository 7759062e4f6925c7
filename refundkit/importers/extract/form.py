"""Forms in mails: `Label: value` lines or table rows of a portal or a web form, read by their labels."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from refundkit.importers.extract.phrases import fold
from refundkit.importers.extract.vocabulary import vocabulary
from refundkit.model.money import DIGITS

MAX_VALUE: Final = 20_000

_LINE: Final = re.compile(r"^\s*+([^\s:][^:\t]{1,59}?)\s*(?::(?!//|(?<=\d:)\d\d(?!\d))|\t|\s\.{3,}|\s{3,})\s*(.*)$")
_NOTHING: Final = frozenset(
    {"", "-", "--", "n/a", "na", "none", "unknown", "tbd", "?", "keine", "aucun", "aucune", "ninguno"}
)
_ENOUGH: Final = 3
_TELLING: Final = frozenset({"customer_id", "service_order", "invoice", "amount"})
_CONTACT: Final = frozenset({"email", "comments"})
"""The fields by which a form to get in touch is known."""
_ADDRESS: Final = re.compile(r"[^\s<>()\[\]\",;:@]{1,64}@[^\s<>()\[\]\",;:@]{1,190}\.[a-z]{2,24}", re.IGNORECASE)
_IDS: Final = frozenset({"service_order", "invoice", "customer_id"})
_DIGIT: Final = re.compile(r"\d")
_CODES: Final = "|".join(sorted(DIGITS))
_SUM: Final = re.compile(
    rf"^[^\w-]*(?:(?:{_CODES}|[A-Z]{{1,2}}\$)\W{{0,2}})?-?\d{{1,3}}(?:[ .,'\u00a0]?\d{{3}})*"
    r"(?:[.,]\d{1,2}|[.,]-{1,2})?"
    r"(?:\s?\W|\s?[A-Za-z]{1,8}\W*|\s\(.*)?$"
)
"""A value that is a sum and nothing else, maybe with a currency."""
_LED: Final = re.compile(r"^(\s*+[^\s:.][^:\t.]{1,59}?)\s?\.{2,}\s?:?(?=\s|$)")
"""A label that dots lead to its value: 'Order .......: SO-2026-00123'."""
_LAID_OUT: Final = re.compile(r"^\s*+[^\s:][^:\t]{1,59}?\s{3,}(?=\S)")
_COLUMNS: Final = re.compile(r"^\s*+[^:\t\s][^:\t]{2,60}?(?:\t|\s{3,})[^\t]*?\S(?:\t|\s{3,})\S")
_CENTS: Final = re.compile(r"[.,](?:\d\d|-{1,2})(?!\d)|[$€£]")
_ROW: Final = 300
_UNREAD: Final = frozenset({"other", "billed", "total", "sum"})
_PERSON: Final = frozenset({"email", "name"})
_IN_BRACKETS: Final = re.compile(r"\([^)]*\)")
_WORD: Final = re.compile(r"[a-z]+")
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""Where a new word begins in the name of a field: 'howMuch'."""
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

    def put(self, name: str, label: str, value: str) -> None:
        """Keep a field's value. Comments are kept all; of sums what is asked back goes before any other."""
        if name in ("asked", "amount") and (unit := _IN_BRACKETS.search(label)):
            self.fields.setdefault("currency", unit[0].strip("()"))
        before = self.fields.get(name, "")
        if name == "asked" and before and value and before != value:
            self.fields[name] = f"{before} / {value}"
        elif name == "comments" and before and value:
            self.fields[name] = f"{before}\n\n{value}"[:MAX_VALUE]
        elif name in _IDS and value.strip(" -") and not _DIGIT.search(before):
            self.fields[name] = value[:MAX_VALUE]  # 'Client: Oak & Ember' stands above 'Client ID: C-1045'
        else:
            self.fields[name] = before or value[:MAX_VALUE]

    def wishes(self) -> list[str]:
        """The values of fields that nobody knows: what would make it right, say."""
        return [match[2] for line in self.rest if (match := _LINE.match(line[:_ROW])) and match[2].strip()]


def read_form(text: str) -> Form | None:
    """The form in a text; None when fewer than three known labels stand in it, or none that tells of a request."""
    form, current = Form(), ""
    for line in _paired(_apart(_led(_flat(text).split("\n")))):
        match = _LINE.match(line)
        name = _named(match) if match else ""
        if match and name:
            form.put(name, match[1], match[2].strip())
            current = "" if name in _UNREAD else name
            if name == "other":
                form.rest.append(match[2].strip())
        elif current and line.strip() and len(form.fields[current]) >= MAX_VALUE:
            form.rest.append(line)
        elif current and line.strip() and (line[:1] in (" ", "\t") or not form.fields[current]):
            form.fields[current] = f"{form.fields[current]} {line.strip()}".strip()
        elif line.strip() and current == "comments":
            form.fields[current] += f" {line.strip()}"
        elif len(form.fields) >= _ENOUGH and _asks_what(line):
            current = "comments"
            form.fields.setdefault(current, "")
        else:
            current = current if current == "comments" and not form.fields[current] else ""
            form.rest.append(line)
    if asked := form.fields.pop("asked", ""):
        form.fields["amount"] = asked
    known = set(form.fields) - _UNREAD | ({"email"} if form.address() else set())
    telling = len(_TELLING & known) >= 2 or known >= _CONTACT or (bool(asked) and "email" in known)
    enough = len(known) >= _ENOUGH and telling
    return form if enough else None


def meaning(line: str) -> str:
    """What the field is for that this line is one of: 'email', 'invoice'; '' of a line with no label that is known."""
    match = _LINE.match(line[:1_000])
    return _named(match) if match else ""


def named_addresses(text: str) -> list[tuple[str, str]]:
    """(name, address) pairs of the lines of a text whose label is for a person ('Requester: A <a@b.c>')."""
    found: list[tuple[str, str]] = []
    for line in _paired(text.split("\n")):
        match = _LINE.match(line[:1_000])
        address = _ADDRESS.search(match[2]) if match else None
        if match and address and _named(match) in _PERSON:
            found.append((match[2][: address.start()].strip(" <([,;:|-"), address[0]))
    return found


def _flat(text: str) -> str:
    """A text, the one JSON object in it written as lines of label and value; portals send such mails."""
    begin, end = text.find("{"), text.rfind("}")
    if not 0 <= begin < end <= begin + MAX_VALUE:
        return text
    try:
        found = json.loads(text[begin : end + 1], parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return text
    if not isinstance(found, dict):
        return text
    lines = [f"{name}: {value}" for name, value in found.items() if isinstance(value, str)]
    return "\n".join((text[:begin], *lines, "", text[end + 1 :]))


def _led(lines: list[str]) -> list[str]:
    """The lines of a text; labels that dots lead to their values, where there are several, with a colon instead."""
    led = [_LED.match(line[:_ROW]) for line in lines]
    if sum(match is not None for match in led) < _ENOUGH:
        return lines
    return [f"{m[1]}:{line[m.end() :]}" if m else line for line, m in zip(lines, led, strict=True)]


def _apart(lines: list[str]) -> list[str]:
    """The lines of a text, those set apart from their values that begin in one column with those of other lines.

    The longest label of such a form may leave no more than two spaces before its value.
    """
    begins = Counter(m.end() for line in lines if (m := _LAID_OUT.match(line[:_ROW])))
    at, often = begins.most_common(1)[0] if begins else (0, 0)
    if often < _ENOUGH:
        return lines
    return [
        f"{line[:at].rstrip()}\t{line[at:]}"
        if line[:at].strip() and line[at - 2 : at] == "  " and line[at:].strip()
        else line
        for line in lines
    ]


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
    if at + 1 < len(lines) and _SUM.search(lines[at + 1].strip()[:60]) and (found := sum_of(lines[at])):
        return found
    return _field(lines[at]) if apart and len(lines[at]) < _APART else _labels().get(_telling(lines[at]), "")


def _named(match: re.Match[str]) -> str:
    """What a line's label means; one that is not known is for the address when an address stands behind it."""
    if _COLUMNS.search(match[0][:_ROW]):
        return ""  # a row of a table
    found = _field(match[1])
    if (
        found in ("", "amount", "billed", *_IDS)
        and _is_sum(match[2])
        and (found not in _IDS or _CENTS.search(match[2]))
    ):
        found = "sum" if found == "amount" and _is_plain(match[1]) else sum_of(match[1]) or found
    return found or ("email" if _ADDRESS.fullmatch(match[2].strip()[:300]) else "")


def _asks_what(line: str) -> bool:
    """Whether a line is a question that stands above what somebody typed: 'What went wrong?'."""
    return len(line) < _LONGEST_LABEL and line.rstrip().endswith("?") and _field(line) == "comments"


def _is_plain(label: str) -> bool:
    """Whether a label says no more than that it is a sum: 'Sum', which may be a bill's total or what is asked back."""
    return _labels().get(_telling(label)) == "amount" and sum_of(label) == "total"


def _is_sum(value: str) -> bool:
    """Whether a value is a sum and nothing else, maybe with a currency."""
    return _SUM.search(value[:_LONGEST_LABEL]) is not None


def sum_of(label: str) -> str:
    """What the sum is that has this label: 'asked' back, 'billed' or paid, a 'total', '' when it tells nothing."""
    words, sums = set(_words(label)), vocabulary().sums
    if words & sums["asked"]:
        return "asked"
    if words & sums["billed"] and words & sums["any"]:
        return "billed"
    return "total" if words & sums["total"] else ""


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
            if found not in ("", "other"):
                return found
    return ""


def _telling(label: str) -> tuple[str, ...]:
    words = _words(_IN_BRACKETS.sub(" ", label))
    return tuple(w for w in words if w not in _IDLE) or tuple(words)


def _words(label: str) -> list[str]:
    return _WORD.findall(fold(_HUMP.sub(" ", label)))


@cache
def _labels() -> dict[tuple[str, ...], str]:
    """Labels by their telling words; one that means something goes before one that nobody reads."""
    known = sorted(vocabulary().form.items(), key=lambda item: item[1] != "other")
    return {_telling(label): meaning for label, meaning in known}

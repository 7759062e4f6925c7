"""Forms in mails: `Label: value` lines or table rows of a portal or a web form, read by their labels."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from refundkit.importers.extract.phrases import fold
from refundkit.importers.extract.vocabulary import vocabulary

_LINE: Final = re.compile(r"^\s*([^:\t]{2,40}?)\s*(?::|\t)\s*(.*)$")
_NOTHING: Final = frozenset(
    {"", "-", "--", "n/a", "na", "none", "unknown", "tbd", "?", "keine", "aucun", "aucune", "ninguno"}
)
_ENOUGH: Final = 3
_TELLING: Final = frozenset({"customer_id", "service_order", "invoice", "amount"})
_ADDRESS: Final = re.compile(r"[^\s<>()\[\]\",;:]+@[^\s<>()\[\]\",;:]+\.[a-z]{2,}", re.IGNORECASE)


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
        """The mail address the form names, '' without one."""
        found = _ADDRESS.search(self.fields.get("email", ""))
        return found[0] if found else ""


def read_form(text: str) -> Form | None:
    """The form in a text; None when fewer than three known labels stand in it, or none that tells of a request."""
    form, current = Form(), ""
    for line in text.split("\n"):
        match = _LINE.match(line)
        name = _field(match[1]) if match else ""
        if match and name:
            form.fields.setdefault(name, match[2].strip())
            current = name
        elif current and line[:1] in (" ", "\t") and line.strip():
            form.fields[current] += f" {line.strip()}"
        else:
            current = ""
            form.rest.append(line)
    enough = len(form.fields) >= _ENOUGH and len(_TELLING & set(form.fields)) >= 2
    return form if enough else None


def _field(label: str) -> str:
    label = re.sub(r"[\s*_]+", " ", fold(label)).strip(" .*")
    words = vocabulary().form
    return words.get(label, "") or words.get(label.replace(".", ""), "")

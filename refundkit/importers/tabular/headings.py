"""Which column of a list says what: headings in four languages, matched without case, spaces, accents or currency."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache
from importlib.resources import files
from typing import Final

from refundkit.importers.tabular.amounts import currency_in, currency_of
from refundkit.model.records import kinds

NATIVE: Final = (
    "received_at", "channel", "customer_id", "customer_email", "service_order", "invoice", "amount", "currency",
    "reason", "description", "requested_by", "external_ref",
)  # fmt: skip
"""The headings of requests.csv (domain page, section 2), in its order."""

WHO: Final = ("customer_id", "customer_email", "service_order", "invoice")
"""The fields of which a list must have one: without them no row can be anybody's."""

_FOREIGN: Final = 3
_WORDS: Final = ("asking", "done", "filler", "staff", "states", "types", "visits")
"""Lists in headings.toml that are words within headings, not headings of a field."""
_WEAK: Final = 1_000
_PAIR: Final = 2
_UNIT: Final = re.compile(r"(.+?)(?:\s+(?:in|en))?[\s(\[/,:-]+([^\s()\[\]/,:]{1,5})\s*[)\]]?\s*\Z", re.DOTALL)
_SEVERAL: Final = frozenset({"$", "kr", "kr.", "¥"})
_CUSTOM: Final = re.compile(r"\s*custom field \((.+)\)\s*\Z", re.IGNORECASE | re.DOTALL)
_BRACKETS: Final = re.compile(r"\([^)]*\)")
_TYPE: Final = re.compile(r"\s*\[[A-Za-z]+\]\s*\Z")
_RECORDS: Final = {name: frozenset(kind.columns) for name, kind in kinds(UTC).items()}
_RECORD_WORDS: Final = frozenset().union(*_RECORDS.values(), NATIVE)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands: `places` maps it to its column (0-based); `subjects` are further columns of words.

    `unit`: the currency named in the amount's heading. `unused`: the columns nothing was taken from. `ledger`: whether
    the headings are those of a list of invoices or payments, in which no row is asked back.
    """

    places: dict[str, int]
    subjects: tuple[int, ...]
    unit: str
    unused: tuple[int, ...]
    ledger: bool = False


def plain(text: str) -> str:
    """A heading without letter case, accents, spaces and punctuation: 'Kd.-Nr.' is 'kdnr'."""
    spread = unicodedata.normalize("NFKD", text[:200]).casefold()
    return "".join(c for c in spread if c.isalnum())


@lru_cache(maxsize=1)
def _data() -> dict[str, list[str]]:
    return tomllib.loads(files(__package__).joinpath("headings.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def aliases_by_field() -> dict[str, list[str]]:
    """What people call each field, the strongest name first."""
    return {field: names for field, names in _data().items() if field not in _WORDS}


def is_of_staff(heading: str) -> bool:
    """Whether a heading says that one of the shop's own people stands below it: 'logged_by'."""
    return plain(heading) in {plain(word) for word in _data()["staff"]}


@lru_cache(maxsize=1)
def _done() -> tuple[frozenset[str], frozenset[str]]:
    """The words that name a column of what is done, and those that may stand beside them."""
    names = _data()["done"]
    alone = frozenset(plain(name) for name in names if " " not in name)
    return alone, alone | {plain(word) for name in names for word in name.split()}


def is_of_done(heading: str) -> bool:
    """Whether a heading says that the cells below it tell which rows are done, and when: 'Done?', 'Pd on'."""
    alone, beside = _done()
    words = _words_in(heading)
    return bool(words & alone) and words <= beside


def is_of_state(heading: str) -> bool:
    """Whether a heading says that the cells below it tell what became of each row: 'CreditStatus', 'Étape'."""
    return not _words_in(heading).isdisjoint(map(plain, _data()["states"]))


def is_of_visit(heading: str) -> bool:
    """Whether a heading is about the visit rather than what is asked for it: 'Job status'."""
    return not _words_in(heading).isdisjoint(map(plain, _data()["visits"]))


def is_of_types(heading: str) -> bool:
    """Whether a heading says that the cells below it tell what kind of entry each row is: 'Transaction type'."""
    return plain(heading) in {plain(word) for word in _data()["types"]}


def _words_in(heading: str) -> set[str]:
    """The words of a heading in their plain form: 'CreditStatus' has two."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading[:200])
    return {plain(word) for word in re.split(r"[\W_]+", apart) if word}


def asks(heading: str) -> bool:
    """Whether a heading says that the sums below it are asked back, by a word or by a sign of money."""
    return any(plain(word) in plain(heading) for word in _data()["asking"]) or any(c in heading for c in "$€£")


@lru_cache(maxsize=1)
def aliases() -> dict[str, tuple[str, int]]:
    """Every known name in its plain form -> (field, how strong: 0 is strongest)."""
    known: dict[str, tuple[str, int]] = {}
    for field, names in aliases_by_field().items():
        for strength, name in enumerate(names):
            known.setdefault(plain(name), (field, strength))
    return known


def meaning(heading: str) -> tuple[str, int, str]:
    """(field, strength, currency named with it); field '' when the heading is not known."""
    known = aliases()
    bare = _CUSTOM.sub(r"\1", _TYPE.sub("", " ".join(heading[:200].split())))
    if found := known.get(plain(bare)):
        return *found, unit_in(heading) if found[0] == "amount" else ""
    if (parts := _UNIT.match(bare)) and currency_of(parts[2], ""):
        field, strength = known.get(plain(parts[1]), ("", 0))
        if field == "amount":
            return field, strength, unit_in(heading)
    return _bare_meaning(bare) if "/" not in bare else _parted(bare) or _bare_meaning(bare)


def _parted(heading: str) -> tuple[str, int, str] | None:
    """The same for a heading that is two names of one thing: 'Memo/Description'; None for any other."""
    found = [aliases().get(plain(part), ("", 0)) for part in heading.split("/")]
    fields = {field for field, _ in found}
    told = bool(fields <= {"description", "subject"})
    if len(found) != _PAIR or "" in fields or "ledger" in fields or (len(fields) > 1 and not told):
        return None
    return "description" if told else found[0][0], _WEAK + min(strength for _, strength in found), ""


def _bare_meaning(heading: str) -> tuple[str, int, str]:
    """The same for a heading without the words that say nothing: 'cf_invoice' is 'invoice', 'date in' is 'date'."""
    within = _BRACKETS.search(heading)
    said = heading if within and currency_of(within[0].strip("()"), "") else _BRACKETS.sub(" ", heading)
    words = [word for word in re.split(r"[\W_]+", said.casefold()) if word]
    kept = [word for word in words if plain(word) not in _data()["filler"]]
    if not kept or plain("".join(kept)) == plain(heading):
        return "", 0, ""
    field, strength = aliases().get(plain("".join(kept)), ("", 0))
    return (field, _WEAK + strength, "") if field and field != "ledger" else ("", 0, "")


def unit_in(heading: str) -> str:
    """The currency a heading names at its end or begins with: 'Total (USD)', '£ back'; '' for several's signs: '$'."""
    bare = _TYPE.sub("", heading[:200]).strip()
    parts = _UNIT.match(bare)
    at_end = currency_of(parts[2], "") if parts and parts[2].casefold() not in _SEVERAL else ""
    first = bare.split(" ")[0]
    at_start = "" if first.isalnum() or first.casefold() in _SEVERAL else currency_of(first, "")
    return at_end or at_start or currency_in(bare)


def is_known(heading: str) -> bool:
    """Whether a cell is a heading of a list of requests or of one of the shop's own records."""
    text = heading.strip()
    return bool(text) and (text in _RECORD_WORDS or bool(meaning(text)[0]))


def is_native(headings: Sequence[str]) -> bool:
    """Whether these are exactly the headings of requests.csv, in any order."""
    return len(headings) == len(NATIVE) and set(headings) == set(NATIVE)


def record_kind(headings: Sequence[str]) -> str:
    """The kind of the shop's own records that these headings belong to ('invoices'), '' when to none."""
    present = set(headings)
    return next((name for name, columns in _RECORDS.items() if columns == present), "")


def field_called(name: str) -> str:
    """The field that a name means, its own or what people call it ('Amount'); '' when it means none."""
    field = meaning(name)[0]
    return "" if field == "ledger" else "description" if field == "subject" else field


def assign(headings: Sequence[str], chosen: Mapping[str, int] | None = None) -> Columns:
    """Give each field its column: the one chosen, else the strongest name, of two equal ones the first."""
    chosen = chosen or {}
    best: dict[str, tuple[int, int, str]] = {}
    words: list[int] = []
    foreign = 0
    taken = {place: field for field, place in chosen.items()}
    for place, heading in enumerate(headings):
        field, strength, unit = meaning(heading)
        if place in taken:
            field, strength, unit = taken[place], -1, unit if field == "amount" else unit_in(heading)
        if field in {"description", "subject"}:
            words.append(place)
        if field == "ledger":
            foreign += 1
        elif field and (field not in best or strength < best[field][0]):
            best[field] = (strength, place, unit)
    best.pop("subject", None)
    places = {field: place for field, (_, place, _) in best.items()}
    subjects = tuple(w for w in words if w != places.get("description"))
    used = {*places.values(), *words}
    unused = tuple(i for i, heading in enumerate(headings) if heading.strip() and i not in used)
    weak = "amount" not in best or best["amount"][0] >= aliases()["amount"][1]
    weak = weak and "amount" not in chosen
    ledger = foreign >= _FOREIGN and weak and "reason" not in best
    return Columns(places, subjects, best["amount"][2] if "amount" in best else "", unused, ledger)

"""Whether a machine wrote a message, and whose words it passes on: a help desk, a form, a voice box, a survey.

What is told of machines' addresses stands in machines.toml; what they write stands in the word files of the languages.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from refundkit.importers.extract.form import meaning, named_addresses
from refundkit.importers.extract.phrases import fold
from refundkit.importers.extract.vocabulary import vocabulary
from refundkit.importers.mail.message import Mail

_WORD: Final = re.compile(r"[a-z]+")
_SIGNS: Final = re.compile(r"[._-]+")
_PHONE: Final = re.compile(r"\+?[\d._-]{7,}")
_TOKEN: Final = re.compile(r"(?=(?:\D*\d){4})(?=[^a-z]*[a-z])[a-z0-9]{16,}")
ADDRESS: Final = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}")
_ANSWER: Final = re.compile(r"^\s*(?:re|aw|sv|antw|r[ée]p|rv|wg|fwd?|tr)\s?:", re.IGNORECASE)
_CALLED: Final = re.compile(r"^\s*[^\W\d][^:\t]{1,30}?\s*[:\t]\s*[\d\s()+./-]{6,}$")
"""A field with nothing but a telephone number."""
_DIAL: Final = re.compile(
    r"(?<![\w/.-])(?!\d{4}-\d\d-\d\d|\d\d?\.\d\d?\.\d{2,4})(?=\D{0,2}(?:\d[ ().-]{0,3}){7,15}(?!\d))"
    r"(?:\+?\d{1,3}[ .-]?)?(?:\(\d{2,5}\)[ .-]?)?\d{2,5}(?:[ .-]?\d{2,11}){1,4}(?![\w/-])"
)
_TOLD_IN: Final = 400
_DIALLED: Final = re.compile(
    r"(?<![\w-])\+?\(?\d[\d ()./-]{5,}\d(?![\w-])|\(\s?\d[\d:]*\s?(?:s|sec|min|sek|seg)?\.?\s?\)"
)
_NUMBERED: Final = re.compile(r"(?:(?P<word>[^\W\d]+)[\s.:]{0,2})?\[?(?:#|n[°ºo]\.?|nr\.?)\s?\d+\]?", re.IGNORECASE)
MOST: Final = 20_000
_HEAD, _FOOT = 5, 6
"""Lines at the beginning and the end in which a machine says what it is."""
_HINTS: Final = 2
_MANY: Final = 3
"""How many hints make it likely that a machine wrote, and how many make it sure."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What is known of the machine that wrote. `sure`: its address is nobody's; `carries`: it passes on words."""

    sure: bool
    carries: bool
    survey: bool


def is_machine(address: str) -> bool:
    """Whether an address surely is no person's: 'noreply', a telephone number, a service known for such mails."""
    local, _, host = address.lower().rpartition("@")
    name, plus, _ = local.partition("+")
    words = _words(name)
    known, hosts = _known("address"), _known("host")
    if words & known["sure"] or _host_words(host) & hosts["sure"]:
        return True
    return bool(_PHONE.fullmatch(local) or _TOKEN.fullmatch(name) or (plus and words & known["maybe"]))


def machine(mail: Mail, text: str, *, staff: bool) -> Machine | None:
    """The machine that wrote this message, None when a person may have. `staff`: its address is the shop's own."""
    name, address = mail.sender()
    words, lines = vocabulary().machine, _edges(text)
    above = any(words["above"].search(line) for line in lines[:_HEAD])
    elsewhere = _answered_elsewhere(mail, address)
    sure = is_machine(address) or above or _by_header(mail) or (staff and elsewhere)
    # Words alone make nobody a machine: its name, its address or where answers go must look so too.
    hints = sum((_looks_so(name, address), _known_host(address), elsewhere))
    if not sure and (staff or not hints):
        return None
    subject = "" if _ANSWER.match(mail.subject) else fold(mail.subject[:300])
    carries = any(map(words["carried"].search, (subject, *lines[:_HEAD])))
    hints += carries + any(map(words["made"].search, lines)) + any(map(words["taken"].match, lines))
    if not sure and hints < _HINTS:
        return None
    return Machine(sure or hints >= _MANY, carries or above or staff, _survey(subject, lines))


def requester(mail: Mail, text: str, is_staff: Callable[[str], bool]) -> tuple[str, str]:
    """(name, address) of whom a machine's message speaks for: in a field, in Reply-To, the only one, or none."""
    sender = mail.sender()[1].lower()

    def outside(address: str) -> bool:
        own = address.lower() == sender or ("+" in address and address.lower().endswith(sender.partition("@")[2]))
        return not (own or is_machine(address) or is_staff(address))

    named = {a.lower(): (name, a) for name, a in named_addresses(text[:MOST]) if outside(a)}
    if len(named) == 1:
        return next(iter(named.values()))
    answers = [pair for header in ("reply-to", "x-original-sender", "x-original-from")
               for pair in mail.headers.addresses(header) if outside(pair[1])]  # fmt: skip
    if answers:
        return answers[0]
    others = dict.fromkeys(a.lower().strip(".") for a in ADDRESS.findall(text[:MOST]) if outside(a))
    return ("", next(iter(others))) if len(others) == 1 else ("", "")


def to_customer(mail: Mail) -> bool:
    """Whether a machine of the shop writes to a customer, and the shop only gets a copy."""
    host = mail.sender()[1].lower().rpartition("@")[2]
    to = {a.lower() for _, a in mail.headers.addresses("to")}
    copies = {a.lower().rpartition("@")[2] for _, a in mail.headers.addresses("cc")}
    named = {a.lower() for _, a in named_addresses(mail.text[:MOST])}
    return host in copies and all(a.rpartition("@")[2] != host for a in to) and bool(to & named)


def caller(mail: Mail) -> str:
    """The telephone number of who spoke or wrote, where a machine tells it; '' without one."""
    told = (mail.sender()[0], mail.subject[:300], mail.text[:_TOLD_IN])
    return next((match[0].strip() for text in told if (match := _DIAL.search(text))), "")


def own_words(text: str) -> str:
    """What a machine passes on, without its own lines: fields that nobody reads, telephone numbers."""
    above = vocabulary().machine["above"]
    kept = [line for line in text.split("\n") if not (meaning(line) == "other" or _CALLED.match(line))]
    return "\n".join(line for line in kept if not above.search(fold(line[:300]))).strip()


def own_subject(subject: str) -> str:
    """A machine's subject without telephone numbers, durations and the number of a ticket."""
    kept = "|".join(re.escape(w) for kind in ("invoice", "order", "customer") for w in vocabulary().ids[kind])
    without = _NUMBERED.sub(lambda m: m[0] if re.fullmatch(kept, fold(m["word"] or "")) else m["word"] or "", subject)
    return _DIALLED.sub(" ", without)


def _survey(subject: str, lines: list[str]) -> bool:
    words = vocabulary().machine["survey"]
    return any(map(words.search, (subject, *lines[:2])))


def _edges(text: str) -> list[str]:
    """The first and the last lines that say something, folded."""
    said = [line for line in text[:MOST].split("\n") if line.strip()]
    return [fold(line[:300]) for line in (said if len(said) < _HEAD + _FOOT else (*said[:_HEAD], *said[-_FOOT:]))]


def _by_header(mail: Mail) -> bool:
    automatic = mail.headers.get("auto-submitted").lower()
    if automatic and not automatic.startswith(("no", "auto-replied")):
        return True
    names = tuple(_known("header")["sure"])
    return any(name.startswith(names) for name, _ in mail.headers.lines)


def _answered_elsewhere(mail: Mail, address: str) -> bool:
    """Whether answers go to another firm than the one that wrote."""
    host = address.lower().rpartition("@")[2]
    others = [a.lower().rpartition("@")[2] for _, a in mail.headers.addresses("reply-to")]
    return bool(others) and host not in others


def _looks_so(name: str, address: str) -> bool:
    local = address.lower().rpartition("@")[0]
    return bool(_words(local) & _known("address")["maybe"] or _words(fold(name)) & _known("name")["maybe"])


def _known_host(address: str) -> bool:
    return bool(_host_words(address.lower().rpartition("@")[2]) & _known("host")["maybe"])


def _host_words(host: str) -> set[str]:
    """The words of a domain without its last part, set apart by dots and hyphens, and those with hyphens as one."""
    labels = host.split(".")[:-1]
    return {word for label in labels for word in (*_WORD.findall(label), label.replace("-", ""))}


def _words(text: str) -> set[str]:
    """The words of a name, and the name as one word: 'do-not-reply' is 'donotreply' too."""
    return {*_WORD.findall(text.lower()), _SIGNS.sub("", text.lower())}


@cache
def _known(section: str) -> dict[str, frozenset[str]]:
    data = tomllib.loads(files(__package__).joinpath("machines.toml").read_text("utf-8"))
    return {name: frozenset(words.split()) for name, words in data[section].items()}

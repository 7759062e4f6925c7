"""A conversation that a machine or a colleague passes on (a chat, the posts of a ticket), taken apart: who said what.

What agents, bots and private notes say is no word of the customer's; of the customer's words the last count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from refundkit.importers.extract.form import meaning
from refundkit.importers.extract.phrases import fold
from refundkit.importers.extract.vocabulary import vocabulary
from refundkit.importers.mail.newtext import take_apart, unquoted

_CLOCK: Final = r"\d{1,2}[:.h]\d\d(?::\d\d)?(?:\s?[AaPp]\.?[Mm]\b\.?)?(?:\s?(?:Uhr|h)\b)?"
_DAY: Final = r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"
_STAMP: Final = rf"[\[(]?(?:{_DAY}(?:,|\s|\sum|\sat|\sà)*)?{_CLOCK}[\])]?"
_NAME: Final = r"[^\W\d_][^:<>()\n\[\]|]{0,40}?(?:\s?\([^\d()]{1,30}\))?"
_ADDRESS: Final = r"[<(][^<>()\s@]{1,64}@[^<>()\s@]{1,190}[>)]"
_LINES: Final = (
    re.compile(rf"^[\s\u200e]*{_STAMP}\s*[-–|]?\s*(?P<name>{_NAME})\s?:\s(?P<text>.*)$"),
    re.compile(rf"^\s*(?P<name>{_NAME})[\s,]*{_STAMP}\s?:\s(?P<text>.*)$"),
)
_EVENT: Final = re.compile(rf"^[\s\u200e]*{_STAMP}\s*[-–|]?\s*[^:]*$")
_UNTIMED: Final = re.compile(rf"^\s*(?P<name>{_NAME})(?<!\.\.)\s?:\s+(?P<text>\S.*)$")  # no label with dots behind it
_WHEN: Final = (
    r"(?:[^\W\d_]{1,9}(?![^\W\d_])\.?,?\s*|[\d.:/-]++(?:st|nd|rd|th|er|º)?(?:\s?[AaPp]\.?[Mm]\b\.?)?,?\s*){1,9}"
)
_POST: Final = re.compile(
    rf"^\W*(?P<name>{_NAME})\s*(?:{_ADDRESS})?\s*(?:[,|·•–(-]|\bon\b|\bam\b|\ble\b|\bel\b|\bat\b)\s*"
    rf"(?={_WHEN}\)?\s*(?P<mark>\([^()]{{1,40}}\))?\s*:?(?<!\.)\s*$)[^@]*?(?:{_CLOCK}|{_DAY})"
)
_TIME_ALONE: Final = re.compile(rf"^\s*(?=.*{_CLOCK}){_WHEN}\s*$")
_NAME_ALONE: Final = re.compile(
    rf"^\s*+(?:[^\W\d_][\w.'-]{{0,20}}(?![\w.'-])\s?){{1,4}}(?:\([^()\d]{{1,30}}\)|{_ADDRESS})?\s*$"
)
_WROTE: Final = re.compile(
    rf"^\W*(?:(?:on|am|le|el)\s[^\n]{{4,60}}?,?\s)?(?P<name>{_NAME})\s*(?:{_ADDRESS})?\s*"
    r"(?:wrote|writes|said|says|replied|commented|schrieb|schreibt|kommentierte|a [ée]crit|escribi[óo]|ha escrito)\b"
    r"[^\n]{0,60}?:?\s*$",
    re.IGNORECASE,
)
_NOTED: Final = re.compile(rf"^\W*(?P<name>{_NAME})\s+(?:added|left|hat|a ajout[ée]|ha a[ñn]adido)\s[^\n]{{0,100}}$")
_ROLE: Final = re.compile(r"^\W*(?P<name>[^\W\d][^:\n@]{2,60})(?<!\.\.)(?:\([^()\n]{0,40}\))?\s?:\s*$")
_RULE: Final = re.compile(r"^\s*+[-_*=~#]{4,}+.{0,40}$")
_FIGURES: Final = re.compile(r"\d+")
_MARK: Final = re.compile(r"\([^()]*\)")
_LETTERS: Final = re.compile(r"[a-z]+")
_LONGEST: Final = 120
_LEAST: Final = 2
_WORDS: Final = 4
_MOST: Final = 2_000


class Conversation(NamedTuple):
    """What the customer says, turn by turn in order of time; the lines that stand around it; what the others say."""

    turns: tuple[str, ...]
    around: str
    others: str

    def text(self, *, fields: bool) -> str:
        """All of the customer's words below what stands around them: all of it, or only the `fields` of a request."""
        lines = [line for line in self.around.split("\n") if not fields or _tells(line)]
        return "\n\n".join(filter(None, ("\n".join(lines).strip(), *self.turns)))


@dataclass(slots=True)
class _Said:
    name: str
    header: str
    lines: list[str] = field(default_factory=list)
    role: str = ""

    @property
    def text(self) -> str:
        return take_apart("\n".join(self.lines)).new.strip('"“”„ \n')


def conversation(text: str, ours: Sequence[str] = (), customer: str = "", *, posts: bool = True) -> Conversation | None:
    """The conversation in a text; None when none is found, or nobody in it can be told to be the customer.

    `ours`: names of the shop and its own people; `customer`: the customer's name, where it is known; `posts`: it may
    be those of a ticket too.
    """
    lines = _joined(text.split("\n")[:_MOST])
    around, said = _chat(lines, timed_only=not posts) or (_posts(lines) if posts else ([], []))
    alone = {fold(s.name) for s in said}
    if customer and len(alone) == 1 and not set(fold(customer).split()) & set(alone.pop().split()):
        return None  # a colleague's remark; what the customer says stands elsewhere
    _cast(said, {fold(name).split()[0] for name in ours if name.strip()}, fold(customer))
    turns = [s for s in said if s.role == "customer" and s.text]
    if not turns:
        return None
    if _newest_first(turns):
        turns.reverse()
    others = "\n\n".join(s.text for s in said if s.role != "customer")
    return Conversation(tuple(s.text for s in turns), "\n".join(around), others)


def quoted_in_field(text: str) -> bool:
    """Whether a quote is what stands in a field of a machine's message ('Description' and the words below it)."""
    lines = [line for line in text.split("\n")[:_MOST] if line.strip()]
    begun = [before for before, line in pairwise(lines) if line.startswith(">") and not before.startswith(">")]
    return any(len(line) < _LONGEST and meaning(f"{line.strip().rstrip(':')}: x") == "comments" for line in begun)


def _joined(lines: list[str]) -> list[str]:
    """The lines with a name and the time below it in one."""
    out: list[str] = []
    for line in lines:
        if out and len(line) < _LONGEST and _TIME_ALONE.match(line) and _NAME_ALONE.match(out[-1]):
            out[-1] = f"{out[-1].strip()}, {line.strip()}"
        else:
            out.append(line)
    return out


def _chat(lines: list[str], *, timed_only: bool) -> tuple[list[str], list[_Said]] | None:
    """A chat, line by line; None when there are too few lines with somebody's name before them."""
    timed = [next((m for p in _LINES if (m := p.match(line[:_MOST]))), None) for line in lines]
    if sum(m is not None for m in timed) < _LEAST and not timed_only:
        timed = _untimed(lines)
    if sum(m is not None for m in timed) < _LEAST:
        return None
    around: list[str] = []
    said: list[_Said] = []
    inside = False
    for line, match in zip(lines, timed, strict=True):
        if match:
            said.append(_Said(match["name"].strip(), match["name"], [match["text"]]))
            inside = True
        elif not line.strip() or _RULE.match(line) or _EVENT.match(line):
            inside = inside and bool(line.strip()) and not _RULE.match(line)
        elif inside and not meaning(line):
            said[-1].lines.append(line)
        else:
            around.append(line)
    return around, said


def _untimed(lines: list[str]) -> list[re.Match[str] | None]:
    """Lines that begin with the name of one of several who take turns; labels of fields are no names."""
    found = [_UNTIMED.match(line[:_MOST]) for line in lines]
    names = [fold(m["name"]) if m else "" for m in found]
    roles = {name for name in names if name and (_named("client", name) or _named("agent", name))}
    often = {name for name, line in zip(names, lines, strict=True) if names.count(name) > 1 and not meaning(line)}
    good = [m if m and name in roles | often else None for m, name in zip(found, names, strict=True)]
    known = [at for at, m in enumerate(good) if m]
    if often and known:  # who speaks once between two turns of another
        between = range(known[0], known[-1])
        more = {at for at in between if found[at] and not meaning(lines[at]) and len(names[at].split()) < _WORDS}
        good = [m if at in more else good[at] for at, m in enumerate(found)]
    several = len({fold(m["name"]) for m in good if m}) > 1 and sum(m is not None for m in good) > _LEAST
    return good if several else [None] * len(lines)


def _posts(lines: list[str]) -> tuple[list[str], list[_Said]]:
    """The posts of a ticket: each begins with a line that names its writer, and ends with the next or with a rule."""
    around: list[str] = []
    said: list[_Said] = []
    inside = quoted = False
    for line in lines:
        match = _header(line)
        quote = line.lstrip().startswith(">")
        if match:
            said.append(_Said(_MARK.sub("", match["name"]).strip(" ,-"), line))
            inside, quoted = True, False
        elif inside and quote and (quoted or not said[-1].text):
            said[-1].lines.append(unquoted(line))
            quoted = True
        elif _RULE.match(line) or (quoted and line.strip()):
            inside = inside and not said[-1].text
            quoted = False
            around += [] if inside or _RULE.match(line) else [line]
        elif inside and not vocabulary().machine["made"].search(fold(line[:300])):
            said[-1].lines.append(line)
        else:
            around.append(line)
    return around, said


def _header(line: str) -> re.Match[str] | None:
    if not line.strip() or len(line) > _LONGEST:
        return None
    match = _POST.match(line) or _WROTE.match(line)
    if match:
        return match
    match = _NOTED.match(line)
    if match and vocabulary().machine["note"].search(fold(line)):
        return match
    match = _ROLE.match(line)
    shape = fold(line)
    by_role = match and (vocabulary().machine["client"].search(shape) or vocabulary().machine["note"].search(shape))
    return match if by_role and not meaning(line) else None


def _cast(said: list[_Said], ours: set[str], customer: str) -> None:
    """Say of everybody whether it is the customer who speaks."""
    agents = {fold(s.name) for s in said if _is_agent(s, ours)}
    first = set(customer.split()[:1])
    clients = {
        fold(s.name)
        for s in said
        if _named("client", fold(s.name)) or _named("client", fold(s.header)) or first & set(fold(s.name).split())
    }
    named = clients - agents
    others = [fold(s.name) for s in (reversed(said) if _newest_first(said) else said) if fold(s.name) not in agents]
    speaking = named or set(others[:1])
    for s in said:
        noted = vocabulary().machine["note"].search(fold(s.header)) is not None
        s.role = "customer" if fold(s.name) in speaking and not noted else "other"


def _is_agent(said: _Said, ours: set[str]) -> bool:
    words = vocabulary().machine
    name, header = fold(said.name), fold(said.header)
    marked = _named("agent", name) or _named("agent", header) or words["note"].search(header) is not None
    house = {"".join(_LETTERS.findall(mark)) for mark in _MARK.findall(header)}
    offers = words["asks"].search(fold(" ".join(said.lines)[:600])) is not None
    return marked or offers or bool(ours & {*name.split(), *house})


def _named(role: str, text: str) -> bool:
    return vocabulary().machine[role].search(text) is not None


def _newest_first(said: Sequence[_Said]) -> bool:
    """Whether the first of the posts is later than the last; their months must be the same to be compared."""
    if len(said) < _LEAST:
        return False
    first, last = _when(said[0].header), _when(said[-1].header)
    return len(first) == len(last) and first > last


def _when(header: str) -> tuple[int, ...]:
    afternoon = 12 if re.search(r"\d\s?p\.?m\b", header, re.IGNORECASE) else 0
    figures = [int(figure) for figure in _FIGURES.findall(header)][:6]
    if afternoon and len(figures) > 1 and figures[-2] < afternoon:
        figures[-2] += afternoon
    return tuple(figures)


def _tells(line: str) -> bool:
    """Whether a line around the conversation is a field of the request."""
    return meaning(line) not in ("", "other", "billed")

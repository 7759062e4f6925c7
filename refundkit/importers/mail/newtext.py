"""What somebody wrote just now, set apart from quotes, forwarded messages, signatures and disclaimers.

Quotes are known by their form rather than by the words of one language: lines that begin with '>', a line that ends in
a colon before such lines, a block of `Word: value` lines that names an address and a date. A few words help.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from refundkit.importers.mail.inline import answered, question
from refundkit.importers.mail.signature import has_words, names_in, without_signature

_LONGEST: Final = 400
"""Characters of an introduction such as 'On Monday A wrote:'."""
_MOST_TURNS: Final = 8
_MOST_QUOTED: Final = 20_000
"""Of the turns a message quotes, how many are looked at, and how many characters of them."""

_QUOTE: Final = re.compile(r"^\s{0,3}>(?!From )")
_ONE_LEVEL: Final = re.compile(r"^\s{0,3}>(?!From ) ?")
_RULE: Final = re.compile(r"^\s*[-_*=~#]{5,}\s*$")
_FORWARD: Final = re.compile(
    r"^[\s>]*(?:-{2,}.{0,3}\s*(?:forwarded|weitergeleitete|message transf|mensaje reenviado|mensagem encaminhada|"
    r"doorgestuurd|messaggio inoltrato)[^\n]{0,40}-{2,}|begin forwarded message|anfang der weitergeleiteten|"
    r"d[ée]but du message (?:r[ée]exp[ée]di[ée]|transf[ée]r[ée])|inicio del mensaje reenviado)",
    re.IGNORECASE,
)
_ORIGINAL: Final = re.compile(
    r"^[\s>*]*-{2,}\s?.{0,4}(?:original|urspr(?:ü|ue?)ngliche|oorspronkelijk|reply message|message d'origine|mensaje)"
    r"[^\n]{0,40}-{2,}[\s*]*$",
    re.IGNORECASE,
)
_INTRO: Final = re.compile(
    r"\b(?:wrote|writes|schrieb|[ée]crit|escribi[óo]|scritto|ha scritto|schreef|skrev|escreveu|napisał|kirjoitti|"
    r"пишет|написал|写道)\b|\d{1,2}[:.h]\d\d|\b(?:19|20)\d\d\b|@",
    re.IGNORECASE,
)
_INTRO_VERB: Final = re.compile(
    r"\b(?:wrote|writes|schrieb|a [ée]crit|escribi[óo]|ha scritto|schreef|skrev|escreveu|napisał|kirjoitti|пишет|"
    r"написала?)\b[^\n]{0,80}[:\uff1a]\s*$|写道[:\uff1a]\s*$"
    r"|^(?:on|am|le|el|op|il|em|den|w dniu)\s[^\n]{0,200}\d[^\n]{0,200}:\s*$",
    re.IGNORECASE,
)
_FIELD: Final = re.compile(r"^[\s>*_]*+([^\W\d][\w'.\u00a0 -]{0,24}+)(?<!\.\.)[*_]*+\s?[:\uff1a]\s?[*_]*\s*(.*)$")
_ADDRESS: Final = re.compile(r"[^\s<>()\[\]\",;:@]{1,64}@[^\s<>()\[\]\",;:@]{1,190}")
_DATE: Final = re.compile(r"\d{1,2}[:.h]\d\d|\b(?:19|20)\d\d\b")
_INTRO_START: Final = re.compile(
    r"^(?:on|am|le|el|il|op|em|den|w dniu)\b|\d{1,2}[:.h]\d\d|\b(?:19|20)\d\d\b|@", re.IGNORECASE
)
_INTRO_BARE: Final = re.compile(
    r"^(?:-{3,} ?on .{6,200} wrote ?-{3,}|(?:19|20)\d\d[-/]\d{1,2}[-/]\d{1,2} .{2,200}<[^<>\s]+@[^<>\s]+>:?"
    r"|[^\n@]{0,120}[^<>\s@]@[^<>\s@]{1,190}>? (?:wrote|schrieb|a [ée]crit|escribi[óo]) ?[:\uff1a])\s*$",
    re.IGNORECASE,
)
_INTRO_WORD: Final = re.compile(r"^(?:on|am|le|el|il|op|em|den|w dniu)\b.*\d", re.IGNORECASE)
_SENT: Final = re.compile(r"(?<![\d$€£])\d{1,2}[:.h]\d\d(?!\d)|(?<![\w-])(?:19|20)\d\d(?!\w)")
_FROM: Final = frozenset({"from", "von", "de", "van", "da", "od", "fra", "från", "от", "发件人", "差出人"})
_TYPE_ABOVE: Final = re.compile(
    r"^\W*(?:please )?(?:type|write|reply|enter|antworte\w*|r[ée]pon\w+).{0,40}\babove this line", re.IGNORECASE
)


@dataclass(slots=True)
class Forward:
    """A message passed on inside the text: what its header block says of sender, date and subject, and its text."""

    sender: str
    date: str
    subject: str
    text: str


@dataclass(slots=True)
class Turn:
    """A text taken apart. `new` is what this message adds; `quoted` the older turns, newest first."""

    new: str
    quoted: str = ""
    signature: str = ""
    forward: Forward | None = None


@dataclass(slots=True)
class _Cut:
    """`worded`: whether a letter or digit stands in the new lines; `asked`: which of them answer which question."""

    new: list[str] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)
    forward: Forward | None = None
    worded: bool = False
    asked: list[tuple[int, str]] = field(default_factory=list)


def take_apart(text: str, *, forwarded: bool = False, writer: str = "") -> Turn:
    """Set the new text apart. `forwarded`: the subject says that it passes another one on; `writer`: who wrote it."""
    lines = [line.rstrip() for line in text.split("\n")]
    cut = _cut(lines, forwarded=forwarded)
    new, signature = without_signature(answered(cut.new, cut.asked), names_in(writer))
    return Turn(new, "\n".join(cut.quoted).strip(), signature, cut.forward)


def earlier(turn: Turn) -> Iterator[str]:
    """The turns that a text quotes, newest first."""
    for _ in range(_MOST_TURNS):
        text = (turn.forward.text if turn.forward else turn.quoted)[:_MOST_QUOTED]
        if not text:
            return
        turn = take_apart(text, forwarded=True)
        if turn.new.strip():
            yield turn.new


def unquoted(text: str) -> str:
    """A text with one level of its quotes taken off."""
    return "\n".join(_ONE_LEVEL.sub("", line) for line in text.split("\n"))


def _cut(lines: Sequence[str], *, forwarded: bool) -> _Cut:
    out, at = _Cut(), 0
    run: list[str] = []
    while at < len(lines):
        line = lines[at]
        if not line:
            out.new.append(line)
            at += 1
            continue
        if _FORWARD.match(line):
            out.forward = _forward(lines[at + 1 :])
            break
        original = _ORIGINAL.match(line) is not None
        if original or _header_block(lines, at):
            if forwarded or (not out.worded and _header_block(lines, at)):
                out.forward = _forward(lines[at + original :])
            else:
                out.quoted += lines[at:]
            break
        if out.worded and _TYPE_ABOVE.match(line):
            out.quoted += lines[at:]
            break
        if _QUOTE.match(line):
            run.append(_ONE_LEVEL.sub("", line))
            out.quoted.append(run[-1])
            at += 1
            continue
        length = _intro(lines, at)
        if length:
            at += length
            if out.worded and not _quote_follows(lines, at):
                out.quoted += lines[at:]
                break
            continue
        if run and has_words(line) and (asked := question(run)):
            out.asked.append((len(out.new), asked))
        run = []
        out.new.append(line)
        out.worded = out.worded or has_words(line)
        at += 1
    return out


def _intro(lines: Sequence[str], at: int) -> int:
    """How many lines an introduction like 'On Monday A wrote:' takes at this place; 0 when there is none."""
    joined = ""
    if len(lines[at]) > _LONGEST:
        return 0
    if _INTRO_BARE.match(lines[at].strip()):
        return 1
    for length in range(1, 5 if _INTRO_START.search(lines[at]) else 2):
        here = at + length
        if here > len(lines) or (length > 1 and not lines[here - 1].strip()):
            return 0
        if length > 1 and (_INTRO_WORD.match(lines[here - 1].strip()) or _is_intro(lines[here - 1].strip())):
            return 0  # it begins only there: what stands above is new text
        joined = f"{joined} {lines[here - 1].strip()}".strip()
        if len(joined) > _LONGEST:
            return 0
        if joined.endswith((":", "\uff1a")):
            quoted = _quote_follows(lines, here)
            good = (quoted and _INTRO.search(joined)) or (
                _INTRO_VERB.search(joined)
                and _DATE.search(joined)
                and any(lines[n].strip() for n in range(here, len(lines)))
            )
            return length if good else 0
    return 0


def _is_intro(line: str) -> bool:
    """Whether one line is an introduction by itself."""
    return len(line) < _LONGEST and _INTRO_VERB.search(line) is not None and _SENT.search(line) is not None


def _quote_follows(lines: Sequence[str], at: int) -> bool:
    first = next((line for line in lines[at : at + 4] if line.strip()), "")
    return _QUOTE.match(first) is not None


def _header_block(lines: Sequence[str], at: int) -> int:
    """How many lines the header block of an older message takes here (at least three fields); 0 without one.

    One of the first two fields names a person or an address, one field holds a date; a rule may stand above.
    """
    start = at
    while start < len(lines) and start - at < 3 and (_RULE.match(lines[start]) or not lines[start].strip(" >*")):
        start += 1
    if start != at and not _RULE.match(lines[at]):
        return 0
    fields = _block_fields(lines, start)
    values = [value for _, value in fields]
    if len(fields) < 3:
        return 0
    dates = [_SENT.search(v) is not None and not _ADDRESS.search(v) for v in values]
    first = 1 if dates[0] else 0
    named = (_ADDRESS.search(values[first]) is not None and "mail" not in fields[first][0].lower()) or (
        fields[0][0].lower() in _FROM and bool(_subject(fields))
    )
    dated = any(dates)
    return len(fields) if named and dated else 0


def _block_fields(lines: Sequence[str], start: int) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []
    for line in lines[start : start + 12]:
        match = _FIELD.match(line)
        if match is None:
            if fields and line.strip(" >") and len(fields) < 6 and line.startswith((" ", "\t")):
                continue
            break
        fields.append((match[1].strip(), match[2].strip()))
    return fields


def _forward(lines: Sequence[str]) -> Forward:
    """Read a forwarded message: its header block (maybe quoted one level) and what follows."""
    body = lines
    quoted = list(islice((line for line in body if line.strip()), 6))
    if quoted and all(_QUOTE.match(line) for line in quoted):
        body = [_ONE_LEVEL.sub("", line) for line in body]
    start = _first(body, 0, lambda line: bool(line.strip()) and not _RULE.match(line))
    fields = _block_fields(body, start)
    end = start + len(fields)
    if fields:
        end = _first(body, end, lambda line: not line.strip() or not _ADDRESS.search(line))
    sender = next((v for _, v in fields[:3] if _ADDRESS.search(v)), fields[0][1] if fields else "")
    date = next((v for _, v in fields if _DATE.search(v) and not _ADDRESS.search(v)), "")
    return Forward(sender, date, _subject(fields), "\n".join(body[end:]).strip())


def _first(lines: Sequence[str], at: int, wanted: Callable[[str], bool]) -> int:
    """The number of the first line from `at` on that is wanted; behind the last one when none is."""
    return next((n for n in range(at, len(lines)) if wanted(lines[n])), len(lines))


def _subject(fields: Sequence[tuple[str, str]]) -> str:
    words = ("subject", "betreff", "objet", "asunto", "onderwerp", "oggetto", "assunto", "emne", "ämne", "temat")
    return next((value for name, value in fields if name.lower() in words), "")

"""What somebody wrote just now, set apart from quotes, forwarded messages, signatures and disclaimers.

Quotes are known by their form rather than by the words of one language: lines that begin with '>', a line that ends in
a colon before such lines, a block of `Word: value` lines that names an address and a date. A few words help.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from refundkit.importers.extract.phrases import fold
from refundkit.importers.extract.vocabulary import vocabulary

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
_FIELD: Final = re.compile(r"^[\s>*_]*([^\W\d][\w'.\u00a0 -]{0,24})[*_]*\s?[:\uff1a]\s?[*_]*\s*(.*)$")
_ADDRESS: Final = re.compile(r"[^\s<>()\[\]\",;:]+@[^\s<>()\[\]\",;:]+")
_DATE: Final = re.compile(r"\d{1,2}[:.h]\d\d|\b(?:19|20)\d\d\b")
_INTRO_START: Final = re.compile(
    r"^(?:on|am|le|el|il|op|em|den|w dniu)\b|\d{1,2}[:.h]\d\d|\b(?:19|20)\d\d\b|@", re.IGNORECASE
)
_INTRO_BARE: Final = re.compile(
    r"^(?:-{3,} ?on .{6,200} wrote ?-{3,}|(?:19|20)\d\d[-/]\d{1,2}[-/]\d{1,2} .{2,200}<[^<>\s]+@[^<>\s]+>:?"
    r"|[^\n]{0,80}<?[^<>\s]+@[^<>\s]+>? (?:wrote|schrieb|a [ée]crit|escribi[óo]) ?[:\uff1a])\s*$",
    re.IGNORECASE,
)
_SENT: Final = re.compile(r"\d{1,2}[:.h]\d\d|(?<![\w-])(?:19|20)\d\d(?!\w)")
_FROM: Final = frozenset({"from", "von", "de", "van", "da", "od", "fra", "från", "от", "发件人", "差出人"})
_SIGNATURE: Final = re.compile(r"^[\s>]*(?:--|—|––)\s?$")
_DEVICE: Final = re.compile(
    r"^[\s>*_<(\[]*(?:sent (?:from|via|with) (?:my\b|the\b|outlook|yahoo|mail|proton|samsung|a mobile|mobile)"
    r"|get outlook for"
    r"|von meinem .{2,40} gesendet|gesendet (?:von|mit)|diese nachricht wurde von meinem|envoy[ée] (?:de|depuis)"
    r"|t[ée]l[ée]chargez outlook|sendt fra|skickat från|verzonden|inviato da|enviado (?:desde|con|do)"
    r"|obtener outlook)[^\n]{0,80}$",
    re.IGNORECASE,
)
_DISCLAIMER: Final = re.compile(
    r"^[\s*_]*(?:(?:this|the information (?:contained )?in this) (?:e-?mail|message)\b.{0,120}"
    r"\b(?:confidential|intended|privileged)"
    r"|confidentiality (?:notice|note)|disclaimer\b|diese (?:e-?mail|nachricht) .{0,80}vertraulich"
    r"|ce (?:message|courriel|mail) .{0,100}confidenti|este (?:mensaje|correo) .{0,100}confidencial"
    r"|please consider the environment|do not reply to this (?:message|e-?mail))",
    re.IGNORECASE,
)
_TYPE_ABOVE: Final = re.compile(
    r"^\W*(?:please )?(?:type|write|reply|enter|antworte\w*|r[ée]pon\w+).{0,40}\babove this line", re.IGNORECASE
)


_AFTER: Final = re.compile(r"^\W*p\.?\s?s\b|.*\b(?:invoice|rechnung|facture|factura|betrag|amount)\b", re.IGNORECASE)
_SIGNED: Final = 14


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
    new: list[str] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)
    forward: Forward | None = None


def take_apart(text: str, *, forwarded: bool = False) -> Turn:
    """Set the new text apart. `forwarded`: the subject says that the message passes another one on."""
    lines = [line.rstrip() for line in text.split("\n")]
    cut = _cut(lines, forwarded=forwarded)
    new, signature = _without_signature(cut.new)
    return Turn(new, "\n".join(cut.quoted).strip(), signature, cut.forward)


def _cut(lines: Sequence[str], *, forwarded: bool) -> _Cut:
    out, at = _Cut(), 0
    while at < len(lines):
        line = lines[at]
        if _FORWARD.match(line):
            out.forward = _forward(lines[at + 1 :])
            break
        if _ORIGINAL.match(line) or _header_block(lines, at):
            if forwarded or (out.forward is None and not _has_words(out.new) and _header_block(lines, at)):
                out.forward = _forward(lines[at + (_ORIGINAL.match(line) is not None) :])
            else:
                out.quoted += lines[at:]
            break
        if _TYPE_ABOVE.match(line) and _has_words(out.new):
            out.quoted += lines[at:]
            break
        if _QUOTE.match(line):
            out.quoted.append(_ONE_LEVEL.sub("", line))
            at += 1
            continue
        length = _intro(lines, at)
        if length:
            rest = lines[at + length :]
            if not _quote_follows(rest) and _has_words(out.new):
                out.quoted += rest
                break
            at += length
            continue
        out.new.append(line)
        at += 1
    return out


def _intro(lines: Sequence[str], at: int) -> int:
    """How many lines an introduction like 'On Monday A wrote:' takes at this place; 0 when there is none."""
    joined = ""
    if _INTRO_BARE.match(lines[at].strip()):
        return 1
    for length in range(1, 5 if _INTRO_START.search(lines[at]) else 2):
        if at + length > len(lines) or (length > 1 and not lines[at + length - 1].strip()):
            return 0
        joined = f"{joined} {lines[at + length - 1].strip()}".strip()
        if len(joined) > 400:
            return 0
        if joined.endswith((":", "\uff1a")):
            rest = lines[at + length :]
            quoted = _quote_follows(rest)
            good = (quoted and _INTRO.search(joined)) or (
                _INTRO_VERB.search(joined) and _DATE.search(joined) and any(r.strip() for r in rest)
            )
            return length if good else 0
    return 0


def _quote_follows(lines: Sequence[str]) -> bool:
    first = next((line for line in lines[:4] if line.strip()), "")
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
    body = list(lines)
    quoted = [line for line in body if line.strip()]
    if quoted and all(_QUOTE.match(line) for line in quoted[:6]):
        body = [_ONE_LEVEL.sub("", line) for line in body]
    while body and not body[0].strip():
        body.pop(0)
    fields = _block_fields(body, 0)
    rest = body[len(fields) :] if fields else body
    while rest and rest[0].strip() and _ADDRESS.search(rest[0]) and fields:
        rest = rest[1:]
    sender = next((v for _, v in fields[:3] if _ADDRESS.search(v)), fields[0][1] if fields else "")
    date = next((v for _, v in fields if _DATE.search(v) and not _ADDRESS.search(v)), "")
    return Forward(sender, date, _subject(fields), "\n".join(rest).strip())


def _subject(fields: Sequence[tuple[str, str]]) -> str:
    words = ("subject", "betreff", "objet", "asunto", "onderwerp", "oggetto", "assunto", "emne", "ämne", "temat")
    return next((value for name, value in fields if name.lower() in words), "")


def _without_signature(lines: Sequence[str]) -> tuple[str, str]:
    kept: list[str] = []
    signature: list[str] = []
    for at, line in enumerate(lines):
        if (_SIGNATURE.match(line) and _has_words(kept) and len(lines) - at < 20) or _DISCLAIMER.match(line):
            signature += lines[at:]
            break
        if _closes(line) and _has_words(kept) and len(lines) - at < _SIGNED and not any(map(_AFTER.match, lines[at:])):
            kept.append(line)
            signature += lines[at + 1 :]
            break
        if _DEVICE.match(line) and not _more_text(lines[at + 1 :]):
            signature.append(line)
            continue
        kept.append(line)
    return "\n".join(kept).strip(), "\n".join(signature).strip()


def _closes(line: str) -> bool:
    """Whether a line is nothing but a closing: 'Kind regards,'."""
    words = fold(line.strip(" ,.!"))
    return len(words) < 45 and vocabulary().letter["closing"].fullmatch(words) is not None


def _more_text(lines: Sequence[str]) -> bool:
    """Whether real sentences follow: then a line like 'sent from my office' was no signature."""
    return sum(len(line.split()) for line in lines) > 25


def _has_words(lines: Sequence[str]) -> bool:
    return any(any(c.isalnum() for c in line) for line in lines)

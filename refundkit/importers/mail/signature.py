"""What stands below the words of a message: signature, disclaimer, the footer of a mailing list, a device's line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from refundkit.importers.extract.phrases import fold
from refundkit.importers.extract.vocabulary import vocabulary

_FEW: Final = 25
"""Words that may follow a device's line ('Sent from my phone') of a signature."""

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
_AFTER: Final = re.compile(r"^\W*p\.?\s?s\b|.*\b(?:invoice|rechnung|facture|factura|betrag|amount)\b", re.IGNORECASE)
_SIGNED: Final = 14
_NAME: Final = re.compile(r"[^\W\d_]+")
_SIGNED_AS: Final = re.compile(r"[,|/(\u00b7\u2022;\t]| [-\u2013\u2014] ")
_MANY_NAMES: Final = 6
_LONGEST_NAME: Final = 40
_LONGEST_SIGNED: Final = 200
_LIST_FOOTER: Final = re.compile(r"^\s*[_=-]{2,}")
_LIST_WORDS: Final = re.compile(
    r"\bmailing list\b|\bunsubscribe\b|because you are subscribed|\bmailingliste?\b|\babbestellen\b|\babmelden\b"
    r"|liste de diffusion|se d[ée]sabonner|d[ée]sinscri|lista de (?:correo|distribuci[óo]n)|darse de baja",
    re.IGNORECASE,
)


def without_signature(lines: Sequence[str], names: frozenset[str]) -> tuple[str, str]:
    """The lines without signature, disclaimer and footer of a list, and those. `names`: of who wrote them."""
    kept: list[str] = []
    signature: list[str] = []
    worded = False
    device = [_DEVICE.match(line) is not None for line in lines]
    # Where real sentences follow, a line like 'sent from my office' is no signature.
    left = sum(len(line.split()) for line, known in zip(lines, device, strict=True) if not known)
    for at, line in enumerate(lines):
        if (worded and len(lines) - at < 20 and _SIGNATURE.match(line)) or _DISCLAIMER.match(line):
            signature += lines[at:]
            break
        if worded and len(lines) - at < 20 and _LIST_FOOTER.match(line) and _footer(lines[at:]):
            signature += lines[at:]
            break
        near = worded and len(lines) - at < _SIGNED and not any(map(_AFTER.match, lines[at:]))
        if near and (_closes(line) or _is_signed(line, names)):
            closing = _closes(line)
            kept += lines[at : at + closing]
            signature += lines[at + closing :]
            break
        if device[at] and left <= _FEW:
            signature.append(line)
            continue
        left -= 0 if device[at] else len(line.split())
        kept.append(line)
        worded = worded or has_words(line)
    return "\n".join(kept).strip(), "\n".join(signature).strip()


def _closes(line: str) -> bool:
    """Whether a line is nothing but a closing: 'Kind regards,'."""
    words = fold(line[:60].strip(" ,.!"))
    return len(words) < 45 and vocabulary().letter["closing"].fullmatch(words) is not None


def _footer(lines: Sequence[str]) -> bool:
    """Whether a rule and what follows it are what a mailing list puts below a message."""
    return any(map(_LIST_WORDS.search, lines[1:5]))


def _is_signed(line: str, names: frozenset[str]) -> bool:
    """Whether a line is the writer's name, and maybe what he is: 'K. Lee, buyer', 'Thanks, Kim'."""
    line = line.strip(" *_-")
    if not names or not line or line.endswith(":"):
        return False
    parts = [part.strip(" .!") for part in _SIGNED_AS.split(line[:80])]
    if _are(parts[0], names):
        return len(line) < _LONGEST_SIGNED and (len(parts) > 1 or len(line) < _LONGEST_NAME)
    greeted = len(parts) > 1 and len(line) < _LONGEST_NAME and len(parts[0].split()) < _MANY_NAMES // 2
    return greeted and all(_are(part, names) for part in parts[1:])


def _are(text: str, names: frozenset[str]) -> bool:
    """Whether a text is nothing but some of these names, the first of them maybe as letters: 'K. Lee'."""
    if any(map(str.isdigit, text)):
        return False  # a field: 'Customer: C-2150'
    found = [fold(word) for word in _NAME.findall(text)]
    whole = [word for word in found if word in names]
    letters = {name[0] for name in names}
    return bool(whole) and len(found) < _MANY_NAMES and all(w in names or (len(w) == 1 and w in letters) for w in found)


def names_in(writer: str) -> frozenset[str]:
    """The names in what a sender calls himself, 'Lee, Kim (buyer)'."""
    return frozenset(fold(word) for word in _NAME.findall(writer[:100]) if len(word) > 1)


def has_words(line: str) -> bool:
    """Whether anything but signs stands in a line."""
    return any(c.isalnum() for c in line)

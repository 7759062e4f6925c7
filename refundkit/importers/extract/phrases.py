"""The small language of the word files: phrases compiled to patterns over folded sentences.

A phrase is words set apart by spaces. `a|b` either word; `word*` any ending; `word?` may be missing; `..` up to six
words in between, none of them an amount when the phrase names one; `{money}` an amount; `{n}` a count; `{count}` one
that is taken out, `{few}` one that is surely a number; `{day}` a number of up to four figures; `{inv}` `{ord}` `{cus}`
an id, `{id}` one of the first two; `{thing}` one word that is no money; `{credit}` credit, but no credit card.
"""

from __future__ import annotations

import re
from typing import Final

_FOLD: Final = str.maketrans(
    {
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "´": "'", "`": "'", "ʼ": "'",
        "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " ",
        "ß": "ss", "ẞ": "ss", "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "…": "...",
        "ä": "a", "ö": "o", "ü": "u", "Ä": "A", "Ö": "O", "Ü": "U", "à": "a", "á": "a", "â": "a", "ã": "a", "å": "a",
        "è": "e", "é": "e", "ê": "e", "ë": "e", "ì": "i", "í": "i", "î": "i", "ï": "i", "ò": "o", "ó": "o", "ô": "o",
        "õ": "o", "ù": "u", "ú": "u", "û": "u", "ç": "c", "ñ": "n", "À": "A", "Á": "A", "Â": "A", "É": "E", "È": "E",
        "Ê": "E", "Ë": "E", "Í": "I", "Î": "I", "Ó": "O", "Ô": "O", "Ú": "U", "Ñ": "N", "Ç": "C", "\u0301": None,
        "\u0308": None, "\u0303": None, "\u0300": None, "\u0302": None, "\u0327": None, "\u200b": None, "\ufeff": None,
    }
)  # fmt: skip
_SHORT: Final = re.compile(r"(?<=\w)'(?=(?:t|d|m|re|ve|ll|s)\b)", re.IGNORECASE)
_GAP: Final = r"(?:\W+\w+){0,6}?"
_GAP_WITHOUT_MONEY: Final = r"(?:\W+(?!money\d)\w+){0,6}?"
_NUMBERS: Final = r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|both|several)"
_SPECIAL: Final = {
    "{money}": r"(money\d+)", "{n}": _NUMBERS, "{day}": r"\d{1,4}",
    "{inv}": "invref", "{ord}": "ordref", "{cus}": "cusref",
    "{count}": r"(?P<count>\d{1,2}|[a-z]{2,8})",
    "{few}": r"(?P<count>\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|twelve)",
    "{credit}": r"credit(?!\W+card)", "{id}": r"(?:invref|ordref)",
    "{thing}": (
        r"(?!money|payment|amount|difference|rest|balance|refund|remaining|invoice|charge|fee|cash|fund|deposit|call"
        r"|email|mail|it\b|you\b|us\b|me\b|one\b)\w+"
    ),
}  # fmt: skip


def plain(text: str) -> str:
    """Text with plain quotes, dashes, spaces and letters without accents; the case is kept."""
    return text.translate(_FOLD)


def fold(text: str) -> str:
    """Text as the phrases see it: plain, lower case, English short forms closed up (I'd -> id), other ' as a space."""
    return _SHORT.sub("", plain(text)).replace("'", " ").lower()


def compiled(phrase: str) -> re.Pattern[str]:
    """One phrase as a pattern over folded text; its only group is the amount, if it names one."""
    return re.compile(rf"(?<!\w){_body(phrase)}(?!\w)")


def any_of(phrases: list[str]) -> re.Pattern[str]:
    """One pattern for a list of phrases; it matches nothing when the list is empty."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(_body(p) for p in phrases)})(?!\w)" if phrases else r"(?!)")


def _body(phrase: str) -> str:
    out: list[str] = []
    gap, first = "", True
    for word in phrase.split():
        if word == "..":
            gap = _GAP_WITHOUT_MONEY if "{money}" in phrase else _GAP
            continue
        optional = word.endswith("?")
        body = _token(word.removesuffix("?"))
        if first:
            out.append(rf"(?:{body}\W+)?" if optional else body)
            first = optional
        else:
            out.append(rf"(?:{gap}\W+{body})?" if optional else rf"{gap}\W+{body}")
        gap = ""
    return "".join(out)


def _token(token: str) -> str:
    if token in _SPECIAL:
        return _SPECIAL[token]
    words = [
        _SPECIAL.get(w) or re.escape(fold(w)).replace(r"\*", r"\w*").replace(r"\ ", r"\W+") for w in token.split("|")
    ]
    return words[0] if len(words) == 1 else f"(?:{'|'.join(words)})"

"""Text of any script and intent as a page can show it: nothing invisible, nothing without a glyph."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from markupsafe import Markup

# Format characters that are drawn, or that decide how their neighbours are drawn. All others (overrides of the
# direction, tags, zero-width spaces) could make a page read differently from the text that is signed.
_KEPT_FORMAT: Final = frozenset(
    [0x200C, 0x200D, 0x200E, 0x200F, 0x061C, *range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD]
)
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
MAX_MARKS: Final = 6
"""Combining marks shown on one letter; more than any script needs would be drawn over the lines above and below."""

_CJK: Final = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC", "FULLWIDTH", "HALFWIDTH")


def escape(character: str) -> str:
    """How a character that is not drawn is written instead: [U+1F389]."""
    return f"[U+{ord(character):04X}]"


def without_surrogates(text: str) -> str:
    """The text with every half of a surrogate pair escaped, so that it can be encoded."""
    return _SURROGATE.sub(lambda m: escape(m[0]), text)


def printable(text: str, limit: int) -> str:
    """Text of unknown origin as a terminal may show it: at most `limit` characters, none that moves or hides others."""
    return "".join(c if c.isprintable() else escape(c) for c in text[:limit])


def shown(text: str, undrawable: Collection[int] = frozenset()) -> Markup:
    """The text as safe HTML: escapes marked, direction by its first strong letter. Keeps line feeds and tabs.

    `undrawable`: code points for which no installed font has a glyph.
    """
    from markupsafe import Markup

    parts: list[str] = []
    plain: list[str] = []
    marks = 0
    for character in text.replace("\r\n", "\n"):
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if _drawn(character, category, undrawable) and marks <= MAX_MARKS:
            plain.append(character)
            continue
        parts += (Markup.escape("".join(plain)), '<span class="esc">', escape(character), "</span>")
        plain.clear()
    html = "".join([*parts, Markup.escape("".join(plain))])
    return Markup(f'<span dir="rtl">{html}</span>') if right_to_left(text) else Markup(html)  # noqa: S704 - escaped above


def _drawn(character: str, category: str, undrawable: Collection[int]) -> bool:
    if character in "\n\t":
        return True
    point = ord(character)
    return point not in undrawable and (category not in _HIDDEN or point in _KEPT_FORMAT)


def right_to_left(text: str) -> bool:
    """Whether the first letter with a direction runs from right to left (Unicode UAX 9, rules P2 and P3)."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def font_notes(undrawable: Collection[int]) -> list[str]:
    """One sentence for every font package that would help, and one for what no package is known for."""
    wanted: dict[str, list[int]] = {}
    for point in sorted(undrawable):
        wanted.setdefault(_package(chr(point)), []).append(point)
    notes = []
    for package in sorted(wanted):
        points = wanted[package]
        listed = ", ".join(f"U+{p:04X}" for p in points[:24]) + (f" and {len(points) - 24} more" if points[24:] else "")
        help_ = f"The font package {package} has letters of this kind." if package else "No font package has them."
        notes.append(
            f"No font on the issuing machine can draw {listed}; the page shows the number instead, "
            f"content.json has the character itself. {help_}"
        )
    return notes


def _package(character: str) -> str:
    """The Debian package whose fonts have characters of this kind."""
    name = unicodedata.name(character, "")
    if name.startswith(_CJK):
        return "fonts-noto-cjk"
    if unicodedata.category(character) in {"So", "Sk", "Sm"}:
        return "fonts-symbola"
    return "fonts-noto-core" if name else ""

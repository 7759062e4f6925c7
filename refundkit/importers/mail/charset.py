"""Bytes to text without ever failing: aliases of odd charset names, then UTF-8, then Windows-1252, with a flag."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from functools import lru_cache
from typing import Final

_ALIASES: Final = {
    "x-gbk": "gb18030", "gb2312": "gb18030", "iso-gb2312": "gb18030", "gbk": "gb18030", "x-euc-cn": "gb18030",
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "euc-kr": "cp949", "x-windows-949": "cp949",
    "x-sjis": "cp932", "shift_jis": "cp932", "shift-jis": "cp932", "x-mac-roman": "mac_roman", "macintosh": "mac_roman",
    "iso-8859-8-i": "iso-8859-8", "iso-8859-6-i": "iso-8859-6", "iso8859-1": "cp1252", "iso-8859-1": "cp1252",
    "latin1": "cp1252", "ansi": "cp1252", "windows-1252http-equivcontent-type": "cp1252", "cp-850": "cp850",
    "utf8": "utf-8", "utf": "utf-8", "unicode": "utf-8", "unicode-1-1-utf-8": "utf-8", "unicode-1-1-utf-7": "utf-7",
    "us-ascii": "ascii", "ansi_x3.4-1968": "ascii", "iso-2022-jp": "iso2022_jp_ext", "windows-874": "cp874",
    "x-user-defined": "", "x-unknown": "", "unknown": "", "unknown-8bit": "", "default": "", "default_charset": "",
    "_iso-2022-jp$esc": "iso2022_jp_ext", "invalid-charset": "", "none": "", "binary": "",
}  # fmt: skip
_WESTERN: Final = frozenset({"cp1252", "iso8859-1", "iso8859-15", "iso8859-9", "cp1254"})
_MANGLED: Final = re.compile(
    "[\u00c2\u00c3][\u0080-\u00bf\u0152-\u0192\u2013-\u203a\u20ac\u2122]|\u00e2\u20ac|\u00e2\u201a\u00ac"
)
"""How letters in UTF-8 look when they are read as Windows-1252."""
_ODD: Final = re.compile(r"[^a-z0-9_.$:-]")
_TEXT_CODECS: Final = re.compile(r"(?:utf|ascii|cp|iso|latin|mac|koi|big5|gb|hz|euc|shift|johab|tis|ptcp|kz)")


def decode(raw: bytes, charset: str) -> tuple[str, bool]:
    """The text of these bytes, and whether it had to be guessed (the declared charset was wrong or unknown)."""
    declared = known(charset)
    if declared in _WESTERN and not raw.isascii():
        with suppress(UnicodeDecodeError):
            return _unmangled(raw.decode("utf-8")), True  # what reads as UTF-8 throughout is nothing else
    tried = [declared] if declared else []
    tried += [name for name in ("utf-8", "cp1252") if name not in tried]
    for position, name in enumerate(tried):
        try:
            return _unmangled(_whole(raw.decode(name), name)), bool(charset) and not (declared and position == 0)
        except UnicodeDecodeError as err:
            if name == "utf-8" and not raw[: err.start].isascii():
                return raw.decode(name, "replace"), True  # it is UTF-8, and damaged from there on
        except (UnicodeError, ValueError):
            continue
    return raw.decode("cp1252", "replace"), True


def _unmangled(text: str) -> str:
    """The text; one in UTF-8 that was read as Windows-1252 before it was sent is put right ('Ã©' for 'é')."""
    if _MANGLED.search(text) is None:
        return text
    try:
        raw = bytes(ord(c) if "\x80" <= c <= "\x9f" else c.encode("cp1252")[0] for c in text)
        return raw.decode("utf-8")
    except UnicodeError:
        return text


def _whole(text: str, name: str) -> str:
    """The text; raise UnicodeError where UTF-7 spelled half a character, which nothing can store."""
    if name == "utf-7":
        text.encode()
    return text


@lru_cache(maxsize=256)
def known(charset: str) -> str:
    """Python's name of a charset for text, '' when it is not known."""
    name = _ODD.sub("", charset.strip().strip("\"'").lower()[:60])
    name = _ALIASES.get(name, name)
    try:
        found = codecs.lookup(name).name if name else ""
    except (LookupError, ValueError):
        return ""
    return found if _TEXT_CODECS.match(found.lower()) else ""

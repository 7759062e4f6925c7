"""Bytes to text without ever failing: aliases of odd charset names, then UTF-8, then Windows-1252, with a flag."""

from __future__ import annotations

import codecs
import re
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
_ODD: Final = re.compile(r"[^a-z0-9_.$:-]")
_TEXT_CODECS: Final = re.compile(r"(?:utf|ascii|cp|iso|latin|mac|koi|big5|gb|hz|euc|shift|johab|tis|ptcp|kz)")


def decode(raw: bytes, charset: str) -> tuple[str, bool]:
    """The text of these bytes, and whether it had to be guessed (the declared charset was wrong or unknown)."""
    declared = known(charset)
    tried = [declared] if declared else []
    tried += [name for name in ("utf-8", "cp1252") if name not in tried]
    for position, name in enumerate(tried):
        try:
            return _whole(raw.decode(name), name), bool(charset) and not (declared and position == 0)
        except UnicodeDecodeError as err:
            if name == "utf-8" and not raw[: err.start].isascii():
                return raw.decode(name, "replace"), True  # it is UTF-8, and damaged from there on
        except (UnicodeError, ValueError):
            continue
    return raw.decode("cp1252", "replace"), True


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

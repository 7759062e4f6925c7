"""HTML of a mail as the text a person sees: no styles, scripts or hidden parts; quotes marked; nothing is fetched."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Final

MAX_HTML: Final = 2_000_000
_MAX_TAG: Final = 20_000
_MAX_DEPTH: Final = 200

_SILENT: Final = frozenset({"style", "script", "head", "title", "noscript", "template", "svg", "xml", "object"})
_BLOCK_TAGS: Final = (
    "p div tr table ul ol li blockquote h1 h2 h3 h4 h5 h6 pre hr section article header footer center dl dt dd form"
    " fieldset address body html tbody thead caption"
)
_BLOCK: Final = frozenset(_BLOCK_TAGS.split())
_VOID_TAGS: Final = "br hr img input meta link area base col embed source track wbr"
_VOID: Final = frozenset(_VOID_TAGS.split())
_NAME: Final = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:]{0,40})")
_HIDDEN: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em)?\s*[;\"']|mso-hide\s*:\s*all|\shidden(?:[\s=>]|$)",
    re.IGNORECASE,
)
_HREF: Final = re.compile(r"href\s*=\s*[\"']?(https?://[^\s\"'>]{1,300})", re.IGNORECASE)
_SPACE: Final = re.compile(r"[ \t\r\n\f\u00a0]+")
_EDGES: Final = re.compile(r" *\n[ ]*")
_EMPTY_LINES: Final = re.compile(r"\n{3,}")


@dataclass(slots=True)
class _Page:
    """What has been written so far. `silent`: the tag whose end ends a part that is not shown, and how deep it is."""

    lines: list[str] = field(default_factory=lambda: [""])
    quote: int = 0
    silent: str = ""
    depth: int = 0
    href: str = ""
    link_at: tuple[int, int] = (0, 0)

    def newline(self) -> None:
        if self.lines[-1].strip():
            self.lines.append("")

    def add(self, text: str) -> None:
        if not self.lines[-1] and self.quote:
            self.lines[-1] = "> " * min(self.quote, 10)
        self.lines[-1] += text


def to_text(source: str) -> str:
    """The readable text of an HTML body. Quoted blocks begin with '> ', table cells are set apart by tabs."""
    source = source[:MAX_HTML]
    page, at = _Page(), 0
    while at < len(source):
        opening = source.find("<", at)
        end = len(source) if opening < 0 else opening
        _text(page, source[at:end])
        if opening < 0:
            break
        at = _markup(page, source, opening)
    text = "\n".join(_tidy(line) for line in page.lines)
    return _EMPTY_LINES.sub("\n\n", _EDGES.sub("\n", text)).strip()


def _markup(page: _Page, source: str, at: int) -> int:
    """Handle what begins with '<' at this place; return where reading goes on."""
    if source.startswith("<!--", at):
        end = source.find("-->", at + 4)
        return len(source) if end < 0 else end + 3
    end = source.find(">", at + 1, at + _MAX_TAG)
    name = _NAME.match(source, at + 1)
    if end < 0 or (name is None and source[at + 1 : at + 2] not in "!?/"):
        _text(page, "<")
        return at + 1
    if name is not None:
        tag = name[1].lower()
        inside = source[name.end() : end]
        if source[at + 1] == "/":
            _close(page, tag)
        else:
            _open(page, tag, inside)
    return end + 1


def _open(page: _Page, tag: str, inside: str) -> None:
    if page.silent:
        page.depth += tag == page.silent and page.depth < _MAX_DEPTH
        return
    hidden = tag not in _VOID and tag not in ("body", "html") and _HIDDEN.search(inside) is not None
    if (tag in _SILENT or hidden) and not inside.rstrip().endswith("/"):
        page.silent, page.depth = tag, 1
        return
    if tag == "br":
        page.lines.append("")
    elif tag in _BLOCK:
        page.newline()
        if tag in ("p", "h1", "h2", "h3", "blockquote", "table"):
            page.lines.append("")
        page.quote += tag == "blockquote" and page.quote < _MAX_DEPTH
        if tag == "li":
            page.add("- ")
    elif tag in ("td", "th") and page.lines[-1].strip():
        page.add("\t")
    elif tag == "a":
        found = _HREF.search(inside)
        page.href = html.unescape(found[1]) if found else ""
        page.link_at = (len(page.lines) - 1, len(page.lines[-1]))


def _close(page: _Page, tag: str) -> None:
    if page.silent:
        if tag == page.silent:
            page.depth -= 1
            page.silent = "" if page.depth <= 0 else page.silent
        elif tag in ("body", "html"):
            page.silent = ""
        return
    if tag == "blockquote":
        page.newline()
        page.quote = max(0, page.quote - 1)
        page.lines.append("")
    elif tag in _BLOCK:
        page.newline()
        if tag in ("p", "h1", "h2", "h3", "table"):
            page.lines.append("")
    elif tag == "a" and page.href:
        line, column = page.link_at
        shown = page.lines[line][column:].strip() if line == len(page.lines) - 1 else ""
        if shown and shown.rstrip("/") != page.href.rstrip("/"):
            page.add(f" <{page.href}>")
        page.href = ""


def _text(page: _Page, raw: str) -> None:
    if page.silent or not raw:
        return
    text = _SPACE.sub(" ", html.unescape(raw).replace("\x00", ""))
    if text != " " or page.lines[-1].strip("> "):
        page.add(text)


def _tidy(line: str) -> str:
    return re.sub(r"[ \u00a0]+", " ", line).strip(" ").replace(" \t", "\t").replace("\t ", "\t")

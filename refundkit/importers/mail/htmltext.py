"""HTML of a mail as the text a person sees: nothing hidden or struck out; rows of tables in a line; quotes marked."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Final

MAX_HTML: Final = 1_000_000
_MAX_TAG: Final = 20_000
_MAX_DEPTH: Final = 200
_SHORT_CELL: Final = 200
"""Characters of a cell whose lines are one."""

_SILENT_TAGS: Final = "style script head title noscript template svg xml object s strike del"
_SILENT: Final = frozenset(_SILENT_TAGS.split())
"""What is not shown, and what its writer has struck out."""
_BLOCK_TAGS: Final = (
    "p div tr table ul ol li blockquote h1 h2 h3 h4 h5 h6 pre hr section article header footer center dl dt dd form"
    " fieldset address body html tbody thead caption"
)
_BLOCK: Final = frozenset(_BLOCK_TAGS.split())
_VOID_TAGS: Final = "br hr img input meta link area base col embed source track wbr"
_VOID: Final = frozenset(_VOID_TAGS.split())
_NAME: Final = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:]{0,40})")
_HIDDEN: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:font-size|max-height|opacity)\s*:\s*0(?:px|pt|em)?\s*(?:[;\"']|$)"
    r"|mso-hide\s*:\s*all|\shidden(?:[\s=>]|$)|text-decoration[a-z-]*\s*:\s*line-through",
    re.IGNORECASE,
)
_HREF: Final = re.compile(r"href\s*=\s*[\"']?(https?://[^\s\"'>]{1,300})", re.IGNORECASE)
_TIGHT: Final = re.compile(
    r"class\s*=\s*[\"']?(?:x_)*Mso(?:Normal|PlainText|ListParagraph)|margin\s*:\s*0(?![.\d])", re.IGNORECASE
)
"""A paragraph that begins on the next line, with no empty one above it."""
_LOOSE: Final = re.compile(r"MsoNormal[^{}]{0,200}\{[^{}]{0,400}margin-bottom\s*:\s*[1-9]", re.IGNORECASE)
_SPAN: Final = re.compile(r"colspan\s*=\s*[\"']?(\d{1,2})", re.IGNORECASE)
_SPACE: Final = re.compile(r"[ \t\r\n\f\u00a0]+")
_SPACES: Final = re.compile("[ \u00a0]+")
_UNSEEN: Final = re.compile("[\x00\u00ad\u034f\u200b-\u200d\u2060\ufeff]")
_EDGES: Final = re.compile(r" *\n[ ]*")
_EMPTY_LINES: Final = re.compile(r"\n{3,}")


@dataclass(slots=True)
class _Row:
    """A row that is being read: of which table, and for each cell its first line and the columns it spans.

    `laid_out`: it holds a table, list or quote, so that it only sets things beside each other.
    """

    table: int
    cells: list[tuple[int, int]] = field(default_factory=list)
    laid_out: bool = False


@dataclass(slots=True)
class _Page:
    """What has been written so far. `silent`: the tag whose end ends a part that is not shown, and how deep it is.

    `next_end` is where the next '>' stands, looked up once, so that a million '<' cost no more than one.
    """

    done: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    filled: bool = False
    quote: int = 0
    silent: str = ""
    depth: int = 0
    href: str = ""
    shown: list[str] = field(default_factory=list)
    next_end: int = 0
    tables: int = 0
    rows: list[_Row] = field(default_factory=list)
    loose: bool = False
    tight: bool = False
    term: bool = False

    def end_line(self) -> None:
        """Begin a new line, also after an empty one."""
        self.done.append("".join(self.line))
        self.line, self.filled = [], False

    def newline(self) -> None:
        """Begin a new line unless this one is empty."""
        if self.filled:
            self.end_line()

    def add(self, text: str) -> None:
        """Write on the current line."""
        if not self.line and self.quote:
            self.line.append("> " * min(self.quote, 10))
        self.line.append(text)
        self.filled = self.filled or not text.isspace()
        if self.href:
            self.shown.append(text)


def to_text(source: str) -> str:
    """The readable text of an HTML body. Quoted blocks begin with '> ', table cells are set apart by tabs."""
    source = source[:MAX_HTML]
    page, at = _Page(loose=_LOOSE.search(source) is not None), 0
    while at < len(source):
        opening = source.find("<", at)
        end = len(source) if opening < 0 else opening
        _text(page, source[at:end])
        if opening < 0:
            break
        at = _markup(page, source, opening)
    while page.rows:
        _end_row(page)
    page.end_line()
    text = "\n".join(_tidy(line) for line in page.done)
    return _EMPTY_LINES.sub("\n\n", _EDGES.sub("\n", text)).strip()


def _markup(page: _Page, source: str, at: int) -> int:
    """Handle what begins with '<' at this place; return where reading goes on."""
    if source.startswith("<!--", at):
        end = source.find("-->", at + 4)
        return len(source) if end < 0 else end + 3
    if page.next_end <= at:
        found = source.find(">", at + 1)
        page.next_end = len(source) if found < 0 else found
    end = page.next_end
    name = _NAME.match(source, at + 1)
    if end == len(source) or end - at > _MAX_TAG or (name is None and source[at + 1 : at + 2] not in "!?/"):
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
        page.depth += tag == page.silent
        return
    hidden = tag not in _VOID and tag not in ("body", "html") and _HIDDEN.search(inside) is not None
    if (tag in _SILENT or hidden) and not inside.rstrip().endswith("/"):
        page.silent, page.depth = tag, 1
        return
    if tag == "br":
        page.end_line()
    elif tag == "dd" and page.term:
        page.term = False
        page.add("\t")
    elif tag in _BLOCK:
        page.newline()
        page.term = tag == "dt"
        page.tight = tag == "p" and not page.loose and _TIGHT.search(inside) is not None
        if tag in ("p", "h1", "h2", "h3", "blockquote", "table") and not page.tight:
            page.end_line()
        page.quote += tag == "blockquote" and page.quote < _MAX_DEPTH
        if tag == "li":
            page.add("- ")
        if page.rows and tag in ("table", "blockquote", "ul", "ol", "pre"):
            page.rows[-1].laid_out = True
        page.tables += tag == "table"
        if tag == "tr":
            _begin_row(page)
    elif tag in ("td", "th") and page.rows:
        page.newline()
        span = _SPAN.search(inside)
        page.rows[-1].cells.append((len(page.done), int(span[1]) if span else 1))
    elif tag == "a":
        found = _HREF.search(inside)
        page.href = html.unescape(found[1]) if found else ""
        page.shown = []


def _close(page: _Page, tag: str) -> None:
    if page.silent:
        if tag == page.silent:
            page.depth -= 1
            page.silent = "" if page.depth <= 0 else page.silent
        elif tag in ("body", "html"):
            page.silent = ""
        return
    if tag == "dt" and page.term:
        return  # what it is the name of goes on in its line
    if tag == "blockquote":
        page.newline()
        page.quote = max(0, page.quote - 1)
        page.end_line()
    elif tag in _BLOCK:
        tight, page.tight = page.tight and tag == "p", False
        empty = not page.filled
        page.newline()
        if tag in ("tr", "table"):
            _end_rows(page)
        page.tables -= tag == "table" and page.tables > 0
        if (tag in ("p", "h1", "h2", "h3", "table") and not tight) or (tight and empty):
            page.end_line()
    elif tag == "a" and page.href:
        shown, href = "".join(page.shown).strip(), page.href
        page.href = ""
        if shown and shown.rstrip("/") != href.rstrip("/"):
            page.add(f" <{href}>")


def _begin_row(page: _Page) -> None:
    _end_rows(page)
    if len(page.rows) < _MAX_DEPTH:
        page.rows.append(_Row(page.tables))


def _end_rows(page: _Page) -> None:
    """End the row of this table, and rows further in that nothing ended."""
    while page.rows and page.rows[-1].table >= page.tables:
        _end_row(page)


def _end_row(page: _Page) -> None:
    """Put the cells of a row beside each other, set apart by tabs; the lines of one that is long stay lines."""
    row = page.rows.pop()
    page.newline()
    if row.laid_out or not row.cells:
        return
    start, mark = row.cells[0][0], "> " * min(page.quote, 10)
    ends = [at for at, _ in row.cells[1:]] + [len(page.done)]
    cells = [_cell(page.done[at:end], mark) for (at, _), end in zip(row.cells, ends, strict=True)]
    if sum(map(bool, cells)) < 2:
        return
    lines = [""]
    for cell, (_, span) in zip(cells, row.cells, strict=True):
        lines[-1] += cell[0] if cell else ""
        lines += cell[1:]
        lines[-1] += "\t" * span
    lines[-1] = lines[-1].removesuffix("\t")
    page.done[start:] = [f"{mark}{line}" for line in lines]


def _cell(lines: list[str], mark: str) -> list[str]:
    """The lines of a cell, in one when they are short; none when it is empty."""
    texts = [_tidy(line.removeprefix(mark)) for line in lines]
    filled = [text for text in texts if text]
    if sum(map(len, filled)) <= _SHORT_CELL:
        return [" ".join(filled)] if filled else []
    while texts and not texts[-1]:
        texts.pop()
    return texts[texts.index(filled[0]) :]


def _text(page: _Page, raw: str) -> None:
    if page.silent or not raw:
        return
    text = _SPACE.sub(" ", _UNSEEN.sub("", html.unescape(raw)))
    if text != " " or page.filled:
        page.add(text)


def _tidy(line: str) -> str:
    return _SPACES.sub(" ", line).strip(" ").replace(" \t", "\t").replace("\t ", "\t")

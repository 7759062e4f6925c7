"""HTML pages as PDF: no file of the user, no network; the same page gives the same bytes; what has no glyph is told."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from refundkit.errors import InputError, OutsideError
from refundkit.exporters.documents.page_text import shown

if TYPE_CHECKING:
    from jinja2 import Template
    from weasyprint.urls import URLFetcher

ROUNDS: Final = 4
"""How often a page is made anew because a font lacked a character; the last round still finds one: no font at all."""
_SLACK: Final = 1
"""CSS pixels by which a text may reach beyond its room unseen: a quarter of a millimetre."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A PDF. `overfull`: names of the rooms (`id="room-NAME"`) that their text (`id="text-NAME"`) does not fit."""

    pdf: bytes
    pages: int
    overfull: frozenset[str]


def draw(page: Callable[[frozenset[int]], str], css: str) -> Drawn:
    """Make a PDF of the page. `page` is told the code points for which no installed font has a glyph.

    Raise OutsideError where the system's text libraries or fonts are missing, InputError when the page would load
    something from outside.
    """
    undrawable: frozenset[int] = frozenset()
    for _ in range(ROUNDS):
        drawn, missing = _drawn(page(undrawable), css)
        if not missing:
            return drawn
        undrawable |= missing
    raise no_font()


def template(package: str, name: str, undrawable: frozenset[int]) -> Template:
    """A template that lies in a package. Every text goes through `shown`, which escapes it; there is no other way."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    def finalize(value: Any) -> Any:
        return value if isinstance(value, Markup) else shown(str(value), undrawable)

    environment = Environment(autoescape=True, undefined=StrictUndefined, finalize=finalize)
    environment.filters["plain"] = Markup.escape
    return environment.from_string(text_of(package, name))


@cache
def text_of(package: str, name: str) -> str:
    """A template or style sheet that lies in a package."""
    return files(package).joinpath(name).read_text("utf-8")


def _drawn(page: str, css: str) -> tuple[Drawn, frozenset[int]]:
    check_libraries()
    from weasyprint import CSS, HTML
    from weasyprint.urls import FatalURLFetchingError

    fetcher = closed_fetcher()
    missing: set[int] = set()

    def finish(document: Any, _: Any) -> None:
        for font in document.fonts.values():
            missing.update(font.missing)

    try:
        sheet = CSS(string=css, url_fetcher=fetcher)
        document = HTML(string=page, url_fetcher=fetcher).render(stylesheets=[sheet])
        pdf = document.write_pdf(finisher=finish, pdf_identifier=True)
    except FatalURLFetchingError as err:
        raise InputError(
            f"the page would have loaded something from outside: {err}", hint="nothing was written"
        ) from err
    anchors = {name: place for one in document.pages for name, place in one.anchors.items()}
    return Drawn(pdf, len(document.pages), frozenset(_overfull(anchors))), frozenset(missing)


def _overfull(anchors: dict[str, Any]) -> list[str]:
    found = []
    for name, (_, _, right, bottom) in anchors.items():
        inside = anchors.get(f"text-{name.removeprefix('room-')}")
        if name.startswith("room-") and inside and (inside[2] > right + _SLACK or inside[3] > bottom + _SLACK):
            found.append(name.removeprefix("room-"))
    return found


def no_font() -> OutsideError:
    """What is said where no font can draw plain letters."""
    return OutsideError(
        "no font is installed that can draw plain letters",
        hint="install DejaVu Sans (Debian: apt install fonts-dejavu-core) and run it again",
    )


def check_libraries() -> None:
    """Raise OutsideError where Pango or every font is missing: Pango would end the process."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that there are no fonts is said below
            from weasyprint.text.ffi import ffi, fontconfig
    except (ImportError, OSError) as err:
        raise OutsideError(
            f"the libraries that make PDFs cannot be loaded: {err}",
            hint="install Pango (Debian: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)",
        ) from err
    fonts = ffi.gc(fontconfig.FcInitLoadConfigAndFonts(), fontconfig.FcConfigDestroy)
    if fontconfig.FcConfigGetFonts(fonts, fontconfig.FcSetSystem).nfont == 0:
        raise no_font()


def closed_fetcher() -> URLFetcher:
    """A fetcher that gets nothing: no file, no network, no data: URL."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class ClosedFetcher(URLFetcher):  # type: ignore[misc, unused-ignore]
        def __init__(self) -> None:
            super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)

        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002 - the signature is WeasyPrint's
            raise FatalURLFetchingError(f"{url[:200]}")

    return ClosedFetcher()

"""The audit document of a case as PDF/A-3: same content, same bytes; reads no file of the user and no network."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import Any, Final

from refundkit.errors import InputError
from refundkit.exporters.documents.attachments import CONTENT, EVENTS, WRITERS, events_json
from refundkit.exporters.documents.audit_content import AuditContent
from refundkit.exporters.documents.page_text import font_notes, right_to_left
from refundkit.exporters.documents.seal import NAME as SEAL
from refundkit.exporters.documents.seal import placeholder, seal
from refundkit.exporters.pages import ROUNDS, check_libraries, closed_fetcher, no_font, template, text_of
from refundkit.model.events import Event

WORDS_SHOWN: Final = 20_000
"""Characters of the request's own words on the page (about eight pages); content.json has all of them."""

_ATTACHED: Final = {  # name: (what it is, its relation to the page), in the order of names
    CONTENT: ("The text of these pages", "Data"),
    EVENTS: ("The signed events of the case", "Source"),
    SEAL: ("The issuer's signature over this file", "Supplement"),
    WRITERS: ("The signed events that enrolled the writers", "Source"),
}


def render_audit(
    content: AuditContent, events: Sequence[Event], enrolments: Sequence[Event], issued_at: datetime
) -> bytes:
    """The document, ready for `seal`: PDF/A-3a with events.json, writers.json, content.json and an empty seal.json.

    `events`: all events of the case. `enrolments`: the ledger's first event, then, each after the one that enrolled its
    author, the events that enrolled the writers of `events` and the writer that will seal. `issued_at`: aware; the only
    date in the file. Raises OutsideError where the system's text libraries or fonts are missing.
    """
    attached = {
        CONTENT: content.as_json(),
        EVENTS: events_json(events),
        SEAL: placeholder(),
        WRITERS: events_json(enrolments),
    }
    if issued_at.tzinfo is None:
        raise ValueError("issued_at has no time zone")
    moment = issued_at.astimezone(UTC)
    undrawable: frozenset[int] = frozenset()
    for _ in range(ROUNDS):
        pdf, missing = _write(_page(content, moment, undrawable), attached, moment)
        if not missing:
            return pdf
        undrawable |= missing
    raise no_font()


def _page(content: AuditContent, moment: datetime, undrawable: frozenset[int]) -> str:
    """The page as HTML. Every text goes through `shown`, which escapes it; the template has no other way out."""
    words, notes = content.words[:WORDS_SHOWN], [*content.warnings, *font_notes(undrawable)]
    if words != content.words:
        notes.append(
            f"The request's own words have {len(content.words)} characters; the page shows the first {WORDS_SHOWN}, "
            f"content.json has them all."
        )
    return template(__package__, "audit.html", undrawable).render(
        c=content,
        title=f"Audit document of refund case {content.case_id}",
        stamp=f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        notes=notes,
        words=[(line, right_to_left(line)) for line in words.replace("\r\n", "\n").split("\n")] if words else [],
    )


def _write(page: str, attached: dict[str, bytes], moment: datetime) -> tuple[bytes, frozenset[int]]:
    """The PDF, and the code points for which Pango found no glyph in any installed font."""
    check_libraries()
    from weasyprint import CSS, HTML, Attachment
    from weasyprint.urls import FatalURLFetchingError

    fetcher = closed_fetcher()
    attach = partial(Attachment, url_fetcher=fetcher, created=moment, modified=moment)
    missing: set[int] = set()
    written = BytesIO()
    try:
        css = CSS(string=text_of(__package__, "audit.css"), url_fetcher=fetcher)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # WeasyPrint leaves its own colour profile open
            HTML(string=page, url_fetcher=fetcher).write_pdf(
                BytesIO(),
                stylesheets=[css],
                attachments=[
                    attach(file_obj=BytesIO(attached[name]), name=name, description=what, relationship=relation)
                    for name, (what, relation) in _ATTACHED.items()
                ],
                pdf_variant="pdf/a-3a",
                finisher=partial(_finish, written, missing),
            )
    except FatalURLFetchingError as err:
        raise InputError(
            f"the audit document would have loaded something from outside: {err}", hint="nothing was written"
        ) from err
    return written.getvalue(), frozenset(missing)


def _finish(written: BytesIO, missing: set[int], document: Any, pdf: Any) -> None:
    """Write the file, and note the characters that got no glyph.

    Attachments stay uncompressed, so that the seal can be written later and any tool can find them; objects stay in the
    open with a plain cross-reference table, so that damage in one place leaves the rest readable. The MD5 of the seal
    would be wrong once it is written: it is left out.
    """
    for font in document.fonts.values():
        missing.update(font.missing)
    for thing in pdf.objects:
        extra = getattr(thing, "extra", {})
        if extra.get("Type") == "/EmbeddedFile":
            thing.compress = False
            if thing.stream == [placeholder()]:
                del extra["Params"]["CheckSum"]
    pdf.write(written, version=b"1.7", identifier=True, compress=False)


__all__ = ["WORDS_SHOWN", "render_audit", "seal"]

"""The audit document as a file: same bytes, nothing fetched, readable in any script, valid."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from refundkit.errors import InputError, OutsideError
from refundkit.exporters.documents import audit_pdf
from refundkit.exporters.documents.attachments import read_events
from refundkit.exporters.documents.audit_content import AuditContent, Table
from refundkit.exporters.documents.audit_pdf import WORDS_SHOWN, render_audit
from refundkit.exporters.documents.audit_verify import verify_audit
from refundkit.model.canonical import parse

ISSUED = datetime(2026, 10, 3, 15, 4, 5, tzinfo=UTC)
DEJAVU = Path("/usr/share/fonts/truetype/dejavu")
NAMES = ["content.json", "events.json", "seal.json", "writers.json"]
HOSTILE = """<link rel=attachment href=file:///etc/passwd>
<a rel=attachment href="file:///etc/passwd">x</a>
<img src=http://127.0.0.1:{port}/img><object data=http://127.0.0.1:{port}/o></object><iframe src=http://127.0.0.1:{port}/f>
<style>@import url(http://127.0.0.1:{port}/css); body {{ background: url(http://127.0.0.1:{port}/bg) }}</style>
<svg><image href=http://127.0.0.1:{port}/svg /></svg></div></body>{{{{ 7 * 7 }}}}{{% include '/etc/passwd' %}}
"""


def pages_of(pdf: bytes) -> list[str]:
    return [p.extract_text() for p in pypdf.PdfReader(BytesIO(pdf)).pages]


def tool(name: str) -> str:
    return shutil.which(name) or pytest.skip(f"{name} is not installed")


def fonts(monkeypatch, tmp_path: Path, folder: Path) -> None:
    """Let fontconfig know the fonts of one folder only."""
    conf = tmp_path / "fonts.conf"
    conf.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{folder}</dir><cachedir>{tmp_path}/cache</cachedir></fontconfig>"
    )
    monkeypatch.setenv("FONTCONFIG_FILE", str(conf))


@pytest.fixture
def hits():
    """A loopback server that counts who asks it for anything."""
    seen: list[str] = []

    class Counter(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Counter)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield seen, server.server_port
    server.shutdown()
    server.server_close()


def test_every_page_carries_the_case_and_its_number(sealed_shop):
    shop, pdf = sealed_shop
    pages = pages_of(pdf)
    assert len(pages) >= 3
    for number, text in enumerate(pages, 1):
        assert shop.content().case_id in text
        assert f"page {number} of {len(pages)}" in text


def test_the_page_shows_everything_an_auditor_asks_for(sealed_shop):
    shop, pdf = sealed_shop
    text = re.sub(r"\s+", "", "".join(pages_of(pdf)))
    content = shop.content()
    decision = content.decisions[0]
    for shown in (
        content.company,
        content.ledger,
        "Please send back 168.00.",
        "Message-ID",
        "<a1b2c3@example.com>",
        "Compressor R32 sealed unit",
        "P-88120",
        content.findings[0].text,
        content.findings[0].overridden_by,
        content.calculation[0],
        content.route[0],
        decision.reason,
        decision.signature,
        decision.writer,
        "Sales tax payable 8.25 %",
        "0a" * 32,
        content.history[-1].event_id,
        "9f" * 32,
        content.warnings[0],
    ):
        assert re.sub(r"\s+", "", shown) in text, shown


def test_the_attachments_are_the_events_the_writers_and_the_content(sealed_shop):
    shop, pdf = sealed_shop
    attached = pypdf.PdfReader(BytesIO(pdf)).attachments
    assert sorted(attached) == NAMES
    assert read_events("events.json", attached["events.json"][0]) == shop.events
    assert read_events("writers.json", attached["writers.json"][0]) == shop.enrolments
    assert parse(attached["content.json"][0]) == shop.content().as_data()


def test_other_programs_read_the_same_text_and_attachments(sealed_shop, tmp_path):
    shop, pdf = sealed_shop
    file = tmp_path / "audit.pdf"
    file.write_bytes(pdf)
    text = subprocess.run([tool("pdftotext"), "-layout", file, "-"], capture_output=True, check=True).stdout.decode()
    assert "Please send back 168.00." in text
    assert text.count(shop.content().case_id) >= 3
    subprocess.run([tool("pdfdetach"), "-saveall", "-o", tmp_path, file], check=True)
    for name in NAMES:
        assert (tmp_path / name).read_bytes() == pypdf.PdfReader(BytesIO(pdf)).attachments[name][0]
    found = subprocess.run([tool("pdfinfo"), file], capture_output=True, check=True).stdout.decode()
    assert "Tagged:          yes" in found
    assert f"Audit document of refund case {shop.content().case_id}" in found
    assert subprocess.run([tool("qpdf"), "--check", file], capture_output=True, check=False).returncode == 0


def test_the_same_input_gives_the_same_bytes_whatever_the_clock_says(shop):
    content = shop.content(request=(), words="")
    first = render_audit(content, shop.events, shop.enrolments, ISSUED)
    elsewhere = ISSUED.astimezone(timezone(timedelta(hours=-7)))
    assert render_audit(content, shop.events, shop.enrolments, elsewhere) == first
    assert set(re.findall(rb"D:(\d{14})", first)) == {b"20261003150405"}


@pytest.mark.slow
def test_another_process_with_other_hashes_gives_the_same_bytes(shop, tmp_path):
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import conftest as c; s = c.Shop(); s.case();"
        "open(sys.argv[2], 'wb').write(s.sealed())"
    )
    made = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        subprocess.run(
            [sys.executable, "-c", script, str(Path(__file__).parent), str(out)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[3],
            check=True,
        )
        made.append(out.read_bytes())
    assert made[0] == made[1] == shop.sealed()


def test_a_time_without_a_zone_is_refused(shop):
    with pytest.raises(ValueError, match="time zone"):
        render_audit(shop.content(), shop.events, shop.enrolments, ISSUED.replace(tzinfo=None))


def test_hostile_texts_fetch_nothing_and_embed_nothing(shop, hits):
    seen, port = hits
    bad = HOSTILE.format(port=port)
    everywhere = shop.content(
        words=bad,
        company=bad,
        request=((bad, bad),),
        records=(Table(bad, (bad,), ((bad,),), note=bad),),
        calculation=(bad,),
        warnings=(bad,),
    )
    pdf = render_audit(everywhere, shop.events, shop.enrolments, ISSUED)
    assert seen == []
    assert sorted(pypdf.PdfReader(BytesIO(pdf)).attachments) == NAMES
    assert b"root:" not in pdf
    text = "".join(pages_of(pdf))
    assert "<link rel=attachment href=file:///etc/passwd>" in text
    assert "{{ 7 * 7 }}" in text


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="http://127.0.0.1:{port}/i">',
        '<link rel="stylesheet" href="http://127.0.0.1:{port}/c">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<link rel="attachment" href="http://127.0.0.1:{port}/a">',
        '<p style="background: url(http://127.0.0.1:{port}/b)">x</p>',
        '<style>@font-face {{ font-family: q; src: url(http://127.0.0.1:{port}/f) }}</style><p style="font-family: q">x',
        '<img src="data:image/png;base64,iVBORw0KGgo=">',
    ],
)
def test_even_markup_in_the_page_itself_could_load_nothing(shop, hits, monkeypatch, markup):
    seen, port = hits
    page = f"<!DOCTYPE html><html><head></head><body>{markup.format(port=port)}</body></html>"
    monkeypatch.setattr(audit_pdf, "_page", lambda *_: page)
    with pytest.raises(InputError, match="from outside"):
        render_audit(shop.content(), shop.events, shop.enrolments, ISSUED)
    assert seen == []


def test_a_character_no_font_can_draw_is_a_number_and_a_note(shop, monkeypatch, tmp_path):
    if not DEJAVU.is_dir():
        pytest.skip("DejaVu is not installed where Debian puts it")
    fonts(monkeypatch, tmp_path, DEJAVU)
    content = shop.content(words="李雷 wrote 🎉 and مرحبا and e\u0301", issued_by="李雷")
    pdf = render_audit(content, shop.events, shop.enrolments, ISSUED)
    text = " ".join(" ".join(pages_of(pdf)).split())
    assert "[U+674E] [U+96F7] wrote [U+1F389]" in text.replace("][", "] [")
    assert "No font on the issuing machine can draw U+674E, U+96F7" in text
    assert "fonts-noto-cjk" in text
    assert "[U+0645]" not in text  # DejaVu has Arabic
    assert parse(pypdf.PdfReader(BytesIO(pdf)).attachments["content.json"][0])["issued_by"] == "李雷"


def test_a_machine_without_fonts_is_told_what_to_install(shop, monkeypatch, tmp_path):
    (tmp_path / "none").mkdir()
    fonts(monkeypatch, tmp_path, tmp_path / "none")
    with pytest.raises(OutsideError, match="no font is installed") as caught:
        render_audit(shop.content(), shop.events, shop.enrolments, ISSUED)
    assert "fonts-dejavu-core" in caught.value.hint


def test_very_long_words_are_cut_on_the_page_and_whole_in_the_attachment(shop):
    words = "\n".join(f"line {n}: the technician left early" for n in range(900)) + "\n" + "x" * 5000
    pdf = render_audit(shop.content(words=words), shop.events, shop.enrolments, ISSUED)
    text = "".join(pages_of(pdf))
    assert f"the page shows the first {WORDS_SHOWN}" in " ".join(text.split())
    assert "line 0:" in text
    assert "line 899:" not in text
    assert parse(pypdf.PdfReader(BytesIO(pdf)).attachments["content.json"][0])["words"] == words


def test_a_case_with_nothing_in_it_yet_makes_a_document(shop):
    bare = AuditContent(shop.content().case_id, "", "received", "", "2026-10-03", "ana", shop.org)
    text = " ".join(" ".join(pages_of(render_audit(bare, shop.events, shop.enrolments, ISSUED))).split())
    assert "Nobody has decided yet." in text
    assert "Every check held." in text


@pytest.mark.slow
def test_the_document_is_pdf_a_3a(shop, tmp_path):
    """REFUNDKIT_VERAPDF: a command that takes a file and ends with 0 when it conforms (verapdf --flavour 3a)."""
    command = os.environ.get("REFUNDKIT_VERAPDF")
    if not command:
        pytest.skip("REFUNDKIT_VERAPDF does not name a command that checks PDF/A-3a")
    words = (
        "مرحبا (168.00) שלום 123\n李雷 한국어 हिन्दी 👩‍👩‍👧 🎉☺😀\n\ue000\x00\u202eZ" + "\u0301" * 50 + "\n" + "x" * 3000
    )
    file = tmp_path / "audit.pdf"
    file.write_bytes(shop.sealed(words=words + "\nline" * 200, company="شركة", issued_by="李雷"))
    done = subprocess.run([*shlex.split(command), str(file)], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()
    assert verify_audit(file.read_bytes()).events == len(shop.events)

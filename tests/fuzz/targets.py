"""What `scripts/fuzz` throws bytes at: one function an importer, and small files of our own to begin with.

A target returns when the importer did what it promises with any bytes: readings that can be stored, each with its
reason, or InputError with a sentence. Everything else is a find.
"""

from __future__ import annotations

import importlib.util
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from refundkit.errors import InputError
from refundkit.importers.extract.asked import read_request
from refundkit.importers.extract.shop import ShopWords
from refundkit.importers.mail import htmltext, newtext, reader
from refundkit.importers.outlook.reader import read_msg
from refundkit.importers.presets import reader as presets
from refundkit.importers.registry import ShopFacts, read_file, unclear
from refundkit.importers.statements.contract import FileFacts
from refundkit.importers.statements.registry import read_statement
from refundkit.importers.tabular import requests
from refundkit.importers.tabular.headings import NATIVE
from refundkit.importers.tabular.shop import TableShop
from refundkit.importers.workbooks import apart, book
from refundkit.importers.workbooks import reader as workbooks
from refundkit.importers.workbooks.objects import read_objects
from refundkit.model.canonical import canonical
from refundkit.model.money import DIGITS
from refundkit.model.requests import Draft, Ignored, Reading, Reject
from refundkit.model.statements import StatementLine, UnreadLine, fingerprints
from refundkit.workflow.fingerprints import Fingerprints

ZONE = ZoneInfo("America/Chicago")
NOW = datetime(2026, 9, 1, tzinfo=UTC)
FACTS = ShopFacts("USD", ZONE, NOW, ("shop.test",))
WORDS = ShopWords("USD", ZONE, ("shop.test",))
TABLE = TableShop("USD", ZONE, NOW)
HEADINGS = ",".join(NATIVE)


def judged(readings: Iterable[Reading], *, some: bool = True) -> list[Reading]:
    """The readings, once each was seen to be storable and to have its reason."""
    found = list(readings)
    assert found or not some, "a file ends as nothing at all"
    prints = Fingerprints("file")
    for reading in found:
        prints.of(reading)
        canonical([v for v in (getattr(reading, n) for n in reading.__slots__) if isinstance(v, str)])
        match reading:
            case Draft():
                assert reading.channel
                assert reading.received_at is None or reading.received_at.tzinfo is UTC, reading.received_at
                assert reading.amount is None or reading.amount.is_finite()
                canonical([*reading.evidence, *reading.evidence.values(), *reading.doubts])
                canonical([text for file in reading.files for text in (file.name, file.media_type)])
                canonical(list(reading.thread))
                assert all(len(doubt) > 3 for doubt in reading.doubts)
            case Reject():
                assert len(reading.problem) > 3
                assert "Traceback" not in reading.problem
            case Ignored():
                assert len(reading.why) > 3
    return found


def kept(data: bytes) -> Path:
    """These bytes as a file; it lies in memory where the system has such a folder, and is written anew each time."""
    path = Path(_FOLDER.name) / "file"
    path.write_bytes(data)
    return path


def any_file(data: bytes) -> None:
    """Bytes of any kind, through everything that finds out what they are."""
    path = kept(data)
    judged(read_file(path, "file", FACTS))
    unclear(path, "file", FACTS)


def lists(data: bytes) -> None:
    """A list with headings of its own, or an export of a system that is known."""
    _table(data)


def native(data: bytes) -> None:
    """Rows below the headings of requests.csv."""
    _table(f"{HEADINGS}\n".encode() + data)


def _table(data: bytes) -> None:
    path = kept(data)
    requests.identify(data[: 64 * 1024])
    try:
        judged(presets.read_requests(path, "file", TABLE), some=False)
    except InputError as err:
        assert err.message
        assert err.hint


def workbook(data: bytes) -> None:
    """A sheet, as its XML or as lines of cells set apart by tabs, and what the reader makes of it; in this process."""
    sheet, _, strings = data.partition(b"\0") if data.startswith(b"<") else (_as_xml(data), b"", b"")
    path = kept(xlsx(sheet, strings))
    printed = []
    try:
        for title, visible, rows in apart.xlsx(str(path)):
            printed.append(json.dumps({"sheet": title[:200], "visible": visible}))
            printed += [json.dumps([number, row]) for number, row in rows if any(row)][:1_000]
    except Exception:  # the other process would have ended here, which the reader is told
        return
    first, *rest = [line.encode() for line in [*printed, '"end"']]
    for rows in book.Book(first, (line for line in rest)):
        found = workbooks._table(rows, "file", TABLE)
        if not isinstance(found, InputError):
            judged(found, some=False)


def books(data: bytes) -> None:
    """A whole workbook of any kind, read in a process of its own as an import does."""
    judged(read_file(kept(data), "file", FACTS))


def mail(data: bytes) -> None:
    """One message."""
    reader.identify(data[: 64 * 1024])
    judged(reader.read_mail("file", data, "eml", WORDS))


def mbox(data: bytes) -> None:
    """A mailbox."""
    judged(reader.read_mail("file", data, "mbox", WORDS))


def msg(data: bytes) -> None:
    """An Outlook message."""
    judged(read_msg(kept(data), "file", WORDS))


def archive(data: bytes) -> None:
    """A zip archive as it is, or one of the files that are written in the bytes: name, line end, content, two NULs."""
    if not data.startswith(b"PK"):
        pieces = [piece.partition(b"\n") for piece in data.split(b"\0\0")]
        data = packed({name.decode("latin-1").replace("\0", ""): content for name, _, content in pieces})
    judged(read_file(kept(data), "file", FACTS))


def objects(data: bytes) -> None:
    """JSON."""
    try:
        judged(read_objects(kept(data), "file", TABLE), some=False)
    except InputError as err:
        assert err.message
        assert err.hint


def text(data: bytes) -> None:
    """What a person wrote: HTML to text, the new text set apart, and what is asked in it."""
    words = data.decode("utf-8", "replace")
    subject, _, rest = words.partition("\n")
    turn = newtext.take_apart(htmltext.to_text(rest) if "<" in rest else rest)
    answer = read_request(subject, turn.new, turn.quoted, "USD")
    assert answer.requests or answer.why
    for asked in answer.requests:
        assert asked.amount is None or asked.amount.is_finite()


def statement(data: bytes) -> None:
    """What a bank or a processor says, of any format."""
    try:
        lines = list(read_statement(kept(data), FileFacts("file", currency="USD")))
    except InputError as err:
        assert err.message
        assert err.hint
        assert err.where.startswith("file")
        return
    for line in lines:
        assert line.index >= 0
        assert line.text.isprintable()
        if isinstance(line, UnreadLine):
            assert line.problem.isprintable()
            continue
        assert isinstance(line.amount, int)
        assert line.currency in DIGITS or (line.currency, line.amount) == ("", 0)
        assert all(ref and ref.isprintable() for ref in line.references)
        assert (line.name + line.code + line.identity).isprintable()
    names = [name for name, _ in fingerprints(line for line in lines if isinstance(line, StatementLine))]
    assert len(set(names)) == len(names)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "any": any_file,
    "archive": archive,
    "books": books,
    "list": lists,
    "mail": mail,
    "mbox": mbox,
    "msg": msg,
    "native": native,
    "objects": objects,
    "statement": statement,
    "text": text,
    "workbook": workbook,
}


def xlsx(sheet: bytes, strings: bytes) -> bytes:
    """A workbook of one sheet from its XML and that of its strings."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    names = {"workbook": "sheet.main", "sheet1": "worksheet", "sharedStrings": "sharedStrings"}
    override = "".join(f'<Override PartName="/xl/{n}.xml" ContentType="{kind}.{k}+xml"/>' for n, k in names.items())
    links = "".join(
        f'<Relationship Id="{at}" Type="{office}/{what}" Target="{where}.xml"/>'
        for at, what, where in (("r", "worksheet", "sheet1"), ("s", "sharedStrings", "sharedStrings"))
    )
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">{override}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{office}"><sheets><sheet name="S" sheetId="1" r:id="r"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{links}</Relationships>',
        "xl/sheet1.xml": sheet,
        "xl/sharedStrings.xml": strings or f'<sst xmlns="{_MAIN}"/>',
    }
    return packed(files)


def _as_xml(lines: bytes) -> bytes:
    """A sheet of these lines; a cell that begins with n is a number, with b, d or e a truth, a day or a fault."""
    kinds = {"n": "n", "b": "b", "d": "d", "e": "e"}
    rows = []
    for line in lines.decode("utf-8", "replace").split("\n"):
        cells = []
        for cell in line.split("\t"):
            kind = kinds.get(cell[:1], "")
            words = escape("".join(c for c in (cell[1:] if kind else cell) if c.isprintable()))
            text = f"<is><t>{words}</t></is>"
            cells.append(f'<c t="{kind}"><v>{words}</v></c>' if kind else f'<c t="inlineStr">{text}</c>')
        rows.append(f"<row>{''.join(cells)}</row>")
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'.encode()


def packed(files: dict[str, str | bytes]) -> bytes:
    """A zip archive of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def seeds(target: str) -> list[bytes]:
    """Small files of our own that a target begins with."""
    match target:
        case "any":
            return [_LIST, _NATIVE, _MAIL, _MBOX, _JSON, packed({"a.eml": _MAIL, "b.csv": _LIST}), _msg(), *_sheets()]
        case "list":
            exports = sorted(Path(__file__).parents[1].glob("golden/importers/presets/*/input.*"))
            known = [path.read_bytes() for path in exports]
            return [*known, _LIST, _LIST.decode().replace(",", ";").encode("utf-16"), _LIST.replace(b"\n", b"\r")]
        case "native":
            return [_NATIVE.partition(b"\n")[2]]
        case "workbook":
            return [
                *(b"\0".join(parts) for parts in _PARTS),
                _LIST.replace(b",", b"\t"),
                b"Invoice\tAmount\nINV-1\tn12.5\n",
            ]
        case "books":
            return _sheets()
        case "mail":
            return [_MAIL, _FORWARD, _PARTS_MAIL]
        case "mbox":
            return [_MBOX, _MBOX.replace(b"\n", b"\r\n"), _MBOX.replace(b">From", b">>From")]
        case "msg":
            return [_msg()]
        case "archive":
            files = [packed({"cur/1.eml": _MAIL, "new/2.eml": _MAIL}), packed({"a.csv": _LIST, "b.json": _JSON})]
            return [
                *files,
                b"a/b.eml\n" + _MAIL + b"\0\0../c.csv\n" + _LIST,
                b"xl/workbook.xml\n\0\0[content_types].xml\n",
            ]
        case "statement":
            golden = Path(__file__).parents[1] / "golden" / "importers" / "statements"
            return [path.read_bytes() for path in sorted(golden.glob("*/input.*"))]
        case "objects":
            return [_JSON, _JSON[1:-2].replace(b"}, {", b"}\n{")]
        case _:
            return [
                _ASK.encode(),
                b"Re: x\nOn 3 March 2026 Ann wrote:\n> refund 12\n\n-- \nAnn",
                b"x\n<p>$5 &euro;<br>",
            ]


def _sheets() -> list[bytes]:
    return [xlsx(*parts) for parts in _PARTS]


def _msg() -> bytes:
    path = Path(__file__).parent.with_name("importers") / "outlook" / "ole_writer.py"
    spec = importlib.util.spec_from_file_location("ole_writer", path)
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    texts = {0x001A: "IPM.Note", 0x0037: "Refund", 0x0C1A: "Ann", 0x0C1F: "ann@customer.test", 0x1000: _ASK}
    streams = {f"__substg1.0_{tag:04X}001F": value.encode("utf-16-le") for tag, value in texts.items()}
    return writer.container({**streams, "__properties_version1.0": b"\0" * 48})


_FOLDER = tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ASK = "Refund\nPlease refund $84.50 for invoice INV-20988 (order SO-2026-00461, C-1133); nobody came on 3 March.\n"
_LIST = (
    b"Refunds of August\nCustomer No,Invoice,Refund amount,Currency,Date,Reason\n"
    b'C-1001,INV-20001,"1,234.50",USD,31/08/2026,"nobody ""came"""\nC-1002,INV-20002,12.00,EUR,01/09/2026,late\n'
    b"Total,,1246.50,,,\n"
)
_NATIVE = (
    f"{HEADINGS}\n2026-08-19T15:12:00Z,email,C-1001,a@b.test,SO-2026-00001,INV-20001,45.00,USD,cancelled-visit,x,Ann,7\n"
).encode()
_MAIL = (
    "From: Ann Lee <ann@customer.test>\nTo: refunds@shop.test\nDate: Mon, 05 Jan 2026 10:00:00 +0100\n"
    f"Message-ID: <1@customer.test>\nSubject: =?utf-8?q?R=C3=BCckerstattung?=\n\n{_ASK}"
).encode()
_FORWARD = (
    b"From: sam@shop.test\nTo: refunds@shop.test\nSubject: Fwd: visit\n\nfyi\n\n---------- Forwarded message ----------\n"
    b"From: Ann Lee <ann@customer.test>\nDate: Mon, 5 Jan 2026\nSubject: visit\n\n" + _ASK.encode()
)
_PARTS_MAIL = (
    b"From: ann@customer.test\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
    b"Content-Type: multipart/alternative; boundary=c\n\n--c\nContent-Type: text/plain; charset=gb2312\n"
    b"Content-Transfer-Encoding: quoted-printable\n\nrefund =\n12\n--c\nContent-Type: text/html\n\n<p>refund <b>12</b>"
    b"\n--c--\n--b\nContent-Type: message/rfc822\n\nFrom: b@c.test\nSubject: y\n\nrefund $9\n--b\nContent-Type: "
    b"text/csv; name*=utf-8''a%2Fb.csv\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64\n\nYSxi\n--b--\n"
)
_MBOX = b"".join(
    b"From ann@customer.test Mon Jan  5 10:00:00 2026\n" + piece + b"\n>From here on\n\n" for piece in (_MAIL, _FORWARD)
)
_JSON = b'[{"customer_id": "C-1001", "amount": 25.00, "currency": "USD"}, {"invoice": "INV-20001", "amount": null}]\n'
_ROWS = (
    b'<row r="1"><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
    b'<row r="2"><c t="inlineStr"><is><t>INV-20001</t></is></c><c><v>45.5</v></c></row>'
)
_PARTS = [
    (
        f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode() + _ROWS + b"</sheetData></worksheet>",
        f'<sst xmlns="{_MAIN}"><si><t>Invoice</t></si><si><t>Amount</t></si></sst>'.encode(),
    )
]

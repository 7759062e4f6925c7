"""Files made to do harm: each is read or refused within seconds and a gigabyte, with a sentence."""

import base64
import io
import json
import os
import random
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
URN = "urn:oasis:names:tc:opendocument:xmlns"
MAIL = b"From: ann@customer.test\nSubject: visit\nDate: Mon, 05 Jan 2026 10:00:00 +0100\n"
ASK = b"Please refund $45.00 for INV-20001, nobody came.\n"
SECONDS = 10


@pytest.fixture
def outcomes(tmp_path):
    """What each file, read in a process with 1 GB of memory, ended as: [kind, index, sentence, words] a reading."""

    def reading(*files: bytes | list[bytes]):
        names = []
        for number, data in enumerate(files):
            names.append(str(tmp_path / f"file-{number}"))
            with Path(names[-1]).open("wb") as file:
                file.writelines(data if isinstance(data, list) else [data])
        done = subprocess.run(
            [sys.executable, Path(__file__).with_name("read_apart.py")], input="\n".join(names), text=True, check=True,
            stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        assert [name for name, *_ in lines] == names
        assert [(number, raised) for number, (_, _, raised, _) in enumerate(lines) if raised] == []
        assert [(number, seconds) for number, (_, seconds, _, _) in enumerate(lines) if seconds > SECONDS] == []
        return [found for *_, found in lines]

    return reading


@pytest.fixture
def outcome(outcomes):
    return lambda data: outcomes(data)[0]


def packed(files: dict[str, str | bytes], padding: int = 0) -> bytes:
    """A zip archive; the padding, which cannot be packed, keeps the ratio low."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
        if padding:
            made.writestr("docProps/thumbnail.jpeg", random.Random(1).randbytes(padding))
    return out.getvalue()


def xlsx(sheet: str, strings: str = f'<sst xmlns="{MAIN}"/>', before: str = "", padding: int = 0) -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    override = "".join(
        f'<Override PartName="/xl/{name}.xml" ContentType="{kind}.{what}+xml"/>'
        for name, what in (("workbook", "sheet.main"), ("sheet1", "worksheet"), ("sharedStrings", "sharedStrings"))
    )
    links = "".join(
        f'<Relationship Id="{at}" Type="{OFFICE}/{what}" Target="{where}.xml"/>'
        for at, what, where in (("r", "worksheet", "sheet1"), ("s", "sharedStrings", "sharedStrings"))
    )
    return packed(
        {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">{override}</Types>',
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" '
            f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="S" sheetId="1" '
            'r:id="r"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>',
            "xl/sheet1.xml": f'{before}<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
            "xl/sharedStrings.xml": strings,
        },
        padding,
    )


def ods(rows: str, before: str = "") -> bytes:
    names = " ".join(f'xmlns:{n}="{URN}:{n}:1.0"' for n in ("office", "table", "text"))
    content = (
        f'{before}<office:document-content {names}><office:body><office:spreadsheet><table:table table:name="T">{rows}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    media = "application/vnd.oasis.opendocument.spreadsheet"
    return packed({"mimetype": media, "META-INF/manifest.xml": "<x/>", "content.xml": content})


def laughs(name: str) -> str:
    lines = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    return f'<!DOCTYPE {name} [<!ENTITY a "aaaaaaaaaa">{lines}]>'


CELL = '<row r="1"><c r="A1" t="inlineStr"><is><t>{}</t></is></c></row>'
REPEATED = ' table:number-{}-repeated="2000000000"'
ODS_CELL = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: xlsx(CELL.format("&j;"), before=laughs("worksheet")), "damaged"),
        (lambda: xlsx(CELL.format("&a;"), before='<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), "damaged"),
        (lambda: xlsx(CELL.format("&a;" * 90_000), before=f'<!DOCTYPE w [<!ENTITY a "{"a" * 90_000}">]>'), "damaged"),
        (lambda: xlsx("", f'<sst xmlns="{MAIN}">{"<si/>" * 7_000_000}</sst>', padding=500_000), "2,000,000 cells"),
        (lambda: xlsx(f"<row>{'<c/>' * 13_000_000}</row>", padding=700_000), "2,000,000 cells"),
        (lambda: ods(f"<table:table-row>{ODS_CELL.format('', '&j;')}</table:table-row>", laughs("x")), "damaged"),
        (lambda: ods(f"<table:table-row {REPEATED.format('rows')}>{ODS_CELL.format('', 'x')}</table:table-row>"), ""),
        (lambda: ods(f"<table:table-row>{ODS_CELL.format(REPEATED.format('columns'), 'x')}</table:table-row>"), "1000 col"),
        (lambda: packed({"a.csv": b"a,b\n" * 20_000_000}), "100 times its size"),
        (lambda: packed({"a.zip": packed({"b.zip": packed({"c.csv": b"x" * 9_000_000})})}), "archive inside an archive"),
        (lambda: packed({f"{n}.csv": b"" for n in range(10_001)}), "more than 10,000 files"),
    ],
    ids=["laughs", "external", "quadratic", "strings", "cells", "ods-laughs", "ods-rows", "ods-columns", "ratio",
         "nested", "entries"],
)  # fmt: skip
@pytest.mark.slow
def test_bombs_of_xml_and_zip_are_refused(outcome, make, says):
    (found,) = outcome(make())
    assert found[0] == "Reject"
    assert says in found[2]
    assert "root:" not in found[2]


def nested(depth: int) -> bytes:
    out = MAIL
    for n in range(depth):
        out += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n)
    return out + b"\n" + ASK


def pdf() -> bytes:
    stream = zlib.compress(b"0 " * 50_000_000, 9)
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj " + (
        b"3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R>>endobj 4 0 obj<</Filter/FlateDecode/Length %d>>stream\n%b"
        b"\nendstream endobj\ntrailer<</Root 1 0 R>>" % (len(stream), stream)
    )


def attached(name: bytes, content: bytes, kind: bytes = b"application/octet-stream") -> bytes:
    body = base64.encodebytes(content)
    return (
        b"--b\nContent-Type: %b; name=%b\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64\n\n%b\n"
        % (kind, name, body)
    )


MIXED = MAIL + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\n"


@pytest.mark.parametrize(
    ("make", "kind", "says"),
    [
        (lambda: nested(200), "Ignored", "MIME structure is broken"),
        (lambda: MAIL + b"Content-Type: message/rfc822\n\n" * 200 + ASK, "Ignored", "MIME structure is broken"),
        (lambda: b"To: " + b"x <a@b.c>, " * 20_000 + b"\n" + MAIL + b"\n" + ASK, "Draft", ""),
        (lambda: b"Subject: " + b"=?utf-8?q?=41?= " * 13_000 + b"\n" + MAIL + b"\n" + ASK, "Draft", ""),
        (lambda: b"From: " + b"(" * 200_000 + b"\n" + MAIL[24:] + b"\n" + ASK, "Draft", "who sent it"),
        (lambda: MAIL + b"X: a\n" + b" b\n" * 1_000_000 + b"\n" + ASK, "Draft", ""),
        (lambda: MIXED + ASK + b"--b\n\nhi\n" * 10_000 + b"--b--\n", "Draft", "MIME structure is broken"),
        (lambda: MIXED + ASK + b"--b\n" * 8_000_000, "Draft", "MIME structure is broken"),
        (lambda: MAIL + b"Content-Length: 100000000\nContent-Transfer-Encoding: base64\n\n" + base64.b64encode(ASK),
         "Draft", ""),
        (lambda: MAIL + b"Content-Transfer-Encoding: base64\n\n" + b"AAAA" * 8_000_000, "Ignored", "asks for no"),
        (lambda: MAIL + b"\n" + b"x" * 40_000_000, "Reject", "at most 33554432"),
        (lambda: MAIL + b"\n" + b"x" * 100_000_000, "Reject", "64 MB"),
        (lambda: MAIL.replace(b"visit", b"refund") + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"".join(
            b"--b\nContent-Type: text/html\n\n" + b"<p>" * 100_000 for _ in range(90)), "Ignored",
         "only its beginning"),
        (lambda: MIXED + b"Please refund, see attached.\n" + attached(b"a.pdf", pdf()) * 3 + b"--b--\n", "Draft", ""),
        (lambda: MIXED + ASK + attached(b"winmail.dat", b"\x78\x9f\x3e\x22" + b"\xff" * 2_000, b"application/ms-tnef")
         + b"--b--\n", "Draft", "winmail.dat"),
        (lambda: MAIL + b"Content-Type: application/pdf; name=scan.pdf\nContent-Disposition: attachment\n\nx", "Ignored",
         "see its attachments"),
    ],
    ids=["parts-in-parts", "mails-in-mails", "to", "subject", "brackets", "folded", "parts", "boundaries", "claim",
         "base64", "long", "longer", "pages", "pdf", "tnef", "no-text"],
)  # fmt: skip
@pytest.mark.slow
def test_mails_made_to_do_harm_are_read_as_far_as_they_make_sense(outcome, make, kind, says):
    (found,) = outcome(make())
    assert found[0] == kind
    assert says in found[2]


@pytest.mark.slow
def test_a_mail_of_thirty_megabytes_in_twenty_levels_fits_into_memory(outcome):
    deep = nested(19)[:-50] + b"\n" + ASK + b"x\n" * 15_000_000
    (found,) = outcome(deep)
    assert found[0] in ("Draft", "Ignored")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: [b"customer_id", b",x" * 20_000, b"\n1\n"], "1000 columns"),
        (lambda: [b",".join(b"c%d" % n for n in range(1_000_000))], "longer than 1 MB"),
        (lambda: [b"x" * 1_000_000] * 300, "longer than 1 MB"),
        (lambda: [b",".join([b"a" + b" " * 197 + b"("] * 330) + b"\n1\n"], "no heading that is known"),
        (lambda: [b'[{"customer_id": ' + b"[" * 100_000], "lists in lists without end"),
        (lambda: [b"[" * 100_000 + b"]" * 100_000], "lists in lists without end"),
        (lambda: [b'[{"customer_id": "C-1", "amount": ' + b"9" * 1_000_000 + b"}]"], "amount"),
    ],
    ids=["columns", "headings", "line", "spaces", "json", "json-closed", "digits"],
)
@pytest.mark.slow
def test_lists_made_to_do_harm_are_refused(outcome, make, says):
    found = outcome(make())
    assert {kind for kind, *_ in found} == {"Reject"}
    assert says in found[0][2]


HOSTILE = [" ", "\t", '"', "'", "7", ">", "> ", "-", "- ", "=", "_", "*", ".", ". ", "a.", "a.a@", "@", ":", ",", "<",
           "&#", "(", "1,", "1.", "1 ", "$", "$1 ", "one ", "one hundred ", "hundred and ", "refund ", "re: ", "\n",
           "> \n", "On Mon 2020 12:00\n", "a: b@c 2020\n", "From: a@b.c\nDate: 2020-01-01 10:00\nSubject: x\n",
           "Sent from my iPhone\n", "--\n", "a:\n", "http://a ", "$5 of $6 from ", "half of the ", "25 % of ",
           "between $5 and ", "begin 644 a\n", "Amount: \n", "Abc ", "é", "e\u0301", "=?utf-8?b?", "<p>", "<!--",
           "1) a $5 INV-20001\n", "please refund $5 for INV-20001. ", "C-1 "]  # fmt: skip


@pytest.mark.parametrize("kind", [b"plain", b"html"])
@pytest.mark.slow
def test_a_hundred_thousand_of_anything_cost_no_more_than_seconds(outcomes, kind):
    """Every pattern must take time in proportion to the text."""
    head = MAIL + b"Content-Type: text/%b; charset=utf-8\n\n" % kind
    outcomes(*(head + (unit * (100_000 // len(unit)) + "X").encode() for unit in HOSTILE))


@pytest.mark.slow
def test_headers_of_anything_cost_no_more_than_seconds(outcomes):
    names = (b"From", b"To", b"Reply-To", b"Date", b"Received", b"References", b"Content-Type")
    values = [(unit * (100_000 // len(unit)) + "X").replace("\n", "\n ").encode() for unit in HOSTILE]
    lines = [b"".join(name + b": " + value + b"\n" for name in names) for value in values]
    outcomes(*(b"Subject: x\n" + line + b"\n" + ASK for line in lines))


@pytest.mark.parametrize(
    "name",
    [b'"../../x"', b'"..\\\\..\\\\x"', b'"a\0b"', b'"' + b"n" * 5_000 + b'"', "\u202egnp.exe".encode(), b"CON", b'"nul.txt"',
     b'"/etc/passwd"', b'""', b'"\r\n x"'],
)  # fmt: skip
def test_the_name_of_an_attachment_is_printable_and_bounded_and_the_mail_is_read(name):
    from refundkit.importers.extract.shop import ShopWords
    from refundkit.importers.mail import reader

    (found,) = reader.read_mail("a.eml", MIXED + ASK + attached(name, b"content") + b"--b--\n", "eml", ShopWords())
    (file,) = found.files
    assert file.content == b"content"
    assert file.name.isprintable()
    assert len(file.name) <= 255


@pytest.mark.slow
def test_an_outlook_message_of_shared_streams_takes_no_more_than_its_share(outcome, tmp_path):
    """Two hundred enclosed messages whose attachments are the same megabytes."""
    import importlib.util

    path = Path(__file__).parent / "outlook" / "ole_writer.py"
    spec = importlib.util.spec_from_file_location("ole_writer", path)
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    streams = {"__properties_version1.0": b"\0" * 32, "__substg1.0_1000001F": ASK.decode().encode("utf-16-le")}
    for n in range(60):
        at = f"__attach_version1.0_#{n:08X}"
        inside = f"{at}/__substg1.0_3701000D"
        streams |= {f"{at}/__properties_version1.0": b"\0" * 8, f"{inside}/__properties_version1.0": b"\0" * 24}
        for m in range(5):
            deep = f"{inside}/__attach_version1.0_#{m:08X}"
            streams |= {
                f"{deep}/__properties_version1.0": b"\0" * 8,
                f"{deep}/__substg1.0_37010102": b"%05d" % m + b"x" * 4_000,
            }
    data = bytearray(writer.container(streams))
    wide = "__substg1.0_37010102".encode("utf-16-le")
    at = data.find(wide)
    while at >= 0:  # each says that it is 10 MB long and begins where the file does
        struct.pack_into("<IQ", data, at + 116, 0, 10_000_000)
        at = data.find(wide, at + 128)
    (found,) = outcome(bytes(data))
    assert found[0] in ("Draft", "Reject")

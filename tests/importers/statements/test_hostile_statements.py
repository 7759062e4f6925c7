"""Statements made to do harm: each is read or refused within seconds and a gigabyte, with a sentence and a place."""

import json
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from refundkit.errors import InputError
from refundkit.importers.statements.contract import FileFacts
from refundkit.importers.statements.registry import read_statement, reader_of

HERE = Path(__file__).parent
GOLDEN = HERE.parents[1] / "golden" / "importers" / "statements"
SECONDS = 15
CAMT = b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
END = b"</Stmt></BkToCstmrStmt></Document>"
NTRY = b'<Ntry><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-13</Dt></BookgDt>%s</Ntry>'
OFX = b"OFXHEADER:100\n\n<OFX><STMTRS><CURDEF>USD<BANKTRANLIST>"
TRN = b"<STMTTRN><DTPOSTED>20261113<TRNAMT>-1.00<FITID>1<NAME>%s</STMTTRN>"
OFX_END = b"</BANKTRANLIST></STMTRS></OFX>"
LAUGHS = b"<!DOCTYPE Document [<!ENTITY a 'ha'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (98 + n, (b"&%c;" % (97 + n)) * 20) for n in range(20)
) + b"]>"  # fmt: skip
CHASE = b"Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n"


@pytest.fixture
def apart(tmp_path):
    """[lines, what was said] of a file, read in a process of its own."""

    def reading(*pieces: bytes):
        path = tmp_path / "file"
        with path.open("wb") as file:
            file.writelines(pieces)
        done = subprocess.run(
            [sys.executable, HERE / "statements_apart.py"], input=str(path), text=True, capture_output=True, check=False,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-500:]
        count, said, seconds = json.loads(done.stdout)
        assert seconds < SECONDS
        return count, said

    return reading


HOSTILE = {
    "laughs": ([LAUGHS, CAMT, NTRY % b"<AddtlNtryInf>&t;</AddtlNtryInf>", END], "line 1: declares a document type or entities"),
    "outside": (
        [b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>', CAMT, NTRY % b"<AddtlNtryInf>&x;</AddtlNtryInf>", END],
        "line 1: declares a document type or entities",
    ),
    "deep": ([CAMT, b"<a>" * 3_000_000], "line 1: has elements nested more than 64 deep"),
    "attribute": ([CAMT, b'<Ntry x="', b"y" * 200_000_000, b'"/>', END], "line 1: holds a tag of more than 1 MB"),
    "comment": ([CAMT, b"<!--", b"y" * 200_000_000, b"-->", END], "line 1: holds a tag of more than 1 MB"),
    "text": ([CAMT, b"<Ntry><AddtlNtryInf>", b"y" * 200_000_000], "line 1: holds a text of more than 4 MB"),
    "wide": ([CAMT, b"<Ntry>", b"<x/>" * 5_000_000], "line 1: has more than 20,000 elements within one"),
    "batch": ([CAMT, b"<Ntry><NtryDtls>", b"<TxDtls/>" * 150_000], "has an entry of more than 100,000 transactions"),
    "cut": ([CAMT, NTRY % b"", NTRY[:60]], "line 1: is cut or damaged"),
    "nul": ([CAMT, b"\n", NTRY % b"\0", END], "line 2: is cut or damaged"),
    "encoding": ([b'<?xml version="1.0" encoding="x-unknown"?>', CAMT, END], "line 1: "),
    "not utf-8": ([CAMT, NTRY % b"<AddtlNtryInf>\xff\xfe</AddtlNtryInf>", END], "line 1: is cut or damaged"),
    "other xml": ([b'<a x=":camt.053.001.08"/>'], "holds no BkToCstmrAcctRpt and no BkToCstmrDbtCdtNtfctn and no BkToCstmrStmt"),
    "ofx value": ([OFX, TRN % (b"x" * 100_000_000), OFX_END], "holds a value of more than 1 MB"),
    "ofx comment": ([OFX, b"<!--", b"x" * 100_000_000], "holds a value of more than 1 MB"),
    "ofx cut": ([OFX, TRN % b"x"], "is cut: </OFX> is missing"),
    "ofx nul": ([OFX, b"\n\n", TRN % b"\0", OFX_END], "line 5: holds NUL bytes"),
    "ofx entities": ([LAUGHS, b"<OFX>", OFX_END, b"<STMTTRN>"], "declares a document type or entities"),
    "ofx brackets": ([OFX, b"<" * 20_000_000], "holds"),
    "csv quote": ([CHASE, b'DEBIT,11/13/2026,"x,-1.00,ACH,1.00,,\n' * 1001], "is never closed"),
    "csv line": ([CHASE, b"DEBIT,11/13/2026,", b"x" * 50_000_000], "has a line longer than 1 MB"),
    "csv nul": ([CHASE, b"DEBIT,11/13/2026,\0,-1.00,ACH,1.00,,\n"], "line 2: holds NUL bytes"),
    "ach long": ([b"101 021000021 1234567892611161005A094101", b"x" * 50_000_000], ""),
    "ach cut": ([(GOLDEN / "nacha-returns" / "input.ach").read_bytes()[:700]], "is cut: its last record (9) is missing"),
    "pdf": ([b"%PDF-1.7\n", b"\0" * 1000], "is a PDF document, not a statement"),
    "zip": ([b"PK\x03\x04", b"\0" * 1000], "is a ZIP archive or a workbook (.xlsx, .ods), not a statement"),
    "empty": ([b" \r\n\t "], "is empty"),
    "words": ([b"Dear bank,\nplease send my statement.\n"], "is a statement of no format that is known"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_with_a_sentence_and_a_place(apart, name):
    pieces, sentence = HOSTILE[name]
    _, said = apart(*pieces)
    assert said.startswith("file")
    assert sentence in said


@pytest.mark.parametrize("pieces", [
    [OFX, TRN % b"a < b & c &amp; d <x", OFX_END],
    [OFX, *[TRN % b"<![CDATA[ <STMTTRN> ]]>"] * 1, OFX_END],
    [OFX, b"<!-- <STMTTRN> -->", TRN % b"&#0;&#x110000;&bogus;", OFX_END],
    [CAMT, NTRY % (b"<AddtlNtryInf>" + b"x" * 1_000_000 + b"</AddtlNtryInf>"), END],
    [b"\xef\xbb\xbf", CAMT, NTRY % b"", END],
    [(CAMT + NTRY % b"" + END).decode().encode("utf-16")],
    [b'<?xml version="1.0" encoding="ISO-8859-1"?>', CAMT, NTRY % b"<AddtlNtryInf>\xfc</AddtlNtryInf>", END],
    [b'<?xml version="1.0" encoding="windows-1252"?>', CAMT, NTRY % b"<AddtlNtryInf>\x80</AddtlNtryInf>", END],
    [(OFX + TRN % b"x" + OFX_END).decode().encode("utf-16")],
    [OFX, TRN % b"\xfc\x80", OFX_END],
])  # fmt: skip
def test_odd_but_harmless_ones_are_read(apart, pieces):
    assert apart(*pieces) == (1, "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("head", "line", "end"),
    [(CAMT, NTRY % (b"<AddtlNtryInf>" + b"x" * 500 + b"</AddtlNtryInf>\n"), END), (OFX, TRN % (b"x" * 500 + b"\n"), OFX_END),
     (CHASE, b"DEBIT,11/13/2026," + b"x" * 500 + b",-1.00,ACH,1.00,,\n", b"")],
)  # fmt: skip
def test_a_file_ten_times_as_long_takes_no_more_memory(tmp_path, head, line, end):
    def peak(count):
        path = tmp_path / "file"
        path.write_bytes(head + line * count + end)
        tracemalloc.start()
        found = sum(1 for _ in read_statement(path, FileFacts("file")))
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert found == count
        return size

    peak(300)
    assert peak(6_000) < 1.5 * peak(600) + 500_000


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*/input.*")), ids=lambda path: path.parent.name)
def test_a_file_cut_anywhere_ends_as_lines_or_as_a_sentence(read, path):
    data = path.read_bytes()
    for at in range(0, len(data), max(1, len(data) // 60)):
        try:
            read(data[:at], currency="USD")
        except InputError as err:
            assert err.message
            assert err.hint
            assert err.where.startswith("statement")


def test_a_folder_and_a_missing_file_are_named(tmp_path):
    facts = FileFacts("x.xml")
    with pytest.raises(InputError, match=r"x\.xml: does not exist"):
        reader_of(tmp_path / "x.xml", facts)
    with pytest.raises(InputError, match=r"x\.xml: cannot be read: Is a directory"):
        reader_of(tmp_path, facts)

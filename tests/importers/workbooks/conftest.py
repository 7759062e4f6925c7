"""Workbooks made for tests: real ones by openpyxl, small and hostile ones by hand."""

import importlib.util
import struct
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from refundkit.importers.registry import ShopFacts, read_file
from refundkit.importers.tabular.choices import Choices

FACTS = ShopFacts("USD", ZoneInfo("America/Chicago"), datetime(2026, 9, 1, tzinfo=UTC))
spec = importlib.util.spec_from_file_location(
    "ole_writer", Path(__file__).parent.with_name("outlook") / "ole_writer.py"
)
ole_writer = importlib.util.module_from_spec(spec)
spec.loader.exec_module(ole_writer)

NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


@pytest.fixture
def read(tmp_path):
    """Write bytes under a name and read them as an import would."""

    def reading(data: bytes, name: str = "book.xlsx"):
        path = tmp_path / name
        path.write_bytes(data)
        return list(read_file(path, name, FACTS))

    return reading


@pytest.fixture
def notes(tmp_path):
    def taken(data: bytes, name: str = "book.xlsx"):
        path = tmp_path / name
        path.write_bytes(data)
        said = []
        list(read_file(path, name, replace(FACTS, lists=Choices(say=said.append))))
        return [note.removeprefix(f"{name}: ") for note in said]

    return taken


@pytest.fixture
def book(tmp_path):
    """A workbook of {"sheet": rows}; `change` may do anything to it before it is saved."""

    def made(sheets: dict[str, list[list]], change=lambda workbook: None) -> bytes:
        import openpyxl

        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for title, rows in sheets.items():
            sheet = workbook.create_sheet(title)
            for row in rows:
                sheet.append(row)
        change(workbook)
        workbook.save(tmp_path / "made")
        return (tmp_path / "made").read_bytes()

    return made


@pytest.fixture
def parts(tmp_path):
    """A workbook of one sheet from its XML."""

    def made(rows: str, *, strings: str = f"<sst {NS}/>", before: str = "") -> bytes:
        override = "".join(
            f'<Override PartName="/xl/{part}.xml" ContentType="{KIND}.{kind}+xml"/>'
            for part, kind in (("workbook", "sheet.main"), ("sheet1", "worksheet"), ("sharedStrings", "sharedStrings"))
        )
        files = {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{override}</Types>',
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" '
            f'Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook {NS} xmlns:r="{REL}"><sheets><sheet name="S" sheetId="1" r:id="r"/></sheets>'
            "</workbook>",
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" '
            f'Type="{REL}/worksheet" Target="sheet1.xml"/><Relationship Id="s" Type="{REL}/sharedStrings" '
            'Target="sharedStrings.xml"/></Relationships>',
            "xl/sheet1.xml": f"{before}<worksheet {NS}><sheetData>{rows}</sheetData></worksheet>",
            "xl/sharedStrings.xml": strings,
        }
        path = tmp_path / "parts"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        return path.read_bytes()

    return made


@pytest.fixture
def ods(tmp_path):
    """An OpenDocument table of rows of text and numbers."""

    def made(rows: list[list], media: str = "spreadsheet") -> bytes:
        def cell(value):
            if isinstance(value, str):
                return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'

        urn = "urn:oasis:names:tc:opendocument:xmlns"
        body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
        content = (
            f'<office:document-content xmlns:office="{urn}:office:1.0" xmlns:table="{urn}:table:1.0" '
            f'xmlns:text="{urn}:text:1.0"><office:body><office:spreadsheet><table:table table:name="T">{body}'
            "</table:table></office:spreadsheet></office:body></office:document-content>"
        )
        path = tmp_path / "open"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{media}")
            archive.writestr("META-INF/manifest.xml", "<x/>")
            archive.writestr("content.xml", content)
        return path.read_bytes()

    return made


@pytest.fixture
def container():
    return ole_writer.container


@pytest.fixture
def xls():
    """An Excel 97 workbook (BIFF8) of rows of text and numbers."""

    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def made(rows: list[list]) -> bytes:
        def start(kind: int) -> bytes:
            return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))

        texts = sorted({v for row in rows for v in row if isinstance(v, str)})
        shared = struct.pack("<II", len(texts), len(texts))
        shared += b"".join(struct.pack("<HB", len(t), 0) + t.encode("latin-1") for t in texts)
        sheet = start(0x0010)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, str):
                    sheet += record(0x00FD, struct.pack("<HHHI", r, c, 0, texts.index(value)))
                else:
                    sheet += record(0x0203, struct.pack("<HHHd", r, c, 0, value))
        sheet += record(0x000A, b"")
        head, tail = start(0x0005), record(0x00FC, shared) + record(0x000A, b"")
        offset = len(head) + 4 + 6 + 2 + 1 + len(tail)
        place = record(0x0085, struct.pack("<IBBBB", offset, 0, 0, 1, 0) + b"A")
        return ole_writer.container({"Workbook": head + place + tail + sheet})

    return made

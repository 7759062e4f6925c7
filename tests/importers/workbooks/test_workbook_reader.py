"""Workbooks are read sheet by sheet: every row with its number, every figure as it is shown, nothing taken on trust."""

import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from time import monotonic
from zoneinfo import ZoneInfo

import pytest

from refundkit.importers.registry import ShopFacts, read_file
from refundkit.importers.tabular.headings import NATIVE
from refundkit.importers.workbooks import book as process
from refundkit.model.requests import Draft, Ignored, Reject

SHARED = Path(__file__).parents[3] / ".." / "shared"
FACTS = ShopFacts("USD", ZoneInfo("America/Chicago"), datetime(2026, 12, 1, tzinfo=UTC))
HEAD = ["Client no.", "Invoice", "Refund amount", "Currency", "Reason", "Received on"]
ROW = ["C-1045", "INV-21165", 71, "USD", "charged twice", date(2026, 8, 28)]


def only(found) -> Draft:
    (draft,) = found
    assert isinstance(draft, Draft), draft
    return draft


def rejected(found) -> str:
    (reject,) = found
    assert isinstance(reject, Reject), reject
    return reject.problem


def test_every_sheet_of_requests_is_read_by_the_numbers_of_its_rows(book, read):
    sheets = {
        "August": [["Refunds to claim"], ["Currency: EUR"], [], ["Firm", *HEAD[:3]], ["Oak", *ROW[:3]], [], ["Total"]],
        "Prices": [["Description", "Price"], ["cable", 3]],
        "September": [HEAD, ROW],
    }
    august, total, prices, september = read(book(sheets))
    assert [r.index for r in (august, total, september)] == [5, 7, 2]
    assert {r.file for r in (august, total, prices, september)} == {"book.xlsx"}
    assert (august.amount, august.currency, august.evidence["sheet"]) == (Decimal(71), "EUR", "August")
    assert august.words.startswith("August: Oak;C-1045;INV-21165;71")
    assert (september.amount, september.currency, september.evidence["sheet"]) == (Decimal(71), "USD", "September")
    assert september.received_at == datetime(2026, 8, 28, 5, tzinfo=UTC)
    assert isinstance(total, Ignored)
    assert isinstance(prices, Ignored)
    assert "the sheet 'Prices' has no column that names a customer" in prices.why
    assert "cable" in prices.words


def test_what_columns_were_taken_for_is_said_for_each_sheet(book, notes):
    said = notes(book({"A": [["List"], HEAD, ROW], "B": [["Description", "Price"], ["cable", 3]]}))
    assert "sheet 'A': took the headings from line 2" in said
    assert "sheet 'A': took \"Refund amount\" for amount" in said
    assert not any(note.startswith("sheet 'B'") for note in said)


def test_it_is_found_by_content_under_any_name(book, ods, read):
    assert only(read(book({"S": [HEAD, ROW]}), "list.csv")).amount == Decimal(71)
    assert only(read(ods([HEAD[:4], ROW[:4]]), "list")).amount == Decimal(71)


def test_the_shops_own_columns_are_read_by_its_own_rules(book, read):
    row = dict.fromkeys(NATIVE) | {"invoice": "INV-1", "amount": 24.5, "currency": "USD", "channel": "phone"}
    good, bad = read(book({"S": [list(NATIVE), list(row.values()), list((row | {"channel": "pigeon"}).values())]}))
    assert (good.amount, good.channel, good.index) == (Decimal("24.5"), "phone", 2)
    assert isinstance(bad, Reject)
    assert (bad.index, bad.column) == (3, "channel")


def test_numbers_are_read_as_they_are_shown(book, read):
    amounts = [83.40000000000001, 1204.5, 0.1 + 0.2, 1.2345, 123456789.25]
    found = read(book({"S": [HEAD[:4], *(["C-1", 21170, amount, "USD"] for amount in amounts)]}))
    assert [getattr(r, "amount", r) for r in found[:3]] == [Decimal("83.4"), Decimal("1204.5"), Decimal("0.3")]
    assert isinstance(found[3], Reject)  # more decimals than the currency has: never rounded
    assert found[4].amount == Decimal("123456789.25")
    assert found[0].invoice == "INV-21170"


def test_three_decimals_are_never_taken_for_thousands(book, read):
    found = read(book({"S": [HEAD[:4], ["C-1", "INV-1", 1.234, "KWD"], ["C-1", "INV-1", 12.5, "KWD"]]}))
    assert [r.amount for r in found] == [Decimal("1.234"), Decimal("12.5")]


@pytest.mark.parametrize(
    ("shape", "currency"),
    [
        ("[$€-407] #,##0.00", "EUR"),
        ('#,##0.00 "GBP"', "GBP"),
        ('_("$"* #,##0.00_)', "USD"),
        ("[$-409]0.00", ""),
        ('0.00" ok"', ""),
    ],
)
def test_the_currency_that_a_cell_shows_counts(book, read, shape, currency):
    def show(workbook):
        workbook["S"]["C2"].number_format = shape

    draft = only(read(book({"S": [HEAD[:3], ["C-1", "INV-1", 24.6]]}, show)))
    assert (draft.amount, draft.currency) == (Decimal("24.6"), currency)


def test_dates_count_from_1904_where_the_workbook_says_so(book, read):
    def old_macintosh(workbook):
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        workbook.epoch = CALENDAR_MAC_1904

    draft = only(read(book({"S": [HEAD, ROW]}, old_macintosh)))
    assert draft.received_at == datetime(2026, 8, 28, 5, tzinfo=UTC)


def test_a_formula_counts_by_its_last_value(parts, read):
    head = "".join(f'<c r="{c}1" t="inlineStr"><is><t>{h}</t></is></c>' for c, h in zip("ABC", HEAD, strict=False))
    row = '<c r="A2" t="str"><f>"C-"&amp;1</f><v>C-1</v></c><c r="C2"><f>2*3</f><v>6</v></c>'
    bare = '<c r="A3" t="inlineStr"><is><t>C-2</t></is></c><c r="C3"><f>2*3</f></c>'
    known, unknown = read(parts(f'<row r="1">{head}</row><row r="2">{row}</row><row r="3">{bare}</row>'))
    assert (known.customer_id, known.amount) == ("C-1", Decimal(6))
    assert unknown.amount is None
    assert unknown.doubts


def test_text_that_a_program_wrapped_is_unwrapped(parts, read):
    head = "".join(f'<c r="{c}1" t="inlineStr"><is><t>{h}</t></is></c>' for c, h in zip("ABC", HEAD, strict=False))
    cells = ('="2"', "INV_x002D_1", "'-12.50")
    row = "".join(f'<c r="{c}2" t="inlineStr"><is><t>{v}</t></is></c>' for c, v in zip("ABC", cells, strict=True))
    draft = only(read(parts(f'<row r="1">{head}</row><row r="2">{row}</row>')))
    assert (draft.customer_id, draft.invoice, draft.amount) == ("2", "INV-1", Decimal("12.50"))


def test_hidden_sheets_are_named_and_not_read(book, read):
    def hide(workbook):
        workbook["Old"].sheet_state = "veryHidden"

    draft, hidden = read(book({"New": [HEAD, ROW], "Old": [HEAD, ROW]}, hide))
    assert isinstance(draft, Draft)
    assert hidden.why == "the sheet 'Old' is hidden, so it was not read"


def test_a_workbook_without_requests_is_one_reject_that_names_its_sheets(book, read):
    problem = rejected(read(book({"Prices": [["Description", "Price"]], "Empty": [], "Memo": [["hello"]]})))
    assert "'Prices' has no column that names a customer" in problem
    assert "'Memo' holds no table" in problem
    assert rejected(read(book({"Empty": []}))) == "is a workbook without any content"


def test_the_shops_records_in_a_workbook_are_not_taken_for_requests(book, read):
    from refundkit.model.records import kinds

    columns = list(kinds(UTC)["invoices"].columns)
    assert "the shop's own invoices" in rejected(read(book({"S": [columns, [1] * len(columns)]})))


def test_old_and_open_formats_are_read(xls, ods, read):
    rows = [HEAD[:4], ["C-1045", "INV-21165", 24.6, "USD"]]
    for data, sheet in ((xls(rows), "A"), (ods(rows), "T")):
        draft = only(read(data, "book"))
        assert (draft.index, draft.amount, draft.evidence["sheet"]) == (2, Decimal("24.6"), sheet)


def test_what_openpyxl_refuses_is_read_by_the_other_engine(book, read):
    broken = BytesIO()
    with zipfile.ZipFile(BytesIO(book({"S": [HEAD[:4], ROW[:4]]}))) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(b"<cellXfs", b"<cellXgs") if name.endswith("styles.xml") else data)
    assert only(read(broken.getvalue())).amount == Decimal(71)


def test_a_locked_workbook_says_how_to_unlock_it(container, read):
    problem = rejected(read(container({"EncryptedPackage": b"x" * 50, "EncryptionInfo": b"y"})))
    assert "locked by a password" in problem
    assert "import it again" in problem


def test_documents_that_are_no_workbooks_are_called_by_their_kind(container, ods, read):
    assert "a Word document" in rejected(read(container({"WordDocument": b"x" * 50})))
    assert "opendocument.text" in rejected(read(ods([["a", "b"]], "text")))


def test_a_cell_at_the_far_end_costs_no_memory(parts, read):
    head = "".join(f'<c r="{c}1" t="inlineStr"><is><t>{h}</t></is></c>' for c, h in zip("ABC", HEAD, strict=False))
    row = '<c r="A2" t="inlineStr"><is><t>C-1</t></is></c><c r="C2"><v>5</v></c>'
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    good, bad = read(parts(f'<row r="1">{head}</row><row r="2">{row}</row>{far}'))
    assert good.amount == Decimal(5)
    assert bad.index == 1_048_576


def test_a_workbook_that_aborts_its_reader_is_one_reject(parts, read):
    far = '<row r="1048576"><c r="XFD1048576" t="s"><v>1</v></c></row>'
    assert "damaged workbook" in rejected(read(parts(far, strings="<broken")))


def test_a_workbook_that_takes_too_long_is_one_reject(book, read, monkeypatch):
    monkeypatch.setattr(process, "SECONDS", dict.fromkeys(process.SECONDS, 0))
    assert "more than 0 seconds" in rejected(read(book({"S": [HEAD, ROW]})))


def test_entities_are_not_followed(parts, read, tmp_path):
    (tmp_path / "secret").write_text("hunter2", encoding="utf-8")
    before = f'<!DOCTYPE x [<!ENTITY x SYSTEM "file://{tmp_path}/secret"><!ENTITY a "aaaa">]>'
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>&x;&a;</t></is></c></row>'
    assert "hunter2" not in rejected(read(parts(head, before=before)))


def test_a_bomb_is_refused_before_it_is_unpacked(parts, read):
    before = monotonic()
    assert "100 times its size" in rejected(read(parts(" " * 20_000_000)))
    assert monotonic() - before < 2


@pytest.mark.parametrize("cut", [40, 600, -30])
def test_a_cut_workbook_is_one_reject(book, read, cut):
    assert "damaged" in rejected(read(book({"S": [HEAD, ROW]})[:cut]))


@pytest.mark.slow
def test_a_bookkeepers_workbook_is_read_row_by_row():
    path = SHARED / "data/intake/csv/09-brandt-clients.xlsx"
    if not path.exists():
        pytest.skip("the labelled set is not there")
    found = list(read_file(path, "09", FACTS))
    kinds = [type(reading) for reading in found]
    assert kinds == [Draft, Draft, Draft, Ignored, Draft, Draft, Draft, Ignored]
    assert [reading.index for reading in found[:7]] == [5, 6, 8, 9, 2, 3, 4]
    assert {(d.evidence["sheet"], d.currency) for d in found if isinstance(d, Draft)} == {
        ("August", "USD"),
        ("September", ""),
    }


@pytest.mark.slow
def test_odd_workbooks_of_other_people_end_quickly_and_without_a_traceback():
    files = sorted((SHARED / "data/real/csv/calamine").glob("*.xls*"))
    if not files:
        pytest.skip("the collection of workbooks is not there")
    for path in files:
        before = monotonic()
        (found,) = read_file(path, path.name, FACTS)
        assert isinstance(found, Reject), path.name
        assert monotonic() - before < 10, path.name

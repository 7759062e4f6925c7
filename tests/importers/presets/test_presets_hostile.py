"""Whatever stands in the cells of an export, every row ends as something, with a reason; and in time."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from refundkit.errors import InputError
from refundkit.importers.presets.catalog import builtin, find
from refundkit.importers.presets.reader import read_sheet
from refundkit.importers.presets.records import Bad, Known, Passed, Row, read_records
from refundkit.importers.registry import opened
from refundkit.importers.tabular.shop import TableShop
from refundkit.model.requests import Draft, Ignored, Reject

SHOP = TableShop("USD", ZoneInfo("America/Chicago"), datetime(2026, 11, 1, tzinfo=UTC))
NOBODY = Known(customer=lambda name, email: "", invoice_of=lambda payment: "", order=lambda number: None)
CELLS = st.one_of(
    st.sampled_from(
        ["", "-", "12.50", "-12.50", "(3.00)", "$1,149.00 ", "1.234,56", "1,234", '="2"', "'-5", "usd", "EUR", "Paid",
         "Completed", "Payment", "payment", "Refund", "refund", "Invoice", "2026-10-02", "03/04/2026", "Oct 5, 2026",
         "02-10-2026 01:16", "12/Mar/24 9:41 AM", "20% (VAT)", "Total", "Acme", "INV-1", "please refund 5.00 USD", "\x00",
         "9" * 40, "1e5", "٣", "\u202e", "a@b.example", "true"]),
    st.text(max_size=12),
)  # fmt: skip


class Sheet:
    """Rows under the headings of a preset, as the protocol `Sheet` wants them."""

    name, header_line, titles, delimiter = "x.csv", 1, (), ","

    def __init__(self, headings, rows):
        self.headings, self.lines = headings, rows

    def rows(self):
        yield from enumerate(self.lines, start=2)


@pytest.mark.parametrize("preset", builtin(), ids=lambda preset: preset.name)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_cell_stops_the_reading(preset, data):
    fields = [v for part in (preset.requests, *preset.blocks) if part for _, v in part if hasattr(v, "heading")]
    headings = list(dict.fromkeys([*preset.key, *(h for value in fields for h in value.heading)]))
    headings = [heading for heading in headings if heading not in preset.without]
    width = len(headings)
    rows = data.draw(st.lists(st.lists(CELLS, min_size=max(1, width - 1), max_size=width + 1), max_size=4))
    sheet = Sheet(headings, rows)
    met, _ = find(headings, None)
    assert met.preset.name == preset.name
    if preset.blocks:
        assert all(isinstance(found, Row | Bad | Passed) for found in read_records(sheet, met, SHOP, NOBODY))
    elif preset.requests:
        assert all(isinstance(found, Draft | Reject | Ignored) for found in read_sheet(sheet, SHOP))
    else:
        with pytest.raises(InputError):
            list(read_sheet(sheet, SHOP))


def test_long_cells_and_many_comments_of_one_ticket_are_read_in_time(tmp_path):
    path = tmp_path / "jira.csv"
    heads = ["Summary", "Issue key", "Issue id", "Issue Type", "Status", "Project key", "Resolution", "Assignee",
             "Reporter", "Creator", "Created", "Updated", "Description", "Comment"]  # fmt: skip
    row = [
        "x",
        "A-1",
        "1",
        "T",
        "Open",
        "A",
        "",
        "",
        "r",
        "r",
        "2026-10-01",
        "",
        "word " * 80_000,
        "d;r;" + "> " * 200_000,
    ]
    path.write_text("\n".join(",".join(cells) for cells in (heads, *[row] * 3)), encoding="utf-8")
    begun = time.process_time()
    assert len(list(read_sheet(opened(path, "jira.csv", None)[0], SHOP))) == 3
    assert time.process_time() - begun < 20

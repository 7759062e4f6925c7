"""A workbook may have several sheets of requests: where a row stands is told with the name of its sheet."""

from __future__ import annotations

import csv
import io

import pytest

HEAD = ("Customer no", "Invoice", "Refund amount", "Currency", "Reason", "Ticket")
FLOOR = ("C-1002", "INV-24105", "30.00", "USD", "sla-breach", "T-1")
POST = ("C-1004", "INV-24106", "20.00", "USD", "billing-error", "T-2")


def book(**sheets) -> bytes:
    """A workbook of rows below HEAD; '_' in a sheet's name is a space."""
    import openpyxl

    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        page = made.create_sheet(title.replace("_", " "))
        for row in (HEAD, *rows):
            page.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def bad(row, ref):
    return (*row[:2], "12x", *row[3:5], ref)


def places(said):
    return [(r["sheet"], r["index"], r["disposition"]) for r in said.jsonl]


@pytest.fixture
def rejected(shop):
    shop.write("book.xlsx", book(Shop_floor=[FLOOR, bad(FLOOR, "T-3")], By_post=[POST, bad(POST, "T-4")]))
    said = shop("import", "book.xlsx", "--rejects", "mend.csv")
    assert said.status == 1, said
    return shop, said


def test_jsonl_tells_the_sheet_of_a_row_and_null_of_what_is_no_workbook(shop) -> None:
    shop.write("book.xlsx", book(Shop_floor=[FLOOR], By_post=[POST]))
    shop.write("list.csv", "\n".join(map(",".join, (HEAD, (*FLOOR[:5], "T-9")))))
    said = shop("import", "book.xlsx", "list.csv", "--jsonl")
    assert [(r["file"], r["sheet"], r["index"]) for r in said.jsonl] == [
        ("book.xlsx", "Shop floor", 2),
        ("book.xlsx", "By post", 2),
        ("list.csv", None, 2),
    ]


def test_people_are_told_the_sheet_of_a_rejected_row(rejected) -> None:
    shop, said = rejected
    assert "book.xlsx:Shop floor!3: rejected: " in said.err
    assert "book.xlsx:By post!3: rejected: " in said.err
    listed = shop.done("import", "--rejected")
    assert "  book.xlsx:Shop floor!3  " in listed.out
    assert "  book.xlsx:By post!3  " in listed.out
    assert {(r["sheet"], r["index"]) for r in shop.done("import", "--rejected", "--jsonl").jsonl} == {
        ("Shop floor", 3),
        ("By post", 3),
    }


def test_a_row_and_a_sheet_that_ask_for_nothing_are_listed_with_their_sheet(shop) -> None:
    total = ("Total", "", "30.00", "", "", "")
    shop.write("book.xlsx", book(Shop_floor=[FLOOR, total], By_post=[POST, total]))
    shop.done("import", "book.xlsx")
    listed = shop.done("import", "--ignored").out
    assert "  book.xlsx:Shop floor!3  the row is a total" in listed
    assert "  book.xlsx:By post!3  the row is a total" in listed
    several = shop("case", "from", "book.xlsx#3")
    assert "'book.xlsx#3' means several" in several.err
    (made,) = shop("case", "from", "book.xlsx#By post!3", "--jsonl").jsonl
    assert (made["sheet"], made["index"]) == ("By post", 3)
    assert {r["source"]["sheet"] for r in shop.done("list", "--json").json if r["source"]["index"] == 3} == {"By post"}


def test_a_case_says_from_which_sheet_it_came(shop) -> None:
    shop.write("book.xlsx", book(Shop_floor=[FLOOR], By_post=[POST]))
    shop.done("import", "book.xlsx")
    found = {r["source"]["sheet"]: r for r in shop.done("list", "--json").json}
    assert set(found) == {"Shop floor", "By post"}
    case = found["By post"]["id"]
    assert shop.done("show", case, "--json").json["source"] == {"file": "book.xlsx", "index": 2, "sheet": "By post"}
    assert "book.xlsx By post!2" in shop.done("show", case).out
    assert "from book.xlsx By post!2" in shop.done("history", case).out
    before = shop.done("list", "--json").json
    shop.done("doctor", "--rebuild")
    assert shop.done("list", "--json").json == before
    shop.done("audit", "verify")


def test_a_case_of_a_plain_list_says_no_sheet(sample) -> None:
    rows = sample.done("list", "--json").json
    assert {r["source"]["sheet"] for r in rows} == {None}


def test_rejects_of_a_workbook_are_mended_with_their_sheet_beside_them(rejected) -> None:
    shop, _ = rejected
    with (shop.folder / "mend.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(r["file"], r["sheet"], r["row"]) for r in rows] == [
        ("book.xlsx", "By post", "3"),
        ("book.xlsx", "Shop floor", "3"),
    ]
    for row in rows:
        row["amount"] = "12.00"
    save(shop, rows)
    said = shop("import", "--from-rejects", "mend.csv", "--jsonl")
    assert [(r["file"], r["sheet"], r["index"]) for r in said.jsonl] == [
        ("book.xlsx", "By post", 3),
        ("book.xlsx", "Shop floor", 3),
    ]
    assert not {"reject", "ignore"} & {r["disposition"] for r in said.jsonl}
    assert len(shop.done("list", "--json").json) == 4


def test_a_file_of_rejects_without_the_column_sheet_is_taken_back_too(rejected) -> None:
    shop, _ = rejected
    with (shop.folder / "mend.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [{k: v for k, v in row.items() if k != "sheet"} for row in csv.DictReader(file)]
    for row in rows:
        row["amount"] = "12.00"
    save(shop, rows)
    said = shop("import", "--from-rejects", "mend.csv", "--jsonl")
    assert {r["sheet"] for r in said.jsonl} == {"Shop floor", "By post"}


def save(shop, rows):
    with (shop.folder / "mend.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)


BARE = ("C-1002", "INV-24105", "30.00", "USD", "sla-breach", "")


@pytest.mark.parametrize("row", [FLOOR, BARE], ids=["with a reference", "without one"])
def test_the_same_row_at_the_same_place_of_two_sheets_is_one_payable_case(shop, row) -> None:
    shop.write("book.xlsx", book(Shop_floor=[row], By_post=[row]))
    said = shop("import", "book.xlsx", "--jsonl")
    first, second = said.jsonl
    assert (first["disposition"], first["duplicate_of"]) == ("case", None)
    assert (second["sheet"], second["disposition"]) == ("By post", "duplicate")
    assert second["duplicate_of"] == "book.xlsx#Shop floor!2"
    assert first["case"] != second["case"]
    again = shop.done("import", "book.xlsx", "--jsonl")
    assert [(r["disposition"], r["case"]) for r in again.jsonl] == [
        ("duplicate", first["case"]),
        ("duplicate", second["case"]),
    ]
    assert len(shop.done("list", "--json").json) == 2


def test_without_records_too_an_equal_place_hides_no_repeat_in_another_sheet(cli) -> None:
    cli.done("init", "--company", "X", "--base", "USD", "--user", "ada", user="")
    cli.write("book.xlsx", book(Shop_floor=[BARE], By_post=[BARE]))
    said = cli("import", "book.xlsx", "--jsonl")
    cli.write("two.xlsx", book(One=[BARE, BARE]))
    expected = cli("import", "two.xlsx", "--dry-run", "--jsonl").jsonl[1]
    assert said.jsonl[0]["disposition"] == "case"
    assert said.jsonl[1]["disposition"] == expected["disposition"] == "duplicate"
    assert said.jsonl[1]["duplicate_of"] == "book.xlsx#Shop floor!2"


def test_a_repeat_is_named_with_its_sheet_only_where_another_row_has_that_number(shop) -> None:
    other = (*FLOOR[:5], "T-8")
    shop.write("book.xlsx", book(Shop_floor=[other, FLOOR, bad(FLOOR, "T-3")], By_post=[POST, bad(POST, "T-4"), other]))
    shop.write("again.csv", "\n".join(map(",".join, (HEAD, FLOOR, (*POST[:5], "T-5"), other))))
    shop.write("one.xlsx", book(May=[(*POST[:5], "T-5"), (*POST[:5], "T-5")]))
    named = {}
    for file in ("one.xlsx", "book.xlsx", "again.csv"):
        said = shop("import", file, "--jsonl").jsonl
        named |= {(r["file"], r["sheet"], r["index"]): r["duplicate_of"] for r in said if r["duplicate_of"]}
    assert named["one.xlsx", "May", 3] == "one.xlsx#2"
    assert named["book.xlsx", "By post", 4] == "book.xlsx#Shop floor!2"
    assert named["again.csv", None, 2] == "book.xlsx#Shop floor!3"  # the other is a reject
    assert named["again.csv", None, 3] == "one.xlsx#2"


def test_rows_of_two_sheets_that_ask_differently_are_both_cases(shop) -> None:
    shop.write("book.xlsx", book(Shop_floor=[FLOOR], By_post=[POST]))
    said = shop("import", "book.xlsx", "--jsonl")
    assert places(said) == [("Shop floor", 2, "case"), ("By post", 2, "case")]
    assert [r["duplicate_of"] for r in said.jsonl] == [None, None]


def test_an_import_written_before_sheets_were_told_is_read_as_before(shop, monkeypatch) -> None:
    """Events of an older program have no sheet: what they say stands, and the same file adds nothing."""
    shop.write("book.xlsx", book(Shop_floor=[FLOOR, bad(FLOOR, "T-3")], By_post=[POST, bad(POST, "T-4")]))
    with monkeypatch.context() as older:
        without_sheets(older)
        shop("import", "book.xlsx")
    assert {r["source"]["sheet"] for r in shop.done("list", "--json").json} == {None}
    assert {r["sheet"] for r in shop.done("import", "--rejected", "--jsonl").jsonl} == {None}
    before = shop.events()
    said = shop("import", "book.xlsx", "--jsonl")
    assert [r["disposition"] for r in said.jsonl] == ["duplicate", "reject", "duplicate", "reject"]
    assert shop.events() == before
    shop.done("doctor", "--rebuild")


def without_sheets(patch) -> None:
    from dataclasses import replace

    from refundkit.importers.workbooks import reader

    marked = reader._marked
    patch.setattr(reader, "_marked", lambda reading, title: replace(marked(reading, title), sheet=""))

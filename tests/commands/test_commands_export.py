"""`export`: a case is in one batch, a batch is the same bytes whenever it is written."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

FORMATS = {"hledger": "journal", "quickbooks-online": "csv", "xero": "csv"}


def written(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


@pytest.mark.parametrize("form", FORMATS)
def test_every_approved_case_is_booked_once_in_each_format(sample, form: str) -> None:
    said = sample.done("export", form, "-o", "books", "--json", user="carl").json
    approved = 9
    assert set(said) == {"batch", "format", "cases", "total", "files", "completed", "held"}
    assert (said["batch"], said["format"], len(said["cases"])) == ("1-0001", form, approved)
    assert {sample.state(c) for c in said["cases"]} == {"booked"}
    files = written(sample.folder / "books")
    assert [Path(f).name for f in said["files"]] != []
    assert {Path(f).name for f in said["files"]} == set(files)
    (journal,) = [c for n, c in files.items() if n.endswith(f".{FORMATS[form]}")]
    for number, case in enumerate(said["cases"], 1):
        assert case.encode() in journal
        assert f"CM-1-{number:06d}".encode() in journal


def test_a_second_export_has_nothing_to_book_whatever_the_format(sample) -> None:
    sample.done("export", "hledger", "-o", "books", user="carl")
    before = sample.events()
    for form in FORMATS:
        said = sample.done("export", form, "-o", "more", "--json", user="carl").json
        assert (said["batch"], said["cases"], said["files"]) == (None, [], [])
    assert sample.events() == before
    assert not (sample.folder / "more").exists()


def test_a_case_is_in_the_batch_after_its_approval_and_in_no_other(sample) -> None:
    first = sample.done("export", "hledger", "-o", "books", "--json", user="carl").json
    sample.done("approve", sample.id("requests.csv:8"), user="lena")
    second = sample.done("export", "xero", "-o", "books", "--json", user="carl").json
    assert second["cases"] == [sample.id("requests.csv:8")]
    assert second["batch"] == "1-0002"
    assert not set(first["cases"]) & set(second["cases"])


def test_a_dry_run_books_nothing_and_writes_no_file(sample) -> None:
    before = sample.events()
    said = sample.done("export", "hledger", "-o", "books", "--dry-run", user="carl")
    assert "would be booked" in said.out
    assert sample.events() == before
    assert not (sample.folder / "books").exists()
    real = sample.done("export", "hledger", "-o", "books", user="carl")
    assert said.out.replace("would be booked", "booked") == real.out


@pytest.mark.parametrize("form", FORMATS)
def test_a_batch_written_again_is_the_same_bytes(sample, form: str) -> None:
    sample.done("export", form, "-o", "books", user="carl")
    sample.done("policy", "adopt", sample.write("p.toml", _other_accounts(sample)))
    before = sample.events()
    sample.done("export", "--again", "1-0001", "-o", "twice", user="carl", now="2026-11-20T09:00:00Z")
    assert written(sample.folder / "twice") == written(sample.folder / "books")
    assert sample.events() == before


def _other_accounts(cli) -> str:
    return (
        (cli.folder / "shop.policy.toml")
        .read_text(encoding="utf-8")
        .replace("revenues:refunds and allowances", "revenues:r")
    )


def test_writing_into_the_same_folder_again_is_no_trouble(sample) -> None:
    sample.done("export", "hledger", "-o", "books", user="carl")
    files = written(sample.folder / "books")
    sample.done("export", "--again", "1-0001", "-o", "books", user="carl")
    assert written(sample.folder / "books") == files


def test_a_file_of_another_content_is_never_overwritten(sample) -> None:
    sample.done("export", "hledger", "-o", "books", user="carl")
    path = sample.folder / "books" / "J-hledger-1-0001.journal"
    path.write_text("edited by hand\n", encoding="utf-8")
    said = sample("export", "--again", "1-0001", "-o", "books", user="carl")
    assert said.status == 3
    assert "J-hledger-1-0001.journal" in said.err
    assert path.read_text(encoding="utf-8") == "edited by hand\n"


def test_a_batch_of_payments_is_listed_as_what_it_takes_from_what_is_owed(sample) -> None:
    sample.done("export", "hledger", "-o", "books", user="carl")
    sample.done("pay", "card", "-o", "out", user="carl")
    sample.done("export", "hledger", "-o", "books", user="carl")
    said = sample.done("export", "--list").out
    (batch,) = [b for b in sample.done("export", "--list", "--json").json if b["total"]["amount"].startswith("-")]
    assert f"{batch['total']['amount'].lstrip('-')} USD less owed" in said
    assert " -" + batch["total"]["amount"].lstrip("-") not in said


def test_the_batches_are_listed_with_their_files_and_hashes(sample, told) -> None:
    sample.done("export", "hledger", "-o", "books", user="carl")
    sample.done("approve", sample.id("requests.csv:8"), user="lena")
    sample.done("export", "xero", "-o", "books", user="carl")
    told("commands/export-list.txt", sample, sample("export", "--list"))
    batches = sample.done("export", "--list", "--json").json
    names = {"batch", "format", "at", "by", "cases", "total", "files", "revises", "outcome", "message"}
    assert [set(b) for b in batches] == [names] * 2
    for file in batches[0]["files"]:
        assert sha256((sample.folder / "books" / file["name"]).read_bytes()).hexdigest() == file["sha256"]


def test_an_unknown_format_or_batch_is_2(sample) -> None:
    for words in ([], ["sap"], ["--again", "9-9999"]):
        said = sample("export", *words, user="carl")
        assert (said.status, said.out) == (2, ""), words
        assert "hint:" in said.err


@pytest.mark.parametrize("user", ["lena", "max", "okello", "ann"])
def test_only_the_accountant_or_an_admin_books(sample, user: str) -> None:
    before = sample.events()
    assert sample("export", "hledger", "-o", "books", user=user).status == 3
    assert sample.events() == before
    assert not (sample.folder / "books").exists()


def test_what_a_format_cannot_say_is_refused_before_anything_is_booked(sample) -> None:
    text = (sample.folder / "shop.policy.toml").read_text(encoding="utf-8")
    sample.done(
        "policy",
        "adopt",
        sample.write("p.toml", text.replace('refunds = "270"', 'refunds = "this is no code of an account"')),
    )
    before = sample.events()
    said = sample("export", "xero", "-o", "books", user="carl")
    assert said.status == 3
    assert sample.events() == before
    assert not (sample.folder / "books").exists()
    assert sample.done("export", "hledger", "-o", "books", "--json", user="carl").json["batch"] == "1-0001"


def test_a_folder_that_cannot_be_written_loses_nothing_and_the_next_export_goes_on(sample) -> None:
    """What is booked stays booked; the files come with the next run."""
    sample.write("books", "a file where a folder should be")
    said = sample("export", "hledger", "-o", "books", user="carl")
    assert said.status == 5
    assert "batches whose files were not written" in sample.done().out
    (sample.folder / "books").unlink()
    again = sample.done("export", "hledger", "-o", "books", "--json", user="carl").json
    assert again["completed"] == ["1-0001"]
    assert "J-hledger-1-0001.journal" in written(sample.folder / "books")


def test_a_file_in_the_way_of_a_new_batch_is_found_before_anything_is_booked(sample) -> None:
    """Two shops that export into one folder have batches of the same number."""
    sample.write("books/J-hledger-1-0001.journal", "of another shop\n")
    before = sample.events()
    said = sample("export", "hledger", "-o", "books", user="carl")
    assert said.status == 3
    assert sample.events() == before


def test_a_booked_batch_can_be_written_elsewhere_when_a_file_is_in_its_way(sample) -> None:
    sample.write("books/J-hledger-1-0001.journal", "of another shop\n")
    assert sample("export", "hledger", "-o", "books", user="carl").status == 3
    said = sample("export", "hledger", "-o", "elsewhere", user="carl")
    assert said.status == 0
    assert (sample.folder / "elsewhere" / "J-hledger-1-0001.journal").is_file()

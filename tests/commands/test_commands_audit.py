"""`audit`: a document an auditor checks without the shop, and the check of the ledger itself."""

from __future__ import annotations

import sqlite3

import pytest


@pytest.fixture
def pango() -> None:
    try:
        import weasyprint  # noqa: F401
    except OSError as err:  # pragma: no cover - depends on the machine
        pytest.skip(f"audit documents need Pango: {err}")


@pytest.fixture
def document(sample, pango):
    said = sample.done("audit", "pdf", sample.id("requests.csv:2"), "-o", "audit", "--json").json
    return said["file"]


def test_a_document_is_written_and_verifies_with_no_store_and_no_key_at_hand(sample, document) -> None:
    sample.store.unlink()
    (sample.folder / "keys").rename(sample.folder / "away")
    said = sample.bare("audit", "verify", document)
    assert said.status == 0, said
    assert "intact" in said.out
    found = sample.bare("audit", "verify", document, "--json").json
    assert {"case", "company", "ledger", "events", "sealed_by", "writers", "warnings", "verified"} <= set(found)
    assert (found["verified"], found["company"], found["sealed_by"]) == (True, "Brightwater Field IT", "ada")


def test_one_changed_byte_is_found(sample, document) -> None:
    path = sample.folder / document
    content = bytearray(path.read_bytes())
    for at in (len(content) // 3, len(content) // 2):
        changed = bytes(content[:at]) + bytes([content[at] ^ 1]) + bytes(content[at + 1 :])
        said = sample("audit", "verify", sample.write("changed.pdf", changed))
        assert (said.status, said.out) == (4, "")


def test_a_file_that_is_no_document_does_not_verify(sample) -> None:
    for content in (b"hello", b"", b"%PDF-1.7\n%%EOF\n"):
        said = sample("audit", "verify", sample.write("x.pdf", content))
        assert (said.status, said.out) == (4, ""), content


def test_an_auditor_may_issue_a_document_and_a_technician_may_not(sample, pango) -> None:
    case = sample.id("requests.csv:2")
    assert sample("audit", "pdf", case, "-o", "out", user="ann").status == 0
    assert sample("audit", "pdf", case, "-o", "out2", user="okello").status == 3
    assert not (sample.folder / "out2").exists()


def test_issuing_a_document_writes_no_event(sample, document) -> None:
    before = sample.events()
    sample.done("audit", "pdf", sample.id("requests.csv:8"), "-o", "audit")
    assert sample.events() == before


def test_a_ledger_that_is_whole_verifies(sample) -> None:
    found = sample.done("audit", "verify", "--json").json
    assert found["verified"] is True
    assert found["problems"] == []
    assert found["events"] == sample.events()
    assert "verifies" in sample.done("audit", "verify").out


@pytest.mark.parametrize("what", ["payload", "sig", "core"])
def test_a_changed_event_is_named_and_the_status_is_4(sample, what: str) -> None:
    """Somebody with a database tool changes an event behind the program's back."""
    with sqlite3.connect(sample.store) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        n, blob = connection.execute(f"SELECT n, {what} FROM event WHERE type = 'request.logged' LIMIT 1").fetchone()
        changed = bytes(blob).replace(b"0", b"1", 1) if what != "sig" else bytes([blob[0] ^ 1]) + blob[1:]
        connection.execute(f"UPDATE event SET {what} = ? WHERE n = ?", (changed, n))
    connection.close()
    said = sample("audit", "verify")
    assert said.status == 4
    assert f"row {n}" in said.err
    found = sample("audit", "verify", "--json")
    assert (found.status, found.json["verified"]) == (4, False)


def test_a_table_that_was_edited_is_named_and_can_be_made_anew(sample) -> None:
    with sqlite3.connect(sample.store) as connection:
        connection.execute("UPDATE cases SET state = 'approved' WHERE state = 'review'")
    connection.close()
    said = sample("audit", "verify")
    assert said.status == 4
    assert "table cases" in said.err
    assert sample("doctor", "--compare").status == 4
    sample.done("doctor", "--rebuild")
    assert sample("doctor", "--compare").status == 0
    assert sample("audit", "verify").status == 0
    assert len(sample.done("list", "--state", "review", "--json").json) == 5


def test_an_older_copy_of_the_store_is_noticed_and_nothing_is_written_on_it(sample) -> None:
    old = sample.store.read_bytes()
    sample.done("approve", sample.id("requests.csv:8"), user="lena")
    for path in sample.folder.glob("shop.db-*"):
        path.unlink()
    sample.store.write_bytes(old)
    said = sample("deny", sample.id("requests.csv:9"), "--reason", "x", user="lena")
    assert (said.status, said.out) == (4, "")
    assert "older copy" in said.err
    assert sample("audit", "verify").status == 4


def test_doctor_says_how_the_store_is(sample) -> None:
    found = sample.done("doctor", "--json").json
    assert set(found) == {"store", "size", "events", "schema", "sqlite", "keys", "pdf"}
    for name in found:
        assert name in sample.done("doctor").out


def test_a_dry_run_writes_no_document(sample) -> None:
    pytest.importorskip("weasyprint", exc_type=OSError, reason="Pango is missing")
    case = sample.id("requests.csv:8")
    said = sample.done("audit", "pdf", case, "-o", "audit", "--dry-run")
    assert case in said.out
    assert not (sample.folder / "audit").exists()

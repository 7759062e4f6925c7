"""Nothing in a store can be changed unnoticed: `audit verify` names the event, the document or the table."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import small_shop
from command_line import inside

from refundkit.model.canonical import b64
from refundkit.workflow import verifying

TRIGGERS = ("event_insert", "event_update", "event_payload", "event_delete", "document_update", "document_delete")
COLUMNS = ("n", "id", "writer", "seq", "own", "case_id", "type", "core", "payload", "sig")


@pytest.fixture(scope="session")
def full(template, tmp_path_factory) -> small_shop.SmallShop:
    """A shop with a bit of everything: cases approved, denied, amended, reopened, booked; documents of a batch."""
    shop = template.copy(tmp_path_factory.mktemp("full") / "shop")
    shop.now = small_shop.BEGIN
    ids = shop.take_in(*[small_shop.request(n) for n in range(6)], small_shop.request(0, "other"))
    shop.approve(ids[2], ids[3], by="max")
    with shop.open("lena") as opened:
        small_shop.decisions.withdraw(opened, [ids[6]], "a mistake")
    with shop.open("leo") as opened:
        small_shop.decisions.reopen(opened, [ids[6]], "no mistake")
    with shop.open("lena") as opened:
        small_shop.decisions.amend(opened, ids[6], {"reason": "goodwill", "amount": "20.00"}, "was goodwill")
    with shop.open("mona") as opened:
        small_shop.decisions.deny(opened, [ids[4]], "not owed")
    shop.export()
    return shop


@pytest.fixture
def victim(full, tmp_path) -> small_shop.SmallShop:
    return full.copy(tmp_path / "shop")


@contextlib.contextmanager
def tampering(store: Path) -> Iterator[sqlite3.Connection]:
    """The file as anybody with an SQLite shell has it, without the triggers that stop mistakes."""
    with contextlib.closing(sqlite3.connect(store, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints=ON")
        for trigger in TRIGGERS:
            connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        connection.execute("DROP INDEX IF EXISTS event_own")
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")


def verified(shop: small_shop.SmallShop) -> str:
    """What `audit verify` said; it must have left with 4."""
    ended = inside(shop, "audit", "verify")
    assert ended.status == 4, f"status {ended.status}: {ended.said}"
    assert "unexpectedly" not in ended.said
    return ended.said


def flipped(value: Any, at: int, bit: int) -> Any:
    """A value with one bit changed. Text stays text, also where it is no UTF-8 any more."""
    if isinstance(value, int):
        return value ^ (1 << bit)
    raw = value.encode() if isinstance(value, str) else value
    return raw[:at] + bytes([raw[at] ^ (1 << bit)]) + raw[at + 1 :]


def put(connection: sqlite3.Connection, table: str, column: str, where: str, key: Any, value: Any, old: Any) -> bool:
    """Write a value; False when the table cannot hold it (another row has that number)."""
    cast = "CAST(? AS TEXT)" if isinstance(old, str) else "?"
    try:
        connection.execute(f"UPDATE {table} SET {column} = {cast} WHERE {where} = ?", (value, key))
    except sqlite3.IntegrityError:
        return False
    return True


def flips(shop: small_shop.SmallShop, draw: random.Random, *, every: bool) -> Iterator[tuple[int, str, int, int]]:
    """(row, column, offset, bit): every offset of every value, or one for each column of each row."""
    with contextlib.closing(sqlite3.connect(shop.store)) as connection:
        found = connection.execute(f"SELECT {', '.join(COLUMNS)} FROM event ORDER BY n").fetchall()
    for row in found:
        for column, value in zip(COLUMNS, row, strict=True):
            if isinstance(value, int):
                yield row[0], column, 0, 0 if column == "own" else draw.randrange(12)
            elif value:
                places = range(len(value)) if every else [draw.randrange(len(value))]
                for at in places:
                    yield row[0], column, at, draw.randrange(8)


def tampered(shop: small_shop.SmallShop, number: int, column: str, at: int, bit: int) -> tuple[str, str] | None:
    """Flip one bit. Return how the event may be named, None when the table cannot hold the change.

    A row that took the number behind the last one fits there when nothing hangs on its event: then its old place is named.
    """
    with tampering(shop.store) as connection:
        old, identity = connection.execute(f"SELECT {column}, id FROM event WHERE n = ?", (number,)).fetchone()
        if not put(connection, "event", column, "n", number, flipped(old, at, bit), old):
            return None
    return b64(identity), f"should be {number}" if column == "n" else f"(row {number},"


def check_flip(full, folder: Path, number: int, column: str, at: int, bit: int) -> str:
    """'' when `audit verify` finds this flip and names the event; otherwise what it did."""
    shop = small_shop.SmallShop(folder, full.now)
    for left in folder.glob("shop.db*"):
        left.unlink()
    shutil.copy(full.store, shop.store)
    names = tampered(shop, number, column, at, bit)
    if names is None:
        return ""
    ended = inside(shop, "audit", "verify")
    if ended.status != 4:
        return f"status {ended.status}: {ended.said[:200]}"
    return "" if any(name in ended.said for name in names) else f"not named: {ended.said[:200]}"


def failures(full, folder: Path, chosen: list[tuple[int, str, int, int]]) -> list[str]:
    """Every flip that was not found."""
    found = []
    for flip in chosen:
        problem = check_flip(full, folder, *flip)
        if problem:
            found.append(f"row {flip[0]}, {flip[1]}[{flip[2]}] bit {flip[3]}: {problem}")
    return found


def test_the_untouched_store_verifies(victim):
    assert inside(victim, "audit", "verify").status == 0


@pytest.mark.parametrize("column", COLUMNS)
def test_a_flipped_bit_in_any_column_of_an_event_is_found_and_the_event_named(full, tmp_path, column):
    seed = random.SystemRandom().randrange(2**32)
    draw = random.Random(seed)
    shop = full.copy(tmp_path / "shop")
    every = [flip for flip in flips(full, draw, every=False) if flip[1] == column]
    problems = failures(full, shop.folder, draw.sample(every, min(4, len(every))))
    assert not problems, f"seed {seed}\n" + "\n".join(problems)


@pytest.mark.parametrize("column", ["core", "payload", "type", "case_id", "sig"])
def test_a_flipped_bit_in_what_says_who_may_do_what_is_found_and_the_event_named(full, tmp_path, column):
    """Every command reads the people, keys and policies of the first rows before it does anything."""
    seed = random.SystemRandom().randrange(2**32)
    shop = full.copy(tmp_path / "shop")
    chosen = [f for f in flips(full, random.Random(seed), every=False) if f[0] <= 5 and f[1] == column]
    problems = failures(full, shop.folder, chosen)
    assert not problems, f"seed {seed}\n" + "\n".join(problems)


@pytest.mark.slow
def test_a_flipped_bit_in_any_column_of_every_event_is_found_and_the_event_named(full, tmp_path):
    seed = random.SystemRandom().randrange(2**32)
    shop = full.copy(tmp_path / "shop")
    problems = failures(full, shop.folder, list(flips(full, random.Random(seed), every=False)))
    assert not problems, f"seed {seed}: {len(problems)} not found\n" + "\n".join(problems[:60])


@pytest.mark.slow
def test_a_flipped_bit_at_every_offset_of_every_event_is_found(template, tmp_path):
    """A store as small as one can be, every byte of it; undone after each, so that one copy is enough."""
    shop = template.copy(tmp_path / "shop")
    seed = random.SystemRandom().randrange(2**32)
    ids = shop.take_in(small_shop.request(2))
    shop.approve(*ids)
    missed, count = [], 0
    with shop.open() as opened, contextlib.closing(sqlite3.connect(shop.store, isolation_level=None)) as connection:
        for trigger in TRIGGERS:
            connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        draw = random.Random(seed)
        for number, column, at, bit in flips(shop, draw, every=True):
            if column not in ("core", "payload", "sig", "id"):
                continue
            if column == "payload" and at % 29 != number % 29:
                continue  # long texts: some of their bytes, others in each row
            old = connection.execute(f"SELECT {column} FROM event WHERE n = ?", (number,)).fetchone()[0]
            put(connection, "event", column, "n", number, flipped(old, at, bit), old)
            try:
                said = "\n".join(verifying.verify(opened).problems)
            except Exception as err:
                said = f"{type(err).__name__}: {err}"
            count += 1
            if f"(row {number}," not in said:
                missed.append(f"row {number}, {column}[{at}] bit {bit}: {said[:150]}")
            put(connection, "event", column, "n", number, old, old)
        assert verifying.verify(opened).problems == []
    print(f"seed {seed}: {count} flips")
    assert not missed, f"seed {seed}: {len(missed)} of {count} not found\n" + "\n".join(missed[:40])


@pytest.mark.parametrize("column", ["sha256", "size", "content"])
def test_a_flipped_bit_in_a_document_is_found_and_the_document_named(full, tmp_path, column):
    seed = random.SystemRandom().randrange(2**32)
    draw = random.Random(seed)
    shop = full.copy(tmp_path / "shop")
    with contextlib.closing(sqlite3.connect(full.store)) as connection:
        kept = connection.execute("SELECT sha256, size, content FROM document").fetchall()
    assert kept
    for digest, *_ in kept:
        for _ in range(3):
            shutil.copy(full.store, shop.store)
            with tampering(shop.store) as connection:
                old = connection.execute(f"SELECT {column} FROM document WHERE sha256 = ?", (digest,)).fetchone()[0]
                at = 0 if isinstance(old, int) else draw.randrange(len(old))
                new = flipped(old, at, draw.randrange(8 if column == "content" else 7))
                put(connection, "document", column, "sha256", digest, new, old)
            assert digest in verified(shop), f"seed {seed}"


def test_a_document_that_is_gone_is_named(victim):
    with tampering(victim.store) as connection:
        digest = connection.execute("SELECT sha256 FROM document LIMIT 1").fetchone()[0]
        connection.execute("DELETE FROM document WHERE sha256 = ?", (digest,))
    assert f"document {digest}" in verified(victim)


def test_a_document_that_was_slipped_in_is_named(victim):
    with tampering(victim.store) as connection:
        digest = "ab" * 32
        connection.execute("INSERT INTO document VALUES (?, 3, x'414243')", (digest,))
    assert digest in verified(victim)


def test_an_event_deleted_from_the_middle_is_missed(full, tmp_path):
    shop = full.copy(tmp_path / "shop")
    with contextlib.closing(sqlite3.connect(full.store)) as connection:
        numbers = [row[0] for row in connection.execute("SELECT n FROM event ORDER BY n")]
    problems = []
    for number in [*numbers[:3], *numbers[3:-1:5]]:
        shutil.copy(full.store, shop.store)
        with tampering(shop.store) as connection:
            connection.execute("DELETE FROM event WHERE n = ?", (number,))
        ended = inside(shop, "audit", "verify")
        if ended.status != 4 or f"(row {number + 1}," not in ended.said:
            problems.append(f"row {number} deleted: status {ended.status}: {ended.said[:150]}")
    assert not problems, "\n".join(problems)


def test_an_event_deleted_with_all_rows_after_it_moved_up_is_missed(victim):
    with tampering(victim.store) as connection:
        number, identity = connection.execute("SELECT n, id FROM event WHERE type = 'decision.denied'").fetchone()
        connection.execute("DELETE FROM event WHERE n = ?", (number,))
        last = connection.execute("SELECT max(n) FROM event").fetchone()[0]
        for later in range(number + 1, last + 1):
            connection.execute("UPDATE event SET n = ? WHERE n = ?", (later - 1, later))
    assert b64(identity) in verified(victim)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_cut_end_is_found_by_the_mark_of_this_machine(victim, count):
    with tampering(victim.store) as connection:
        last, identity = connection.execute("SELECT n, id FROM event ORDER BY n DESC LIMIT 1").fetchone()
        connection.execute("DELETE FROM event WHERE n > ?", (last - count,))
    assert b64(identity) in verified(victim)


def test_two_events_of_one_writer_in_the_wrong_order_are_found(victim):
    with tampering(victim.store) as connection:
        pairs = connection.execute(
            "SELECT a.n, b.n, b.id FROM event a JOIN event b ON b.writer = a.writer AND b.seq = a.seq + 1"
        ).fetchall()
    found = 0
    keep = victim.store.read_bytes()
    for one, two, identity in pairs[::5]:
        victim.store.write_bytes(keep)
        with tampering(victim.store) as connection:
            for old, new in ((one, -1), (two, one), (-1, two)):
                connection.execute("UPDATE event SET n = ? WHERE n = ?", (new, old))
        assert b64(identity) in verified(victim)
        found += 1
    assert found


def test_swapped_payloads_of_two_events_are_found(victim):
    with tampering(victim.store) as connection:
        found = connection.execute("SELECT n, id, payload FROM event WHERE type = 'decision.approved'").fetchall()
        (one, id_one, said_one), (two, id_two, said_two) = found[:2]
        connection.execute("UPDATE event SET payload = ? WHERE n = ?", (said_two, one))
        connection.execute("UPDATE event SET payload = ? WHERE n = ?", (said_one, two))
    said = verified(victim)
    assert b64(id_one) in said
    assert b64(id_two) in said


def test_an_erased_payload_is_found(victim):
    with tampering(victim.store) as connection:
        number, identity = connection.execute("SELECT n, id FROM event WHERE type = 'decision.denied'").fetchone()
        connection.execute("UPDATE event SET payload = NULL WHERE n = ?", (number,))
    assert b64(identity) in verified(victim)


def test_an_event_copied_to_the_end_is_found(victim):
    with tampering(victim.store) as connection:
        connection.execute("DROP INDEX IF EXISTS event_chain")
        connection.execute(
            "INSERT INTO event (id, writer, seq, own, case_id, type, core, payload, sig)"
            " SELECT randomblob(32), writer, seq + 100, own, case_id, type, core, payload, sig FROM event"
            " WHERE type = 'decision.approved' LIMIT 1"
        )
        last = connection.execute("SELECT max(n) FROM event").fetchone()[0]
    assert f"(row {last}," in verified(victim)


def test_an_emptied_ledger_is_found(victim):
    with tampering(victim.store) as connection:
        connection.execute("DELETE FROM event")
    verified(victim)


def test_the_triggers_stop_what_would_change_the_ledger_by_mistake(victim):
    with contextlib.closing(sqlite3.connect(victim.store, isolation_level=None)) as connection:
        connection.execute("PRAGMA recursive_triggers=OFF")
        row = "id, writer, seq, own, case_id, type, core, payload, sig"
        for statement in (
            "UPDATE event SET type = 'x'", "UPDATE event SET payload = x'00'", "UPDATE event SET n = n + 100",
            "DELETE FROM event", "UPDATE document SET size = 1", "DELETE FROM document",
            f"INSERT OR REPLACE INTO event (n, {row}) SELECT n, {row} FROM event WHERE n = 3",
            f"INSERT OR REPLACE INTO event ({row}) SELECT {row} FROM event WHERE n = 3",
            (f"INSERT OR REPLACE INTO event ({row}) SELECT randomblob(32), writer, seq, own, case_id, type, core,"
            " payload, sig FROM event WHERE n = 3"),
        ):  # fmt: skip
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)
    assert inside(victim, "audit", "verify").status == 0


# -- the tables beside the ledger -------------------------------------------------------------------------------------


def waiting(shop: small_shop.SmallShop, state: str) -> list[str]:
    return [i for i, row in shop.cases().items() if row["state"] == state]


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("cases", "UPDATE cases SET state = 'approved' WHERE state IN ('denied', 'awaiting', 'review')"),
        ("cases", "UPDATE cases SET payable_minor = payable_minor + 1"),
        ("cases", "UPDATE cases SET anomalies = '[\"x\"]' WHERE state = 'booked'"),
        ("case_cell", "DELETE FROM case_cell"),
        ("export_line", "DELETE FROM export_line"),
        ("export_batch", "UPDATE export_batch SET base_minor = 1"),
        ("rec_payments", "UPDATE rec_payments SET amount_minor = amount_minor * 100"),
        ("rec_customers", "DELETE FROM rec_customers WHERE customer_id = 'C-3'"),
        ("org_head", "DELETE FROM org_head"),
        ("org_event", "UPDATE org_event SET pos = pos + 1000 WHERE pos > 3"),
        ("intake_run", "UPDATE intake_run SET cases = 0"),
    ],
)
def test_a_changed_table_is_named_and_healed(victim, table, statement):
    with tampering(victim.store) as connection:
        connection.execute(statement)
    assert f"table {table} " in verified(victim)
    assert inside(victim, "doctor", "--compare").status == 4
    assert inside(victim, "doctor", "--rebuild").status == 0
    assert inside(victim, "doctor", "--compare").status == 0
    assert inside(victim, "audit", "verify").status == 0


def test_a_case_that_only_a_table_calls_approved_is_never_booked(victim):
    victim.export()  # what is really approved
    before = victim.cases()
    with tampering(victim.store) as connection:
        connection.execute("UPDATE cases SET state = 'approved' WHERE state IN ('denied', 'awaiting', 'review')")
    ended = inside(victim, "export", "hledger", "-o", victim.folder / "books", by="carl")
    assert "unexpectedly" not in ended.said
    with contextlib.closing(sqlite3.connect(victim.store)) as connection:
        booked = {row[0] for row in connection.execute("SELECT case_id FROM event WHERE type = 'export.line'")}
        keys = dict(connection.execute("SELECT id, key FROM cases"))
    assert booked == {keys[i] for i, row in before.items() if row["state"] == "booked"}
    inside(victim, "doctor", "--rebuild")
    assert victim.cases() == before


def test_a_case_that_a_table_forgot_to_be_booked_is_not_booked_again(victim):
    assert waiting(victim, "booked")
    with tampering(victim.store) as connection:
        connection.execute("UPDATE cases SET state = 'approved', batch = '', memo = '' WHERE state = 'booked'")
        connection.execute("DELETE FROM export_line")
    before = _lines(victim)
    ended = inside(victim, "export", "hledger", "-o", victim.folder / "other", by="carl")
    assert "unexpectedly" not in ended.said
    assert _lines(victim) == before


def _lines(shop: small_shop.SmallShop) -> int:
    with contextlib.closing(sqlite3.connect(shop.store)) as connection:
        return connection.execute("SELECT count(*) FROM event WHERE type = 'export.line'").fetchone()[0]

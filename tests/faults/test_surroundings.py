"""What is wrong around the store is said in two lines with a way out, and leaves the store as it was."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import small_shop
from command_line import inside, program, start

from refundkit.store import database


def long_list(shop: small_shop.SmallShop, count: int = 400):
    """A list of so many rows that importing it takes a moment and some hundred kilobytes."""
    rows = [
        small_shop.request(n % 8, "goodwill", f"{n + 1}.00", external_ref=f"R-{n}", description="word " * 150)
        for n in range(count)
    ]
    return shop.write_list(rows)


def whole(shop: small_shop.SmallShop, cases: int) -> None:
    """The store verifies and has this many cases."""
    assert len(shop.cases()) == cases
    ended = inside(shop, "audit", "verify")
    assert ended.status == 0, ended.said


def plain(said: str) -> None:
    """Two lines for people, no traceback, a hint."""
    assert "Traceback" not in said
    assert "unexpectedly" not in said
    assert "hint:" in said


# -- the store ---------------------------------------------------------------------------------------------------------


def test_a_store_of_a_newer_program_is_refused_and_untouched(shop):
    connection = sqlite3.connect(shop.store)
    connection.execute("PRAGMA user_version=99")
    connection.close()
    before = shop.store.read_bytes()
    for words in (("list",), ("import", shop.write_list([small_shop.request(0)])), ("audit", "verify"), ()):
        ended = inside(shop, *words)
        assert ended.status == 3, ended.said
        plain(ended.said)
        assert "newer" in ended.said
    assert shop.store.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"SQLite format 3\0" + bytes(84), os.urandom(20_000)],
    ids=["empty", "text", "head", "noise"],
)
def test_a_file_that_is_no_store_is_refused_and_untouched(shop, content):
    shop.store.write_bytes(content)
    for words in (("list",), ("audit", "verify"), ("import", shop.write_list([small_shop.request(0)])), ()):
        ended = inside(shop, *words)
        assert ended.status == 4, ended.said
        plain(ended.said)
    assert shop.store.read_bytes() == content


def test_another_programs_database_is_refused_and_untouched(shop):
    shop.store.unlink()
    connection = sqlite3.connect(shop.store)
    connection.execute("CREATE TABLE event (n)")
    connection.commit()
    connection.close()
    before = shop.store.read_bytes()
    ended = inside(shop, "list")
    assert ended.status == 4
    plain(ended.said)
    assert "no refundkit store" in ended.said
    assert shop.store.read_bytes() == before


@pytest.mark.parametrize("part", [0.9, 0.5, 0.1])
def test_a_truncated_store_is_said_to_be_damaged(shop, part):
    shop.take_in(*[small_shop.request(n) for n in range(8)])
    with shop.store.open("r+b") as file:
        file.truncate(int(shop.store.stat().st_size * part) // 8192 * 8192 + 100)
    for words in (("audit", "verify"), ("import", shop.write_list([small_shop.request(3)]))):
        ended = inside(shop, *words)
        assert ended.status == 4, ended.said
        plain(ended.said)


def test_a_page_of_noise_is_said_to_be_damage(shop):
    shop.take_in(*[small_shop.request(n) for n in range(8)])
    size = shop.store.stat().st_size
    for page in range(1, size // 8192, 3):
        content = bytearray(shop.store.read_bytes())
        content[page * 8192 : page * 8192 + 64] = os.urandom(64)
        copy = shop.copy(shop.folder.parent / f"page-{page}")
        copy.store.write_bytes(content)
        ended = inside(copy, "audit", "verify")
        assert "Traceback" not in ended.said
        assert "unexpectedly" not in ended.said, f"page {page}: {ended.said}"
        assert ended.status in (0, 4), f"page {page}: {ended.said}"  # 0: a page that holds nothing


def test_no_store_at_all_is_said_with_the_command_that_begins_one(shop):
    shop.store.unlink()
    ended = inside(shop, "list")
    assert ended.status == 3
    assert "refundkit init" in ended.said


@contextlib.contextmanager
def another_process(code: str, path: Path) -> Iterator[None]:
    """Another process has run `code` on a path (sys.argv[1]) and is still there."""
    code = f"import fcntl, sqlite3, sys, time; {code}; print('done', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"done\n"
        yield
    finally:
        holder.kill()
        holder.communicate()


def test_a_store_that_another_process_keeps_locked_is_waited_for_and_then_given_up(shop, monkeypatch):
    path = shop.write_list([small_shop.request(0)])
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.3)
    lock = shop.store.with_name("shop.db.lock")
    with another_process("f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX)", lock):
        ended = inside(shop, "import", path, by="carl")
        assert ended.status == 5, ended.said
        plain(ended.said)
        assert "locked" in ended.said
        assert inside(shop, "list").status == 0  # readers do not wait
    assert inside(shop, "import", path, by="carl").status == 0
    whole(shop, 1)


def test_a_database_that_another_program_keeps_busy_is_given_up(shop, monkeypatch):
    path = shop.write_list([small_shop.request(0)])
    real = database._settings

    def impatient(opened):
        real(opened)
        opened.execute("PRAGMA busy_timeout=200")

    monkeypatch.setattr(database, "_settings", impatient)
    busy = "c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN IMMEDIATE')"
    with another_process(busy, shop.store):
        ended = inside(shop, "import", path, by="carl")
        assert ended.status == 5, ended.said
        plain(ended.said)
    assert inside(shop, "import", path, by="carl").status == 0
    whole(shop, 1)


# -- the disk ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def mounted(tmp_path):
    """`mounted(options)`: a small file system in memory; skipped where this user may not mount one."""
    folders = []

    def mount(options: str):
        folder = tmp_path / f"disk-{len(folders)}"
        folder.mkdir()
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, text=True, check=False
        )
        if made.returncode:
            pytest.skip(f"no file system can be mounted here: {made.stderr.strip()}")
        folders.append(folder)
        return folder

    yield mount
    for folder in folders:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_stops_an_import_with_nothing_half_stored(shop, mounted):
    disk = mounted("size=1500k")
    moved = shop.copy(disk / "shop")
    before = len(moved.cases())
    path = long_list(shop)
    ended = inside(moved, "import", path, by="carl")
    assert ended.status == 5, ended.said
    plain(ended.said)
    assert "full" in ended.said or "No space" in ended.said or "room" in ended.said
    whole(moved, before)
    subprocess.run(["mount", "-o", "remount,size=30m", str(disk)], check=True)
    assert inside(moved, "import", path, by="carl").status == 0
    whole(moved, before + 400)


def test_a_disk_that_fills_up_at_any_moment_leaves_nothing_half_stored(shop, mounted):
    path = long_list(shop, 60)
    statuses = set()
    for spare in range(0, 900_000, 60_000):
        disk = mounted("size=4m")
        moved = shop.copy(disk / "shop")
        free = os.statvfs(disk)
        (disk / "ballast").write_bytes(bytes(max(0, free.f_bavail * free.f_frsize - spare)))
        ended = inside(moved, "import", path, by="carl")
        statuses.add(ended.status)
        assert ended.status in (0, 5), ended.said
        if ended.status:
            plain(ended.said)
        (disk / "ballast").unlink()
        whole(moved, 60 if ended.status == 0 else 0)
        again = inside(moved, "import", path, by="carl")
        assert again.status == 0, again.said
        whole(moved, 60)
    assert statuses == {0, 5}, "the disk was never full, or never large enough: the test is blind"


def test_a_file_that_may_not_grow_stops_an_import_with_nothing_half_stored(shop):
    path = long_list(shop)
    limit = shop.store.stat().st_size + 60_000
    ended = program(
        shop, "import", path, by="carl", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    )
    assert ended.status == 5, ended.said
    plain(ended.said)
    whole(shop, 0)
    assert inside(shop, "import", path, by="carl").status == 0
    whole(shop, 400)


def test_a_full_disk_under_the_export_folder_leaves_the_batch_to_be_completed(shop, mounted):
    shop.take_in(*[small_shop.request(n) for n in (0, 1, 5, 6)])
    disk = mounted("size=64k")
    (disk / "ballast").write_bytes(bytes(56 * 1024))
    ended = inside(shop, "export", "hledger", "-o", disk / "books", by="carl")
    assert ended.status == 5, ended.said
    plain(ended.said)
    (disk / "ballast").unlink()
    assert inside(shop, "export", "hledger", "-o", disk / "books", by="carl").status == 0
    with shop.open() as opened:
        (batch,) = small_shop.booking.listed(opened)
    assert {f["name"] for f in batch["files"]} <= {p.name for p in (disk / "books").iterdir()}
    whole(shop, 4)


def test_a_read_only_disk_is_said_to_be_one(shop, mounted):
    disk = mounted("size=20m")
    moved = shop.copy(disk / "shop")
    path = shop.write_list([small_shop.request(0)])
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    ended = inside(moved, "import", path, by="carl")
    assert ended.status == 5, ended.said
    plain(ended.said)
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    assert inside(moved, "import", path, by="carl").status == 0
    whole(moved, 1)


def test_a_store_that_may_not_be_changed_is_said_to_be_so(shop):
    path = shop.write_list([small_shop.request(0)])
    chattr = shutil.which("chattr")
    if chattr is None or subprocess.run([chattr, "+i", str(shop.store)], capture_output=True, check=False).returncode:
        pytest.skip("this file system cannot make a file immutable")
    try:
        ended = inside(shop, "import", path, by="carl")
    finally:
        subprocess.run([chattr, "-i", str(shop.store)], check=True)
    assert ended.status == 5, ended.said
    plain(ended.said)
    assert inside(shop, "import", path, by="carl").status == 0
    whole(shop, 1)


@pytest.mark.parametrize("place", ["missing/folder", "file/inside"])
def test_an_export_folder_that_cannot_be_made_books_nothing_twice(shop, place):
    shop.take_in(small_shop.request(0))
    (shop.folder / "file").write_text("")
    first = inside(shop, "export", "hledger", "-o", shop.folder / place, by="carl")
    assert first.status == (5 if place.startswith("file") else 0), first.said
    second = inside(shop, "export", "hledger", "-o", shop.folder / "books", by="carl")
    assert "unexpectedly" not in second.said
    with shop.open() as opened:
        assert len(small_shop.booking.listed(opened)) == 1
    whole(shop, 1)


# -- the keys ---------------------------------------------------------------------------------------------------------


def test_without_its_key_file_this_machine_reads_and_writes_nothing(shop):
    path = shop.write_list([small_shop.request(0)])
    (shop.home / "data" / "refundkit" / "keys").unlink()
    assert inside(shop, "list").status == 0
    assert inside(shop, "audit", "verify").status == 0
    ended = inside(shop, "import", path, by="carl")
    assert ended.status == 3, ended.said
    plain(ended.said)
    whole(shop, 0)


def test_a_wrong_passphrase_is_said_to_be_one(shop, monkeypatch):
    path = shop.write_list([small_shop.request(0)])
    monkeypatch.setenv("REFUNDKIT_KEYRING_PASSPHRASE", "not the one")
    assert inside(shop, "list").status == 0
    ended = inside(shop, "import", path, by="carl")
    assert ended.status == 3, ended.said
    plain(ended.said)
    assert "passphrase" in ended.said
    monkeypatch.delenv("REFUNDKIT_KEYRING_PASSPHRASE")
    ended = inside(shop, "import", path, by="carl")
    assert ended.status == 3, ended.said
    assert "REFUNDKIT_KEYRING_PASSPHRASE" in ended.said
    monkeypatch.setenv("REFUNDKIT_KEYRING_PASSPHRASE", "test")
    whole(shop, 0)


@pytest.mark.parametrize("name", ["keys", "marks"])
@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b"[" * 100_000], ids=["empty", "object", "noise", "deep"])
def test_a_damaged_key_file_is_said_to_be_damaged(shop, name, content):
    path = shop.write_list([small_shop.request(0)])
    (shop.home / "data" / "refundkit" / name).write_bytes(content)
    ended = inside(shop, "import", path, by="carl")
    assert ended.status == 4, ended.said
    plain(ended.said)
    assert inside(shop, "list").status == 0


def test_a_key_folder_that_cannot_be_written_loses_no_event(shop):
    """The mark goes to the key folder after the commit; when it cannot, the next command sets it."""
    path = shop.write_list([small_shop.request(0)])
    folder = shop.home / "data" / "refundkit"
    chattr = shutil.which("chattr")
    if chattr is None or subprocess.run([chattr, "+i", str(folder)], capture_output=True, check=False).returncode:
        pytest.skip("this file system cannot make a folder immutable")
    try:
        ended = inside(shop, "import", path, by="carl")
    finally:
        subprocess.run([chattr, "-i", str(folder)], check=True)
    assert ended.status == 0, ended.said
    assert "did not take the mark" in ended.said
    assert inside(shop, "import", path, by="carl").status == 0
    whole(shop, 1)


def test_no_python_file_of_the_current_folder_is_ever_run(shop):
    """Somebody may stand in a folder of unpacked mail when they import."""
    trap = "import pathlib; pathlib.Path(__file__).with_name('sprung').touch()\n"
    for name in ("cryptography", "refundkit", "contextlib", "random", "sitecustomize"):
        (shop.folder / f"{name}.py").write_text(trap, encoding="utf-8")
    ended = program(shop, "import", long_list(shop, 1_200), by="carl")  # so many that a helper signs
    assert ended.status == 0, ended.said
    assert not (shop.folder / "sprung").exists()
    whole(shop, 1_200)


# -- Ctrl-C -----------------------------------------------------------------------------------------------------------


def press_ctrl_c(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What a terminal does: the interrupt goes to the program and to every helper it has started."""
    os.killpg(process.pid, signal.SIGINT)
    return process.communicate(timeout=60)


def test_ctrl_c_during_an_import_stores_nothing_and_leaves_with_130(shop):
    path = long_list(shop, 2_200)
    process = start(shop, "import", path, by="carl", start_new_session=True)
    _until_it_writes(shop, process)
    out, err = press_ctrl_c(process)
    assert process.returncode == 130, f"{process.returncode}: {out}{err}"
    assert "Traceback" not in err
    assert "interrupted" in err
    whole(shop, 0)


@pytest.mark.slow
def test_ctrl_c_at_any_moment_leaves_with_130_or_is_too_late(shop):
    path = long_list(shop, 2_500)
    begun = time.monotonic()
    assert program(shop, "import", "--dry-run", path, by="carl").status == 0
    took = time.monotonic() - begun
    for moment in range(30):
        process = start(shop, "import", path, by="carl", start_new_session=True)
        after = 0.15 + took * moment / 25  # before that, the interpreter itself is starting
        time.sleep(after)
        out, err = press_ctrl_c(process) if process.poll() is None else process.communicate()
        assert "Traceback" not in err, f"after {after:.2f} s of {took:.2f}: {err}"
        ended = 130 if process.returncode == -signal.SIGINT else process.returncode  # a shell says 130 for both
        assert ended in (0, 130), f"after {after:.2f} s of {took:.2f}: {ended}: {out}{err}"
        assert len(shop.cases()) == 2_500 or ended == 130
        if shop.cases():
            break
    assert len(shop.cases()) in (0, 2_500)
    assert inside(shop, "import", path, by="carl").status == 0
    whole(shop, 2_500)


def _until_it_writes(shop: small_shop.SmallShop, process: subprocess.Popen[str]) -> None:
    import fcntl

    with (shop.folder / "shop.db.lock").open("w") as file:
        for _ in range(20_000):
            assert process.poll() is None, process.communicate()
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                time.sleep(0.05)
                return
            fcntl.flock(file, fcntl.LOCK_UN)
            time.sleep(0.001)
    pytest.fail("the import never began to write")

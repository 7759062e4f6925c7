"""An older copy of a store is read like any other and written by nobody: what it lacks may have left the shop."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
import small_shop
from command_line import inside

from refundkit.errors import RolledBackError
from refundkit.workflow import people


def put_back(shop: small_shop.SmallShop, copy: Path) -> None:
    """Replace the store by a copy, as somebody restoring a backup does; `copy` may hold a -wal too."""
    for left in shop.folder.glob("shop.db*"):
        left.unlink()
    for file in copy.iterdir():
        shutil.copy(file, shop.folder / file.name)


def copied(shop: small_shop.SmallShop, folder: Path) -> Path:
    """A plain copy of the store's files as they lie there."""
    folder.mkdir()
    for file in shop.folder.glob("shop.db*"):
        shutil.copy(file, folder / file.name)
    return folder


def refused(shop: small_shop.SmallShop, *words: object, by: str) -> str:
    ended = inside(shop, *words, by=by)
    assert ended.status == 4, ended.said
    return ended.said


def test_who_wrote_since_the_copy_was_made_can_read_it_and_not_write_to_it(shop, tmp_path):
    ids = shop.take_in(small_shop.request(2))
    shop.approve(*ids, by="max")
    old = copied(shop, tmp_path / "backup")
    later = shop.take_in(small_shop.request(7))
    shop.approve(*later, by="max")
    put_back(shop, old)

    for words, by in (
        (("import", shop.write_list([small_shop.request(3)])), "carl"),
        (("deny", ids[0], "--reason", "x"), "max"),
    ):
        said = refused(shop, *words, by=by)
        assert "older copy" in said
        assert "hint:" in said
    assert inside(shop, "list", by="max").status == 0
    assert ids[0] in inside(shop, "list", by="max").out
    assert inside(shop, "show", ids[0], by="max").status == 0
    assert "older copy" in refused(shop, "audit", "verify", by="max")


def test_nothing_is_written_to_an_older_copy_by_anybody_of_this_machine(shop, tmp_path):
    """Also not by a person who had written nothing since: the batch that carl exported is not in the copy."""
    shop.take_in(small_shop.request(0), small_shop.request(1), by="lena")
    shop.take_in(small_shop.request(5), by="carl")
    old = copied(shop, tmp_path / "backup")
    assert shop.export(by="carl").cases
    put_back(shop, old)
    for by in ("carl", "ada"):
        said = refused(shop, "export", "hledger", "-o", shop.folder / "again", by=by)
        assert "older copy" in said
    assert not list((shop.folder / "again").glob("*.journal"))


def test_the_newest_copy_put_back_is_written_to_again(shop, tmp_path):
    shop.take_in(small_shop.request(0))
    old = copied(shop, tmp_path / "backup")
    ids = shop.take_in(small_shop.request(2))
    new = copied(shop, tmp_path / "newest")
    put_back(shop, old)
    refused(shop, "import", shop.write_list([small_shop.request(3)]), by="carl")
    put_back(shop, new)
    assert inside(shop, "approve", ids[0], by="max").status == 0
    assert inside(shop, "audit", "verify").status == 0


def test_an_older_copy_with_its_write_ahead_log_is_found_too(shop, tmp_path):
    with shop.open("carl") as held:  # an open reader keeps the log from being merged and removed
        shop.take_in(small_shop.request(0))
        assert (shop.folder / "shop.db-wal").stat().st_size
        old = copied(shop, tmp_path / "backup")
        held.store.close()
    shop.take_in(small_shop.request(2))
    put_back(shop, old)
    assert len(shop.cases()) == 1
    assert "older copy" in refused(shop, "import", shop.write_list([small_shop.request(3)]), by="carl")


def test_an_older_main_file_without_the_log_that_was_copied_with_it_is_found(shop, tmp_path):
    with shop.open("carl") as held:
        shop.take_in(small_shop.request(0))
        old = copied(shop, tmp_path / "backup")
        held.store.close()
    for part in old.glob("*-*"):
        part.unlink()
    put_back(shop, old)
    assert shop.cases() == {}
    assert "older copy" in refused(shop, "import", shop.write_list([small_shop.request(3)]), by="carl")


def test_an_end_cut_off_with_a_database_shell_is_refused_like_an_old_copy(shop):
    shop.take_in(small_shop.request(0), by="carl")
    with sqlite3.connect(shop.store) as connection:
        connection.execute("DROP TRIGGER event_delete")
        connection.execute("DELETE FROM event WHERE n = (SELECT max(n) FROM event)")
    connection.close()
    refused(shop, "import", shop.write_list([small_shop.request(3)]), by="carl")


def test_a_new_key_on_an_older_copy_does_not_help(shop, tmp_path):
    """An admin who wrote since cannot enrol anybody there; an old copy is of no use for writing."""
    old = copied(shop, tmp_path / "backup")
    with shop.open() as opened:
        people.add(opened, "zoe", ["manager"])
    put_back(shop, old)
    with shop.open() as opened, pytest.raises(RolledBackError):
        people.add(opened, "yan", ["manager"])


@pytest.mark.parametrize("words", [("assess",), ("approve", "RF-2222"), ("import",)])
def test_a_first_command_that_writes_nothing_leaves_the_person_able_to_write(shop, words):
    """A refused approval, an assessment with nothing to do, a list that came in before."""
    (case,) = shop.take_in(small_shop.request(2), by="carl")
    path = shop.folder / "list-1.csv"
    if words == ("approve", "RF-2222"):
        shop.approve(case, by="max")
        words = ("approve", case)
    inside(shop, *words, *([path] if words == ("import",) else []), by="leo")
    assert inside(shop, "audit", "verify").status == 0
    ended = inside(shop, "import", shop.write_list([small_shop.request(3)]), by="leo")
    assert ended.status == 0, ended.said

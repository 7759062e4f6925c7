"""The key file: secret under its passphrase, whole or not at all, and open about what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from refundkit.errors import IntegrityError, LockedError, RefusedError, StorageError
from refundkit.keys import folder as place
from refundkit.keys.choose import open_vault
from refundkit.keys.file import FileVault, _sum
from refundkit.keys.passphrase import VARIABLE

LEDGER = "0f" * 16
ADA, BEN = f"key/{LEDGER}/ada/{'a1' * 16}", f"key/{LEDGER}/ben/{'b2' * 16}"
MARK = f"mark/{LEDGER}/{'a1' * 16}"
SEED = bytes(range(32))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One key file for all tests, so that its half second of scrypt is spent once."""
    folder = tmp_path_factory.mktemp("keys") / "refundkit"
    FileVault(folder, interactive=False).put(ADA, SEED)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder to do as one likes with; same salt, so the derived key is known already."""
    monkeypatch.setenv(VARIABLE, "test")
    mine = tmp_path / "refundkit"
    mine.mkdir(mode=0o700)
    (mine / "keys").write_bytes((made / "keys").read_bytes())
    return mine


def vault(folder: Path) -> FileVault:
    return FileVault(folder, interactive=False)


def rewrite(path: Path, **changes: object) -> None:
    """Change fields of a file and mend its sum, as somebody with an editor and bad intentions would."""
    document = json.loads(path.read_bytes())
    del document["sum"]
    document.update(changes)
    path.write_text(json.dumps({**document, "sum": _sum(document)}))


def test_a_key_comes_back_in_a_new_vault_and_is_not_in_the_file(folder: Path) -> None:
    assert vault(folder).get(ADA) == SEED
    assert vault(folder).get(BEN) is None
    raw = (folder / "keys").read_bytes()
    assert SEED not in raw
    assert SEED.hex().encode() not in raw
    assert json.loads(raw)["kdf"] == {"name": "scrypt", "n": 2**17, "r": 8, "p": 1}


def test_only_its_owner_may_read_the_file_and_enter_the_folder(folder: Path) -> None:
    folder.chmod(0o755)
    vault(folder).put(BEN, SEED)
    assert (folder / "keys").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert sorted(p.name for p in folder.iterdir()) == ["keys", "keys.lock"], "no draft stays behind"


def test_entries_are_listed_by_their_beginning_and_can_be_deleted(folder: Path) -> None:
    both = vault(folder)
    both.put(BEN, b"b" * 32)
    both.put(MARK, b"1 x")
    assert both.entries(f"key/{LEDGER}/") == [ADA, BEN]
    assert both.entries("key/ff") == []
    assert both.entries("mark/") == [MARK]
    both.delete(BEN)
    both.delete(BEN)
    both.delete(MARK)
    assert vault(folder).entries("") == [ADA]
    assert vault(folder).get(ADA) == SEED


def test_a_name_that_is_no_entry_is_a_defect_of_the_caller(folder: Path) -> None:
    for name in ("", "key/", "key/../ada/00", f"key/{LEDGER}/a/b/{'a1' * 16}", f"mark/{LEDGER}"):
        with pytest.raises(ValueError, match="names no entry"):
            vault(folder).put(name, SEED)


def test_a_wrong_passphrase_is_said_in_a_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "tset")
    for use in (lambda v: v.get(ADA), lambda v: v.put(BEN, SEED)):
        with pytest.raises(RefusedError) as told:
            use(vault(folder))
        assert told.value.message == "the passphrase is not the one of this key file"
        assert VARIABLE in told.value.hint
    assert vault(folder).entries("key/") == [ADA]


def test_without_a_passphrase_and_a_terminal_the_variable_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda _: pytest.fail("asked without a terminal"))
    for interactive in (False, True):  # pytest's stdin is no terminal
        with pytest.raises(RefusedError) as told:
            FileVault(folder, interactive=interactive).get(ADA)
        assert VARIABLE in told.value.hint
        assert told.value.where == str(folder / "keys")


class Terminal:
    """A standard input that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def answers(monkeypatch: pytest.MonkeyPatch, *typed: str) -> list[str]:
    """Let a person type these; return the list of questions as it fills."""
    asked: list[str] = []
    waiting = list(typed)

    def getpass(question: str) -> str:
        asked.append(question)
        return waiting.pop(0)

    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", getpass)
    return asked


def test_on_a_terminal_it_asks_once_for_a_known_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answers(monkeypatch, "test")
    mine = FileVault(folder, interactive=True)
    assert mine.get(ADA) == SEED
    assert mine.get(ADA) == SEED
    assert asked == [f"Passphrase for the key file {folder / 'keys'}: "]


def test_on_a_terminal_it_asks_twice_for_a_new_file_and_wants_the_same_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answers(monkeypatch, "one", "two", "", "")
    with pytest.raises(RefusedError, match="differ"):
        FileVault(tmp_path, interactive=True).put(ADA, SEED)
    with pytest.raises(RefusedError, match="no passphrase"):
        FileVault(tmp_path, interactive=True).put(ADA, SEED)
    assert len(asked) == 3
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: raw[:-40],
        lambda raw: b"",
        lambda raw: b"[]",
        lambda raw: b"[" * 100_000,
        lambda raw: raw.replace(b"ada", b"eve"),
        lambda raw: raw.replace(b'"salt": "', b'"salt": "A'),
    ],
    ids=["cut", "empty", "a list", "deep", "another name", "another salt"],
)
def test_a_damaged_file_is_said_before_any_passphrase(folder: Path, monkeypatch: pytest.MonkeyPatch, damage) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    (folder / "keys").write_bytes(damage((folder / "keys").read_bytes()))
    with pytest.raises(IntegrityError) as told:
        vault(folder).get(ADA)
    assert told.value.message.startswith("this file is damaged")
    assert told.value.where == str(folder / "keys")


def test_a_ciphertext_does_not_open_under_another_name(folder: Path) -> None:
    entries = json.loads((folder / "keys").read_bytes())["entries"]
    rewrite(folder / "keys", entries={BEN: entries[ADA]})
    with pytest.raises(IntegrityError, match="was changed"):
        vault(folder).get(BEN)


@pytest.mark.parametrize("n", [2**10, 2**16, 2**30])
def test_a_file_that_asks_for_other_scrypt_work_is_refused(folder: Path, n: int) -> None:
    rewrite(folder / "keys", kdf={"name": "scrypt", "n": n, "r": 8, "p": 1})
    with pytest.raises(IntegrityError, match="scrypt"):
        vault(folder).get(ADA)


def test_a_file_of_a_newer_program_is_left_alone(folder: Path) -> None:
    rewrite(folder / "keys", version="refundkit/keys/v2")
    before = (folder / "keys").read_bytes()
    with pytest.raises(RefusedError, match="another version"):
        vault(folder).put(BEN, SEED)
    assert (folder / "keys").read_bytes() == before


def test_marks_need_no_passphrase_and_never_go_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    mine = vault(tmp_path)
    assert mine.get(MARK) is None
    for written, kept in ((b"9 nine", b"9 nine"), (b"10 ten", b"10 ten"), (b"9 nine", b"10 ten"), (b"10 x", b"10 ten")):
        mine.put(MARK, written)
        assert vault(tmp_path).get(MARK) == kept
    assert not (tmp_path / "keys").exists()
    assert (tmp_path / "marks").stat().st_mode & 0o777 == 0o600
    with pytest.raises(IntegrityError):
        mine.put(MARK, b"high")


def test_damaged_marks_are_said(tmp_path: Path) -> None:
    vault(tmp_path).put(MARK, b"10 ten")
    raw = (tmp_path / "marks").read_bytes()
    (tmp_path / "marks").write_bytes(raw.replace(b"10 ten", b"01 ten"))
    with pytest.raises(IntegrityError, match="damaged"):
        vault(tmp_path).get(MARK)


def test_what_was_there_stays_when_the_disk_fails_in_the_middle(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(place.os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        vault(folder).put(BEN, SEED)
    monkeypatch.undo()
    monkeypatch.setenv(VARIABLE, "test")
    assert vault(folder).entries("key/") == [ADA]
    vault(folder).put(BEN, SEED)
    assert vault(folder).entries("key/") == [ADA, BEN]


def test_a_lock_that_is_not_given_up_ends_in_a_sentence(tmp_path: Path) -> None:
    with place.locked(tmp_path), pytest.raises(LockedError, match="another process"), place.locked(tmp_path, 0):
        pytest.fail("two held one lock")


WRITER = """
import sys
from pathlib import Path
from refundkit.keys.file import FileVault
vault, tag = FileVault(Path(sys.argv[1]), interactive=False), sys.argv[2]
for n in range(15):
    vault.put(f"key/{'0f' * 16}/{tag}/{n:032x}", bytes([n]) * 32)
    vault.put(f"mark/{'0f' * 16}/{'a1' * 16}", f"{n} {tag}".encode())
"""


def test_two_processes_that_write_at_once_lose_nothing(folder: Path) -> None:
    run = [subprocess.Popen([sys.executable, "-c", WRITER, str(folder), tag]) for tag in ("ada", "ben")]
    assert [p.wait(timeout=60) for p in run] == [0, 0]
    mine = vault(folder)
    assert len(mine.entries("key/")) == 31
    assert mine.get(f"key/{LEDGER}/ben/{14:032x}") == bytes([14]) * 32
    assert (mine.get(MARK) or b"").startswith(b"14 ")


def test_the_key_is_derived_once_in_a_process(folder: Path) -> None:
    vault(folder).get(ADA)
    begun = time.monotonic()
    for _ in range(20):
        assert vault(folder).get(ADA) == SEED
    assert time.monotonic() - begun < 1, "each derivation would take about half a second"


def test_without_a_system_keyring_the_key_file_is_used_and_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(folder.parent))
    mine = open_vault(interactive=False)
    if sys.platform.startswith("linux"):
        assert mine.name == f"the encrypted key file {folder / 'keys'}"
        assert mine.get(ADA) == SEED

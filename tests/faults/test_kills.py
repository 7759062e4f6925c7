"""A command killed at any moment is completed by running it again: nothing twice, nothing half, nothing lost."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
import small_shop
from command_line import inside, program, start

SCRIPT = Path(__file__).with_name("kill_rounds.py")


@pytest.fixture(scope="session")
def many(tmp_path_factory):
    """A shop with enough customers for every round to have invoices of its own."""
    return small_shop.make(tmp_path_factory.mktemp("many") / "shop", customers=540)


def rounds(shop: small_shop.SmallShop, what: str, count: int) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    command = [sys.executable, str(SCRIPT), what, str(shop.folder), str(count), str(seed)]
    done = subprocess.run(command, env=shop.environment(), capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, f"seed {seed}\n{done.stdout}{done.stderr[-3000:]}"
    print(done.stdout)


@pytest.mark.parametrize("what", ["import", "export", "escalate", "pay", "reconcile"])
def test_a_few_kills_are_survived(many, tmp_path, what):
    rounds(many.copy(tmp_path / "shop"), what, 2)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "count"), [("import", 100), ("export", 100), ("escalate", 50), ("pay", 60), ("reconcile", 60)]
)
def test_many_kills_are_survived(many, tmp_path, what, count):
    rounds(many.copy(tmp_path / "shop"), what, count)


@pytest.mark.slow
def test_a_program_killed_from_outside_is_completed_by_running_it_again(many, tmp_path):
    """The same from a shell, from the start of the interpreter on."""
    shop = many.copy(tmp_path / "shop")
    seed = random.SystemRandom().randrange(2**32)
    draw = random.Random(seed)
    for number in range(12):
        path = shop.write_list([small_shop.request(5 * number)])
        for words in (("import", path), ("export", "hledger", "-o", shop.folder / "books")):
            process = start(shop, *words, by="carl")
            time.sleep(draw.uniform(0, 1.6))
            process.kill()
            process.communicate()
            again = program(shop, *words, by="carl")
            assert again.status == 0, f"seed {seed}: {again.said}"
        assert len(shop.cases()) == number + 1, f"seed {seed}"
        assert {row["state"] for row in shop.cases().values()} == {"booked"}, f"seed {seed}"
    assert inside(shop, "audit", "verify").status == 0, f"seed {seed}"


@pytest.mark.slow
@pytest.mark.parametrize("part", [0.4, 0.6, 0.8])
def test_a_killed_import_of_a_long_list_leaves_no_process_and_no_row(many, tmp_path, part):
    shop = many.copy(tmp_path / "shop")
    path = shop.write_list(
        small_shop.request(n % 500, "goodwill", "5.00", external_ref=f"R-{n}") for n in range(6_000)
    )  # fmt: skip
    begun = time.monotonic()
    assert program(shop, "import", "--dry-run", path, by="carl").status == 0
    took = time.monotonic() - begun
    process = start(shop, "import", path, by="carl", start_new_session=True)
    time.sleep(took * part)
    process.kill()
    process.wait()
    time.sleep(1)
    assert not in_session(process.pid), "a helper process outlived the import"
    process.communicate()
    assert len(shop.cases()) in (0, 6_000)  # all: it was killed after the commit
    assert inside(shop, "import", path, by="carl").status == 0
    assert len(shop.cases()) == 6_000
    assert inside(shop, "audit", "verify").status == 0


def in_session(leader: int) -> list[str]:
    """Processes of a session that are still there (field 6 of /proc/PID/stat)."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            name, _, fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")
            if int(fields.split()[3]) == leader and fields.split()[0] != "Z" and int(folder.name) != os.getpid():
                found.append(name)
    return found

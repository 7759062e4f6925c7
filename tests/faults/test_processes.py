"""Several people at several terminals on one store: nothing is lost, nothing is locked, nothing is done twice."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
import small_shop
from command_line import inside, program

BUSY = ("lena", "leo", "max", "mona", "ada", "carl", "lena", "max")


def at_work(shop: small_shop.SmallShop, number: int, paths: list) -> list[str]:
    """One terminal: imports its lists, decides what it finds. Every output, for the test to look at."""
    draw, by, said = random.Random(number), BUSY[number], []
    for path in paths:
        ended = program(shop, "import", path, by=by if by != "ada" else "carl")
        assert ended.status == 0, ended.said
        said.append(ended.said)
        listed = program(shop, "list", "--state", "awaiting", "--jsonl", by=by)
        assert listed.status == 0, listed.said
        waiting = [json.loads(line)["id"] for line in listed.out.splitlines()]
        for case in draw.sample(waiting, min(3, len(waiting))):
            act = ("deny", case, "--reason", "not owed") if draw.random() < 0.4 else ("approve", case, "--yes")
            ended = program(shop, *act, by=by)
            assert ended.status in (0, 3), ended.said  # 3: somebody was faster, or it takes somebody else
            said.append(ended.said)
    return said


def many_terminals(template, folder, terminals: int, lists: int, size: int) -> None:
    shop = template.copy(folder)
    paths = [
        [
            shop.write_list(
                small_shop.request((terminal * 7 + n) % 8, "goodwill", f"{1 + (n * 13) % 40}.00",
                                   external_ref=f"T{terminal}-{number}-{n}", received_at="")
                for n in range(size)
            )
            for number in range(lists)
        ]
        for terminal in range(terminals)
    ]  # fmt: skip
    with ThreadPoolExecutor(terminals) as pool:
        said = [text for texts in pool.map(lambda t: at_work(shop, t, paths[t]), range(terminals)) for text in texts]
    for text in said:
        assert "Traceback" not in text
        assert "unexpectedly" not in text
        assert "database is locked" not in text
        assert "busy" not in text
    assert len(shop.cases()) == terminals * lists * size
    ended = inside(shop, "audit", "verify")
    assert ended.status == 0, ended.said


@pytest.mark.slow
def test_eight_terminals_work_on_one_store(template, tmp_path):
    many_terminals(template, tmp_path / "shop", 8, 3, 20)


@pytest.mark.slow
def test_eight_exports_at_once_book_every_case_once(template, tmp_path):
    shop = template.copy(tmp_path / "shop")
    ids = shop.take_in(*[small_shop.request(n) for n in (0, 1, 2, 5, 6, 7)])
    shop.approve(*ids, by="mona")
    with ThreadPoolExecutor(8) as pool:
        every = list(
            pool.map(lambda n: program(shop, "export", "hledger", "-o", shop.folder / "books", by="carl"), range(8))
        )
    assert [e.status for e in every] == [0] * 8, [e.said for e in every]
    assert sum("cases booked" in e.out for e in every) == 1
    assert {row["state"] for row in shop.cases().values()} == {"booked"}
    assert inside(shop, "audit", "verify").status == 0

"""`log` on a terminal: only what is missing is asked; what the screen shows was read before it was kept."""

from __future__ import annotations

import re

import pytest
from own_terminal import CTRL_C, CTRL_D, talk

WHO, WHICH, WHY, MUCH, WORDS, SURE = "Who?", "Which visit", "Why?", "How much?", "What happened?", "Log it?"
KEEP = "Enter keeps"


@pytest.fixture
def screen(golden):
    """`screen(name, shop, options, typed)`: the whole screen is what tests/golden/commands/<name> holds."""

    def run(name, shop, options, typed, user="lena"):
        front = ["--store", "shop.db", "--as", user, "--now", shop.now, "log"]
        status, text = talk(shop.folder, [*front, *options], typed)
        text = shop.plain(text)
        text = re.sub(
            r"(?m)^  [\w-]+( [\w-]+){3}, [\w-]+( [\w-]+){3}, [\w-]+( [\w-]+){3}$", "  <as it is read out>", text
        )
        golden(f"commands/{name}.txt", f"exit status {status}\n{text}")
        return status

    return run


def test_the_common_case_takes_a_part_of_a_name_a_number_and_a_word(shop, screen) -> None:
    typed = [(WHO, "hallo\n"), (WHICH, "1\n"), (WHY, "late\n"), (MUCH, "\n"), (WORDS, "\n"), (SURE, "\n")]
    assert sum(len(answer) for _, answer in typed) <= 17
    assert screen("log-screen-common", shop, [], typed) == 0
    case = shop.done("list", "--json").json[0]
    assert (case["customer_id"], case["channel"], case["reason"]) == ("C-1002", "phone", "sla-breach")


def test_only_what_is_missing_is_asked(shop, screen) -> None:
    options = ["--invoice", "24105", "--for", "late", "--amount", "45.50", "-m", "Two hours late."]
    assert screen("log-screen-confirm", shop, options, [(SURE, "y\n")]) == 0


def test_several_are_offered_as_a_numbered_choice(shop, screen) -> None:
    typed = [
        (WHO, "example.org\n"), ("Which?", "ce\n"), (WHICH, "2411\n"), (WHY, "8\n"), (MUCH, "1,250\n"), (MUCH, "12.345\n"),
        (MUCH, "12.50\n"), (WORDS, "She asked nicely.\n"), (SURE, "n\n"),
    ]  # fmt: skip
    before = shop.events()
    assert screen("log-screen-choices", shop, [], typed) == 0
    assert shop.events() == before


def test_every_question_can_be_skipped_but_somebody_must_be_named(shop, screen) -> None:
    typed = [(WHO, "\n"), (WHICH, "\n"), ("who asks?", "\n")]
    assert screen("log-screen-nothing", shop, [], typed) == 2
    assert shop.done("list", "--json").json == []


def test_a_name_alone_is_enough(shop, screen) -> None:
    typed = [(WHO, "\n"), (WHICH, "\n"), ("who asks?", "Peg\n"), (WHY, "\n"), (MUCH, "\n"), (WORDS, "\n"), (SURE, "\n")]
    assert screen("log-screen-name-alone", shop, [], typed) == 0
    assert shop.done("list", "--json").json[0]["state"] == "review"


def test_what_the_records_do_not_know_is_kept_for_a_person(shop, screen) -> None:
    typed = [
        (WHO, "Pge\n"), (KEEP, "Peg\n"), (KEEP, "\n"), (WHICH, "X-1\n"), (KEEP, "\n"), ("an order or an invoice", "invoice\n"), (WHY, "because\n"), (WHY, "it broke again\n"),
        (MUCH, "\n"), (WORDS, "\n"), (SURE, "\n"),
    ]  # fmt: skip
    assert screen("log-screen-unknown", shop, [], typed) == 1
    case = shop.done("list", "--json").json[0]
    assert (case["invoice"], case["state"], case["reason"]) == ("X-1", "review", "faulty-work")


def test_on_a_bare_laptop_numbers_are_taken_as_typed(cli, screen) -> None:
    cli.done("init", "--company", "Brightwater", "--base", "USD", "--user", "ada", user="")
    cli.done("user", "add", "okello", "--role", "technician")
    typed = [
        (WHO, "Corner Cafe\n"), ("Which visit", "SO-7\n"), ("Which invoice", "\n"), (WHY, "not finished\n"), (MUCH, "50\n"),
        (WORDS, "Half the sockets.\n"), (SURE, "\n"),
    ]  # fmt: skip
    assert screen("log-screen-bare-laptop", cli, [], typed, user="okello") == 0
    assert cli.done("list", "--json").json[0]["state"] == "received"


def test_a_dry_run_asks_and_writes_nothing(shop, screen) -> None:
    before = shop.events()
    assert (
        screen(
            "log-screen-dry-run", shop, ["--dry-run", "--invoice", "24105", "--for", "late", "-m", "x"], [(MUCH, "5\n")]
        )
        == 0
    )
    assert shop.events() == before


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
@pytest.mark.parametrize("at", [0, 3, 5])
def test_leaving_at_any_question_writes_nothing(shop, key, at) -> None:
    typed = [(WHO, "hallo\n"), (WHICH, "1\n"), (WHY, "late\n"), (MUCH, "5\n"), (WORDS, "\n"), (SURE, "\n")]
    typed[at] = (typed[at][0], key)
    before = shop.events()
    status, text = talk(shop.folder, ["--store", "shop.db", "--as", "lena", "--now", shop.now, "log"], typed[: at + 1])
    assert status == 130, text
    assert text.endswith("interrupted: nothing was half-done\n")
    assert shop.events() == before


@pytest.mark.parametrize("option", ["--yes", "--json"])
def test_nothing_is_asked_with_yes_or_json(shop, option) -> None:
    status, text = talk(
        shop.folder, ["--store", "shop.db", "--as", "lena", "--now", shop.now, "log", "--invoice", "24105", option], []
    )
    assert status == 0, text
    assert "?" not in text

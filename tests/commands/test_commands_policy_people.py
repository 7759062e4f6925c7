"""`policy` and `user`: the figures the shop decides by, and the people who decide."""

from __future__ import annotations

import pytest


def policy(cli, before: str, after: str) -> str:
    text = (cli.folder / "shop.policy.toml").read_text(encoding="utf-8")
    assert before in text
    return text.replace(before, after, 1)


def test_policy_show_prints_the_adopted_bytes(shop) -> None:
    text = (shop.folder / "shop.policy.toml").read_text(encoding="utf-8")
    assert shop.done("policy", "show").out == text
    shop.write("shop.policy.toml", policy(shop, "auto_below = 500 ", "auto_below = 400 "))
    assert shop.done("policy", "show").out == text


def test_a_sound_policy_is_proved_sound(shop) -> None:
    said = shop.done("policy", "check")
    assert "no hole" in said.out
    assert shop.done("policy", "show").err.split()[-1] in said.out


@pytest.mark.parametrize(
    ("before", "after", "line_word", "word"),
    [
        ("auto_below = 500 ", "auto_belov = 500 ", "auto_belov", "auto_below"),
        ("lead_up_to = 2000 ", "lead_up_to = 400 ", "auto_below = 500", "is above lead_up_to 400"),
        ("{ from = 0, pct = 10 }", "{ from = 0.1, pct = 10 }", "credit", "from = 0"),
        ("pct = 25 }", "pct = 5 }", "credit", "rise"),
        ("dual_above = 10000 ", "dual_above = 1000 ", "auto_below = 500", "is above dual_above 1000"),
        ('at_least = "lead"', 'at_least = "boss"', "boss", "lead"),
        ('time_zone = "UTC"', 'time_zone = "Mars"', "Mars", "time zone"),
        ("window_days = 90 ", "window_days = -1 ", "window_days = -1", "window_days"),
    ],
)
def test_a_hole_or_a_typo_is_named_with_its_line(shop, before: str, after: str, line_word: str, word: str) -> None:
    text = policy(shop, before, after)
    said = shop("policy", "check", shop.write("p.toml", text))
    assert (said.status, said.out) == (2, "")
    assert word in said.err
    line = next(n for n, row in enumerate(text.splitlines(), 1) if line_word in row)
    assert f"line {line}" in said.err
    before_events = shop.events()
    assert shop("policy", "adopt", "p.toml").status == 2
    assert shop.events() == before_events


def test_every_problem_is_named_at_once(shop) -> None:
    text = policy(shop, "auto_below = 500 ", "auto_belov = 500 ").replace("pct = 25 }", "pct = 5 }")
    assert "2 problems" in shop("policy", "check", shop.write("p.toml", text)).err


def test_an_adopted_policy_judges_what_comes_after_and_leaves_what_is_decided(sample) -> None:
    decided = {p: (r["state"], r["payable"]) for p, r in sample.cases().items() if r["state"] == "approved"}
    text = policy(sample, "auto_below = 500 ", "auto_below = 50 ").replace("amount = 499\n", "amount = 49\n")
    sample.write("shop.policy.toml", text)
    assert "would be in force" in sample.done("policy", "adopt", "--dry-run").out
    assert "policy adopt" in sample.done().out
    assert sample.done("policy", "adopt").out.startswith("in force: ")
    assert "policy adopt" not in sample.done().out
    sample.done("assess")
    assert {p: (r["state"], r["payable"]) for p, r in sample.cases().items() if p in decided} == decided
    text = "received_at,customer_id,service_order,invoice,reason\n2026-10-02,C-1001,SO-2026-00708,INV-24109,cancelled-visit\n"
    sample("import", sample.write("later.csv", text))
    assert sample.cases()["later.csv:2"]["state"] != "approved"


def test_adopting_the_policy_in_force_writes_nothing(shop) -> None:
    before = shop.events()
    assert shop.done("policy", "adopt").out.startswith("already in force")
    assert shop.events() == before


def test_an_approval_under_an_older_policy_is_looked_at_again(sample) -> None:
    """The assessment names its policy; another one makes the figures those of another day."""
    case = sample.id("requests.csv:8")
    sample.done("policy", "adopt", sample.write("p.toml", policy(sample, "window_days = 90 ", "window_days = 80 ")))
    said = sample("approve", case, user="lena")
    assert said.status == 3
    assert "refundkit assess" in said.err
    sample.done("assess", case)
    sample.done("approve", case, user="lena")


def test_the_currency_of_the_books_cannot_change(shop) -> None:
    assert shop("policy", "adopt", shop.write("p.toml", policy(shop, 'base = "USD"', 'base = "EUR"'))).status == 2


@pytest.mark.parametrize("user", ["lena", "carl", "okello", "ann"])
def test_only_a_manager_or_an_admin_adopts_a_policy(shop, user: str) -> None:
    shop.write("p.toml", policy(shop, "auto_below = 500 ", "auto_below = 400 "))
    assert shop("policy", "adopt", "p.toml", user=user).status == 3
    assert shop.done("policy", "check", "p.toml", user=user).status == 0


def test_the_rights_of_each_role_are_shown_as_one_table(cli, told) -> None:
    """On a machine without a shop too: they are the program's."""
    told("commands/user-rights.txt", cli, cli("user", "rights"))
    rows = cli.done("user", "rights", "--json").json
    assert {tuple(row) for row in rows} == {("right", "may", "roles")}
    assert next(r["roles"] for r in rows if r["right"] == "release") == ["manager", "admin"]
    assert not [r for r in rows if "auditor" in r["roles"] and r["right"] != "audit"]


def test_people_are_listed_with_roles_and_keys(shop, told) -> None:
    told("commands/user-list.txt", shop, shop("user", "list"))
    rows = shop.done("user", "list", "--json").json
    assert {tuple(r) for r in rows} == {("user", "name", "email", "technician", "roles", "keys")}
    assert [r["roles"] for r in rows if r["user"] == "lena"] == [["lead"]]
    assert all(len(r["keys"]) == 1 and not r["keys"][0]["revoked"] for r in rows)


def test_a_person_who_was_added_can_act_at_once(sample) -> None:
    sample.done(
        "user", "add", "zoe", "--role", "lead", "--role", "accountant", "--name", "Zoe Lind", "--email", "zoe@x.example"
    )
    sample.done("approve", sample.id("requests.csv:8"), user="zoe")
    assert sample.done("history", sample.id("requests.csv:8"), "--json").json["events"][-1]["by"] == "zoe"
    assert sample("export", "hledger", "-o", "books", user="zoe").status == 0


def test_trying_to_add_a_person_adds_nobody_and_makes_no_key(shop) -> None:
    keys = (shop.folder / "keys" / "keys").read_bytes()
    before = shop.events()
    assert "would be added" in shop.done("user", "add", "zoe", "--role", "lead", "--dry-run").out
    assert shop.events() == before
    assert (shop.folder / "keys" / "keys").read_bytes() == keys


def test_an_address_a_role_or_an_id_that_means_nothing_is_refused(shop) -> None:
    before = shop.events()
    for words, status in (
        (["zoe", "--role", "boss"], 2), (["a b", "--role", "lead"], 2), (["", "--role", "lead"], 2), (["zoe"], 2),
        (["../x", "--role", "lead"], 2), (["lena", "--role", "lead"], 3),
    ):  # fmt: skip
        assert shop("user", "add", *words).status == status, words
    assert shop.events() == before


@pytest.mark.parametrize("user", ["lena", "max", "carl", "okello", "ann"])
def test_only_an_admin_adds_people(shop, user: str) -> None:
    assert shop("user", "add", "zoe", "--role", "lead", user=user).status == 3
    assert "zoe" not in shop.done("user", "list").out

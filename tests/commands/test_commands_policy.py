"""Changing the policy: what a change would do, the examples it must pass, and every policy that was in force."""

from __future__ import annotations

import re

import pytest


def change(cli, *pairs: tuple[str, str]) -> str:
    """The policy file with figures changed, as p.toml."""
    text = (cli.folder / "shop.policy.toml").read_text(encoding="utf-8")
    for before, after in pairs:
        assert before in text, before
        text = text.replace(before, after, 1)
    return str(cli.write("p.toml", text))


@pytest.fixture
def lists(shop):
    """The sample shop with the requests of its list, and none of its mails."""
    shop("import", "requests/requests.csv", user="carl")
    return shop


LOWER = (("lead_up_to = 2000 ", "lead_up_to = 900 "), ("amount = 2000\n", "amount = 900\n"))
"""Whoever moves a limit moves the example that stands on it."""


# -- diff -------------------------------------------------------------------------------------------------------------


def test_diff_names_each_figure_and_each_open_case_that_would_come_out_differently(lists, told) -> None:
    before = lists.events()
    file = change(lists, *LOWER, ("restocking_pct = 15 ", "restocking_pct = 20 "))
    told("commands/policy-diff.txt", lists, lists("policy", "diff", file, user="ann"))
    assert lists.events() == before


def test_diff_for_scripts(lists) -> None:
    document = lists.done("policy", "diff", change(lists, *LOWER), "--json").json
    assert document.keys() == {"file", "in_force", "sha256", "changes", "open_cases", "cases"}
    assert document["changes"][0] == {"key": "routing.lead_up_to", "old": "2000", "new": "900"}
    waiting = [r for r in lists.cases().values() if r["state"] in ("review", "awaiting")]
    assert document["open_cases"] == len(waiting)
    moved = [c for c in document["cases"] if c["before"]["state"] == c["after"]["state"] == "awaiting"]
    assert moved
    for case in moved:
        assert (case["before"]["level"], case["after"]["level"]) == ("lead", "manager")
        assert case["before"]["payable"] == case["after"]["payable"]
        assert "above 900.00" in case["why"]
        assert case["case"] in {r["id"] for r in waiting}


def test_diff_of_the_file_in_force_and_of_another_wording(shop) -> None:
    same = shop.done("policy", "diff")
    assert (same.out, same.err) == ("", "it is the policy in force\n")
    file = change(shop, ("# below this the policy approves by itself", "# as agreed in March"))
    assert shop.done("policy", "diff", file).err == "no figure differs, only the text\n"
    file = change(shop, ("\nhours = 24 ", "\nhours = 48 "))
    assert shop.done("policy", "diff", file).out == "escalation.hours: 24 -> 48\n"


def test_diff_shows_fifty_cases_and_all_when_asked(shop) -> None:
    rows = "".join(f"2026-10-02,C-1003,INV-24121,{n}.00,goodwill\n" for n in range(20, 80))
    shop("import", shop.write("many.csv", f"received_at,customer_id,invoice,amount,reason\n{rows}"))
    file = change(shop, ('at_least = "lead"', 'at_least = "manager"'))
    said = shop.done("policy", "diff", file)
    assert "the first 50 of 60; --all shows the rest" in said.err
    assert said.out.count("\nRF-") == 50
    assert shop.done("policy", "diff", file, "--all").out.count("\nRF-") == 60


# -- test -------------------------------------------------------------------------------------------------------------


def test_the_examples_of_a_new_shop_come_out_as_they_say(shop) -> None:
    said = shop.done("policy", "test")
    assert all(line.startswith("ok ") for line in said.out.splitlines())
    assert "0 come out differently" in said.err


def test_an_example_that_comes_out_differently_is_told_with_what_came_out_and_why(shop, told) -> None:
    told(
        "commands/policy-test.txt",
        shop,
        shop("policy", "test", change(shop, ("auto_below = 500 ", "auto_below = 600 "))),
    )


def test_examples_are_tried_with_no_store_at_hand(cli) -> None:
    file = cli.write("p.toml", '[shop]\ncompany = "X"\nbase = "EUR"\n')
    said = cli("policy", "test", file)
    assert (said.status, said.err) == (0, "there are no examples\n")


def test_examples_for_scripts(shop) -> None:
    said = shop("policy", "test", change(shop, ("auto_below = 500 ", "auto_below = 600 ")), "--json")
    assert said.status == 1
    assert said.json["failing"] == 2
    first, second = said.json["examples"][:2]
    assert (first["ok"], second["ok"]) == (True, False)
    assert second["expected"] == {"state": "awaiting", "level": "lead", "dual": False}
    assert second["came_out"] == {"state": "approved", "level": "auto", "dual": False}
    assert second["why"][0] == "500.00 USD (below 600.00): level auto"


def test_check_for_scripts(shop) -> None:
    document = shop.done("policy", "check", "--json").json
    assert document["sound"] is True
    assert document["examples"] >= 8


# -- adopt ------------------------------------------------------------------------------------------------------------


def test_a_policy_whose_own_examples_fail_is_adopted_only_with_a_reason(shop) -> None:
    file, before = change(shop, ("auto_below = 500 ", "auto_below = 600 ")), shop.events()
    for words in ([], ["--anyway"], ["--anyway", "--reason", "  "], ["--reason", "I say so"]):
        assert shop("policy", "adopt", file, *words).status == 2
        assert shop("policy", "adopt", file, *words, "--dry-run").status == 2
    assert shop.events() == before
    said = shop.done("policy", "adopt", file, "--anyway", "--reason", "until Friday", "--dry-run")
    assert "would be in force" in said.out
    assert shop.events() == before
    said = shop.done("policy", "adopt", file, "--anyway", "--reason", "until Friday")
    assert said.err.count("does not come out as it says") == 2
    assert shop.done("policy", "history", "--json").json[-1]["reason"] == "until Friday"


def test_adopting_says_what_it_changes(shop) -> None:
    said = shop.done("policy", "adopt", change(shop, *LOWER), "--dry-run")
    assert said.out.splitlines()[1:] == [
        "  routing.lead_up_to: 2000 -> 900",
        "  example[on the second limit].amount: 2000 -> 900",
    ]
    document = shop.done("policy", "adopt", change(shop, *LOWER), "--json").json
    assert (document["number"], document["adopted"]) == (2, True)
    assert document["changes"][0] == {"key": "routing.lead_up_to", "old": "2000", "new": "900"}
    again = shop.done("policy", "adopt", "p.toml", "--json").json
    assert (again["number"], again["adopted"], again["changes"]) == (2, False, [])


# -- history ----------------------------------------------------------------------------------------------------------


def test_every_policy_is_listed_with_who_when_and_what_changed(shop, told) -> None:
    shop.done("policy", "adopt", change(shop, *LOWER), user="max")
    shop.done("policy", "adopt", change(shop, *LOWER, ("\nhours = 24 ", "\nhours = 48 "), ("late_pct = 50", "late_pct = 40")),
              "--reason", "agreed on Monday", now="2026-11-02T10:00:00Z")  # fmt: skip
    shop.done("policy", "adopt", now="2026-11-03T10:00:00Z")
    told("commands/policy-history.txt", shop, shop("policy", "history", user="ann"))
    rows = shop.done("policy", "history", "--json").json
    assert [(r["number"], r["by"], r["in_force"]) for r in rows] == [(1, "ada", False), (2, "max", False), (3, "ada", False),
                                                                     (4, "ada", True)]  # fmt: skip
    assert rows[0]["sha256"] == rows[3]["sha256"]
    assert rows[0]["changes"] is None
    assert {c["key"] for c in rows[2]["changes"]} == {"escalation.hours", "cancellation.late_pct"}


def test_an_earlier_policy_is_shown_by_its_number_or_the_beginning_of_its_hash(shop) -> None:
    first = (shop.folder / "shop.policy.toml").read_text(encoding="utf-8")
    file = change(shop, *LOWER)
    shop.done("policy", "adopt", file)
    second = (shop.folder / file).read_text(encoding="utf-8")
    rows = shop.done("policy", "history", "--json").json
    assert shop.done("policy", "show").out == second
    for named in ("1", rows[0]["sha256"], rows[0]["sha256"][:20], rows[0]["sha256"][:20].upper()):
        said = shop.done("policy", "show", "--at", named)
        assert said.out == first
        assert "policy 1, not in force any more" in said.err
    document = shop.done("policy", "show", "--at", "2", "--json").json
    assert (document["text"], document["in_force"], document["number"]) == (second, True, 2)


@pytest.mark.parametrize("named", ["0", "3", "zz", "-1", "1.0", "²"])
def test_a_policy_that_was_never_adopted_cannot_be_shown(shop, named: str) -> None:
    said = shop("policy", "show", f"--at={named}")
    assert (said.status, said.out) == (3, "")
    assert "policy history" in said.err


# -- what is decided keeps its policy ---------------------------------------------------------------------------------


def test_a_case_approved_under_one_policy_shows_it_after_another_is_adopted(lists) -> None:
    case = lists.id("requests.csv:8")
    first = lists.done("policy", "history", "--json").json[0]["sha256"]
    lists.done("approve", case, user="lena")
    before = lists.done("show", case, "--json").json
    lists.done("policy", "adopt", change(lists, *LOWER))
    lists.done("assess")
    after = lists.done("show", case, "--json").json
    assert (after["state"], after["policy"]) == ("approved", first)
    assert after["policy_adopted"] == {"number": 1, "adopted_at": "2026-11-01T09:00:00Z", "in_force": False}
    assert {**after, "policy_adopted": None} == {**before, "policy_adopted": None}
    page = lists.done("show", case).out
    assert "judged by policy 1, adopted 2026-11-01, replaced since; what is decided keeps it" in page


def test_assess_decided_lists_what_would_come_out_differently_and_writes_nothing(lists, told) -> None:
    said = lists.done("assess", "--decided")
    assert said.out == ""
    assert "0 would come out differently now" in said.err
    case = lists.id("requests.csv:8")
    lists.done("approve", case, user="lena")
    lists.done("policy", "adopt", change(lists, *LOWER))
    before, rows = lists.events(), lists.cases()
    said = lists("assess", "--decided", user="ann")
    told("commands/assess-decided.txt", lists, said)
    found = lists.done("assess", "--decided", "--jsonl", user="ann").jsonl
    assert [(c["case"], c["state"], c["before"]["level"], c["after"]["level"]) for c in found] == [
        (case, "approved", "lead", "manager")
    ]
    assert lists.done("assess", case, "--decided", "--jsonl").jsonl == found
    assert (lists.events(), lists.cases()) == (before, rows)


def test_every_hash_of_the_history_is_the_hash_of_what_show_prints(shop) -> None:
    import hashlib

    shop.done("policy", "adopt", change(shop, *LOWER))
    for number, sha in enumerate(re.findall(r"\b[0-9a-f]{64}\b", shop.done("policy", "history").out), 1):
        text = shop.done("policy", "show", "--at", str(number)).out
        assert hashlib.sha256(text.encode()).hexdigest() == sha

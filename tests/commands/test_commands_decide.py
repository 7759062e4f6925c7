"""Decisions: what each does, and that a refused one says why, ends with 3 and writes nothing."""

from __future__ import annotations

import pytest

LABOUR, RETURNED, MANAGER, FOREIGN, OTHER = (f"requests.csv:{n}" for n in (8, 5, 10, 11, 13))
UNPROVEN, GOODWILL, UNKNOWN, REPEATED, SMALL = (f"requests.csv:{n}" for n in (12, 14, 15, 7, 2))


def refused(cli, *words: object, user: str, why: str, status: int = 3) -> None:
    """The command is refused with a sentence that holds `why`, and the ledger is as it was."""
    before = cli.events()
    said = cli(*words, user=user)
    assert (said.status, said.out) == (status, ""), said
    assert said.err.startswith("error: ")
    assert "\nhint: " in said.err
    assert why in said.err
    assert cli.events() == before


# ---- what can be done


def test_a_lead_approves_what_waits_for_a_lead(sample) -> None:
    said = sample.done("approve", sample.id(LABOUR), user="lena")
    assert said.out == f"{sample.id(LABOUR)}  approved 912.00 USD\n"
    found = sample.done("show", sample.id(LABOUR), "--json").json
    assert (found["state"], found["level"]) == ("approved", "lead")
    (approval,) = found["approvals"]
    assert (approval["by"], approval["amount"]) == ("lena", {"amount": "912.00", "currency": "USD"})


def test_several_cases_are_approved_by_one_command(sample) -> None:
    cases = [sample.id(MANAGER), sample.id(FOREIGN)]
    rows = sample.done("approve", *cases, "--jsonl", user="max").jsonl
    assert [(r["case"], r["state"], r["refused"]) for r in rows] == [(c, "approved", None) for c in cases]
    assert [r["amount"] for r in rows] == [
        {"amount": "2881.62", "currency": "USD"}, {"amount": "2558.50", "currency": "EUR"},
    ]  # fmt: skip


def test_a_refused_case_does_not_stop_the_others_and_the_status_says_so(sample) -> None:
    rows = sample("approve", sample.id(MANAGER), sample.id(LABOUR), "--jsonl", user="lena")
    assert rows.status == 3
    first, second = rows.jsonl
    assert (first["state"], second["state"]) == ("awaiting", "approved")
    assert first["refused"]["code"] == "refused"
    assert set(first["refused"]) == {"code", "message", "hint"}


def test_an_approver_may_lower_the_amount_with_a_reason(sample) -> None:
    sample.done("approve", sample.id(LABOUR), "--amount", "500.00", "--note", "as agreed", user="lena")
    assert sample.cases()[LABOUR]["payable"] == {"amount": "500.00", "currency": "USD"}


def test_a_manager_may_go_above_the_eligible_amount_with_a_reason(sample) -> None:
    sample.done("approve", sample.id(GOODWILL), "--amount", "80.00", "--note", "a good customer", user="max")
    assert sample.cases()[GOODWILL]["payable"] == {"amount": "80.00", "currency": "USD"}


def test_above_the_limit_for_two_it_takes_two_different_managers(sample) -> None:
    case = sample.id(LABOUR)
    words = ("approve", case, "--amount", "10001.00", "--note", "settled in court")
    assert "second manager" in sample.done(*words, user="max").out
    assert sample.state(case) == "awaiting"
    refused(sample, *words, user="max", why="already")
    assert sample.done(*words, user="mona").out.startswith(f"{case}  approved 10001.00 USD")


def test_denying_takes_a_reason_and_keeps_it(sample) -> None:
    case = sample.id(UNPROVEN)
    assert sample.done("deny", case, "--reason", "within the agreed times", user="lena").out == f"{case}  denied\n"
    assert "within the agreed times" in sample.done("history", case).out


def test_an_amended_request_is_assessed_anew(sample) -> None:
    case = sample.id(UNKNOWN)
    changes = ("--customer", "C-1001", "--order", "SO-2026-00708", "--invoice", "INV-24109", "--for", "cancelled-visit")
    sample.done("amend", case, *changes, "--reason", "the customer rang", user="lena")
    row = sample.cases()[UNKNOWN]
    assert (row["customer_id"], row["service_order"], row["invoice"], row["reason"]) == (
        "C-1001", "SO-2026-00708", "INV-24109", "cancelled-visit",
    )  # fmt: skip
    assert "customer-unknown" not in row["findings"]


def test_an_empty_value_empties_a_field(sample) -> None:
    case = sample.id(UNPROVEN)
    sample.done("amend", case, "--amount", "", user="lena")
    assert sample.cases()[UNPROVEN]["requested"] is None


def test_an_overridden_finding_lets_a_lead_decide(sample) -> None:
    case = sample.id(OTHER)
    assert sample.done("override", case, "reason-manual", "--reason", "seen", user="lena").out == f"{case}  awaiting\n"
    assert sample.cases()[OTHER]["level"] == "lead"
    sample.done("approve", case, user="leo")
    assert sample.state(case) == "approved"


def test_whoever_speaks_for_the_requester_may_withdraw_and_a_lead_may_reopen(sample) -> None:
    case = sample.id(LABOUR)
    sample.done("withdraw", case, "--reason", "not needed", user="okello")
    assert sample.state(case) == "withdrawn"
    sample.done("reopen", case, "--reason", "needed after all", user="lena")
    assert sample.state(case) == "awaiting"


def test_a_duplicate_that_is_none_becomes_a_case_of_its_own(sample) -> None:
    case = sample.id(REPEATED)
    sample.done("reopen", case, "--reason", "another visit", user="lena")
    row = sample.cases()[REPEATED]
    assert row["state"] != "duplicate"
    assert "duplicate" not in row["findings"]


def test_a_revoked_approval_needs_a_person_afterwards(sample) -> None:
    case = sample.id(SMALL)
    sample.done("revoke", case, "--reason", "too soon", user="max")
    assert sample.state(case) == "review"
    sample.done("assess", case)
    assert sample.state(case) == "review"
    sample.done("approve", case, user="lena")
    assert sample.state(case) == "approved"


def test_a_case_is_held_and_lifted_on_the_command_line(sample, told) -> None:
    case = sample.id(LABOUR)
    said = sample.done("hold", case, "--kind", "dispute", "--reason", "their bank asks", user="okello")
    assert said.out == f"{case}  awaiting (held: dispute)\n"
    sample.done("hold", sample.id(SMALL), "--kind", "legal", "--reason", "a letter came", user="carl")
    sample.done("ask", case, "--question", "which visit was it?", user="lena")
    told("commands/show-held.txt", sample, sample("show", case))
    told("commands/bare-held.txt", sample, sample())
    assert case not in [r["id"] for r in sample.done("list", "--mine", "--json", user="lena").json]
    told("commands/export-held.txt", sample, sample("export", "hledger", "--dry-run", "-o", "books", user="carl"))
    assert [r["id"] for r in sample.done("list", "--held", "--asked", "--json").json] == [case]
    sample.done("answer", case, "--text", "the one of May", user="okello")
    sample.done("release", case, "--reason", "the bank is content", user="max")
    told("commands/history-held.txt", sample, sample("history", case))
    assert sample.done("approve", case, user="lena").out == f"{case}  approved 912.00 USD\n"
    assert sample.done("audit", "verify").status == 0


def test_pauses_have_one_json_line_a_case_and_a_refused_one_ends_with_3(sample) -> None:
    cases = [sample.id(LABOUR), sample.id(REPEATED)]
    said = sample("hold", *cases, "--kind", "fraud", "--reason", "x", "--jsonl", user="okello")
    assert (said.status, [r["case"] for r in said.jsonl]) == (3, cases)
    assert [(r["state"], bool(r["refused"])) for r in said.jsonl] == [("awaiting", False), ("duplicate", True)]


def test_the_amount_may_be_said_with_its_currency(sample) -> None:
    case = sample.id(FOREIGN)
    refused(sample, "approve", case, "--expect-payable", "2558.50 USD", user="max", why="given back in EUR")
    sample.done(
        "approve", case, "--amount", "2000.00 eur", "--expect-payable", "2558.50 EUR", "--note", "x", user="max"
    )
    assert sample.cases()[FOREIGN]["payable"] == {"amount": "2000.00", "currency": "EUR"}


def test_the_second_manager_is_told_what_the_first_has_said(sample) -> None:
    case, dual = sample.id(LABOUR), ("--amount", "10001.00", "--note", "settled in court")
    assert "a second manager must approve 10001.00 USD too" in sample.done("approve", case, *dual, user="max").out
    said = sample.done("approve", case, "--amount", "10002.00", "--note", "more", user="mona").out
    assert "max approved 10001.00 USD: two managers must approve the same amount" in said
    assert sample.done("approve", case, *dual, user="mona").out == f"{case}  approved 10001.00 USD\n"


def test_two_edits_are_settled_on_the_command_line(sample, told) -> None:
    case = sample.id(OTHER)
    sample.tear(case, lena={"amount": "20.00"}, leo={"amount": "30.00", "reason": "goodwill"})
    page = sample.plain(sample.done("show", case).out)
    assert (
        "live edits: settle with --keep\n  <event>  by lena: amount '20.00', reason 'other'\n"
        "  <event>  by leo: amount '30.00', reason 'goodwill'\n\npossible now: settle, hold\n"
    ) in page
    found = sample.done("show", case, "--json").json["revisions"]
    kept = next(r["revision"] for r in found if r["by"] == "leo")
    sample.done("settle", case, "--keep", kept[:9], "--reason", "leo rang them", "--dry-run", user="max")
    assert sample.state(case) == "conflict"
    sample.done("settle", case, "--keep", kept, "--reason", "leo rang them", user="max")
    assert sample.done("show", case, "--json").json["requested"] == {"amount": "30.00", "currency": "USD"}


@pytest.mark.parametrize(
    "words",
    [("hold", LABOUR, "--kind", "fraud", "--reason", "x"), ("ask", LABOUR, "--question", "why?"), ("approve", LABOUR), ("deny", LABOUR, "--reason", "x"), ("withdraw", LABOUR), ("amend", UNPROVEN, "--amount", "50.00"),
     ("override", OTHER, "reason-manual", "--reason", "x"), ("reopen", REPEATED, "--reason", "x"),
     ("revoke", SMALL, "--reason", "x")],
    ids=lambda w: w[0],
)  # fmt: skip
def test_every_decision_can_be_tried_without_writing(sample, words: tuple[str, ...]) -> None:
    name, place, *rest = words
    case = sample.id(place)
    before, state = sample.events(), sample.state(case)
    tried = sample.done(name, case, *rest, "--dry-run", user="max")
    assert "would be" in tried.out
    assert (sample.events(), sample.state(case)) == (before, state)
    real = sample.done(name, case, *rest, user="max")
    assert tried.out.replace("would be ", "") == real.out


# ---- what is refused


@pytest.mark.parametrize("user", ["okello", "carl", "ann"])
def test_who_has_no_such_role_may_not_decide(sample, user: str) -> None:
    refused(sample, "approve", sample.id(LABOUR), user=user, why=f"{user} (")
    refused(sample, "deny", sample.id(LABOUR), "--reason", "x", user=user, why="may not approve or deny")
    refused(sample, "override", sample.id(OTHER), "reason-manual", "--reason", "x", user=user, why="may not")
    refused(sample, "amend", sample.id(UNPROVEN), "--amount", "1.00", user=user, why="may not amend")
    refused(sample, "reopen", sample.id(REPEATED), "--reason", "x", user=user, why="may not reopen")
    refused(sample, "revoke", sample.id(SMALL), "--reason", "x", user=user, why="may not revoke")


def test_a_lead_may_not_decide_what_takes_a_manager(sample) -> None:
    refused(sample, "approve", sample.id(MANAGER), user="lena", why="takes a manager")
    refused(sample, "deny", sample.id(MANAGER), "--reason", "x", user="lena", why="takes a manager")
    refused(sample, "revoke", sample.id(SMALL), "--reason", "x", user="lena", why="lena (lead)")


def test_nobody_decides_a_request_they_amended(sample) -> None:
    sample.done("amend", sample.id(UNPROVEN), "--for", "goodwill", user="lena")
    refused(sample, "approve", sample.id(UNPROVEN), user="lena", why="logged or amended")
    sample.done("approve", sample.id(UNPROVEN), user="leo")


@pytest.mark.parametrize("named", ["lena", "Lena Ortiz", "LENA ORTIZ"])
def test_nobody_decides_a_request_that_names_them_as_requester(shop, named: str) -> None:
    text = f"received_at,customer_id,invoice,amount,reason,requested_by\n2026-10-20,C-1003,INV-24121,20.00,goodwill,{named}\n"
    shop("import", shop.write("own.csv", text), user="carl")
    case = shop.id("own.csv:2")
    refused(shop, "approve", case, user="lena", why="named as its requester")
    refused(shop, "deny", case, "--reason", "x", user="lena", why="named as its requester")
    assert shop.id("own.csv:2") not in [r["id"] for r in shop.done("list", "--mine", "--json", user="lena").json]
    shop.done("approve", case, user="leo")


def test_the_technician_of_the_visit_never_decides_it_whatever_the_role(sample) -> None:
    found = sample.done("show", sample.id(LABOUR), "--json").json["service_order"]
    orders = (sample.folder / "records/service_orders.csv").read_text(encoding="utf-8").splitlines()
    at = orders[0].split(",").index("technician")
    (technician,) = [row.split(",")[at] for row in orders if row.startswith(found)]
    sample.done("user", "add", "tina", "--role", "manager", "--technician", technician)
    for words in (["approve"], ["deny", "--reason", "x"]):
        refused(sample, words[0], sample.id(LABOUR), *words[1:], user="tina", why="technician of the visit")


def test_mine_leaves_out_what_the_gate_would_refuse(sample) -> None:
    """The technician of the visit, and whoever amended the request."""
    sample.done("user", "add", "tina", "--role", "manager", "--technician", "T-02 Ferreira")
    assert sample.id(LABOUR) not in [r["id"] for r in sample.done("list", "--mine", "--json", user="tina").json]
    sample.done("amend", sample.id(UNPROVEN), "--for", "goodwill", user="lena")
    assert sample.id(UNPROVEN) not in [r["id"] for r in sample.done("list", "--mine", "--json", user="lena").json]


@pytest.mark.parametrize(
    ("words", "place", "state"),
    [
        (["approve"], SMALL, "approved"), (["approve"], REPEATED, "duplicate"), (["deny", "--reason", "x"], SMALL, "approved"),
        (["amend", "--amount", "1.00"], LABOUR, "awaiting"), (["override", "reduced", "--reason", "x"], LABOUR, "awaiting"),
        (["withdraw"], SMALL, "approved"), (["reopen", "--reason", "x"], LABOUR, "awaiting"),
        (["revoke", "--reason", "x"], LABOUR, "awaiting"),
    ],
    ids=lambda v: v[0] if isinstance(v, list) else None,
)  # fmt: skip
def test_a_step_the_state_does_not_allow_names_the_state_and_what_is_possible(
    sample, words: list[str], place: str, state: str
) -> None:
    refused(sample, words[0], sample.id(place), *words[1:], user="max", why=f"is {state}")
    assert "possible now: " in sample(words[0], sample.id(place), *words[1:], user="max").err


def test_nothing_is_decided_after_booking(sample) -> None:
    sample.done("export", "hledger", "-o", "books", user="carl")
    for words in (
        ["approve"],
        ["deny", "--reason", "x"],
        ["revoke", "--reason", "x"],
        ["withdraw"],
        ["reopen", "--reason", "x"],
    ):
        refused(sample, words[0], sample.id(SMALL), *words[1:], user="max", why="is booked")


def test_a_case_with_standing_findings_is_not_approved(sample) -> None:
    refused(sample, "approve", sample.id(OTHER), user="max", why="reason-manual")
    refused(sample, "approve", sample.id(UNKNOWN), user="max", why="customer-unknown, order-unknown, invoice-unknown")


def test_only_a_standing_finding_can_be_overridden(sample) -> None:
    refused(sample, "override", sample.id(OTHER), "window-passed", "--reason", "x", user="max", why="window-passed")
    refused(sample, "override", sample.id(OTHER), "no-such-code", "--reason", "x", user="max", why="reason-manual")


def test_a_blocking_finding_takes_a_manager_to_override(shop) -> None:
    text = "received_at,customer_id,invoice,amount,reason\n2026-10-20,C-1003,INV-24110,20.00,goodwill\n"
    shop("import", shop.write("block.csv", text))
    case = shop.id("block.csv:2")
    assert "invoice-mismatch" in shop.cases()["block.csv:2"]["findings"]
    refused(shop, "override", case, "invoice-mismatch", "--reason", "x", user="lena", why="takes a manager")
    shop.done("override", case, "invoice-mismatch", "--reason", "sister company", user="max")


def test_going_above_the_eligible_amount_takes_a_manager_and_a_reason(sample) -> None:
    case = sample.id(GOODWILL)
    refused(sample, "approve", case, "--amount", "80.00", user="max", why="above the eligible 75.00 USD")
    refused(sample, "approve", case, "--amount", "80.00", "--note", " ", user="max", why="above the eligible")
    refused(sample, "approve", case, "--amount", "80.00", "--note", "x", user="lena", why="above the eligible")


def test_another_amount_takes_a_reason(sample) -> None:
    refused(sample, "approve", sample.id(LABOUR), "--amount", "500.00", user="lena", why="--note")


@pytest.mark.parametrize("amount", ["0", "-5.00"])
def test_an_amount_must_be_above_nothing(sample, amount: str) -> None:
    before = sample.events()
    assert sample("approve", sample.id(LABOUR), "--amount", amount, "--note", "x", user="lena").status in (2, 3)
    assert sample.events() == before


@pytest.mark.parametrize("amount", ["abc", "1,50", "1e3", "1.234", "NaN", "1" * 40])
def test_an_amount_that_is_none_is_2(sample, amount: str) -> None:
    refused(
        sample, "approve", sample.id(LABOUR), "--amount", amount, "--note", "x", user="lena", why="--amount", status=2
    )


def test_a_decision_without_a_reason_is_2(sample) -> None:
    for words in (["deny", LABOUR], ["override", OTHER, "reason-manual"], ["reopen", REPEATED], ["revoke", SMALL]):
        before = sample.events()
        name, place, *rest = words
        assert sample(name, sample.id(place), *rest, user="max").status == 2
        assert sample(name, sample.id(place), *rest, "--reason", "  ", user="max").status == 2
        assert sample.events() == before


def test_an_approval_is_bound_to_the_figure_that_was_seen(sample) -> None:
    case = sample.id(LABOUR)
    refused(sample, "approve", case, "--expect-payable", "911.99", user="lena", why="912.00 USD is payable")
    refused(sample, "approve", case, "--seen", "0" * 64, user="lena", why="changed since it was shown")
    refused(sample, "deny", case, "--seen", "0" * 64, "--reason", "x", user="lena", why="changed since it was shown")
    assert sample("approve", case, "--seen", "0" * 64, "--jsonl", user="lena").jsonl[0]["refused"]["code"] == "changed"
    sample.done("approve", case, "--expect-payable", "912.00", user="lena")


def test_records_that_came_since_make_an_approval_look_again(sample) -> None:
    case = sample.id(LABOUR)
    text = "refund_id,invoice,refunded_on,amount,currency,reference\nR-99,INV-24110,2026-10-30,1600.00,USD,by hand\n"
    sample.done("records", sample.write("refunds.csv", text))
    refused(sample, "approve", case, user="lena", why="payable was 912.00 USD and is 790.00 USD now")
    sample.done("assess", case)
    sample.done("approve", case, user="lena")
    assert sample.cases()[LABOUR]["payable"]["amount"] == "790.00"


def test_two_cases_on_one_invoice_are_not_approved_past_what_it_can_give_back(shop) -> None:
    """The second figure moves with the first approval, in the same command."""
    text = (
        "received_at,customer_id,invoice,amount,reason\n2026-09-05T10:00:00Z,C-1006,INV-24110,1400.00,goodwill\n"
        "2026-10-20T10:00:00Z,C-1006,INV-24110,1300.00,goodwill\n"
    )
    shop("import", shop.write("two.csv", text), user="carl")
    cases = [shop.id("two.csv:2"), shop.id("two.csv:3")]
    said = shop("approve", *cases, user="max")
    assert said.status == 3
    assert f"{cases[0]}  approved 1400.00 USD" in said.out
    assert "payable was 1300.00 USD and is 990.00 USD now" in said.err
    assert [shop.state(c) for c in cases] == ["approved", "awaiting"]
    shop.done("assess", cases[1])
    shop.done("approve", cases[1], user="max")
    assert shop.cases()["two.csv:3"]["payable"]["amount"] == "990.00"


def test_an_unknown_case_among_several_stops_the_whole_command(sample) -> None:
    refused(sample, "approve", sample.id(LABOUR), "RF-2222-2222-2222", user="lena", why="RF-2222-2222-2222")


def test_a_case_named_twice_is_decided_once(sample) -> None:
    said = sample.done("approve", sample.id(LABOUR), sample.id(LABOUR).lower(), user="lena")
    assert len(said.out.splitlines()) == 1


def test_off_a_terminal_no_question_is_asked(sample) -> None:
    assert sample.done("approve", sample.id(LABOUR), user="lena").err == ""


@pytest.mark.parametrize(
    ("change", "option"),
    [
        (("--currency", "XXY"), "--currency"), (("--amount", "12,50"), "--amount"), (("--amount", "1.234"), "--amount"),
        (("--for", "nope"), "--for"), (("--received", "yesterday"), "--received"), (("--order", "x" * 99), "--order"),
        (("--email", "x" * 99), "--email"), (("--customer", "a\tb"), "--customer"),
    ],
)  # fmt: skip
def test_a_word_that_cannot_be_kept_names_the_option_that_is_wrong(
    sample, change: tuple[str, str], option: str
) -> None:
    before = sample.events()
    said = sample("amend", sample.id(UNPROVEN), *change, user="lena")
    assert (said.status, said.out) == (2, "")
    assert sample.events() == before
    assert said.err.startswith(f"error: {option}: ")


def test_an_amendment_that_changes_nothing_is_2(sample) -> None:
    for words in ([], ["--reason", "why"], ["--invoice", "INV-24114"]):
        refused(sample, "amend", sample.id(UNPROVEN), *words, user="lena", why="nothing would change", status=2)


def test_words_that_are_no_text_are_refused_and_not_a_failure(sample) -> None:
    said = sample("deny", sample.id(LABOUR), "--reason", "caf\udce9", user="lena")
    assert said.status == 2
    assert "unexpectedly" not in said.err


def test_show_names_the_assessment_that_seen_takes(sample) -> None:
    case = sample.id(LABOUR)
    seen = sample.done("show", case, "--json").json["assessment"]
    sample.done("approve", case, "--seen", seen, user="lena")


def test_a_case_approved_above_eligible_is_listed_at_the_level_that_approved_it(sample) -> None:
    sample.done("approve", sample.id(GOODWILL), "--amount", "80.00", "--note", "a good customer", user="max")
    assert sample.cases()[GOODWILL]["level"] == "manager"

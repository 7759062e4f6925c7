"""`list`, `show`, `history`: what scripts read is pinned field by field; what people read is held as text."""

from __future__ import annotations

from itertools import pairwise

import pytest

LISTED = [
    "id", "state", "level", "channel", "customer_id", "service_order", "invoice", "reason", "requested", "eligible",
    "payable", "findings", "received_at", "external_ref", "source", "waiting_since",
]  # fmt: skip


def places(said) -> list[str]:
    return [f"{r['source']['file'].rpartition('/')[2]}:{r['source']['index']}" for r in said.json]


def test_every_request_of_the_sample_shop_becomes_what_it_should(sample, golden) -> None:
    """State, level, payable, reason and findings of each: a changed line changes what somebody gets."""
    lines = []
    for place, row in sample.cases().items():
        payable = "{amount} {currency}".format(**row["payable"]) if row["payable"] else "-"
        cells = (place, row["state"], row["level"] or "-", payable, row["reason"], " ".join(row["findings"]) or "-")
        lines.append("\t".join(cells) + "\n")
    golden("commands/sample-cases.tsv", "".join(lines))


def test_list_json_has_exactly_the_fields_of_the_contract(sample) -> None:
    rows = sample.done("list", "--json").json
    assert len(rows) == 21
    assert {tuple(row) for row in rows} == {tuple(LISTED)}
    for row in rows:
        assert set(row["source"]) == {"file", "index", "sheet"}
        assert all(isinstance(code, str) for code in row["findings"])
        assert row["received_at"].endswith("Z")
        assert row["waiting_since"] == "2026-11-01T09:00:00Z"
        for name in ("requested", "eligible", "payable"):
            assert row[name] is None or list(row[name]) == ["amount", "currency"]


def test_money_is_text_with_the_decimals_of_its_currency(sample) -> None:
    row = sample.cases()["requests.csv:2"]
    assert row["requested"] == {"amount": "120.00", "currency": "USD"}
    assert row["eligible"] == {"amount": "138.56", "currency": "USD"}
    assert sample.cases()["requests.csv:12"]["payable"] == {"amount": "0.00", "currency": "USD"}
    assert sample.cases()["requests.csv:15"]["payable"] is None
    assert sample.cases()["requests.csv:9"]["requested"] is None


def test_jsonl_says_the_same_one_case_a_line(sample) -> None:
    assert sample.done("list", "--jsonl").jsonl == sample.done("list", "--json").json


def test_the_screen_shows_fifty_and_scripts_get_all(shop) -> None:
    rows = "".join(f"2026-09-01T10:00:00Z,C-1001,INV-24119,other,ref {n}\n" for n in range(60))
    shop("import", shop.write("many.csv", "received_at,customer_id,invoice,reason,external_ref\n" + rows))
    said = shop.done("list")
    assert len(said.out.splitlines()) == 51
    assert "the first 50 of 60" in said.err
    assert len(shop.done("list", "--all").out.splitlines()) == 61
    assert len(shop.done("list", "--json").json) == 60
    assert len(shop.done("list", "--jsonl").jsonl) == 60


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (["--state", "review"], {12, 13, 15, "mbox:7", "mbox:8"}),
        (["--state", "awaiting", "--level", "manager"], {10, 11}),
        (["--reason", "sla-breach", "--state", "approved"], {2, "mbox:2"}),
        (["--customer", "C-1003"], {10, 14}),
        (["--since", "2026-10-12", "--state", "review"], {15, "mbox:7", "mbox:8"}),
        (["--level", "lead"], {8, 9, 14}),
        (["--state", "paid"], set()),
    ],
)
def test_filters_narrow_the_list(sample, filters: list[str], found: set[object]) -> None:
    wanted = {f"requests.{f}" if isinstance(f, str) else f"requests.csv:{f}" for f in found}
    assert set(places(sample.done("list", "--json", *filters))) == wanted


def test_mine_is_what_i_may_decide(sample) -> None:
    lena = set(places(sample.done("list", "--json", "--mine", user="lena")))
    assert "requests.csv:8" in lena
    assert "requests.csv:10" not in lena
    assert "requests.csv:10" in places(sample.done("list", "--json", "--mine", user="max"))
    for user in ("okello", "ann", "carl"):
        assert places(sample.done("list", "--json", "--mine", user=user)) == []


def test_a_day_that_is_none_is_2(sample) -> None:
    said = sample("list", "--since", "soon")
    assert (said.status, said.out) == (2, "")


def test_the_list_on_screen_is_a_table(sample, told) -> None:
    told("commands/list-review.txt", sample, sample("list", "--state", "review"))
    assert sample("list", "--state", "paid").out == ""


@pytest.mark.parametrize(
    ("name", "place"),
    [("labour", "requests.csv:8"), ("restocking", "requests.csv:5"), ("foreign-currency", "requests.csv:11"),
     ("from-a-mail", "requests.mbox:2")],
)  # fmt: skip
def test_show_explains_the_calculation(sample, told, name: str, place: str) -> None:
    told(f"commands/show-{name}.txt", sample, sample("show", sample.id(place)))


def test_show_json_has_every_figure_of_the_calculation(sample) -> None:
    found = sample.done("show", sample.id("requests.csv:5"), "--json").json
    assert [n for n in LISTED if n not in found] == []
    figures = found["calculation"]
    assert {n: figures[n]["amount"] for n in ("paid", "refunded", "refundable", "formula", "eligible", "requested", "payable")} == {
        "paid": "342.07", "refunded": "0.00", "refundable": "342.07", "formula": "173.90", "eligible": "173.90",
        "requested": "189.00", "payable": "173.90",
    }  # fmt: skip
    (line,) = [x for x in figures["lines"] if x["kind"] == "part"]
    assert {n: line[n]["amount"] for n in ("payable_net", "payable_tax", "restocking")} == {
        "payable_net": "160.65", "payable_tax": "13.25", "restocking": "28.35",
    }  # fmt: skip
    assert "15 % restocking" in line["calculation"]
    assert found["findings"][0].keys() == {"code", "severity", "text", "overridden_by", "override_reason"}
    assert len(found["policy"]) == 64
    route = sample.done("show", sample.id("requests.csv:11"), "--json").json["route"]
    assert (route["in_base"], route["rate"], route["rate_on"]) == (
        {"amount": "2988.20", "currency": "USD"}, "0.8562", "2026-10-30",
    )  # fmt: skip


def test_the_lines_of_a_calculation_add_up_to_what_is_payable(sample) -> None:
    from decimal import Decimal

    for place in ("requests.csv:2", "requests.csv:5", "requests.csv:8", "requests.csv:11", "requests.mbox:2"):
        found = sample.done("show", sample.id(place), "--json").json
        lines = found["calculation"]["lines"]
        given = sum(Decimal(x["payable_net"]["amount"]) + Decimal(x["payable_tax"]["amount"]) for x in lines)
        assert given == Decimal(found["payable"]["amount"]), place


def test_a_mail_shows_the_words_each_field_was_read_from_and_the_kept_original(sample) -> None:
    found = sample.done("show", sample.id("requests.mbox:2"), "--json").json
    assert "200,00" in found["evidence"]["amount"]
    assert "INV-24113" in found["evidence"]["invoice"]
    assert len(found["document"]) == 64


def test_a_case_can_be_named_by_the_beginning_of_its_id_in_any_letter_case(sample) -> None:
    case = sample.id("requests.csv:8")
    for typed in (
        case,
        case.lower(),
        case.replace("-", ""),
        case[3:],
        case[:9],
        case[3:9].lower(),
        case.replace("-", " "),
    ):
        assert sample.done("show", typed, "--json").json["id"] == case, typed


def test_an_unknown_or_ambiguous_beginning_is_refused(sample) -> None:
    ids = sorted(row["id"] for row in sample.cases().values())
    shared = next((a[3:4] for a, b in pairwise(ids) if a[3] == b[3]), None)
    for typed in ("RF-0O1I", "hello", "", *([shared] if shared else [])):
        said = sample("show", typed)
        assert (said.status, said.out) == (3, ""), typed
        assert "hint:" in said.err


def test_history_names_each_event_its_author_and_its_proof(sample, told) -> None:
    case = sample.id("requests.csv:13")
    sample.done("override", case, "reason-manual", "--reason", "agreed with Mia on the phone", user="lena")
    sample.done("approve", case, "--amount", "40.00", "--note", "half of it", user="leo")
    sample.done("revoke", case, "--reason", "wrong hour", user="max")
    sample.done("deny", case, "--reason", "the hour was used", user="lena")
    sample.done("reopen", case, "--reason", "it was not", user="leo")
    told("commands/history.txt", sample, sample("history", case))
    events = sample.done("history", case, "--json").json["events"]
    assert [e["by"] for e in events][:4] == ["carl", "lena", "lena", "leo"]
    assert all(set(e) == {"at", "by", "type", "text", "event", "seq"} for e in events)
    assert all(len(e["event"]) == 43 for e in events)


def test_reading_takes_no_key_and_no_role(sample) -> None:
    (sample.folder / "keys").rename(sample.folder / "away")
    for words in (["list"], ["show", sample.id("requests.csv:2")], ["history", sample.id("requests.csv:2")], ["export", "--list"],
                  ["policy", "show"], ["user", "list"], []):  # fmt: skip
        assert sample(*words, user="").status == 0, words


def test_json_puts_nothing_else_on_stdout(sample) -> None:
    case = sample.id("requests.csv:8")
    for words in (["list", "--json"], ["show", case, "--json"], ["history", case, "--json"], ["user", "list", "--json"],
                  ["doctor", "--json"], ["audit", "verify", "--json"], ["export", "--list", "--json"],
                  ["export", "hledger", "-o", "out", "--dry-run", "--json"]):  # fmt: skip
        assert isinstance(sample.done(*words).json, dict | list), words
    for words in (["list", "--jsonl"], ["import", "requests/requests.csv", "--jsonl"], ["assess", "--jsonl"],
                  ["approve", case, "--jsonl", "--dry-run"], ["import", "--rejected", "--jsonl"]):  # fmt: skip
        assert all(isinstance(x, dict) for x in sample(*words).jsonl), words


def test_the_customer_shown_is_the_customer_filtered_by(sample) -> None:
    assert sample.cases()["requests.csv:15"]["customer_id"] == "C-1077"
    assert places(sample.done("list", "--json", "--customer", "C-1077")) == ["requests.csv:15"]


@pytest.mark.parametrize("wrong", [("--state", "waiting"), ("--reason", "sla"), ("--level", "boss")])
def test_a_filter_word_that_means_nothing_is_2_and_names_the_words_there_are(sample, wrong: tuple[str, str]) -> None:
    said = sample("list", *wrong)
    assert (said.status, said.out) == (2, "")
    assert wrong[1] in said.err


@pytest.mark.parametrize("what", ["--rebuild", "--compare"])
def test_doctor_answers_in_json_when_asked_to(sample, what: str) -> None:
    assert isinstance(sample.done("doctor", what, "--json").json, dict)


def test_since_is_a_day_in_the_shops_time_zone(cli) -> None:
    cli.done("init", "--company", "X", "--base", "USD", "--user", "ada", "--time-zone", "America/Chicago", user="")
    cli("import", cli.write("late.csv", "received_at,customer_id,reason\n2026-09-01T03:00:00Z,C-1,goodwill\n"))
    assert cli.done("list", "--since", "2026-09-01", "--json").json == []

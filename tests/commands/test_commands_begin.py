"""The first minutes: beginning a store, the bare command, where options may stand, statuses of the contract."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BEGIN = ("init", "--company", "Small Shop", "--base", "USD", "--user", "ada")


def test_on_an_empty_machine_the_bare_command_says_how_to_begin(cli, told) -> None:
    told("commands/bare-empty.txt", cli, cli(user=""))


def test_the_bare_command_shows_what_waits_and_the_next_command_for_each(sample, told) -> None:
    sample("import", sample.write("more.csv", "customer_id,invoice,amount\nC-1001,INV-24109,12x\n"), user="carl")
    told("commands/bare-work.txt", sample, sample())


def test_the_bare_command_on_a_shop_without_cases_says_how_requests_come_in(shop) -> None:
    said = shop.done()
    assert "refundkit import" in said.out
    assert "nothing waits" in said.out


def test_init_makes_a_store_a_policy_and_a_key_that_can_sign(cli) -> None:
    said = cli.done(*BEGIN, "--json", user="").json
    assert set(said) == {"store", "policy", "ledger", "user", "keys", "recovery_code"}
    assert (cli.folder / said["policy"]).read_text(encoding="utf-8").count('company = "Small Shop"') == 1
    if os.name == "posix":
        assert stat.S_IMODE(cli.store.stat().st_mode) == 0o600
    assert said["recovery_code"] not in cli.done("policy", "show").out
    cli.done("user", "add", "lena", "--role", "lead")
    assert cli.done("audit", "verify", "--json").json["verified"] is True


def test_init_twice_is_refused_and_harms_nothing(cli) -> None:
    cli.done(*BEGIN, user="")
    before = cli.store.read_bytes()
    said = cli(*BEGIN, user="")
    assert (said.status, said.out) == (3, "")
    assert cli.store.read_bytes() == before


@pytest.mark.parametrize(
    "wrong",
    [("--base", "ABC"), ("--user", "a/b"), ("--user", ""), ("--time-zone", "Mars"), ("--company", " ")],
    ids="=".join,
)
def test_init_with_a_word_that_means_nothing_is_2_and_leaves_no_file(cli, wrong: tuple[str, str]) -> None:
    given = dict(zip(BEGIN[1::2], BEGIN[2::2], strict=True)) | dict([wrong])
    said = cli("init", *(part for pair in given.items() for part in pair), user="")
    assert said.status == 2
    assert [p.name for p in cli.folder.iterdir() if p.name != "keys"] == []


def test_every_command_says_where_a_store_is_missing(cli) -> None:
    for words in (["list"], ["show", "RF-2222"], ["approve", "RF-2222"], ["export", "hledger"], ["audit", "verify"],
                  ["assess"], ["user", "list"], ["policy", "show"], ["doctor"]):  # fmt: skip
        said = cli(*words)
        assert (said.status, said.out) == (3, ""), words
        assert "refundkit init" in said.err, words
    assert list(cli.folder.iterdir()) == []


def test_store_as_and_now_may_stand_anywhere(shop) -> None:
    given = ("--store", "shop.db", "--as", "lena", "--now", "2026-11-01T09:00:00Z")
    lines = [shop.bare(*given, "list", "--json"), shop.bare("list", *given, "--json"), shop.bare("list", "--json", *given),
             shop.bare("list", "--store=shop.db", "--as=lena", "--json", "--now=2026-11-01T09:00:00Z")]  # fmt: skip
    assert {(said.status, said.out) for said in lines} == {(0, lines[0].out)}
    assert shop.bare("user", "add", "zoe", "--store", "shop.db", "--role", "lead", "--as", "ada").status == 0


def test_what_stands_after_a_lone_double_dash_is_no_option(shop) -> None:
    said = shop.bare("--store", "shop.db", "show", "--", "--as")
    assert said.status == 3
    assert "there is no case '--as'" in said.err


def test_store_as_and_now_may_come_from_the_environment(sample, monkeypatch) -> None:
    monkeypatch.setenv("REFUNDKIT_STORE", "shop.db")
    monkeypatch.setenv("REFUNDKIT_USER", "lena")
    monkeypatch.setenv("REFUNDKIT_NOW", "2026-11-03T10:00:00Z")
    case = sample.id("requests.csv:8")
    assert sample.bare("approve", case).status == 0
    last = sample.bare("history", case, "--json").json["events"][-1]
    assert (last["by"], last["at"]) == ("lena", "2026-11-03T10:00:00Z")


def test_an_option_on_the_line_beats_the_environment(shop, monkeypatch) -> None:
    monkeypatch.setenv("REFUNDKIT_STORE", "elsewhere.db")
    monkeypatch.setenv("REFUNDKIT_USER", "nobody")
    assert shop("assess", user="lena").status == 0


def test_a_folder_as_store_means_the_refundkit_db_in_it(cli) -> None:
    (cli.folder / "here").mkdir()
    assert cli.bare("--store", "here", "--now", cli.now, *BEGIN).status == 0
    assert (cli.folder / "here" / "refundkit.db").is_file()
    assert cli.bare("--store", "here", "list", "--json").json == []


def test_with_one_key_on_the_machine_nobody_need_say_who_acts(cli) -> None:
    cli.done(*BEGIN, user="")
    assert cli("policy", "adopt", user="").status == 0
    cli.done("user", "add", "lena", "--role", "lead")
    said = cli("policy", "adopt", user="")
    assert said.status == 2
    assert "--as" in said.err


def test_a_given_time_is_refused_on_a_store_of_the_real_clock(cli) -> None:
    cli.done(*BEGIN, user="", now="")
    assert cli("list").status == 3
    assert cli("list", now="").status == 0


def test_events_under_a_given_time_say_so_in_the_audit_document(sample) -> None:
    """The store was begun with --now: whoever is handed a document of it is told."""
    pytest.importorskip("weasyprint", reason="PDFs need WeasyPrint", exc_type=(ImportError, OSError))
    sample.done("audit", "pdf", sample.id("requests.csv:2"), "-o", "out")
    (path,) = (sample.folder / "out").iterdir()
    assert any("simulated" in w for w in sample.done("audit", "verify", path, "--json").json["warnings"]) or (
        "simulated" in "".join(page for page in _pages(path))
    )


def _pages(path: Path) -> list[str]:
    from pypdf import PdfReader

    return [page.extract_text() for page in PdfReader(path).pages]


@pytest.mark.parametrize(("typed", "meant"), [("lst", "list"), ("aprove", "approve"), ("exports", "export")])
def test_an_unknown_command_is_answered_with_the_one_that_was_meant(cli, typed: str, meant: str) -> None:
    said = cli.bare(typed)
    assert (said.status, said.out) == (2, "")
    assert f"'{meant}'" in said.err


def test_every_command_has_help_that_begins_with_its_line_in_the_list(cli) -> None:
    from refundkit.cli import COMMANDS

    listing = cli.bare("--help").out
    for name, entry in COMMANDS.items():
        said = cli.bare(name, "--help")
        assert said.status == 0
        assert entry.help in said.out, name
        assert name in listing
    assert cli.bare("--version").out.startswith("refundkit ")


def test_a_writing_command_can_be_tried_without_writing(cli) -> None:
    """`init`, `demo` and the copy of a document are their own undoing: what they make can be thrown away."""
    for words in (["records"], ["import"], ["assess"], ["approve"], ["deny"], ["amend"], ["override"], ["withdraw"],
                  ["reopen"], ["revoke"], ["export"], ["policy", "adopt"], ["user", "add"]):  # fmt: skip
        assert "--dry-run" in cli.bare(*words, "--help").out, words


def test_output_has_no_colour_and_no_control_characters_off_a_terminal(sample, monkeypatch) -> None:
    for setting in ("1", None):
        monkeypatch.delenv("NO_COLOR", raising=False)
        if setting:
            monkeypatch.setenv("NO_COLOR", setting)
        for words in ([], ["list"], ["show", sample.id("requests.csv:2")], ["--help"], ["lst"]):
            said = sample(*words)
            assert "\x1b" not in said.out + said.err


def test_control_characters_of_a_request_are_shown_and_never_sent_to_the_terminal(shop) -> None:
    text = 'received_at,customer_id,invoice,description\n2026-10-01,C-1001,INV-24119,"a\u202e\x85b\u200f"\n'
    shop("import", shop.write("odd.csv", text))
    out = shop.done("show", shop.id("odd.csv:2")).out
    assert not {"\u202e", "\x85", "\u200f"} & set(out)
    assert "\\u202e" in out


def test_an_interrupted_command_ends_with_130_and_writes_nothing(sample, monkeypatch) -> None:
    from refundkit.workflow import decisions

    before = sample.events()

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(decisions.gate, "at_level", interrupted)
    said = sample("approve", sample.id("requests.csv:8"), user="lena")
    assert said.status == 130
    assert sample.events() == before


def test_an_unexpected_failure_is_two_lines_and_no_traceback(sample, monkeypatch) -> None:
    from refundkit.workflow import reading

    monkeypatch.setattr(reading, "listed", lambda *_: 1 // 0)
    said = sample("list")
    assert (said.status, said.out) == (1, "")
    assert "Traceback" not in said.err
    assert "REFUNDKIT_TRACE" in said.err
    assert len(said.err.splitlines()) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    ["list --json", "list --jsonl"],
)
def test_a_reader_that_goes_away_is_no_error(sample, words: str) -> None:
    """As in `refundkit list --json | head -1`, with more output than a pipe holds back."""
    rows = "".join(f"2026-09-01T10:00:00Z,C-1001,INV-24119,other,ref {n}\n" for n in range(400))
    sample("import", sample.write("many.csv", "received_at,customer_id,invoice,reason,external_ref\n" + rows))
    environment = os.environ | {"PYTHONPATH": str(ROOT), "REFUNDKIT_KEYS": str(sample.folder / "keys")}
    line = f"{sys.executable} -m refundkit --store shop.db {words} | head -1 >/dev/null; echo ${{PIPESTATUS[0]}}"
    got = subprocess.run(
        ["bash", "-c", line], cwd=sample.folder, env=environment, capture_output=True, text=True, check=True
    )
    assert (got.stdout.strip(), got.stderr.strip()) == ("0", "")


def test_a_dry_run_of_init_makes_nothing(cli) -> None:
    said = cli.done("init", "--company", "X", "--base", "USD", "--user", "ada", "--dry-run", user="")
    assert "nothing was made" in said.err
    assert not list(cli.folder.glob("*.db"))
    assert not list(cli.folder.glob("*.toml"))

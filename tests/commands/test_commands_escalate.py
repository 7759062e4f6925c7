"""`escalate` as a person and cron meet it: who is told what, what the screens say afterwards, and the lines to install it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys

import pytest

from refundkit.commands import schedules

CASE = "requests.csv:8"
DAY, FIFTH = "2026-11-02T09:30:00Z", "2026-11-06T09:30:00Z"


def test_it_prints_for_each_person_what_waits_and_says_nothing_twice(sample, told) -> None:
    told("commands/escalate.txt", sample, sample("escalate", user="carl", now=DAY))
    again = sample.done("escalate", user="lena", now=DAY)
    assert again.out == "no reminder is due\n"
    told("commands/escalate-outbox.txt", sample, sample("escalate", "--outbox", user="ann", now=DAY))


def test_a_late_run_reminds_once_and_lets_a_manager_decide(sample, told) -> None:
    told("commands/escalate-late.txt", sample, sample("escalate", user="carl", now=FIFTH))
    told("commands/show-went-up.txt", sample, sample("show", sample.id(CASE), now=FIFTH))
    told("commands/history-went-up.txt", sample, sample("history", sample.id(CASE), now=FIFTH))
    waits = sample.done("list", "--mine", "--json", user="lena", now=FIFTH).json
    assert waits == []
    mine = sample.done("list", "--mine", "--json", user="max", now=FIFTH).json
    assert {row["level"] for row in mine} == {"manager"}
    bare = sample.done(now=FIFTH).out
    assert "wait for a manager" in bare
    assert "wait for a lead" not in bare
    assert "reminder" not in bare


def test_the_bare_command_says_that_reminders_are_due(sample) -> None:
    assert "reminder" not in sample.done().out
    said = sample.done(now=DAY).out
    assert "10  are due a reminder" in said
    assert "refundkit escalate" in said


def test_a_dry_run_says_what_would_be_written(sample) -> None:
    before = sample.events()
    said = sample.done("escalate", "--dry-run", user="carl", now=DAY)
    assert "would be reminded of" in said.out
    assert sample.events() == before
    assert sample.done("escalate", "--outbox", now=DAY).out == "no digest waits to be sent\n"


def test_json_has_every_reminder_and_every_digest(sample) -> None:
    said = sample.done("escalate", "--json", user="carl", now=FIFTH).json
    assert set(said) == {"at", "digests", "reminders"}
    reminder = next(r for r in said["reminders"] if r["case"] == sample.id(CASE))
    assert reminder | {"event": ""} == {
        "case": sample.id(CASE), "slot": 5, "due_at": "2026-11-06T09:00:00Z", "waiting_since": "2026-11-01T09:00:00Z",
        "state": "awaiting", "decide_level": "manager", "raises": True, "to": ["ada", "lena", "leo", "max", "mona"],
        "payable": {"amount": "912.00", "currency": "USD"}, "reason": "incomplete-service", "customer_id": "C-1006",
        "event": "",
    }  # fmt: skip
    digest = next(d for d in said["digests"] if d["user"] == "lena")
    assert digest["name"] == "Lena Ortiz"
    assert sample.id(CASE) in digest["cases"]
    lying = sample.done("escalate", "--outbox", "--json", now=FIFTH).json
    assert {d["digest"] for d in said["digests"]} == {d["digest"] for d in lying}
    shown = sample.done("show", sample.id(CASE), "--json", now=FIFTH).json
    assert [(r["slot"], r["raises"], r["at"]) for r in shown["reminders"]] == [(5, True, "2026-11-06T09:30:00Z")]
    assert shown["raised_at"] == "2026-11-06T09:30:00Z"
    assert shown["route"]["decide_level"] == "manager"


def test_who_said_yes_when_and_how_long_it_had_waited_can_be_read(sample) -> None:
    sample.done("approve", sample.id(CASE), user="lena", now="2026-11-01T15:00:00Z")
    shown = sample.done("show", sample.id(CASE), "--json", now=DAY).json
    assert shown["waiting_since"] == "2026-11-01T09:00:00Z"
    assert (shown["approved"]["by"], shown["approved"]["at"]) == ("lena", "2026-11-01T15:00:00Z")
    assert shown["approvals"] == [shown["approved"]]
    small = sample.done("show", sample.id("requests.csv:2"), "--json", now=DAY).json
    assert (small["approved"]["by"], small["approved"]["at"]) == (None, "2026-11-01T09:00:00Z")


def test_when_everybody_stands_in_a_case_it_says_so(cli, told) -> None:
    """A shop of one: whoever asks for money cannot give it to themselves."""
    cli.done("init", "--company", "Small Shop", "--base", "USD", "--user", "ada", user="")
    cli.done("log", "--requested-by", "a friend", "--for", "other", "--amount", "5", "--currency", "USD")
    cli.done("assess")
    told("commands/escalate-nobody.txt", cli, cli("escalate", now=DAY))
    (case,) = [row["id"] for row in cli.done("list", "--json", now=DAY).json]
    assert "reminder 1 to nobody: all stand in the case" in cli.done("history", case, now=DAY).out


# -- the lines to install it ------------------------------------------------------------------------------------------

STRANGE = '/srv/my shop/50 % off\'s "$HOME" \\ new/shop.db'
COMMAND = [sys.executable, "-m", "refundkit", "--store", STRANGE, "--as", "ada", "escalate"]


def test_the_lines_name_this_program_this_store_and_whoever_acts(sample) -> None:
    said = sample.done("escalate", "--install", user="carl").out
    assert (
        said.count(f"--store {sample.store} --as carl escalate") == 2
    )  # cron and PowerShell; systemd quotes each word
    for word in ("crontab -e", "OnCalendar=hourly", "Register-ScheduledTask", str(sys.executable)):
        assert word in said
    assert sample.done("escalate", "--outbox").out == "no digest waits to be sent\n"


def test_a_shell_started_by_cron_reads_every_word_of_a_strange_path_as_it_is() -> None:
    line = schedules.cron(COMMAND)
    words = line.split(" ", 5)
    assert words[:5] == ["7", "*", "*", "*", "*"]
    assert "%" not in line.replace("\\%", "")
    assert shlex.split(words[5].replace("\\%", "%"))[:-1] == COMMAND


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
@pytest.mark.parametrize("store", [STRANGE, "/srv/shop.db"])
def test_systemd_takes_the_two_files(tmp_path, store) -> None:
    command = [w if w != STRANGE else store for w in COMMAND]
    for name, text in (("service", schedules.service(command)), ("timer", schedules.timer())):
        (tmp_path / f"refundkit-escalate.{name}").write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True, text=True, check=False, env={**os.environ, "SYSTEMD_LOG_LEVEL": "warning"},
    )  # fmt: skip
    complaints = [line for line in done.stderr.splitlines() if "refundkit-escalate" in line]
    assert (done.returncode, complaints) == (0, []), done.stderr


def test_systemd_reads_every_word_of_a_strange_path_as_it_is() -> None:
    """By the rules of systemd.service(5): C escapes between double quotes, %% and $$ for % and $."""
    (line,) = [x for x in schedules.service(COMMAND).splitlines() if x.startswith("ExecStart=")]
    words = json.loads("[" + line.removeprefix("ExecStart=").replace('" "', '", "') + "]")
    assert [words[0], *(w.replace("$$", "$") for w in words[1:])] == [w.replace("%", "%%") for w in COMMAND]


def test_powershell_and_windows_read_every_word_of_a_strange_path_as_it_is() -> None:
    windows = [r"C:\Program Files\Python's\python.exe", "-m", "refundkit", "--store", r"C:\my shop\shop.db"]
    line = schedules.task(windows).splitlines()[0]
    assert r"-Execute 'C:\Program Files\Python''s\python.exe'" in line
    assert r"""-Argument '-m refundkit --store "C:\my shop\shop.db"'""" in line

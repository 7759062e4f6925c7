"""The lines that let a machine run `escalate` by itself: cron, a systemd timer, the Task Scheduler of Windows."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

from refundkit.errors import RefusedError


def lines(store: Path, user: str) -> str:
    """What to paste where, for this program, store and person. Any of the three is enough."""
    command = [sys.executable, "-m", "refundkit", "--store", str(store), "--as", user, "escalate"]
    if any(not word.isprintable() for word in command):
        raise RefusedError(
            "a path with a line break or another control character fits into no schedule",
            hint="give the file or its folder another name", where=repr(str(store)),
        )  # fmt: skip
    return f"""\
# Run it as often as you like: each reminder is written once. What it prints also lies in the outbox of the store.
# It signs with the key of {user}, and sees no variable of this shell: where no keyring is open at that hour, set
# REFUNDKIT_KEYRING_PASSPHRASE for the job, and REFUNDKIT_KEYS where your keys lie elsewhere.

# ---- cron: one line for 'crontab -e'
{cron(command)}

# ---- systemd: two files, then: systemctl --user enable --now refundkit-escalate.timer
# ~/.config/systemd/user/refundkit-escalate.service
{service(command)}
# ~/.config/systemd/user/refundkit-escalate.timer
{timer()}
# ---- Windows: paste into PowerShell
{task(command)}
"""


def cron(command: list[str]) -> str:
    """Every hour. A shell reads the words; cron itself takes a bare % for a line break."""
    return f"7 * * * * {shlex.join(command)} >/dev/null".replace("%", "\\%")


def service(command: list[str]) -> str:
    """What systemd starts. It reads backslashes, quotes, % and $ in its own way, and no $ in the program's own name."""
    program, *rest = [word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%") for word in command]
    words = " ".join(f'"{word}"' for word in [program, *(word.replace("$", "$$") for word in rest)])
    return f"[Unit]\nDescription=Reminders of refundkit\n\n[Service]\nType=oneshot\nExecStart={words}\n"


def timer() -> str:
    """When systemd starts it; what was missed while the machine was off is made up once."""
    return (
        "[Unit]\nDescription=Reminders of refundkit, every hour\n\n[Timer]\nOnCalendar=hourly\nPersistent=true\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )


def task(command: list[str]) -> str:
    """PowerShell takes text in single quotes as it is; the program gets its words as Windows splits them."""
    program, *rest = command
    said = f"-Execute {_single(program)} -Argument {_single(subprocess.list2cmdline(rest))}"
    return (
        f"$action = New-ScheduledTaskAction {said}\n"
        "$trigger = New-ScheduledTaskTrigger -Once -At (Get-Date) -RepetitionInterval (New-TimeSpan -Hours 1)\n"
        "$settings = New-ScheduledTaskSettingsSet -StartWhenAvailable\n"
        "Register-ScheduledTask -TaskName 'refundkit escalate' -Action $action -Trigger $trigger -Settings $settings"
    )


def _single(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

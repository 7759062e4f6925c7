"""Walks the sample shop through everything, in a folder of its own, with a clock of its own and keys of its own."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from refundkit.errors import OutsideError, RefusedError
from refundkit.model.words import State
from refundkit.workflow import (
    auditing,
    booking,
    decisions,
    demo_paying,
    intake,
    people,
    policy,
    reading,
    records,
    setup,
    verifying,
)
from refundkit.workflow.shop import Settings, Shop, open_shop

BEGIN: Final = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)
PASSPHRASE: Final = "demo"  # noqa: S105 - opens nothing but the demo's own keys
_MARKER: Final = ".refundkit-demo"
_OURS: Final = ("records", "requests", "books", "pay", "statements", "audit", "keys")


@dataclass
class Story:
    """What happened, chapter by chapter, and where everything lies."""

    folder: Path
    chapters: list[tuple[str, list[str]]] = field(default_factory=list)
    places: list[tuple[Path, str]] = field(default_factory=list)
    show: str = ""

    def tell(self, title: str, *lines: str) -> None:
        """Add a chapter."""
        self.chapters.append((title, list(lines)))


def run(folder: Path) -> Story:
    """Play the whole trip in a folder; a demo that is there already is begun anew."""
    _clear(folder)
    story = Story(folder)
    with _own_keys(folder):
        _copy_sample(folder)
        _begin(folder, story)
        _load(folder, story)
        _decide(folder, story)
        _book(folder, story)
        _pay(folder, story)
        _prove(folder, story)
    _leave_notes(folder, story)
    return story


def _clear(folder: Path) -> None:
    """Take away what an earlier demo made, and nothing else."""
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARKER).is_file():
        raise RefusedError(
            "this folder holds other things",
            hint="name an empty or a new folder: refundkit demo ./demo",
            where=str(folder),
        )
    for name in _OURS:
        shutil.rmtree(folder / name, ignore_errors=True)
    for path in folder.glob("shop.*"):
        path.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARKER).write_text("made by 'refundkit demo'; it may be made anew at any time\n", encoding="utf-8")


@contextmanager
def _own_keys(folder: Path) -> Iterator[None]:
    """Keep the demo's keys in its folder: this person's keyring is not touched."""
    ours = {"REFUNDKIT_KEYS": str(folder / "keys"), "REFUNDKIT_KEYRING_PASSPHRASE": PASSPHRASE}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _copy_sample(folder: Path) -> None:
    with as_file(files("refundkit.data") / "sample_shop") as sample:
        for kind, pattern in (("records", "*.csv"), ("requests", "requests.*")):
            (folder / kind).mkdir()
            for path in sorted(sample.glob(pattern)):
                if (kind == "requests") == path.name.startswith("requests."):
                    shutil.copyfile(path, folder / kind / path.name)


@contextmanager
def _as(folder: Path, user: str, minutes: int) -> Iterator[Shop]:
    shop = open_shop(Settings(folder / "shop.db", user, BEGIN + timedelta(minutes=minutes)))
    try:
        yield shop
    finally:
        shop.close()


def _begin(folder: Path, story: Story) -> None:
    settings = Settings(folder / "shop.db", now=BEGIN)
    setup.init(settings, company="Brightwater Field IT", base="USD", user="ada", name="Ada Marsh", time_zone="UTC")
    with _as(folder, "ada", 1) as shop:
        for user, role, name, technician in (
            ("lena", "lead", "Lena Ortiz", ""), ("max", "manager", "Max Feld", ""),
            ("carl", "accountant", "Carl Nwosu", ""), ("okello", "technician", "D. Okello", "T-03 Okello"),
        ):  # fmt: skip
            people.add(shop, user, [role], name=name, technician=technician)
    story.tell(
        "A shop begins",
        "Brightwater Field IT keeps its books in USD. Ada is admin, Lena a team lead, Max a manager, Carl the",
        "accountant, Okello a technician. Everybody signs with a key of their own.",
    )


def _load(folder: Path, story: Story) -> None:
    with _as(folder, "ada", 5) as shop:
        loaded = records.load(shop, [folder / "records"])
        report = intake.run(shop, [folder / "requests" / "requests.csv", folder / "requests" / "requests.mbox"])
    rows = sum(r.rows for r in loaded)
    states = ", ".join(f"{n} {s}" for s, n in sorted(report.states.items()))
    story.tell(
        "Records and requests come in",
        f"{rows} rows of customers, visits, invoices, payments and the like; a list and a mailbox with requests:",
        f"{sum(report.states.values())} cases ({states}); {report.counts.get('ignore', 0)} mail asks for no refund.",
        "'approved' so far means: small, proven by the records, approved by the policy itself.",
    )


def _decide(folder: Path, story: Story) -> None:
    lines = []
    for user, minutes, level in (("lena", 30, "lead"), ("max", 45, "manager")):
        with _as(folder, user, minutes) as shop:
            waiting = reading.listed(shop, {"state": State.AWAITING, "level": level})
            lines += [
                f"{user} {outcome.refused or f'approves {outcome.case}: {outcome.amount}'}"
                for outcome in decisions.approve(shop, [c["id"] for c in waiting])
            ]
    with _as(folder, "lena", 50) as shop:
        unproven = [c for c in reading.listed(shop, {"state": State.REVIEW}) if "reason-unproven" in c["findings"]]
        for case in unproven[:1]:
            decisions.deny(shop, [case["id"]], "the visit was within the agreed times")
            lines.append(f"lena denies {case['id']}: the records do not bear it out")
        left = reading.counted(shop, {"state": State.REVIEW})
        repeated = [c["id"] for c in reading.listed(shop, {"state": State.DUPLICATE})]
    lines.append(f"{left} cases still need a look; {', '.join(repeated)} repeat earlier ones and can never be paid")
    story.tell("People decide what is theirs to decide", *lines)


def _book(folder: Path, story: Story) -> None:
    with _as(folder, "carl", 60) as shop:
        done = booking.export(shop, "hledger", folder / "books")
        again = booking.export(shop, "hledger", folder / "books")
    story.tell(
        "Carl books",
        f"batch {done.batch}: {len(done.cases)} credit memos, {done.total}.",
        f"Exporting once more books {len(again.cases)}: a case is in exactly one batch.",
    )
    story.places += [(path, "for the accountant") for path in done.files]
    story.show = done.cases[0]


def _pay(folder: Path, story: Story) -> None:
    lines, case, files = demo_paying.play(folder, lambda minutes: _as(folder, "carl", minutes))
    story.tell("Carl pays, and statements say what became of it", *lines)
    story.places += files
    story.show = case or story.show


def _prove(folder: Path, story: Story) -> None:
    lines = []
    with _as(folder, "max", 70) as shop:
        case = story.show
        try:
            issued = auditing.issue(shop, case, folder / "audit")
        except OutsideError as err:
            lines.append(f"no audit document: {err.message}")
        else:
            story.places.append((issued.path, "everything about one case, sealed"))
            auditing.verify_file(issued.path)
            lines.append(f"the audit document of {case} is written, and verifies with no store at hand")
        verdict = verifying.verify(shop)
        policy.check(setup.policy_path(shop.store.path))
    lines.append(f"the ledger verifies: {verdict.events} signed events, {len(verdict.problems)} problems")
    story.tell("And a year later it can be proved", *lines)


def _leave_notes(folder: Path, story: Story) -> None:
    """A file to source, so that the next commands act on this demo."""
    here = folder.absolute()
    settings = {
        "REFUNDKIT_STORE": str(here / "shop.db"),
        "REFUNDKIT_KEYS": str(here / "keys"),
        "REFUNDKIT_KEYRING_PASSPHRASE": PASSPHRASE,
        "REFUNDKIT_NOW": f"{BEGIN + timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}",
    }
    quoted = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in settings.items())
    if shutil.which("refundkit") is None:
        quoted += f'export PATH={shlex.quote(str(Path(sys.executable).parent))}:"$PATH"\n'
    notes = folder / "shop.env"
    notes.write_text("# . this file, and refundkit works on the demo\n" + quoted, encoding="utf-8")
    story.places += [
        (folder / "shop.db", "the store: one file"),
        (folder / "shop.policy.toml", "the policy, to read and edit"),
        (notes, "settings for the commands below"),
    ]

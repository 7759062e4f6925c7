"""Two queues and three command lines decide on one store: each case is decided once, whoever is faster."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import small_shop
from command_line import inside

from refundkit.model.case import CaseEvent
from refundkit.store import cases, ledger
from refundkit.workflow import care, standing, verifying
from refundkit.workflow.shop import Shop

SCRIPT = Path(__file__).with_name("crowd.py")
CUSTOMERS = 300
CROWD = (("queue", "max"), ("queue", "lena"), ("commands", "mona,carl"), ("commands", "leo,tess"), ("commands", "ada"))

CASE = r"RF(?:-[0-9A-Z]{4}){3}"
WHO = r"[a-z]+"
REFUSED = [
    rf"{CASE} is \w+: '\w+' is not possible now",
    rf"{CASE} has changed since it was shown: .+",
    rf"{CASE} is held \(.+\)",
    rf"{CASE} is held for \w+ already, by {WHO}: .+",
    rf"{CASE} is not held",
    rf"a question about {CASE} waits for its answer \(.+\)",
    rf"this was asked about {CASE} already",
    rf"no question about {CASE} waits",
    rf"{WHO}(?: for {WHO})? has approved {CASE} already",
    rf"{WHO} has stopped {CASE}: taking it up again takes another person",
    rf"{CASE} takes a \w+ or above; {WHO} is .+",
    rf"{WHO} \([a-z, ]+\) may not .+",
    rf"(?:{CASE}: )?{WHO} (?:logged or amended this request|is named as its requester), and nobody decides a request .+",
    rf"{CASE} has findings that stand: .+",
    rf"{CASE} has no finding '[a-z-]+' to override",
    r"'[a-z-]+' blocks the case: overriding it takes a manager",
    rf"there is nothing to give back on {CASE}",
    rf"{CASE} has no known invoice to give back from",
    r"[\d.]+ USD is above the eligible [\d.]+ USD",
    r"an amount is above 0",
    r"what was (?:asked|overridden) stays on record",
    r"'.{1,40}' is (?:not an amount|no currency)",  # what is typed faster than a field opens ends up in the next one
]  # fmt: skip
"""Every sentence by which the rules or a faster person may refuse; anything else is a defect."""
AT_THE_QUEUE = [
    rf"{CASE}: (?:approved|denied|asked|overridden|held|assessed anew|taken back)\b.*\.",
    rf"Somebody was faster: {CASE} is \w+ now\.(?: Nothing was written\.)?",
    rf"Not (?:approved|denied|asked|overridden|held|assessed anew|taken back): (?:{'|'.join(REFUSED)})\. .+\.",
    rf"No longer marked, because it waits no more: {CASE}(?:, {CASE})*\.",
    rf"{CASE} is left as it is: .+\.",
    rf"{CASE} has no (?:finding to override|documents)\.",
    r"\d+ of \d+ approved\.",
    r"\d+ marked\. A approves \w+\.",
    r"Nothing is marked\.(?: Space marks a case\.)?",
    r"Nothing was decided here yet\.",
    rf"{CASE} is being decided; mark another\.",
    r"Another program keeps the store; waiting for it\. Nothing is lost\.",
]  # fmt: skip
KNOWN = {
    "queue": re.compile("|".join(AT_THE_QUEUE)),
    "commands": re.compile(rf"done|error: (?:{'|'.join(REFUSED)})"),
}


@pytest.fixture(scope="session")
def waiting(tmp_path_factory):
    """A shop in which some hundred cases of all kinds wait; lena stands in for max."""
    shop = small_shop.make(tmp_path_factory.mktemp("crowd") / "shop", customers=CUSTOMERS)
    draw = random.Random(11)
    request = small_shop.request
    shop.take_in(*(request(n) if n % 5 > 1 else request(n, "goodwill", f"{20 + n}.00") for n in range(CUSTOMERS)))
    shop.take_in(*small_shop.rows(draw, 60, CUSTOMERS))
    with shop.open("max") as opened:
        standing.name(opened, "lena", "", "2026-12-31")
    return shop


def work(shop: small_shop.SmallShop, seconds: float) -> dict[str, Counter[str]]:
    """Let the crowd work for so long; what each of its programs has said, by kind."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    crowd = [
        (what, subprocess.Popen(
            [sys.executable, str(SCRIPT), what, str(shop.folder), users, shop.now.isoformat(), str(seconds), str(seed + n)],
            env=shop.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ))
        for n, (what, users) in enumerate(CROWD)
    ]  # fmt: skip
    try:
        return heard_of(crowd, seconds, seed)
    finally:
        for _, process in crowd:  # where one has failed the others are still at work
            process.kill()
            process.communicate()


def heard_of(crowd: list[tuple[str, subprocess.Popen[str]]], seconds: float, seed: int) -> dict[str, Counter[str]]:
    """Send them off, wait until their time is up, and hold what they have said against what may be said."""
    for _, process in crowd:
        assert process.stdout.readline() == "ready\n", f"seed {seed}\n{process.stderr.read()[-3000:]}"
    for _, process in crowd:
        process.stdin.write("go\n")
        process.stdin.flush()
    said: dict[str, Counter[str]] = {"queue": Counter(), "commands": Counter()}
    for what, process in crowd:
        out, err = process.communicate(timeout=seconds + 120)
        assert (process.returncode, err) == (0, ""), f"seed {seed}, {what}\n{out[-3000:]}{err[-3000:]}"
        heard = json.loads(out.splitlines()[-1])
        print(what, heard["steps"])
        said[what].update(heard["said"])
    for what, sentences in said.items():
        strange = [text for text in sentences if not KNOWN[what].fullmatch(text)]
        assert strange == [], f"seed {seed}, {what}"
    return said


def decided(events: list[CaseEvent], shop: Shop) -> tuple[list[str], set[str]]:
    """The decisions of a case in the order of the ledger, and the states that it may be in after them.

    None was made when one stood that nobody had taken back. What nobody decided, or somebody took up again, the policy
    approves where its assessment says so; and the first yes of two outlasts a denial that was taken back.
    """
    made: list[str] = []
    stands, routed, yes = "", "", dict[str, dict[str, Any]]()
    for event in events:
        data, who = event.data, shop.org.user_of(event.core.writer)
        assert data is not None
        assessed = data.get("assessment")
        routed = assessed["state"] if isinstance(assessed, dict) else routed  # a decision names its assessment only
        match event.core.type:
            case "decision.approved":
                assert not stands, f"approved by {who}, though {stands}"
                yes[who] = data
                if agreed(yes, "amount", "rev", "assessment"):
                    stands = f"approved by {', '.join(yes)}"
                    made.append("approved")
            case "decision.denied" | "request.withdrawn":
                assert not stands, f"{event.core.type} by {who}, though {stands}"
                made.append(event.core.type.partition(".")[2])
                stands = f"{made[-1]} by {who}"
            case "case.reopened":
                stands = ""
            case "approval.revoked":
                stands, yes = "", {}
    waiting = {"awaiting", "review", "duplicate", routed} | ({"approved"} if agreed(yes, "amount") else set())
    return made, {stands.split()[0]} if stands else waiting


def agreed(yes: dict[str, dict[str, Any]], *on: str) -> bool:
    """Whether as many people as it takes have said yes to the same."""
    said = Counter(tuple(data[name] for name in on) for data in yes.values())
    return any(said[tuple(data[name] for name in on)] >= data["needs"] for data in yes.values())


def check(shop: small_shop.SmallShop) -> Counter[str]:
    """Decided once each, tables as the ledger says, no invoice gives back more than was paid; decisions made, by kind."""
    ended = inside(shop, "audit", "verify")
    assert ended.status == 0, ended.said
    found: Counter[str] = Counter()
    with shop.open() as opened:
        assert care.differences(opened) == []
        assert verifying.verify(opened).problems == []
        for (key,) in opened.store.rows("SELECT key FROM cases"):
            events = ledger.case_events(opened.store, key)
            made, states = decided(events, opened)
            found.update(made)
            assert cases.row_of(opened.store, key)["state"] in states, "\n".join(
                f"{opened.org.user_of(e.core.writer)} {e.core.type} {e.data}" for e in events
            )
        for invoice, given, paid in opened.store.rows(
            "SELECT invoice, sum(payable_minor), (SELECT sum(amount_minor) FROM rec_payments p WHERE p.invoice = c.invoice)"
            " FROM cases c WHERE invoice <> '' AND state = 'approved' GROUP BY 1"
        ):
            assert given <= paid, f"{invoice} gives back {given} of {paid}"
    return found


@pytest.mark.slow
def test_two_queues_and_three_command_lines_for_two_minutes(waiting, tmp_path):
    shop = waiting.copy(tmp_path / "shop")
    said = work(shop, 120)
    made = check(shop)
    faster = sum(n for text, n in said["queue"].items() if text.startswith("Somebody was faster"))
    late = sum(n for text, n in said["commands"].items() if text.endswith("is not possible now"))
    print(f"{dict(made)}; somebody was faster {faster} times at the queues, {late} times at the command lines")
    assert faster + late > 20 < min(made["approved"], made["denied"]), "too little happened: the test is blind"

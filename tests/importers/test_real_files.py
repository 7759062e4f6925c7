"""A collection of public mails, mailboxes, lists and workbooks, most of them from bug reports, read as an import would.

The collection is not part of this repository: without it beside the repository these tests are skipped.
"""

import json
import os
import subprocess
import sys
import warnings
from collections import defaultdict
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from refundkit.importers.extract.shop import ShopWords
from refundkit.importers.mail import reader
from refundkit.importers.mail.message import read_message
from refundkit.importers.mail.newtext import take_apart
from refundkit.importers.registry import ShopFacts, read_file
from refundkit.importers.tabular.rows import open_table
from refundkit.model.requests import Draft, Ignored

REAL = next((p / "shared/data/real" for p in Path(__file__).parents if (p / "shared/data/real").is_dir()), Path("none"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not REAL.is_dir(), reason="shared/data/real, the collection of public files, is not here"),
]
WORDS = ShopWords("USD", ZoneInfo("America/Chicago"))
FACTS = ShopFacts("USD", ZoneInfo("America/Chicago"), datetime(2026, 9, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def results():
    """{file: (seconds of work, what was raised, readings)} of every file there is, read with limits in another process."""
    files = [str(path) for path in sorted(REAL.rglob("*")) if path.is_file()]
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("read_apart.py")], input="\n".join(files), text=True,
        stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}, check=True,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == len(files)
    return {str(Path(name).relative_to(REAL)): rest for name, *rest in lines}


def test_no_file_raises_hangs_or_takes_a_gigabyte(results):
    assert {name: raised for name, (_, raised, _) in results.items() if raised} == {}
    assert {name: seconds for name, (seconds, _, _) in results.items() if seconds > 10} == {}
    assert len(results) > 700


def test_everything_that_is_no_clean_request_has_its_reason(results):
    assert [name for name, (_, _, found) in results.items() if not found] == [], "a file ends as nothing at all"
    kinds = defaultdict(int)
    for _, _, found in results.values():
        for kind, _, why, _ in found:
            kinds[kind] += 1
            assert kind == "Draft" or len(why) > 5
    assert kinds["Ignored"] > 300
    assert kinds["Reject"] > 200


def test_no_text_is_lost_to_a_charset(results):
    """What is shown as U+FFFD stood so in the file, or the file is damaged there."""
    for name, (_, _, found) in results.items():
        if any("\ufffd" in words for *_, words in found) and name != "mail/flanker/enclosed-broken-body.eml":
            assert b"\xef\xbf\xbd" in (REAL / name).read_bytes(), name


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("mimekit/unmunged.mbox.txt", 2),
        ("mimekit/simple.mbox.txt", 3),
        ("mimekit/content-length-summary.txt", 29),
        ("mimekit/issue1189.mbox.txt", 4),
        ("mime4j/mbox.rlug", 5),
    ],
)
def test_a_mailbox_has_its_known_number_of_messages(results, name, number):
    _, _, found = results[f"mbox/{name}"]
    assert sorted({index for _, index, _, _ in found}) == list(range(1, number + 1))


def test_a_mailbox_is_what_its_messages_are_one_by_one():
    box = (REAL / "mbox/mime4j/mbox.rlug").read_bytes()
    whole = [r.words for r in reader.read_mail("box", box, "mbox", WORDS)]
    ones = [(REAL / f"mbox/mime4j/mbox.rlug-{n}").read_bytes() for n in range(5)]
    assert whole == [r.words for data in ones for r in reader.read_mail("one", data, "eml", WORDS)]


def test_twins_with_other_line_ends_are_the_same_requests():
    def said(data: bytes, kind: str):
        for reading in reader.read_mail("twin", data, kind, WORDS):
            if isinstance(reading, Draft):
                yield reading.index, reading.received_at, reading.customer_email, reading.amount, reading.description
            else:
                yield reading.index, reading.why if isinstance(reading, Ignored) else reading.problem, reading.words

    seen = 0
    for path in sorted([*(REAL / "mail").rglob("*"), *(REAL / "mbox").rglob("*")]):
        data = path.read_bytes() if path.is_file() and "replies" not in path.parts else b""
        kind = reader.identify(data)
        if kind and b"\r" not in data:
            assert list(said(data, kind)) == list(said(data.replace(b"\n", b"\r\n"), kind)), path
            seen += 1
    assert seen > 100


def test_subject_and_sender_are_those_that_pythons_own_reader_finds_or_better():
    """Where they differ, ours is the better one: raw bytes in a charset, a block cut early, Reply-To for From."""
    subjects, senders = set(), set()
    for path in sorted((REAL / "mail").rglob("*")):
        data = path.read_bytes() if path.is_file() and "replies" not in path.parts else b""
        if reader.identify(data) != "eml":
            continue
        ours = read_message(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = message_from_bytes(data, policy=policy.default)
            subject = " ".join(str(theirs["subject"] or "").split())[:1000].strip()
            found = theirs["from"].addresses if theirs["from"] else ()
            sender = found[0].addr_spec if found else ""
        if subject != ours.subject.strip():
            subjects.add(path.name)
        if sender != ours.sender()[1]:
            senders.add(path.name)
    assert subjects <= {
        "long-header.eml", "mailformed-headers.eml", "broken-headers.eml", "invalid_subject_characters.eml",
        "raw_email_incorrect_header.eml", "example13.eml", "feedback-report.txt",
    }  # fmt: skip
    assert senders <= {
        "mix_caps_content_type.eml", "raw_email_incorrect_header.eml", "utf8_headers.eml", "email_address.eml",
        "issue-275.eml", "issue-40.eml", "issue-462.eml", "references.eml",
    }  # fmt: skip


def test_the_new_text_of_replies_is_cut_as_a_public_set_expects():
    """52 of 64 exactly. Others keep quotes or a name under a closing in place, which are set apart here; one is a forward."""
    folder = REAL / "mail/replies/email_reply_trimmer"
    right = 0
    for path in sorted((folder / "emails").iterdir()):
        wanted = (folder / "trimmed" / path.name).read_text(encoding="utf-8")
        right += " ".join(take_apart(path.read_text(encoding="utf-8")).new.split()) == " ".join(wanted.split())
    assert right >= 52


def test_rows_are_cut_as_a_public_set_expects():
    """All but one, whose expected telephone number is another than that in the file."""
    folder, wrong = REAL / "csv/csv-spectrum", []
    for path in sorted((folder / "csvs").iterdir()):
        table = open_table(path, path.name)
        found = [dict(zip(table.headings, row, strict=True)) for _, row in table.rows()]
        wanted = json.loads(
            (folder / "json" / f"{path.stem}.json").read_text(encoding="utf-8").replace("\\r\\n", "\\n")
        )
        wrong += [path.name] if found != wanted else []
    assert wrong == ["location_coordinates.csv"]


def test_odd_workbooks_are_opened_and_the_two_that_cannot_be_say_why(results):
    refused = {}
    for name, (_, _, found) in results.items():
        if name.startswith("csv/calamine/") and any("damaged" in why or "password" in why for _, _, why, _ in found):
            refused[Path(name).name] = found[0][2]
    assert set(refused) == {"issue252.xlsx", "pass_protected.xlsx"}
    assert "locked by a password" in refused["pass_protected.xlsx"]
    assert "cannot be opened (repair it" in refused["issue252.xlsx"]


def test_an_export_of_headings_only_is_read_or_refused_by_its_headings():
    for path in sorted((REAL / "headings/header_only").iterdir()):
        (found,) = read_file(path, path.name, FACTS)
        why = found.why if isinstance(found, Ignored) else found.problem
        assert why.startswith(("It is a list without", "has no column", "looks like", "is "))

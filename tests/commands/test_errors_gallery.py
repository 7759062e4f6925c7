"""Every kind of refusal as a person reads it: what is wrong, where, and what to do next. The texts were read before kept."""

from __future__ import annotations

import inspect
import io
import os
import platform
import re
import sqlite3
import sys
from collections.abc import Callable
from typing import Any

import pytest

from refundkit import errors

HEAD = "payment_id,invoice,paid_on,amount,currency,method,reference"
REQUESTS = (
    "received_at,channel,customer_id,customer_email,service_order,invoice,amount,currency,reason,description,requested_by,"
    "external_ref"
)
OWN = "received_at,customer_id,invoice,amount,reason,requested_by\n2026-10-20,C-1003,INV-24121,20.00,goodwill,Lena Ortiz\n"


def _records(name: str, text: str | bytes) -> Callable[[Any], Any]:
    return lambda c: c("records", c.write(name, text))


def _import(name: str, text: str | bytes) -> Callable[[Any], Any]:
    return lambda c: c("import", c.write(name, text))


def _policy(*changes: tuple[str, str]) -> Callable[[Any], Any]:
    def run(c: Any) -> Any:
        text = (c.folder / "shop.policy.toml").read_text(encoding="utf-8")
        for before, after in changes:
            assert before in text
            text = text.replace(before, after, 1)
        return c("policy", "check", c.write("policy.toml", text))

    return run


def _adopt(*more: str) -> Callable[[Any], Any]:
    """Adopt a policy of which two examples fail."""

    def run(c: Any) -> Any:
        text = (c.folder / "shop.policy.toml").read_text(encoding="utf-8")
        return c(
            "policy", "adopt", c.write("policy.toml", text.replace("auto_below = 500 ", "auto_below = 600 ")), *more
        )

    return run


def _decide(name: str, row: int, *rest: str, user: str = "lena") -> Callable[[Any], Any]:
    return lambda c: c(name, c.id(f"requests.csv:{row}"), *rest, user=user)


def _own_request(c: Any) -> Any:
    c("import", c.write("own.csv", OWN), user="carl")
    return c("approve", c.id("own.csv:2"), user="lena")


def _technician(c: Any) -> Any:
    c.done("user", "add", "tina", "--role", "manager", "--technician", "T-02 Ferreira")
    return c("approve", c.id("requests.csv:8"), user="tina")


def _moved(c: Any) -> Any:
    c.done(
        "records",
        c.write(
            "refunds.csv",
            "refund_id,invoice,refunded_on,amount,currency,reference\nR-9,INV-24110,2026-10-30,1600.00,USD,\n",
        ),
    )
    return c("approve", c.id("requests.csv:8"), user="lena")


def _held(c: Any) -> Any:
    c.done("hold", c.id("requests.csv:8"), "--kind", "fraud", "--reason", "the card was stolen", user="okello")
    return c("approve", c.id("requests.csv:8"), user="max")


def _asked(c: Any) -> Any:
    c.done("ask", c.id("requests.csv:8"), "--question", "which visit was it?", user="lena")
    return c("approve", c.id("requests.csv:8"), user="max")


def _reopened(c: Any) -> Any:
    c.done("deny", c.id("requests.csv:8"), "--reason", "x", user="lena")
    return c("reopen", c.id("requests.csv:8"), "--reason", "after all", user="lena")


def _booked(c: Any) -> Any:
    c.done("export", "hledger", "-o", "books", user="carl")
    return c("revoke", c.id("requests.csv:2"), "--reason", "x", user="max")


def _edited_export(c: Any) -> Any:
    c.done("export", "hledger", "-o", "books", user="carl")
    c.write("books/J-hledger-1-0001.journal", "edited")
    return c("export", "--again", "1-0001", "-o", "books", user="carl")


def _no_folder(c: Any) -> Any:
    c.write("books", "a file")
    return c("export", "hledger", "-o", "books", user="carl")


def _bad_account(c: Any) -> Any:
    text = (c.folder / "shop.policy.toml").read_text(encoding="utf-8")
    c.done("policy", "adopt", c.write("p.toml", text.replace('refunds = "270"', 'refunds = "no code of an account"')))
    return c("export", "xero", "-o", "books", user="carl")


def _waiting(c: Any, *ways: str, currency: str = "USD") -> str:
    """A booked case that goes back one of these ways."""
    c.done("export", "hledger", "-o", "books", user="carl")
    found = c.done("pay", "--plan", "--json", user="carl").json
    return str(next(w["case"] for w in found if w["method"] in ways and w["amount"]["currency"] == currency))


def _cheque(*words: str, name: str = "") -> Callable[[Any], Any]:
    """Write a cheque for a case whose customer is called so."""

    def run(c: Any) -> Any:
        case = _waiting(c, "card", "ach", "cheque")
        customer = c.done("show", case, "--json").json["customer_id"]
        if name:
            head = "customer_id,name,email,phone,tier,currency,locale"
            c.done("records", c.write("customers.csv", f"{head}\n{customer},{name},,,standard,USD,en-US\n"))
        return c("pay", "cheque", case, "--instead", "asked for", *words, "-o", "out", user="carl")

    return run


def _second_cheque(c: Any) -> Any:
    _cheque("--first-cheque", "2091")(c)
    return _cheque("--first-cheque", "2090")(c)


def _issued(c: Any) -> Any:
    """The same, after a cheque went out."""
    assert _cheque("--first-cheque", "2091")(c).status == 0
    return c


def _charged(c: Any) -> Any:
    _issued(c).done("payment", "returned", "2091", "--fee", "4.00", "--evidence", "stopped", user="carl")
    return c


def _card_without_reference(c: Any) -> Any:
    case = _waiting(c, "card")
    invoice = c.done("show", case, "--json").json["invoice"]
    rows = (c.folder / "records" / "payments.csv").read_text(encoding="utf-8").splitlines()
    own = [row.rpartition(",")[0] + "," for row in rows if f",{invoice}," in row]
    c.done("records", c.write("payments.csv", "\n".join([HEAD, *own]) + "\n"))
    return c("pay", "card", case, "-o", "out", user="carl")


def _line_break(c: Any) -> Any:
    path = c.folder / "a\nb" / "shop.db"
    path.parent.mkdir()
    c.store.rename(path)
    said = c.bare("--store", path, "--as", "ada", "--now", c.now, "escalate", "--install")
    path.rename(c.store)
    return said


def _went_up(c: Any) -> Any:
    c.done("escalate", user="carl", now="2026-11-09T09:00:00Z")
    return c("approve", c.id("requests.csv:8"), user="lena", now="2026-11-09T10:00:00Z")


def _older_copy(c: Any) -> Any:
    old = c.store.read_bytes()
    c.done("deny", c.id("requests.csv:8"), "--reason", "x", user="lena")
    for path in c.folder.glob("shop.db-*"):
        path.unlink()
    c.store.write_bytes(old)
    return c("deny", c.id("requests.csv:9"), "--reason", "x", user="lena")


def _newer_store(c: Any) -> Any:
    with sqlite3.connect(c.store) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    return c("list")


def _edited_table(c: Any) -> Any:
    with sqlite3.connect(c.store) as connection:
        connection.execute("UPDATE cases SET state = 'approved' WHERE state = 'review'")
    connection.close()
    return c("audit", "verify")


def _no_store(c: Any) -> Any:
    c.write("shop.db", "this is no store " * 99)
    return c("list")


def _no_key(c: Any) -> Any:
    (c.folder / "keys").rename(c.folder / "away")
    return c("approve", c.id("requests.csv:8"), user="lena")


def _no_passphrase(c: Any) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("REFUNDKIT_KEYRING_PASSPHRASE")
        return c("approve", c.id("requests.csv:8"), user="lena")


def _wrong_passphrase(c: Any) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REFUNDKIT_KEYRING_PASSPHRASE", "wrong")
        return c("approve", c.id("requests.csv:8"), user="lena")


def _keys_locked(c: Any) -> Any:
    fcntl = pytest.importorskip("fcntl", reason="POSIX locks")
    from refundkit.keys import folder

    handle = os.open(c.folder / "keys" / "keys.lock", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(folder, "_take", lambda handle, where, seconds, take=folder._take: take(handle, where, 0))
            return c("approve", c.id("requests.csv:8"), user="lena")
    finally:
        os.close(handle)


def _log(*options: str, user: str = "okello") -> Callable[[Any], Any]:
    return lambda c: c("log", *options, user=user)


def _log_file(content: bytes | None) -> Callable[[Any], Any]:
    def run(c: Any) -> Any:
        if content is None:
            (c.folder / "photo.jpg").mkdir()
        else:
            c.write("photo.jpg", content)
        return c("log", "--invoice", "24105", "--file", "photo.jpg", user="okello")

    return run


def _five_large_files(c: Any) -> Any:
    files = [o for n in range(5) for o in ("--file", c.write(f"{n}.bin", bytes(25 * 1024 * 1024)))]
    return c("log", "--invoice", "24105", *files, user="okello")


def _file_in_the_way(c: Any) -> Any:
    case = c("log", "--invoice", "24105", "--file", c.write("p.txt", "theirs"), "--json", user="okello").json["case"]
    c.write("out/p.txt", "mine")
    return c("case", "files", case, "-o", "out")


def _recover(code: str) -> Callable[[Any], Any]:
    """`user key recover` with a code on standard input."""

    def run(c: Any) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdin", io.StringIO(f"{code}\n"))
            return c("user", "key", "recover")

    return run


def _user(*words: str, user: str = "ada", first: tuple[str, ...] = ()) -> Callable[[Any], Any]:
    """A command of `user`, after another one by the same person."""

    def run(c: Any) -> Any:
        if first:
            c.done("user", *first, user=user)
        return c("user", *words, user=user)

    return run


def _answered(c: Any, *roles: str) -> str:
    """An invitation and its answer; here the other machine is this one."""
    c.done("user", "invite", "zoe" if roles else "lena", *roles, "--out", "zoe.invitation")
    c.done("user", "accept", "zoe.invitation", "--out", "zoe.answer", user="")
    return "zoe.answer"


def _enrol(*options: str, before: tuple[str, ...] = (), now: str = "", by: str = "ada") -> Callable[[Any], Any]:
    def run(c: Any) -> Any:
        answer = _answered(c, "--role", "lead")
        if before:
            c.done("user", *before)
        return c("user", "enrol", answer, *options, user=by, **({"now": now} if now else {}))

    return run


def _changed(name: str, command: str, before: str, after: str) -> Callable[[Any], Any]:
    def run(c: Any) -> Any:
        _answered(c, "--role", "lead")
        text = (c.folder / name).read_text(encoding="utf-8")
        assert before in text
        rest = ("--out", "a") if command == "accept" else ("--yes",)
        return c("user", command, c.write(name, text.replace(before, after)), *rest)

    return run


def _other_shop(c: Any) -> Any:
    answer = _answered(c, "--role", "lead")
    c.bare("--store", "other.db", "--now", c.now, "init", "--company", "Elsewhere", "--base", "USD", "--user", "ada")
    return c.bare("--store", "other.db", "--now", c.now, "--as", "ada", "user", "enrol", answer, "--yes")


def _key_elsewhere(c: Any) -> Any:
    c.done("user", "enrol", _answered(c), "--yes")
    key = c.done("user", "show", "lena", "--json").json["keys"][1]["key"]
    said = c("user", "key", "rotate", "lena", "--key", key)
    return type(said)(said.status, said.out, _without_keys(said.err))


def _two_keys(c: Any) -> Any:
    c.done("user", "enrol", _answered(c), "--yes")
    said = c("user", "revoke", "lena", "--key", "1", "--reason", "x")
    return type(said)(said.status, said.out, _without_keys(said.err))


def _without_keys(text: str) -> str:
    text = re.sub(r"[2-9A-HJKMNP-Z]{4}(-[2-9A-HJKMNP-Z]{4}){2}", "<key>", text)
    return text.replace(platform.node() or "this machine", "<machine>")


def _other_key(c: Any) -> Any:
    said = _enrol("--fingerprint", "2222-2222-2222")(c)
    return type(said)(said.status, said.out, _without_keys(said.err))


def _stands_in_no_more(c: Any) -> Any:
    c.done("user", "delegate", "lena", "--to", "2026-11-03", user="max")
    return c("approve", c.id("requests.csv:10"), "--for", "max", user="lena", now="2026-11-04T09:00:00Z")


def _stand_in_requester(c: Any) -> Any:
    c.done("user", "delegate", "leo", "--to", "2026-11-03", user="lena")
    c("import", c.write("own.csv", OWN), user="carl")
    return c("approve", c.id("own.csv:2"), "--for", "lena", user="leo")


EMPTY: dict[str, Callable[[Any], Any]] = {
    "store-missing": lambda c: c("list"),
    "init-currency": lambda c: c("init", "--company", "X", "--base", "ABC", "--user", "ada", user=""),
    "init-user": lambda c: c("init", "--company", "X", "--base", "USD", "--user", "a/b", user=""),
    "init-time-zone": lambda c: c(
        "init", "--company", "X", "--base", "USD", "--user", "ada", "--time-zone", "Mars", user=""
    ),
    "init-company-missing": lambda c: c("init", "--base", "USD", "--user", "ada", user=""),
    "command-unknown": lambda c: c.bare("aprove"),
    "option-unknown": lambda c: c.bare("list", "--sate", "review"),
    "store-is-no-store": _no_store,
    "policy-file-missing": lambda c: c("policy", "check", "nowhere.toml"),
}
SHOP: dict[str, Callable[[Any], Any]] = {
    "init-twice": lambda c: c("init", "--company", "X", "--base", "USD", "--user", "ada", user=""),
    "now-is-no-time": lambda c: c("list", now="tomorrow"),
    "queue-no-terminal": lambda c: c("queue"),
    "user-unknown": lambda c: c("assess", user="nobody"),
    "user-not-said": lambda c: c("assess", user=""),
    "user-there-already": lambda c: c("user", "add", "lena", "--role", "lead"),
    "user-nobody": _user("show", "zoe"),
    "user-role-nothing": _user("role", "lena"),
    "user-role-same": _user("role", "lena", "--give", "lead"),
    "user-role-both": _user("role", "lena", "--give", "lead", "--take", "lead"),
    "user-role-not-admin": _user("role", "lena", "--give", "admin", user="max"),
    "user-last-admin": _user("role", "ada", "--take", "admin", "--give", "auditor"),
    "user-last-admin-key": _user("revoke", "ada", "--reason", "x"),
    "user-revoke-again": _user("revoke", "lena", "--reason", "x", first=("revoke", "lena", "--reason", "x")),
    "user-revoke-no-reason": _user("revoke", "lena", "--reason", " "),
    "user-revoke-key": _two_keys,
    "user-revoked": lambda c: (c.done("user", "revoke", "lena", "--reason", "x"), c("assess", user="lena"))[1],
    "user-no-role": _user("key", "rotate", "lena", first=("revoke", "lena", "--reason", "x")),
    "user-key-elsewhere": _key_elsewhere,
    "user-recover-other": _recover("7K4M2Q-7K4M2Q"),
    "user-recover-letter": _recover("7K4M0Q"),
    "user-recover-nothing": _recover(""),
    "user-key-auditor": _user("key", "rotate", user="ann"),
    "user-delegate-self": _user("delegate", "max", "--to", "2026-11-03", user="max"),
    "user-delegate-no-day": _user("delegate", "lena", user="max"),
    "user-delegate-day": _user("delegate", "lena", "--to", "Friday", user="max"),
    "user-delegate-reversed": _user("delegate", "lena", "--from", "2026-11-09", "--to", "2026-11-03", user="max"),
    "user-delegate-past": _user("delegate", "lena", "--from", "2026-10-01", "--to", "2026-10-03", user="max"),
    "user-delegate-again": _user(
        "delegate", "lena", "--to", "2026-11-09", user="max", first=("delegate", "lena", "--to", "2026-11-03")
    ),
    "user-delegate-auditor": _user("delegate", "ann", "--to", "2026-11-03", user="max"),
    "user-delegate-accountant": _user("delegate", "lena", "--for", "carl", "--to", "2026-11-03"),
    "user-delegate-role": _user("delegate", "lena", "--to", "2026-11-03", user="carl"),
    "user-delegate-end": _user("delegate", "lena", "--end", user="max"),
    "user-invite-no-role": _user("invite", "zoe", "--out", "z"),
    "user-invite-there": _user("invite", "lena", "--role", "manager", "--out", "z"),
    "user-invite-days": _user("invite", "zoe", "--role", "lead", "--days", "99", "--out", "z"),
    "user-accept-missing": _user("accept", "nowhere.invitation", "--out", "z"),
    "user-accept-other-file": _user("accept", "records/parts.csv", "--out", "z"),
    "user-accept-changed": _changed("zoe.invitation", "accept", '"lead"', '"admin"'),
    "user-enrol-changed": _changed("zoe.answer", "enrol", '"lead"', '"admin"'),
    "user-enrol-late": _enrol("--yes", now="2026-11-09T00:00:00Z"),
    "user-enrol-not-compared": _enrol(),
    "user-enrol-other-key": _other_key,
    "user-enrol-used": lambda c: (_enrol("--yes")(c), c("user", "enrol", "zoe.answer", "--yes"))[1],
    "user-enrol-other-shop": _other_shop,
    "user-enrol-inviter": _enrol("--yes", before=("key", "rotate")),
    "user-enrol-there": _enrol("--yes", before=("add", "zoe", "--role", "lead")),
    "user-role-unknown": lambda c: c("user", "add", "zoe", "--role", "boss"),
    "records-column-missing": _records("payments.csv", f"{HEAD.replace('paid_on,', '')}\nP-1,I-1,5.00,USD,card,\n"),
    "records-headings-unknown": _records("things.csv", "a,b\n1,2\n"),
    "records-binary": _records("payments.csv", b"\x00\x01\xff" * 99),
    "records-empty": _records("payments.csv", b""),
    "records-open-quote": _records("payments.csv", f'{HEAD}\nP-1,"I-1,2026-01-01,5.00,USD,card,\n'),
    "records-folder-without": lambda c: (c.write("other/x.txt", "x"), c("records", "other"))[1],
    "records-missing": lambda c: c("records", "nowhere.csv"),
    "records-rows": _records(
        "payments.csv",
        f"{HEAD}\nP-9001,INV-1,2026-01-01,5.00,USD,card,\nP-9002,INV-1,2026-01-01\nP-9001,INV-1,2026-01-01,6.00,USD,card,\n"
        'P-9003,INV-1,2026-02-30,5.00,USD,card,\nP-9004,INV-1,2026-02-01,"5,00",USD,card,\n',
    ),
    "import-nothing": lambda c: c("import"),
    "import-missing": lambda c: c("import", "nowhere.csv"),
    "import-binary": _import("list.csv", b"\x00\x01\xff" * 99),
    "import-empty": _import("list.csv", b""),
    "import-headings-unknown": _import("list.csv", "foo,bar\n1,2\n"),
    "import-records": _import("list.csv", f"{HEAD}\nP-1,I-1,2026-01-01,5.00,USD,card,\n"),
    "import-open-quote": _import(
        "list.csv", f'{REQUESTS}\n2026-08-19,portal,C-1002,,,INV-24105,12,USD,sla-breach,"open,Peg,X-2\n'
    ),
    "import-rows": _import(
        "list.csv", f"{REQUESTS}\n2026-08-19,portal,C-1002,,,INV-24105,12x,USD,sla-breach,,Peg,X\na,b\n"
    ),
    "policy-typo": _policy(("auto_below = 500 ", "auto_belov = 500 ")),
    "policy-hole": _policy(("lead_up_to = 2000 ", "lead_up_to = 400 ")),
    "policy-many": _policy(
        ("auto_below = 500 ", "auto_belov = 500 "), ("pct = 25 }", "pct = 5 }"), ('"UTC"', '"Mars"')
    ),
    "policy-escalation": _policy(
        ('business_hours = ""', 'business_hours = "17:00-9:00"'),
        ('["mon", "tue", "wed", "thu", "fri"]', '["Monday"]'),
        ("closed_on = []", 'closed_on = ["24.12.2026"]'),
        ("\nhours = 24 ", "\nhours = 0 "),
    ),
    "policy-escalation-no-effect": _policy(('country = ""', 'country = "US"')),
    "policy-escalation-never": _policy(
        ('business_hours = ""', 'business_hours = "09:00-09:05"'), ("\nhours = 24 ", "\nhours = 48 ")
    ),
    "policy-escalation-country": _policy(
        ('business_hours = ""', 'business_hours = "09:00-17:00"'), ('country = ""', 'country = "EN"')
    ),
    "policy-escalation-subdivision": _policy(
        ('business_hours = ""', 'business_hours = "09:00-17:00"'),
        ('country = ""', 'country = "AT"'),
        ('subdivision = ""', 'subdivision = "Wien"'),
    ),
    "policy-no-toml": lambda c: c("policy", "check", c.write("p.toml", "[shop\n")),
    "policy-example": _policy(
        ('findings = ["window-passed"]', 'findings = ["window-past"]'), ("amount = 499", "amuont = 499")
    ),
    "policy-examples-fail": _adopt(),
    "policy-anyway-no-reason": _adopt("--anyway"),
    "policy-at-unknown": lambda c: c("policy", "show", "--at", "7"),
    "policy-base": lambda c: c("policy", "diff", c.write("p.toml", '[shop]\ncompany = "X"\nbase = "EUR"\n')),
    "store-newer": _newer_store,
    "log-nobody": _log("--for", "late"),
    "log-several": _log("--customer", "example.org"),
    "log-many": _log("--invoice", "INV"),
    "log-role": _log("--invoice", "24105", user="ann"),
    "log-channel": _log("--invoice", "24105", "--channel", "csv"),
    "log-amount": _log("--invoice", "24105", "--amount", "lots"),
    "log-amount-unclear": _log("--invoice", "24105", "--amount", "1,250"),
    "log-amount-about": _log("--invoice", "24105", "--amount", "about 50"),
    "log-amount-nothing": _log("--invoice", "24105", "--amount", "0"),
    "log-amount-decimals": _log("--invoice", "24105", "--amount", "1.2345"),
    "log-currency": _log("--invoice", "24105", "--amount", "5", "--currency", "beads"),
    "log-currency-two": _log("--invoice", "24105", "--amount", "5 EUR", "--currency", "USD"),
    "log-reason": _log("--invoice", "24105", "--for", "because"),
    "log-received": _log("--invoice", "24105", "--received", "soon"),
    "log-received-two-ways": _log("--invoice", "24105", "--received", "03/04/2026"),
    "log-name-long": _log("--requested-by", "x" * 81),
    "log-description": _log("--invoice", "24105", "-m", "bell \x07"),
    "log-file-missing": _log("--invoice", "24105", "--file", "nowhere.jpg"),
    "log-file-folder": _log_file(None),
    "log-file-empty": _log_file(b""),
    "log-file-large": _log_file(bytes(25 * 1024 * 1024 + 1)),
    "log-files-large": _five_large_files,
    "case-files-in-the-way": _file_in_the_way,
}
SAMPLE: dict[str, Callable[[Any], Any]] = {
    "case-unknown": lambda c: c("show", "RF-2222-2222-2222"),
    "list-since": lambda c: c("list", "--since", "soon"),
    "list-state": lambda c: c("list", "--state", "waiting"),
    "decide-role": _decide("approve", 8, user="carl"),
    "decide-level": _decide("approve", 10),
    "decide-own-request": _own_request,
    "decide-technician": _technician,
    "decide-not-standing-in": _stands_in_no_more,
    "decide-stand-in-requester": _stand_in_requester,
    "decide-state": _decide("approve", 2),
    "decide-booked": _booked,
    "decide-findings": _decide("approve", 13),
    "decide-invoice-unknown": lambda c: [
        c("override", c.id("requests.csv:15"), f"{x}-unknown", "--reason", "x", user="lena") for x in ("customer", "order", "invoice")
    ] and c("approve", c.id("requests.csv:15"), user="max"),
    "decide-above-eligible": _decide("approve", 14, "--amount", "80.00"),
    "decide-amount-without-note": _decide("approve", 8, "--amount", "500.00"),
    "decide-amount-nothing": _decide("approve", 8, "--amount", "0", "--note", "x"),
    "decide-amount-no-number": _decide("approve", 8, "--amount", "1,50", "--note", "x"),
    "decide-amount-decimals": _decide("approve", 8, "--amount", "1.234", "--note", "x"),
    "decide-expected-other": _decide("approve", 8, "--expect-payable", "900"),
    "decide-seen-other": _decide("approve", 8, "--seen", "0" * 64),
    "decide-moved": _moved,
    "decide-reason-missing": _decide("deny", 8),
    "decide-reason-blank": _decide("deny", 8, "--reason", " "),
    "decide-currency": _decide("approve", 8, "--amount", "500.00 EUR", "--note", "x"),
    "decide-currency-unknown": _decide("approve", 8, "--amount", "500.00 beads", "--note", "x"),
    "decide-currency-two": _decide("approve", 8, "--amount", "5 EUR", "--expect-payable", "912.00 USD", "--note", "x"),
    "decide-expected-currency": _decide("approve", 8, "--expect-payable", "912.00 EUR"),
    "decide-expected-decimals": _decide("approve", 8, "--expect-payable", "912.001"),
    "decide-held": _held,
    "decide-asked": _asked,
    "reopen-own": _reopened,
    "ask-role": _decide("ask", 8, "--question", "why?", user="carl"),
    "ask-nothing": _decide("ask", 8, "--question", " "),
    "answer-no-question": _decide("answer", 8, "--text", "because"),
    "hold-kind": _decide("hold", 8, "--kind", "theft", "--reason", "x"),
    "hold-duplicate": _decide("hold", 7, "--kind", "fraud", "--reason", "x"),
    "release-lead": _decide("release", 8, "--reason", "x"),
    "release-not-held": _decide("release", 8, "--reason", "x", user="max"),
    "settle-nothing": _decide("settle", 8, "--reason", "x", user="max"),
    "settle-no-conflict": _decide("settle", 8, "--keep", "x", "--reason", "x", user="max"),
    "settle-no-anomaly": _decide("settle", 8, "--anomaly", "booked-twice", "--reason", "x", user="max"),
    "override-no-finding": _decide("override", 13, "window-passed", "--reason", "x"),
    "amend-nothing": _decide("amend", 12),
    "amend-word": _decide("amend", 12, "--for", "late"),
    "revoke-lead": _decide("revoke", 2, "--reason", "x"),
    "escalate-role": lambda c: c("escalate", user="ann"),
    "escalate-install-path": _line_break,
    "decide-went-up": _went_up,
    "export-no-format": lambda c: c("export", user="carl"),
    "export-format-unknown": lambda c: c("export", "sap", user="carl"),
    "export-batch-unknown": lambda c: c("export", "--again", "9", user="carl"),
    "export-role": lambda c: c("export", "hledger", user="lena"),
    "export-file-edited": _edited_export,
    "export-no-folder": _no_folder,
    "export-account": _bad_account,
    "books-close-lacks": lambda c: c("books", "close", "2026-11", user="carl", now="2026-12-03T09:00:00Z"),
    "pay-cheque-no-number": _cheque(),
    "pay-cheque-number-again": _second_cheque,
    "pay-cheque-name-long": _cheque("--first-cheque", "2091", name="The United Guilds of Harbour " * 3),
    "pay-cheque-name-letters": _cheque("--first-cheque", "2091", name="\u041e\u041e\u041e \u0421\u0435\u0432\u0435\u0440"),
    "pay-card-no-reference": _card_without_reference,
    "payment-unknown-cheque": lambda c: _issued(c)("payment", "confirm", "101", "--evidence", "x", user="carl"),
    "payment-unknown-number": lambda c: _issued(c)("payment", "confirm", "rp-1-000099", "--evidence", "x", user="carl"),
    "payment-fee-not-back": lambda c: _issued(c)("payment", "fee", "2091", "4.00", "--evidence", "x", user="carl"),
    "payment-fee-twice": lambda c: _charged(c)("payment", "fee", "2091", "4.00", "--evidence", "x", user="carl"),
    "payment-fee-nothing": lambda c: _issued(c)(
        "payment", "returned", "2091", "--fee", "0", "--evidence", "x", user="carl"
    ),
    "audit-file-missing": lambda c: c("audit", "verify", "nowhere.pdf"),
    "audit-no-document": lambda c: c("audit", "verify", "requests/requests.csv"),
    "audit-table-edited": _edited_table,
    "store-older-copy": _older_copy,
    "key-missing": _no_key,
    "key-no-passphrase": _no_passphrase,
    "key-wrong-passphrase": _wrong_passphrase,
    "keys-locked": _keys_locked,
}  # fmt: skip
ALL = EMPTY | SHOP | SAMPLE


@pytest.mark.parametrize("name", EMPTY)
def test_on_an_empty_machine(cli, told, name: str) -> None:
    told(f"errors/{name}.txt", cli, EMPTY[name](cli))


@pytest.mark.parametrize("name", SHOP)
def test_in_a_shop_without_cases(shop, told, name: str) -> None:
    told(f"errors/{name}.txt", shop, SHOP[name](shop))


@pytest.mark.parametrize("name", SAMPLE)
def test_in_the_sample_shop(sample, told, name: str) -> None:
    said = SAMPLE[name](sample)
    told(f"errors/{name}.txt", sample, said)


def test_every_text_of_the_gallery_belongs_to_a_test(pytestconfig: pytest.Config) -> None:
    kept = pytestconfig.rootpath / "tests" / "golden" / "errors"
    assert {p.stem for p in kept.iterdir()} == set(ALL)


def test_the_gallery_shows_every_status_and_each_text_says_what_to_do_next(pytestconfig: pytest.Config) -> None:
    """Typer's own complaints name the option and point at --help; ours have a line that begins with hint."""
    statuses = set()
    for path in sorted((pytestconfig.rootpath / "tests" / "golden" / "errors").iterdir()):
        text = path.read_text(encoding="utf-8")
        first, _, rest = text.partition("\n")
        statuses.add(int(first.removeprefix("exit status ")))
        assert "---- stderr\n" in rest, path.name
        assert "hint: " in rest or "--help' for help" in rest, path.name
        assert "Traceback" not in rest, path.name
    assert statuses - {0} == {  # 0: done, with a warning
        c.exit_status for c in vars(errors).values() if inspect.isclass(c) and hasattr(c, "exit_status")
    }

"""`user`: who is there, what they are, and what becomes of their keys."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest


def key_of(cli, user: str) -> str:
    """The fingerprint of the one key in use."""
    (found,) = [k for k in cli.done("user", "show", user, "--json").json["keys"] if not k["revoked"]]
    return found["key"]


def same_keys(cli, text: str) -> str:
    for number, key in enumerate(dict.fromkeys(k["key"] for u in cli.done("user", "list", "--json").json
                                               for k in cli.done("user", "show", u["user"], "--json").json["keys"])):  # fmt: skip
        text = text.replace(key, f"<key {number}>")
    return text


@pytest.fixture
def seen(golden, shop):
    """`seen(name, said)`: like `told`, without what differs by the keys and the machine."""
    import platform

    def compare(name, cli, said) -> None:
        text = same_keys(shop, cli.plain(said.out)).replace(platform.node() or "this machine", "<machine>")
        golden(name, text)

    return compare


# -- what people are ------------------------------------------------------------------------------------------------


def test_a_person_is_shown_with_roles_keys_and_how_they_came_to_be(shop, seen) -> None:
    shop.done("user", "role", "lena", "--give", "manager", "--take", "lead")
    shop.done("user", "key", "rotate", user="lena")
    shop.done("user", "delegate", "leo", "--from", "2026-11-02", "--to", "2026-11-08", user="lena")
    seen("commands/user-show.txt", shop, shop.done("user", "show", "lena"))
    found = shop.done("user", "show", "lena", "--json").json
    assert set(found) == {"user", "name", "email", "technician", "roles", "keys", "stand_ins", "history"}
    assert found["roles"] == ["manager"]
    assert [v["roles"] for v in found["history"]] == [["lead"], ["manager"]]
    assert [k["revoked"] for k in found["keys"]] == [True, False]
    assert found["stand_ins"][0] | {"named_by": ""} == {
        "for": "lena", "by": "leo", "from": "2026-11-02", "to": "2026-11-08", "named_by": "", "today": False,
    }  # fmt: skip


def test_a_role_is_given_and_taken_and_counts_at_once(sample) -> None:
    case = sample.id("requests.csv:10")  # takes a manager
    assert sample("approve", case, user="lena").status == 3
    assert sample.done("user", "role", "lena", "--give", "manager").out == "lena is lead, manager\n"
    sample.done("approve", case, user="lena")
    sample.done("user", "role", "lena", "--take", "manager", "--take", "lead")
    assert sample("approve", sample.id("requests.csv:8"), user="lena").status == 3
    assert sample.state(case) == "approved"


def test_trying_changes_nothing(shop) -> None:
    before, keys = shop.events(), (shop.folder / "keys" / "keys").read_bytes()
    for words in (
        ["role", "lena", "--give", "manager"], ["revoke", "lena", "--reason", "left"], ["key", "rotate", "lena"],
        ["delegate", "lena", "--for", "max", "--to", "2026-12-01"],
        ["invite", "zoe", "--role", "lead", "--out", "zoe.invitation"],
    ):  # fmt: skip
        assert "would" in shop.done("user", *words, "--dry-run").out, words
    assert shop.events() == before
    assert (shop.folder / "keys" / "keys").read_bytes() == keys
    assert not (shop.folder / "zoe.invitation").exists()


@pytest.mark.parametrize("user", ["lena", "max", "carl", "okello", "ann"])
def test_only_an_admin_changes_what_other_people_are(shop, user: str) -> None:
    other = "leo"
    for words in (
        ["role", other, "--give", "admin"], ["revoke", other, "--reason", "x"], ["key", "rotate", other],
        ["invite", "zoe", "--role", "lead", "--out", "z"], ["delegate", user, "--for", other, "--to", "2026-12-01"],
    ):  # fmt: skip
        said = shop("user", *words, user=user)
        assert (said.status, "may not manage people" in said.err) == (3, True), words


def test_the_last_admin_stays_one(shop) -> None:
    before = shop.events()
    for words in (["role", "ada", "--take", "admin", "--give", "lead"], ["revoke", "ada", "--reason", "x"],
                  ["revoke", "ada", "--key", key_of(shop, "ada"), "--reason", "x"]):  # fmt: skip
        said = shop("user", *words)
        assert (said.status, "last admin" in said.err) == (3, True), words
    assert shop.events() == before
    shop.done("user", "role", "max", "--give", "admin")
    assert shop.done("user", "revoke", "ada", "--reason", "retires", user="max").out.endswith("ada is without a role\n")
    assert shop("user", "role", "max", "--take", "admin", user="max").status == 3
    assert shop("user", "list", user="ada").status == 0  # reading takes no key
    assert shop("policy", "adopt", user="ada").status == 3


# -- what becomes of keys -----------------------------------------------------------------------------------------------


def test_who_is_revoked_writes_nothing_any_more_and_what_was_decided_stays(sample) -> None:
    first, second = sample.id("requests.csv:8"), sample.id("requests.csv:9")
    sample.done("approve", first, user="lena")
    sample.done("user", "revoke", "lena", "--reason", "left the shop")
    said = sample("approve", second, user="lena")
    assert (said.status, "was revoked" in said.err) == (3, True)
    assert sample.state(first) == "approved"
    sample.done("export", "hledger", "-o", "books", user="carl")
    assert sample.state(first) == "booked"
    assert sample.done("audit", "verify").status == 0


def test_who_has_no_key_in_use_here_is_not_in_the_way_of_who_has(shop) -> None:
    """With one person left, nobody has to say who acts."""
    for user in ("lena", "leo", "max", "mona", "carl", "okello", "ann"):
        shop.done("user", "revoke", user, "--reason", "the shop closes")
    assert shop.done("user", "add", "zoe", "--role", "lead", user="").status == 0


def test_a_key_is_replaced_by_its_owner_and_the_old_one_is_forgotten(sample) -> None:
    old = key_of(sample, "lena")
    sample.done("approve", sample.id("requests.csv:8"), user="lena")
    said = sample.done("user", "key", "rotate", user="lena")
    new = key_of(sample, "lena")
    assert new != old
    assert f"{old} is revoked" in said.out
    sample.done("approve", sample.id("requests.csv:9"), user="lena")
    assert sample.state(sample.id("requests.csv:8")) == "approved"
    entries = json.loads((sample.folder / "keys" / "keys").read_text())["entries"]
    assert len([e for e in entries if "/lena/" in e]) == 1
    assert sample.done("audit", "verify").status == 0


def test_a_lost_key_is_replaced_by_an_admin(shop) -> None:
    path = shop.folder / "keys" / "keys"
    before = path.read_bytes()
    shop.done("user", "add", "zoe", "--role", "lead")
    path.write_bytes(before)  # the file comes back from a backup of before
    assert "no signing key of zoe" in shop("user", "key", "rotate", user="zoe").err
    shop.done("user", "key", "rotate", "zoe", "--reason", "disk failed")
    shop.done("log", "--invoice", "24105", user="zoe")
    assert [k["revoked"] for k in shop.done("user", "show", "zoe", "--json").json["keys"]] == [True, False]


def test_who_lost_every_key_gets_a_new_one(shop) -> None:
    shop.done("user", "revoke", "lena", "--key", key_of(shop, "lena")[:4], "--reason", "the laptop was stolen")
    assert shop("log", "--invoice", "24105", user="lena").status == 3
    shop.done("user", "key", "rotate", "lena")
    shop.done("log", "--invoice", "24105", user="lena")


def test_the_device_that_books_goes_on_booking_after_its_key_was_replaced(sample) -> None:
    sample.done("user", "key", "rotate", user="carl")
    sample.done("user", "key", "rotate", user="ada")
    assert "booked" in sample.done("export", "hledger", "-o", "books", user="carl").out


def test_a_warning_says_when_no_key_is_left_that_books(cli) -> None:
    cli.done("init", "--company", "X", "--base", "USD", "--user", "ada", user="")
    other = machine(cli, "bert", "--role", "admin")
    said = other.done("user", "revoke", "ada", "--key", key_of(other, "ada"), "--reason", "stolen", user="bert")
    assert "no key is left on the device that books" in said.err


# -- another machine ----------------------------------------------------------------------------------------------------


def invited(cli, user: str, *options: str, name: str = "other") -> tuple[object, Path]:
    """Invite somebody, and answer on another machine. Return it, and the answer here."""
    cli.done("user", "invite", user, *options, "--out", f"{user}.invitation")
    other = type(cli)(cli.folder.parent / name)
    other.folder.mkdir(exist_ok=True)
    shutil.copy(cli.folder / f"{user}.invitation", other.folder)
    other.done("user", "accept", f"{user}.invitation", "--out", f"{user}.answer", user="")
    return other, Path(shutil.copy(other.folder / f"{user}.answer", cli.folder))


def machine(cli, user: str, *options: str):
    """Another machine with a copy of the store, and a key of somebody that was made there."""
    other, _ = invited(cli, user, *options)
    cli.done("user", "enrol", f"{user}.answer", "--yes")
    for name in ("shop.db", "shop.policy.toml"):
        shutil.copy(cli.folder / name, other.folder)
    return other


def test_a_person_on_another_machine_gets_a_key_that_never_leaves_it(shop) -> None:
    other, answer = invited(shop, "zoe", "--role", "lead", "--name", "Zoe Lind")
    said = other.done("user", "accept", "zoe.invitation", "--out", "again.answer", user="")
    mine = said.out.splitlines()[1].split()[-1]
    shutil.copy(other.folder / "again.answer", answer)
    refused = shop("user", "enrol", "zoe.answer")
    assert (refused.status, mine in refused.err) == (3, False)  # it is read out, not copied
    assert "zoe" not in shop.done("user", "list").out
    enrolled = shop.done("user", "enrol", "zoe.answer", "--fingerprint", mine.lower().replace("-", " "))
    assert mine in enrolled.out
    assert shop.done("user", "show", "zoe", "--json").json["roles"] == ["lead"]
    for name in ("shop.db", "shop.policy.toml"):
        shutil.copy(shop.folder / name, other.folder)
    other.done("log", "--invoice", "24105", user="")  # the only person with a key there
    assert shop("log", "--invoice", "24105", user="zoe").status == 3
    assert other.done("audit", "verify", user="zoe").status == 0


def test_the_two_files_hold_nothing_that_could_sign(shop) -> None:
    import base64

    other, answer = invited(shop, "zoe", "--role", "lead")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REFUNDKIT_KEYS", str(other.folder / "keys"))
        from refundkit.keys.choose import open_vault

        vault = open_vault(interactive=False)
        seeds = [vault.get(e) for e in vault.entries("key/")]
    files = answer.read_bytes() + (shop.folder / "zoe.invitation").read_bytes()
    assert seeds
    for seed in seeds:
        for form in (seed, seed.hex().encode(), base64.b64encode(seed)[:-1], base64.urlsafe_b64encode(seed)[:-1]):
            assert form not in files


def test_somebody_who_is_there_gets_another_key_on_another_machine(shop) -> None:
    other = machine(shop, "lena")
    assert len(shop.done("user", "show", "lena", "--json").json["keys"]) == 2
    other.done("log", "--invoice", "24105", user="lena")
    shop.done("log", "--invoice", "24106", user="lena")
    old = shop.done("user", "show", "lena", "--json").json["keys"][1]["key"]
    assert "another machine" in shop("user", "key", "rotate", "lena", "--key", old).err
    shop.done("user", "revoke", "lena", "--key", old, "--reason", "the other laptop was sold")
    shop.done("log", "--invoice", "24107", user="lena")


def test_an_answer_enrols_one_key_once(shop) -> None:
    _, first = invited(shop, "zoe", "--role", "lead")
    other = type(shop)(shop.folder.parent / "other")
    other.done("user", "accept", "zoe.invitation", "--out", "second.answer", user="")
    shutil.copy(other.folder / "second.answer", shop.folder)
    shop.done("user", "enrol", first.name, "--yes")
    before = shop.events()
    for name in (first.name, "second.answer"):
        said = shop("user", "enrol", name, "--yes")
        assert (said.status, "used already" in said.err) == (3, True)
    assert shop.events() == before


def test_an_answer_that_was_changed_anywhere_is_refused(shop) -> None:
    _, answer = invited(shop, "zoe", "--role", "lead")
    data, before = answer.read_bytes(), shop.events()
    for at in range(0, len(data) - 1, 7):
        changed = bytearray(data)
        changed[at] = changed[at] ^ 1
        said = shop("user", "enrol", shop.write("changed.answer", bytes(changed)), "--yes")
        assert said.status in (1, 3), (at, said)
    for more in (data.replace(b'"roles":"lead"', b'"roles":"admin"'), data[:-9], data + data, b"", b"\xff" * 99, b"[]",
                 b"{" * 70_000):  # fmt: skip
        said = shop("user", "enrol", shop.write("changed.answer", more), "--yes")
        assert said.status in (1, 3), more[:40]
    assert shop.events() == before


@pytest.mark.parametrize(
    ("what", "rule"),
    [("late", "held until"), ("shop", "another shop"), ("role", "not signed by anybody"), ("key", "not signed by anybody"),
     ("there", "there is a user"), ("gone", "no role")],
)  # fmt: skip
def test_an_answer_that_breaks_a_rule_is_refused_with_its_name(shop, tmp_path, what: str, rule: str) -> None:
    shop.done("user", "role", "max", "--give", "admin")
    at, by = shop.now, "ada"
    if what == "gone":
        invited(shop, "zoe", "--role", "lead")
        shop.done("user", "enrol", "zoe.answer", "--yes")
        (shop.folder / "zoe.invitation").unlink()
        _, answer = invited(shop, "zoe", name="third")
    else:
        _, answer = invited(shop, "zoe", "--role", "lead")
    match what:
        case "late":
            at = "2026-11-08T09:00:01Z"
        case "shop":
            shop = type(shop)(tmp_path / "elsewhere")
            shop.folder.mkdir()
            shop.done("init", "--company", "Elsewhere", "--base", "USD", "--user", "ada", user="")
            shutil.copy(answer, shop.folder)
        case "role":
            shop.done("user", "role", "ada", "--take", "admin", "--give", "lead", user="max")
            by = "max"
        case "key":
            shop.done("user", "key", "rotate")
        case "there":
            shop.done("user", "add", "zoe", "--role", "auditor")
        case _:
            shop.done("user", "revoke", "zoe", "--reason", "left")
    before = shop.events()
    said = shop("user", "enrol", answer.name, "--yes", user=by, now=at)
    assert (said.status, rule in said.err) == (3, True), said
    assert shop.events() == before


def test_an_invitation_that_is_over_or_changed_makes_no_key(shop) -> None:
    shop.done("user", "invite", "zoe", "--role", "lead", "--days", "1", "--out", "zoe.invitation")
    text = (shop.folder / "zoe.invitation").read_text()
    keys = (shop.folder / "keys" / "keys").read_bytes()
    late = shop("user", "accept", "zoe.invitation", "--out", "a", now="2026-11-02T09:00:01Z", user="")
    assert (late.status, "held until" in late.err) == (3, True)
    for name, bad in (("role", text.replace('"lead"', '"admin"')), ("user", text.replace('"zoe"', '"../zoe"'))):
        said = shop("user", "accept", shop.write(f"{name}.invitation", bad), "--out", "a", user="")
        assert (said.status, "signature" in said.err) == (3, True), name
    assert shop("user", "accept", "requests/requests.csv", "--out", "a", user="").status == 1
    assert not (shop.folder / "a").exists()
    assert (shop.folder / "keys" / "keys").read_bytes() == keys


def test_an_answer_never_takes_the_place_of_another_file(shop) -> None:
    shop.done("user", "invite", "zoe", "--role", "lead", "--out", "zoe.invitation")
    shop.write("a", "mine")
    keys = (shop.folder / "keys" / "keys").read_bytes()
    assert shop("user", "accept", "zoe.invitation", "--out", "a", user="").status == 3
    assert (shop.folder / "keys" / "keys").read_bytes() == keys

"""`user key recover`: the keys of the only admin are lost, and the code that was written down lets the shop go on."""

from __future__ import annotations

import io
import shutil
import sys

import pytest

BEGIN = ("init", "--company", "Small Shop", "--base", "USD", "--user", "ada", "--name", "Ada Ray", "--json")


@pytest.fixture
def typed(monkeypatch):
    """`typed(code)`: what the next command reads from standard input."""
    return lambda code: monkeypatch.setattr(sys, "stdin", io.StringIO(f"{code}\n"))


@pytest.fixture
def begun(cli):
    """A shop with a lead; returns its recovery code."""
    code = cli.done(*BEGIN, user="").json["recovery_code"]
    cli.done("user", "add", "lena", "--role", "lead")
    return code


def lose(cli) -> None:
    shutil.rmtree(cli.folder / "keys")


def keys(cli, user: str) -> list[bool]:
    """Of each key of a person, oldest first: whether it is in use."""
    return [not key["revoked"] for key in cli.done("user", "show", user, "--json").json["keys"]]


def test_the_only_admin_without_a_key_gets_one_and_the_lost_ones_are_revoked(cli, begun, typed) -> None:
    lose(cli)
    assert cli("user", "add", "zoe", "--role", "lead").status == 3
    typed(begun.lower().replace("-", " "))
    said = cli.done("user", "key", "recover", "--reason", "the disk died")
    assert "ada has the new key" in said.out
    assert "user key rotate lena" in said.err
    assert begun not in said.out + said.err
    assert (keys(cli, "ada"), keys(cli, "lena")) == ([False, True], [False])
    cli.done("user", "key", "rotate", "lena")
    cli.done("log", "--requested-by", "Jo", "--description", "a printer", user="lena")
    assert cli.done("audit", "verify", "--json").json["verified"] is True
    cli.done("doctor", "--rebuild")
    assert keys(cli, "lena") == [False, True]


def test_the_machine_goes_on_booking_and_a_key_that_is_found_again_signs_nothing(cli, begun, typed) -> None:
    shutil.copytree(cli.folder / "keys", cli.folder / "old-keys")
    lose(cli)
    typed(begun)
    cli.done("user", "key", "recover")
    assert [key["books"] for key in cli.done("user", "show", "ada", "--json").json["keys"]] == [False, True]
    lose(cli)
    shutil.move(cli.folder / "old-keys", cli.folder / "keys")
    refused = cli("user", "add", "zoe", "--role", "lead")
    assert (refused.status, "revoked" in refused.err) == (3, True)


def test_the_code_works_again_and_somebody_else_may_become_admin_with_it(cli, begun, typed) -> None:
    for user in ("ada", "lena"):
        lose(cli)
        typed(begun)
        cli.done("user", "key", "recover", user)
    assert cli.done("user", "show", "lena", "--json").json["roles"] == ["admin", "lead"]
    cli.done("user", "add", "zoe", "--role", "manager", user="lena")
    assert cli.done("audit", "verify").status == 0


def test_trying_changes_nothing(cli, begun, typed) -> None:
    lose(cli)
    before = cli.store.read_bytes()
    typed(begun)
    said = cli.done("user", "key", "recover", "--dry-run")
    assert ("would get" in said.out, "would be revoked" in said.out) == (True, True)
    assert cli.store.read_bytes() == before
    assert cli("user", "add", "zoe", "--role", "lead").status == 3


@pytest.mark.parametrize("code", ["", "7K4M-2QXP", "O0O0", "A" * 99])
def test_another_code_gives_nothing(cli, begun, typed, code: str) -> None:
    lose(cli)
    before = cli.store.read_bytes()
    typed(code)
    said = cli("user", "key", "recover")
    assert said.status in (1, 2, 3)
    assert cli.store.read_bytes() == before


def test_a_key_that_is_still_here_is_not_lost(cli, begun, typed) -> None:
    typed(begun)
    said = cli.done("user", "key", "recover")
    assert ("revoked" in said.out, keys(cli, "ada"), keys(cli, "lena")) == (False, [True, True], [True])


def test_two_admins_say_whose_key_it_is(cli, begun, typed) -> None:
    cli.done("user", "role", "lena", "--give", "admin")
    lose(cli)
    typed(begun)
    said = cli("user", "key", "recover")
    assert (said.status, "ada, lena" in said.err) == (2, True)

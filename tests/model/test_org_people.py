"""Who may do what in a shop is what the set of its events adds up to, whatever machine had them first."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from machines import Machines, begun, writer

from refundkit.model.org import Org
from refundkit.model.shaping import RECOVERY

KEYS = ["ada", "bob", "cleo", "lena", "bob-2", "eve"]


def told(org: Org) -> dict[str, object]:
    """All that a shop's events add up to, without what differs by the order they came in."""
    return {
        "people": org.people, "writers": org.writers, "policies": org.policies, "epoch": (org.epoch, org.holder),
        "stand_ins": org.stand_ins, "versions": {u: [(v.person, v.by) for v in org.versions(u)] for u in org.people},
    }  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> Machines:
    """Random events by machines that meet now and then; some say that they know less than they do, or go on too far."""
    shop = begun("bob", "cleo")
    shop.person("ada", "lena", "lead")
    shop.enrol("ada", "lena")
    for key in KEYS[1:4]:
        shop.meet("ada", key)
    named: list[str] = []
    for _ in range(draw(st.integers(0, 12))):
        by, other = draw(st.sampled_from([*KEYS, "code"])), draw(st.sampled_from([*KEYS[:4], "code"]))
        match draw(
            st.sampled_from(["meet", "meet", "person", "enrol", "revoke", "revoke", "policy", "stand", "end", "grant"])
        ):
            case "meet":
                shop.meet(by, other)
            case "person":
                shop.person(by, draw(st.sampled_from([*KEYS[:4], "eve"])),
                            *draw(st.lists(st.sampled_from(["admin", "lead", "manager"]), max_size=2, unique=True)))  # fmt: skip
            case "enrol":
                key = draw(st.sampled_from(["bob-2", "eve"]))
                shop.enrol(by, key, key.partition("-")[0], invitation=draw(st.sampled_from(["", "i", "j"])))
            case "revoke":
                shop.revoke(by, other, draw(st.integers(0, shop.seqs.get(other, 0))))
            case "policy":
                shop.policy(by, draw(st.sampled_from(["p", "q"])))
            case "grant":
                shop.write(by, "exporter.granted", shop="T", epoch=draw(st.sampled_from([2, 3])), holder=by)
            case "stand":
                named.append(shop.write(by, "stand_in.named", user=other, by=draw(st.sampled_from(KEYS[:4])),
                                        first="2026-09-01", last="2026-09-10"))  # fmt: skip
            case "end" if named:
                shop.write(by, "stand_in.ended", ends=[draw(st.sampled_from(named))])
    return shop


def some_order(shop: Machines, draw: st.DataObject) -> list[str]:
    """An order in which every event comes after those it depends on."""
    waiting, done = dict(shop.events), []
    while waiting:
        ready = [n for n, e in waiting.items() if all(d in done for d in e.core.deps)]
        done.append(draw.draw(st.sampled_from(ready)))
        del waiting[done[-1]]
    return done


@settings(max_examples=150)
@given(histories(), st.data())
def test_any_order_of_arrival_gives_the_same_people_keys_and_policies(shop, data):
    expected = told(shop.org())
    for _ in range(3):
        assert told(shop.org(some_order(shop, data))) == expected


@settings(max_examples=150)
@given(histories(), st.data())
def test_nothing_that_a_revoked_key_wrote_after_its_end_counts(shop, data):
    org = shop.org(some_order(shop, data))
    late = [
        e for e in shop.events.values()
        if (key := org.writers.get(e.core.writer)) and key.cut is not None and e.core.seq > max(key.cut, 3)
    ]  # fmt: skip
    without = Machines({n: e for n, e in shop.events.items() if e not in late or e.core.type == "key.revoked"})
    for name, event in without.events.items():  # what depends on it is there all the same
        assert name == event.id
    kept = Org()
    for event in shop.events.values():
        if event.id in without.events:
            kept.apply(event.id, event.core, event.data)
        else:
            kept.place(event.id, event.core.deps)
    for part in ("people", "policies", "epoch", "stand_ins"):
        assert told(kept)[part] == told(org)[part], part


@settings(max_examples=150)
@given(histories())
def test_somebody_may_always_manage_people(shop):
    assert any("admin" in person.roles for person in shop.org().people.values())


# -- one rule after the other -----------------------------------------------------------------------------------------


def test_a_key_that_a_revoked_key_enrolled_after_its_end_is_none_and_neither_is_what_it_wrote():
    shop = begun("bob")
    head = shop.seqs.get("bob", 0)
    shop.person("bob", "eve", "admin")
    shop.enrol("bob", "eve")
    shop.meet("bob", "eve")
    shop.person("eve", "lena", "lead")
    assert {"eve", "lena"} <= shop.org().people.keys()
    shop.revoke("ada", "bob", head)
    assert set(shop.org().people) == {"ada", "bob"}
    assert writer("eve") not in shop.org().writers


def test_the_smallest_of_several_cuts_counts():
    shop = begun("bob", "cleo")
    for sha in ("p", "q", "r"):
        shop.policy("bob", sha)
    shop.revoke("ada", "bob", 2)
    shop.revoke("cleo", "bob", 1)
    assert [p.sha256 for p in shop.org().policies] == ["first", "p"]


def test_of_two_who_revoke_each_other_the_key_that_was_enrolled_earlier_stays():
    shop = begun("bob", "cleo")
    shop.revoke("cleo", "bob", 0)
    shop.revoke("bob", "cleo", 0)
    org = shop.org()
    assert (org.is_live(writer("bob")), org.is_live(writer("cleo"))) == (True, False)


def test_of_two_who_revoke_each_other_and_were_enrolled_apart_neither_stays():
    shop = begun("bob", "cleo")
    for by, new in (("bob", "dora"), ("cleo", "emil")):
        shop.person(by, new, "admin")
        shop.enrol(by, new)
        shop.meet(by, new)
    shop.revoke("dora", "emil", 0)
    shop.revoke("emil", "dora", 0)
    org = shop.org()
    assert [org.is_live(writer(k)) for k in ("dora", "emil")] in ([True, True], [False, False])
    shop.meet("bob", "cleo")
    for new in ("dora", "emil"):
        shop.meet("bob", new)
    org = shop.org()
    assert [org.is_live(writer(k)) for k in ("dora", "emil", "bob")] == [False, False, True]


def test_a_revoked_key_does_not_revoke_who_revoked_it():
    """Whatever it says that it knew."""
    shop = begun("bob", "cleo")
    shop.revoke("bob", "cleo", 0)
    shop.meet("bob", "cleo")
    shop.revoke("cleo", "bob", 0)
    shop.write("cleo", "key.revoked", deps=tuple(shop.events)[:3], writer=writer("bob"), cut_seq=0)
    assert shop.org().is_live(writer("bob"))
    assert not shop.org().is_live(writer("cleo"))


def test_a_revocation_that_names_an_event_not_on_the_chain_leaves_nothing_of_it():
    shop = begun("bob")
    shop.policy("bob", "p")
    shop.write("ada", "key.revoked", writer=writer("bob"), cut_seq=1, cut_id="x" * 43)
    event = list(shop.events.values())[-1]
    del shop.events[event.id]
    for there, policies in ((True, ["first", "p"]), (False, ["first"])):
        org = shop.org()
        org.apply(event.id, event.core, event.data, lambda *_, there=there: there)
        assert [p.sha256 for p in org.policies] == policies


def test_roles_set_apart_are_those_that_both_gave():
    shop = begun("bob")
    shop.person("ada", "lena", "lead")
    shop.meet("ada", "bob")
    shop.person("ada", "lena", "lead", "accountant")
    shop.person("bob", "lena", "lead", "manager")
    assert shop.org().people["lena"].roles == {"lead"}
    shop.meet("ada", "bob")
    shop.person("bob", "lena", "manager")
    assert shop.org().people["lena"].roles == {"manager"}


def test_two_admins_who_take_the_role_from_each_other_leave_the_one_whose_key_is_older():
    shop = begun("bob", "cleo")
    shop.person("ada", "ada", "lead")
    for other in ("bob", "cleo"):
        shop.meet("ada", other)
    shop.person("cleo", "bob", "lead")
    shop.person("bob", "cleo", "lead")
    assert {u for u, p in shop.org().people.items() if "admin" in p.roles} == {"bob"}


@pytest.mark.parametrize("by", ["lena", "eve"])
def test_who_may_not_manage_people_shapes_nothing(by):
    """A lead, and somebody who was never enrolled."""
    shop = begun()
    shop.person("ada", "lena", "lead")
    shop.enrol("ada", "lena")
    shop.meet("ada", by)
    before = told(shop.org())
    shop.person(by, "lena", "admin")
    shop.person(by, "eve", "admin")
    shop.enrol(by, "eve")
    shop.revoke(by, "ada", 0)
    shop.policy(by, "mine")
    shop.write(by, "exporter.granted", shop="T", epoch=2, holder=by)
    shop.write(by, "stand_in.named", user="ada", by="lena", first="2026-01-01", last="2026-12-31")
    shop.write(by, "org.genesis", company="U", base="EUR", shop="U", device="d", device_name="d", recovery="",
               owner={"user": "eve", "name": "", "public": shop.events[next(iter(shop.events))].data["owner"]["public"]})  # fmt: skip
    assert told(shop.org()) == before
    assert shop.org().company == "T"


def test_a_person_replaces_a_key_of_their_own_and_no_other():
    shop = begun("bob")
    shop.person("ada", "lena", "lead")
    shop.enrol("ada", "lena")
    shop.meet("ada", "lena")
    shop.enrol("lena", "lena-2", "lena")
    shop.enrol("lena", "bob-2", "bob")
    shop.revoke("lena", "bob", 0)
    shop.revoke("lena", "lena", shop.seqs["lena"])
    live = {w.user for w in shop.org().writers.values() if w.cut is None}
    assert live == {"ada", "bob", "lena", RECOVERY}
    assert [shop.org().is_live(writer(k)) for k in ("lena", "lena-2", "bob-2", "bob")] == [False, True, False, True]


def test_the_recovery_code_gives_keys_and_roles_and_takes_them_and_nothing_else():
    shop = begun("bob")
    shop.meet("ada", "code")
    shop.revoke("code", "ada", shop.seqs["ada"])
    shop.enrol("code", "ada-2", "ada")
    shop.person("code", "eve", "admin")
    policy = shop.policy("code", "theirs")
    org = shop.org()
    assert (org.is_live(writer("ada")), org.is_live(writer("ada-2"))) == (False, True)
    assert "admin" in org.people["eve"].roles
    assert policy not in [p.event for p in org.policies]


def test_nobody_revokes_the_recovery_code_and_it_undoes_who_took_the_shop():
    shop = begun("bob")
    shop.meet("ada", "code")
    shop.revoke("bob", "ada", 0)
    shop.revoke("bob", "code", 0)
    shop.revoke("code", "bob", 0)
    shop.enrol("code", "ada-2", "ada")
    org = shop.org()
    assert [org.is_live(writer(key)) for key in ("bob", "ada-2", "code")] == [False, True, True]
    assert org.is_live(writer("ada"))  # what the thief had done is undone too


def test_an_auditor_writes_nothing_not_even_a_key_of_his_own():
    shop = begun()
    shop.person("ada", "ann", "auditor")
    shop.enrol("ada", "ann")
    shop.meet("ada", "ann")
    shop.enrol("ann", "ann-2", "ann")
    assert writer("ann-2") not in shop.org().writers


def test_an_invitation_enrols_one_key():
    shop = begun("bob")
    shop.person("ada", "lena", "lead")
    shop.meet("ada", "bob")
    shop.enrol("ada", "lena", invitation="once")
    shop.enrol("bob", "eve", "lena", invitation="once")
    assert len([w for w in shop.org().writers.values() if w.user == "lena"]) == 1

"""What differs between two policies, as a person reads it: by what counts, not by how the file is written."""

from __future__ import annotations

import json

import pytest

from refundkit.model.policy import default_policy_text, parse_policy
from refundkit.model.policy_changes import as_json, changes, figures

TEXT = default_policy_text("Acme", "USD", "UTC")
DEFAULT = parse_policy(TEXT.encode(), "p")


def differ(*pairs: tuple[str, str]):
    text = TEXT
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return changes(DEFAULT, parse_policy(text.encode(), "p"))


def test_comments_order_and_what_may_be_left_out_are_no_difference():
    assert differ(("# below this the policy approves by itself", "# from 2026 on")) == []
    assert differ(("auto_below = 500 ", "# ")) == []
    assert differ(("auto_below = 500 ", 'auto_below = "500.00" ')) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("auto_below = 500 ", 'auto_below = "499.50" ', ["routing.auto_below: 500 -> 499.5"]),
        ('"net"  ', '"full"  ', ['returns.tax_on_restocking: "net" -> "full"']),
        ("auto_below = 750", "auto_below = 800", ["routing.overrides[tier platinum].auto_below: 750 -> 800"]),
        ('tier = "platinum"\nauto_below = 750', 'tier = "platinum"\nlead_up_to = 750',
         ["routing.overrides[tier platinum].auto_below: taken out, was 750",
          "routing.overrides[tier platinum].lead_up_to: added, 750"]),
        ("from = 0.5, pct = 25", "from = 0.5, pct = 30", ["sla.credit[from 0.5].pct: 25 -> 30"]),
        ("    { from = 0.5, pct = 25 },", "", ["sla.credit[from 0.5]: taken out, was { from = 0.5, pct = 25 }"]),
        ("addresses = []", 'addresses = ["a@b.example"]', ['staff.addresses[a@b.example]: added, "a@b.example"']),
        ('name = "on the first limit"\namount = 500\n', 'name = "exactly on it"\namount = 500\n',
         [f'example[{name}]: {what} {{ name = "{name}", amount = 500, state = "awaiting", level = "lead" }}'
          for name, what in (("on the first limit", "taken out, was"), ("exactly on it", "added,"))]),
        ("dual = true", "dual = false", ["example[above the limit of two managers].dual: taken out, was true"]),
    ],
)  # fmt: skip
def test_each_figure_is_named_with_its_old_and_new_value(old, new, said):
    assert [change.said for change in differ((old, new))] == said


def test_an_exception_put_in_front_leaves_the_others_as_they_are():
    found = differ(
        ("[[routing.overrides]]", '[[routing.overrides]]\ntier = "gold"\nat_least = "lead"\n\n[[routing.overrides]]')
    )
    assert [(c.key, c.old, c.new) for c in found] == [
        ("routing.overrides[tier gold]", None, {"tier": "gold", "at_least": "lead"})
    ]


def test_exceptions_in_another_order_differ_because_the_order_counts():
    goodwill = '[[routing.overrides]]\nreason = "goodwill"\nat_least = "lead"\n'
    platinum = '[[routing.overrides]]\ntier = "platinum"\nauto_below = 750\n'
    assert len(differ((f"{goodwill}\n{platinum}", f"{platinum}\n{goodwill}"))) == 2


def test_only_what_an_assessment_looks_at_can_change_a_case():
    judging = differ(("auto_below = 500 ", "auto_below = 400 "), ('zone = "UTC"', 'zone = "Europe/Berlin"'))
    assert all(change.judges for change in judging)
    others = differ(('company = "Acme"', 'company = "Acne"'), ("\nhours = 24 ", "\nhours = 48 "), ('"805"', '"806x"'))
    assert len(others) == 3
    assert not any(change.judges for change in others)


def test_scripts_get_exact_figures_as_text():
    (change,) = differ(("auto_below = 500 ", 'auto_below = "499.50" '))
    assert (as_json(change.old), as_json(change.new)) == ("500", "499.5")
    document = json.loads(json.dumps(figures(DEFAULT)))
    assert document["routing"]["overrides"][1] == {"tier": "platinum", "auto_below": "750"}

"""Every error a person may meet has one stable code, a status from the contract, and says what it means."""

from __future__ import annotations

import ast
import inspect

from refundkit import errors
from refundkit.errors import RefundkitError

CLASSES = [c for c in vars(errors).values() if inspect.isclass(c) and issubclass(c, RefundkitError)]


def test_codes_are_unique_and_each_class_has_its_own() -> None:
    codes = [vars(c).get("code") for c in CLASSES]
    assert len(CLASSES) > 5
    assert None not in codes
    assert sorted(set(codes)) == sorted(codes)


def test_every_class_says_what_it_means_and_stands_in_the_tree_at_the_top() -> None:
    tree = {word for line in (errors.__doc__ or "").splitlines() for word in line.split() if word.endswith("Error")}
    assert tree == {c.__name__ for c in CLASSES}
    assert [c.__name__ for c in CLASSES if not vars(c).get("__doc__")] == []


def test_the_tree_at_the_top_names_the_status_that_is_used() -> None:
    said = {}
    for line in (errors.__doc__ or "").splitlines():
        words = line.replace("|", " ").replace("+--", " ").split()
        if len(words) > 1 and words[0].endswith("Error") and words[1].isdigit():
            said[words[0]] = int(words[1])
    assert said.items() <= {c.__name__: c.exit_status for c in CLASSES}.items()
    assert {c.exit_status for c in CLASSES} == {1, 2, 3, 4, 5}


def test_codes_are_given_out_in_one_place(house) -> None:
    """A room may narrow an error for its own use; what scripts see stays the code and status of errors.py."""
    bases = {c.__name__ for c in CLASSES}
    given = [
        module.at(line)
        for module in house.modules()
        if module.where != "refundkit/errors.py"
        for node in module.walk()
        if isinstance(node, ast.ClassDef) and any(isinstance(b, ast.Name) and b.id in bases for b in node.bases)
        for line in node.body
        if isinstance(line, ast.Assign | ast.AnnAssign)
        if {"code", "exit_status"} & {n.id for n in ast.walk(line) if isinstance(n, ast.Name)}
    ]
    assert given == []

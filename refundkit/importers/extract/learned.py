"""The small trained models of the package: features in, chances in per cent out. `scripts/train-reading` makes them.

Each is a multinomial logistic regression with whole-numbered weights; its file lies in `trained/`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from math import exp, sqrt
from typing import Any, Final

SCALE: Final = 100
"""Weights are kept as hundredths."""
ALWAYS: Final = "*"
"""A feature everything has."""


@dataclass(frozen=True, slots=True)
class Model:
    """Classes, and each known feature's weight for every one of them."""

    classes: tuple[str, ...]
    weights: Mapping[str, Sequence[int]]

    def chances(self, features: Iterable[str]) -> dict[str, int]:
        """How likely each class is, in per cent."""
        known = [self.weights[ALWAYS], *filter(None, map(self.weights.get, features))]
        scale = SCALE * sqrt(len(known))
        sums = [sum(column) / scale for column in zip(*known, strict=True)]
        highest = max(sums)
        shares = [exp(value - highest) for value in sums]
        whole = sum(shares)
        return {name: round(100 * share / whole) for name, share in zip(self.classes, shares, strict=True)}

    def best(self, features: Iterable[str]) -> tuple[str, int]:
        """The likeliest class and its chance."""
        chances = self.chances(features)
        name = max(chances, key=lambda c: chances[c])
        return name, chances[name]


_LOADED: dict[str, Model] = {}


def model(name: str) -> Model:
    """A trained model: 'kind' of a message, 'role' of a sentence, 'reason', or whether an amount is 'asked'."""
    if name not in _LOADED:
        put(name, json.loads(files(__package__).joinpath("trained", f"{name}.json").read_text("utf-8")))
    return _LOADED[name]


def put(name: str, data: Mapping[str, Any]) -> None:
    """Use this as the model of that name from now on."""
    _LOADED[name] = Model(tuple(data["classes"]), data["weights"])

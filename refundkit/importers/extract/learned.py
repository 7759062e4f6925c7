"""The small trained models of the package: features in, chances in per cent out. `scripts/train-reading` makes them.

Each is a multinomial logistic regression with whole-numbered weights; its file lies in `trained/`. That of amounts
ranks: it has one class, and the candidates of a text share the chance among them.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from math import exp, sqrt
from typing import Any, Final

SCALE: Final = 100
"""Weights are kept as hundredths."""
ALWAYS: Final = "*"
"""A feature everything has."""
NONE: Final = "*none"
"""The only feature of what is ranked with the others and stands for none of them."""


_LANE: Final = 8
_BIAS: Final = 1 << 40
"""Added to every weight, so that none is negative."""

_KEPT: Final = 200_000


class _Lanes(dict[str, int]):
    """The weights of features as they were met; 0 for one that is not known."""

    def __init__(self, weights: Mapping[str, Sequence[int]]) -> None:
        super().__init__()
        self._weights = weights

    def __missing__(self, feature: str) -> int:
        weights = self._weights.get(feature, ())
        lanes = sum((weight + _BIAS) << (8 * _LANE * place) for place, weight in enumerate(weights))
        if len(self) < _KEPT:
            self[feature] = lanes
        return lanes


class Model:
    """Classes, and each known feature's weight for every one of them.

    The weights of a feature are kept as one whole number, in lanes of eight bytes: all classes are added up at once.
    """

    def __init__(self, classes: Sequence[str], weights: Mapping[str, Sequence[int]]) -> None:
        self.classes, self.weights = tuple(classes), weights
        self._lanes = _Lanes(weights)
        self._format = struct.Struct(f"<{len(self.classes)}Q")

    def chances(self, features: Iterable[str]) -> dict[str, int]:
        """How likely each class is, in per cent."""
        known = [self._lanes[ALWAYS], *filter(None, map(self._lanes.__getitem__, features))]
        scale = SCALE * sqrt(len(known))
        biased = self._format.unpack(sum(known).to_bytes(self._format.size, "little"))
        sums = [(value - _BIAS * len(known)) / scale for value in biased]
        highest = max(sums)
        shares = [exp(value - highest) for value in sums]
        whole = sum(shares)
        return {name: round(100 * share / whole) for name, share in zip(self.classes, shares, strict=True)}

    def shares(self, rivals: Sequence[Iterable[str]]) -> list[int]:
        """How likely each of several is the one that is meant, in per cent; none of them may be."""
        sums = [self._score(features) for features in rivals]
        none = self.weights[NONE][0] / SCALE
        highest = max([none, *sums])
        shares = [exp(value - highest) for value in sums]
        whole = sum(shares) + exp(none - highest)
        return [round(100 * share / whole) for share in shares]

    def _score(self, features: Iterable[str]) -> Any:
        known = [self.weights[ALWAYS][0], *(row[0] for row in map(self.weights.get, features) if row)]
        return sum(known) / (SCALE * sqrt(len(known)))

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
    _LOADED[name] = Model(data["classes"], data["weights"])

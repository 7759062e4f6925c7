"""The short ways by which words are found and weighed give exactly what the long ways would."""

import random
from math import exp, sqrt
from pathlib import Path

import pytest

from refundkit.importers.extract import learned
from refundkit.importers.extract.index import PhraseIndex, needed
from refundkit.importers.extract.phrases import compiled, fold
from refundkit.importers.extract.vocabulary import vocabulary

TEXTS = sorted((Path(__file__).parents[3] / "scripts" / "reading").glob("*.txt"))


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("charged twice", ["charged"]),
        ("a refund*|money", ["refund*", "money"]),
        ("{inv} is wrong", ["invref"]),
        ("{money} too much", ["money*"]),
        ("not what? we ordered", ["ordered"]),
        ("*erstattung", []),
        ("{n} {thing}", []),
        ("re*", []),
    ],
)
def test_a_phrase_is_known_by_its_longest_word(phrase, words):
    assert list(needed(phrase)) == words


def test_the_index_finds_what_searching_for_every_phrase_finds():
    speaks = vocabulary().reasons.phrases
    patterns = [compiled(phrase) for phrase in speaks._phrases]
    lines = [fold(line) for path in TEXTS for line in path.read_text(encoding="utf-8").splitlines()[::40]]
    assert len(lines) > 50
    met = set()
    for line in lines:
        found = speaks.found(line)
        assert found == {number for number, pattern in enumerate(patterns) if pattern.search(line)}, line
        met |= found
    assert len(met) > 50


@pytest.mark.parametrize("text", ["", "l'argent", "re-do it", "24/7", "nobody came.", "x nobody   came", "nobodycame"])
def test_phrases_with_signs_in_them_are_found_too(text):
    phrases = ["l'argent", "re-do|redo it", "24/7", "nobody came", "{n}", "x? nobody"]
    found = PhraseIndex(phrases).found(fold(text))
    assert found == {number for number, phrase in enumerate(phrases) if compiled(phrase).search(fold(text))}


@pytest.mark.parametrize("name", ["kind", "role", "reason", "asked"])
def test_weights_added_in_lanes_are_the_weights_added_one_by_one(name):
    model, chance = learned.model(name), random.Random(7)
    known = sorted(model.weights)
    for _ in range(50):
        features = {*chance.choices(known, k=chance.randrange(60)), "no such feature"} - {learned.ALWAYS}
        rows = [model.weights[learned.ALWAYS], *(model.weights[f] for f in features if f in model.weights)]
        sums = [sum(column) / (learned.SCALE * sqrt(len(rows))) for column in zip(*rows, strict=True)]
        shares = [exp(value - max(sums)) for value in sums]
        assert model.chances(features) == {
            name: round(100 * share / sum(shares)) for name, share in zip(model.classes, shares, strict=True)
        }

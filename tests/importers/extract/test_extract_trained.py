"""The trained models: made of the texts in scripts/reading, the same bytes each time, better than looking for words."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from refundkit.importers.extract.features import concepts_of, of_sentence
from refundkit.importers.extract.learned import Model, model

ROOT = Path(__file__).parents[3]


def test_words_of_four_languages_stand_for_one_concept():
    assert {"TECH"} == set(concepts_of("technician")) & set(concepts_of("techniker")) & set(concepts_of("tecnico"))
    assert "REFUND" in concepts_of("ruckerstattung")
    assert "NEG>CAME" in of_sentence("he did not come on friday")


def test_chances_are_per_cent_and_what_is_unknown_changes_none():
    known = Model(("no", "yes"), {"*": (0, 0), "word": (-300, 300)})
    assert known.chances(["word"]) == {"no": 1, "yes": 99}
    assert known.chances(["word", "never seen"]) == known.chances(["word"])
    assert known.best([]) == ("no", 50)


@pytest.mark.parametrize("name", ["asked", "kind", "reason", "role"])
def test_every_weight_is_a_whole_number_for_every_class(name):
    known = model(name)
    assert all(len(row) == len(known.classes) for row in known.weights.values())
    assert all(isinstance(weight, int) for row in known.weights.values() for weight in row)


@pytest.mark.slow
def test_the_texts_give_the_models_that_are_shipped():
    done = subprocess.run(
        [sys.executable, "scripts/train-reading", "--check"], check=False, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_a_labelled_folder_of_mails_teaches_too(tmp_path):
    folder = tmp_path / "set"
    (folder / "mail").mkdir(parents=True)
    (folder / "mail" / "1.eml").write_text("From: a@b.test\nTo: s@shop.test\nSubject: x\n\nPlease refund $5.00.\n")
    wanted = {"amount": "5.00", "reason_code": "other"}
    label = {"file": "mail/1.eml", "is_request": True, "requests": [wanted], "kind": "plain"}
    (folder / "truth.jsonl").write_text(json.dumps(label) + "\n")
    script = runpy.run_path(str(ROOT / "scripts" / "train-reading"))
    (text,) = script["mails"](folder)
    assert (text.kind, text.reason, [str(v) for v in text.asked]) == ("request", "other", ["5.00"])


@pytest.mark.slow
def test_asking_a_bank_for_a_refund_is_told_better_than_by_keywords():
    script = runpy.run_path(str(ROOT / "benchmarks" / "asks_for_refund.py"))
    found = script["rows"]()
    words, read = (script["measure"](found, script[name]) for name in ("by_keywords", "by_reading"))
    assert read["recall"] >= max(0.6, words["recall"])
    assert read["precision"] >= 0.6 > words["precision"]
    assert read["precision_clear"] >= 0.9
    assert read["where_is_it"] <= 2 < words["where_is_it"]

"""Lets these tests share the small shop of tests/workflow, made once for the run and copied."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "workflow"))

import small_shop


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """A shop with people and records; copy it, never write to it."""
    return small_shop.make(tmp_path_factory.mktemp("small-shop") / "template")


@pytest.fixture
def shop(template, tmp_path):
    """A copy of the template with a key file of its own."""
    return template.copy(tmp_path / "shop")

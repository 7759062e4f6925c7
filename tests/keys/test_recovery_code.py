"""The recovery code: what was written down gives the key back."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from refundkit.errors import UsageError
from refundkit.keys.recovery import read, spelled


@given(st.binary(min_size=32, max_size=32))
@example(bytes(31) + b"\x01")
@example(b"\xff" * 32)
def test_a_code_gives_the_key_back_however_it_is_typed(seed):
    code = spelled(seed)
    assert read(code) == read(code.lower().replace("-", " ")) == read(f" {code.replace('-', '')}\n") == seed


@pytest.mark.parametrize("typed", ["", " - ", "O" * 52, "ABC!", "Z" * 60, "ÄÖ"])
def test_what_is_no_code_is_said(typed: str):
    with pytest.raises(UsageError):
        read(typed)

"""Refuses a batch before a byte of it is made, with what its target cannot say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from refundkit.errors import RefusedError

_NAMED: Final = 3


def refuse(problems: Sequence[str]) -> None:
    """Raise RefusedError naming the first problems, if there are any."""
    if problems:
        more = f" (and {len(problems) - _NAMED} more)" if len(problems) > _NAMED else ""
        raise RefusedError(
            f"this batch cannot be written: {'; '.join(problems[:_NAMED])}{more}",
            hint="mend what is named, in the policy, the records or the case, then run the same command again",
        )

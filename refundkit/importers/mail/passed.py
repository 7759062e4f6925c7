"""Whose words a message holds that somebody passes on: attached or in the text, once or from hand to hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from refundkit.importers.mail.headers import addresses
from refundkit.importers.mail.message import Mail
from refundkit.importers.mail.newtext import Turn, take_apart

FORWARDED: Final = re.compile(r"^\s*(?:(?:re|aw)\s?:\s*)*(?:fwd?|wg|tr|rv|vs|doorst|i)\s?:", re.IGNORECASE)
_MOST_PASSED: Final = 5
"""How often in a row a message is passed on among the shop's people."""


@dataclass(slots=True)
class Passed:
    """A message that is passed on: who wrote it, what it says, and older words around it."""

    name: str
    address: str
    subject: str
    text: str
    context: str


def passed_on(mail: Mail, turn: Turn, ours: Callable[[str], bool], depth: int = 0) -> Passed | None:
    """The message passed on, attached or in the text; of one that a colleague had passed on before, what is inside.

    `ours`: whether an address is one of the shop's own people.
    """
    if mail.enclosed:
        passed = mail.enclosed[0]
        name, address = passed.sender()
        part = take_apart(passed.text, forwarded=bool(FORWARDED.match(passed.subject)), writer=name)
        deeper = passed_on(passed, part, ours, depth + 1) if ours(address) and depth < _MOST_PASSED else None
        older = "\n\n".join(filter(None, (part.signature, part.quoted)))
        return _below(deeper, part) or Passed(name, address, passed.subject, part.new, older)
    return _passed(mail, turn, ours)


def _passed(mail: Mail, turn: Turn, ours: Callable[[str], bool], depth: int = 0) -> Passed | None:
    """The message passed on in the text."""
    if turn.forward is None:
        return None
    name, address = next(iter(addresses(turn.forward.sender)), (turn.forward.sender, ""))
    part = take_apart(turn.forward.text, forwarded=ours(address), writer=name)
    deeper = _passed(mail, part, ours, depth + 1) if ours(address) and depth < _MOST_PASSED else None
    older = "\n\n".join(filter(None, (part.signature, part.quoted)))
    subject = turn.forward.subject or mail.subject
    return _below(deeper, part) or Passed(name, address, subject, part.new, older)


def _below(deeper: Passed | None, turn: Turn) -> Passed | None:
    """What stands further in, with what was said above it as older words."""
    return deeper and replace(deeper, context="\n\n".join(filter(None, (deeper.context, turn.new))))

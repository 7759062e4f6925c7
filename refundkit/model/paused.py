"""What keeps a case from money for a while, as its events say: a hold or a question, and what ended it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class End:
    """What ended a pause: an answer, or a manager who lifted the hold."""

    event: str
    who: str
    text: str
    hlc: str


@dataclass(frozen=True, slots=True)
class Pause:
    """What keeps a case from money: a hold (`kind` says which), or a question that waits for an answer (`kind` '').

    `after`: the assessments, approvals, bookings and payments that its author knew. `overtaken`: a question about a
    revision that was amended since.
    """

    event: str
    kind: str
    who: str
    text: str
    hlc: str
    after: frozenset[str]
    overtaken: bool
    ends: tuple[End, ...]

    @property
    def is_open(self) -> bool:
        """Whether it still keeps the case."""
        return not self.ends and not self.overtaken

    def lets(self, event: str, knew: frozenset[str] = frozenset()) -> bool:
        """Whether a yes counts beside it: its author knew of the yes, or who gave the yes `knew` that it had ended.

        A yes that crossed it on another machine was given without what the pause is about.
        """
        return self.overtaken or event in self.after or self.event in knew

"""What keeps a case from money for a while: holds until a manager lifts them, questions until somebody answers.

No state of its own: the case stays where it is. A yes that was given without knowing of the pause does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from refundkit.model.case import ANSWERED, ASKED, HELD, RELEASED, CaseEvent, CaseView
from refundkit.model.org import Org
from refundkit.model.paused import End, Pause

_ENDED_BY: Final = {HELD: RELEASED, ASKED: ANSWERED}


def collect(view: CaseView, events: Sequence[CaseEvent], org: Org) -> None:
    """Put the pauses of a case into it, oldest first on every machine. `events`: those whose authors had the right."""
    for event in events:
        if event.core.type not in _ENDED_BY or event.data is None:
            continue
        data, held = event.data, event.core.type == HELD
        view.pauses.append(
            Pause(
                event.id, data["kind"] if held else "", org.user_of(event.core.writer),
                data["reason"] if held else data["question"], event.core.hlc, names(data, "after"),
                not held and data["rev"] != view.rev, tuple(_ends(event, events, org)),
            )
        )  # fmt: skip
    view.pauses.sort(key=lambda pause: (pause.hlc, pause.event))


def _ends(paused: CaseEvent, events: Iterable[CaseEvent], org: Org) -> list[End]:
    ends = [
        End(e.id, org.user_of(e.core.writer), e.data["text" if e.core.type == ANSWERED else "reason"], e.core.hlc)
        for e in events
        if e.core.type == _ENDED_BY[paused.core.type] and e.data is not None and paused.id in names(e.data, "ends")
    ]
    return sorted(ends, key=lambda end: (end.hlc, end.event))


def names(data: dict[str, Any], field: str) -> frozenset[str]:
    """The event ids that a field lists; what is no id is left out."""
    listed = data.get(field)
    return frozenset(x for x in listed if isinstance(x, str)) if isinstance(listed, list) else frozenset()


def stands(view: CaseView, event: str, knew: frozenset[str] = frozenset()) -> bool:
    """Whether a yes counts beside every pause of the case (see `Pause.lets`)."""
    return all(pause.lets(event, knew) for pause in view.pauses)

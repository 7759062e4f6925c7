"""How likely a message must be a request to be taken for one, and to be sure of it, by what its sentences say."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from refundkit.importers.extract.intent import Intent
from refundkit.importers.extract.sentences import Passage

_SUM: Final = re.compile(r"\W*money\d+\W*")
_REQUEST: Final = 75
_CERTAIN: Final = 80
"""Where phrases say that no money is wanted, and none that it is, it must be as likely to be a request at all."""
_UNASKED: Final = 96
"""Where no sentence asks, and only the whole of it looks like a request."""
_PLAIN: Final = 50
"""Where a sentence asks a sum: by a bill, an order or a customer it names, or plainly in a few sentences."""
_MAYBE: Final = 40
"""Where a sentence asks a sum by such an id: the model sees little of short and of formal texts."""
_ASIDE: Final = 30
"""Where a sentence asks a sum, as a phrase and the model say, in a message that may be about something else."""
_PASSING: Final = 40
_FEW: Final = 4
_SHORT: Final = 2
"""Sentences of a text of which the model sees so little that a phrase is enough."""
_QUIET: Final = 5
"""Below this, in per cent, a sentence does not ask."""
_REPORTS: Final = 25
"""The same in what one of the shop's people writes."""
_SURELY: Final = 60
"""How sure it must be that a sentence asks, where no phrase says so."""
_NEVER: Final = 90
"""From here on a sentence that names a sum asks, though a phrase in it says no."""


class Bars(NamedTuple):
    """How likely, in per cent, a message must be a request: to be one, and for nobody to look at that.

    `denies`: a phrase says that no money is wanted, and none that it is.
    """

    request: int
    certain: int
    denies: bool = False


def bars_for(body: Passage, meant: Intent, *, chased: bool, staff: bool, stated: bool) -> Bars:
    """The bars of one message.

    `chased`: it presses for an earlier request; `staff`: one of the shop's people wrote it, who report much that asks
    for nothing; `stated`: a column or label names sums that are asked back.
    """
    denies = bool(meant.denies & _others(body, meant)) and not meant.asks
    sums, most = _asks_a_sum(body, meant), max(meant.asking, default=0)
    short = len(meant.asking) <= _SHORT
    stated = stated and body.named
    if (stated and meant.asks - _others(body, meant)) or any(short or meant.asking[place] >= _QUIET for place in sums):
        return Bars(_MAYBE, _PLAIN, denies)
    if staff and most < _REPORTS and not meant.asks and not chased:
        return Bars(_UNASKED, _UNASKED)
    plainly, quiet = _plainly(body, meant), most < _QUIET and not (sums or stated)
    aside = any(meant.asking[p] >= _PASSING and body.values(body.sentences[p].shape) for p in meant.asks)
    sum_of_bill = body.named and any(body.values(body.sentences[p].shape) for p in meant.asks)
    request = _CERTAIN if denies else _ASIDE if aside else _PLAIN if plainly or sum_of_bill else _REQUEST
    return Bars(request, _UNASKED if quiet else _PLAIN if plainly else _CERTAIN, denies)


def _plainly(body: Passage, meant: Intent) -> bool:
    """Whether it is short and names a sum, phrases ask for money in it, and none says no or tells of a refund."""
    return (
        bool(body.mentions) and bool(meant.asks) and not meant.denies and not meant.tells and len(meant.asking) <= _FEW
    )


def _asks_a_sum(body: Passage, meant: Intent) -> list[int]:
    """The sentences that ask for a sum in them, where a bill, an order or a customer is named."""
    others = _others(body, meant)
    return [
        place
        for place, sentence in enumerate(body.sentences if body.named else ())
        if place not in others
        and (body.values(sentence.shape) or _sum_behind(body, place))
        and (place in meant.asks or meant.asking[place] >= _SURELY)
    ]


def _sum_behind(body: Passage, place: int) -> bool:
    """Whether the next sentence is nothing but a sum: 'Refund INV-20417. $64.00.'."""
    behind = body.sentences[place + 1].shape if place + 1 < len(body.sentences) else ""
    return _SUM.fullmatch(behind) is not None


def _others(body: Passage, meant: Intent) -> frozenset[int]:
    """The sentences that say no, or tell of a refund."""
    asked = {
        place for place in meant.denies if meant.asking[place] >= _NEVER and body.values(body.sentences[place].shape)
    }
    return (meant.denies | meant.tells) - asked

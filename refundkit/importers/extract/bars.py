"""How likely a message must be a request to be taken for one, and to be sure of it, by what its sentences say."""

from __future__ import annotations

from typing import Final, NamedTuple

from refundkit.importers.extract.intent import Intent
from refundkit.importers.extract.sentences import Passage

_REQUEST: Final = 70
_CERTAIN: Final = 80
"""Where phrases say that no money is wanted, and none that it is, it must be as likely to be a request at all."""
_UNASKED: Final = 96
"""Where no sentence asks, and only the whole of it looks like a request."""
_PLAIN: Final = 50
"""Where a sentence asks a sum: by a bill, an order or a customer it names, or plainly in a few sentences."""
_MAYBE: Final = 40
"""Where a sentence asks a sum by such an id: the model sees little of short and of formal texts."""
_FEW: Final = 4
_QUIET: Final = 5
"""Below this, in per cent, a sentence does not ask."""
_REPORTS: Final = 25
"""The same in what one of the shop's people writes."""
_SURELY: Final = 60
"""How sure it must be that a sentence asks, where no phrase says so."""
_NEVER: Final = 90
"""From here on a sentence asks, though a phrase in it says no."""


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
    for nothing; `stated`: a column or label of a sum that is asked back.
    """
    plainly, most = _plainly(body, meant), max(meant.asking, default=0)
    denies = any(meant.asking[place] < _NEVER for place in meant.denies) and not meant.asks
    if _asks_a_sum(body, meant, stated=stated):
        return Bars(_MAYBE, _PLAIN, denies)
    if staff and most < _REPORTS and not meant.asks and not chased:
        return Bars(_UNASKED, _UNASKED)
    request = _PLAIN if plainly else _CERTAIN if denies else _REQUEST
    return Bars(request, _UNASKED if most < _QUIET else _PLAIN if plainly else _CERTAIN, denies)


def _plainly(body: Passage, meant: Intent) -> bool:
    """Whether it is short and names a sum, phrases ask for money in it, and none says no or tells of a refund."""
    return (
        bool(body.mentions) and bool(meant.asks) and not meant.denies and not meant.tells and len(meant.asking) <= _FEW
    )


def _asks_a_sum(body: Passage, meant: Intent, *, stated: bool) -> bool:
    """Whether it names a bill, an order or a customer, and a sentence asks the sum in it, or that of a table."""
    if not body.named:
        return False
    others = {place for place in meant.denies if meant.asking[place] < _NEVER} | meant.tells
    for place, sentence in enumerate(body.sentences):
        enough = _QUIET if place in meant.asks else _SURELY
        sums = bool(body.values(sentence.shape)) and meant.asking[place] >= enough
        if place not in others and (sums or (stated and place in meant.asks)):
            return True
    return False

"""Mailboxes on disk, of any size: their messages in order, read on all the cores there are."""

from __future__ import annotations

import mmap
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Final

from refundkit.importers.extract.shop import ShopWords
from refundkit.importers.mail import crew, mbox
from refundkit.importers.mail.reader import preamble, read_piece
from refundkit.model.requests import Reading, Reject

LONG: Final = 300
"""Messages from which on a helper saves more time than it takes to begin."""
_BLOCK: Final = 25
_BLOCK_BYTES: Final = 512 * 1024
_AHEAD: Final = 16
_AHEAD_BYTES: Final = 16 * 1024 * 1024
"""So much of a mailbox, at most, is read and not yet handed on."""
_AT_ONCE: Final = 2
"""Blocks that a helper has before it: one to read, one to go on with."""


def read_mbox(path: Path, name: str, shop: ShopWords) -> Iterator[Reading]:
    """Read a mailbox, a few messages in memory at a time. Raises OSError only for the file."""
    if path.stat().st_size == 0:
        yield Reject(name, None, "The file is empty.", "")
        return
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as buffer,
        closing(mbox.split(buffer)) as pieces,
        ExitStack() as crews,
    ):
        before, escaped = preamble(name, buffer), mbox.is_mboxrd(buffer)
        yield from before
        first = list(islice(pieces, LONG))
        if not before and not first:
            yield Reject(name, None, "The file is empty.", "")
        helpers = [crew.Helper(path, name, shop, escaped=escaped) for _ in range(_needed(len(first)))]
        for helper in helpers:
            crews.callback(helper.close)

        def read(piece: mbox.Piece) -> list[Reading]:
            return read_piece(name, buffer, piece, shop, escaped=escaped)

        if helpers:
            yield from _shared(_blocks(chain(first, pieces)), read, helpers)
        else:
            yield from chain.from_iterable(map(read, chain(first, pieces)))


def _needed(messages: int) -> int:
    return crew.spare_cores() if messages >= LONG else 0


@dataclass(slots=True)
class _Block:
    """Messages that follow each other. `helper`: who reads them, if not this process; `readings`: what they are."""

    pieces: list[mbox.Piece]
    helper: crew.Helper | None = None
    readings: list[Reading] | None = None

    @property
    def free(self) -> bool:
        """Whether nobody reads it yet."""
        return self.helper is None and self.readings is None

    @property
    def size(self) -> int:
        """Its bytes in the mailbox."""
        return self.pieces[-1].end - self.pieces[0].start


def _blocks(pieces: Iterator[mbox.Piece]) -> Iterator[_Block]:
    block: list[mbox.Piece] = []
    for piece in pieces:
        block.append(piece)
        if len(block) == _BLOCK or piece.end - block[0].start > _BLOCK_BYTES:
            yield _Block(block)
            block = []
    if block:
        yield _Block(block)


def _shared(
    blocks: Iterator[_Block], read: Callable[[mbox.Piece], list[Reading]], helpers: list[crew.Helper]
) -> Iterator[Reading]:
    """What the messages are, in their order, whoever reads them. Whoever has nothing to do takes the next block."""
    ahead: deque[_Block] = deque()
    while True:
        while len(ahead) < _AHEAD and sum(b.size for b in ahead) < _AHEAD_BYTES:
            block = next(blocks, None)
            if block is None:
                break
            ahead.append(block)
        if not ahead:
            return
        _hand_out(ahead, helpers)
        front = ahead[0]
        mine = next((block for block in ahead if block.free), None)
        if front.readings is not None:
            yield from ahead.popleft().readings or ()
        elif front.helper is not None and (mine is None or front.helper.ready):
            _take(front, ahead)
        elif mine is not None:
            mine.readings = [reading for piece in mine.pieces for reading in read(piece)]


def _hand_out(ahead: deque[_Block], helpers: list[crew.Helper]) -> None:
    """Give every helper something to do; the first block, which is waited for, is read here."""
    free = [block for block in islice(ahead, 1, None) if block.free]
    for helper in helpers:
        while helper.alive and helper.asked < _AT_ONCE and free:
            block = free.pop(0)
            block.helper = helper
            helper.ask(block.pieces)


def _take(front: _Block, ahead: deque[_Block]) -> None:
    """Take what a helper has read; when it has died, what it was asked is read by the others."""
    helper = front.helper
    assert helper is not None
    front.readings = helper.take()
    if front.readings is None:
        for block in ahead:
            block.helper = None if block.helper is helper else block.helper
    front.helper = None

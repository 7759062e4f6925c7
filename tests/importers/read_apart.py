"""Run by tests in a process of its own with 1 GB of memory: reads the files named on standard input.

Prints a line of JSON a file: its name, the seconds of processor time it took, what was raised, and the readings. Those
seconds are what counts, since the machine may be busy; what waits longer than 40 seconds is stopped.
"""

import json
import os
import resource
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from refundkit.errors import InputError
from refundkit.importers.registry import ShopFacts, read_file
from refundkit.model.requests import Draft, Ignored, Reject

PATIENCE = 40
MEMORY = 1 << 30


class TooLongError(BaseException):
    """Nothing in an importer may swallow it."""


def stop(*_):
    raise TooLongError


def told(reading):
    match reading:
        case Draft():
            return "; ".join(reading.doubts)
        case Reject():
            return reading.problem
        case Ignored():
            return reading.why


def spent():
    return sum(os.times()[:4])


def main():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, stop)
    facts = ShopFacts("USD", ZoneInfo("America/Chicago"), datetime(2026, 9, 1, tzinfo=UTC))
    for line in sys.stdin:
        path, start, readings, raised = Path(line.rstrip("\n")), spent(), [], ""
        signal.alarm(PATIENCE)
        try:
            readings = list(read_file(path, path.name, facts))
        except InputError as err:
            raised = "" if err.message and err.hint else "InputError without a sentence"
        except BaseException as err:
            raised = f"{type(err).__name__}: {err}"
        signal.alarm(0)
        found = [[type(r).__name__, r.index, told(r), r.words] for r in readings]
        print(json.dumps([line.rstrip("\n"), spent() - start, raised, found]), flush=True)


if __name__ == "__main__":
    main()

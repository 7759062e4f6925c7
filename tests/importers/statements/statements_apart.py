"""Reads statements named on standard input in a process with 1 GB of memory; prints how each ended, as JSON."""

import json
import resource
import sys
from pathlib import Path
from time import process_time

from refundkit.errors import InputError
from refundkit.importers.statements.contract import FileFacts
from refundkit.importers.statements.registry import read_statement

resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
for name in sys.stdin.read().split():
    began, count, said = process_time(), 0, ""
    try:
        for _ in read_statement(Path(name), FileFacts("file")):
            count += 1
    except InputError as err:
        said = f"{err.where}: {err.message}"
        assert err.hint
    print(json.dumps([count, said, process_time() - began]))

"""Rows as the bytes of a CSV file: UTF-8 without a mark, commas, CRLF, quotes where needed, the same bytes always."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence


def csv_bytes(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file. The cells come neutralised (`exporters.text.cell_text`)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows(rows)
    return out.getvalue().encode()

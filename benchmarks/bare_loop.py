"""The least that loading CSV files into SQLite can cost: csv, executemany, one transaction, nothing checked.

bare_loop.py DATABASE FILE...
"""

from __future__ import annotations

import csv
import sqlite3
import sys
from pathlib import Path


def load(connection: sqlite3.Connection, path: Path) -> None:
    """Put one file into a table of its own, every cell as text."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        headings = next(rows)
        names = ", ".join(f'"{heading}"' for heading in headings)
        connection.execute(f'CREATE TABLE "{path.stem}" ({names})')
        connection.executemany(f'INSERT INTO "{path.stem}" VALUES ({", ".join("?" * len(headings))})', rows)


def main(arguments: list[str]) -> None:
    """Load the files into a new database."""
    connection = sqlite3.connect(arguments[0])
    with connection:
        for name in arguments[1:]:
            load(connection, Path(name))
    connection.close()


if __name__ == "__main__":
    main(sys.argv[1:])

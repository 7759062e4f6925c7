"""What openpyxl takes to read a workbook, row by row: only_openpyxl.py WORKBOOK."""

from __future__ import annotations

import sys

import openpyxl


def main(path: str) -> None:
    """Read every cell of every sheet."""
    cells = 0
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    for sheet in book.worksheets:
        for row in sheet.iter_rows(values_only=True):
            cells += len(row)
    print(cells)


if __name__ == "__main__":
    main(sys.argv[1])

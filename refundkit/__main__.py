"""Starts refundkit from a shell: `refundkit ...` or `python -m refundkit ...`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit status."""
    try:
        from refundkit.cli import run

        status = run(sys.argv[1:])
    except KeyboardInterrupt:  # so early that nothing had begun
        status = 130
    if status == 130:
        # An interrupt inside exec() (dataclasses use it) stays noted in CPython after it was handled, and the process
        # would end by the signal instead of with its status. Running any text clears the note.
        exec("")  # noqa: S102
    sys.exit(status)


if __name__ == "__main__":
    main()

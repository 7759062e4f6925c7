"""Starts refundkit from a shell: `refundkit ...` or `python -m refundkit ...`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit status."""
    from refundkit.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()

"""What the standard library takes to parse a mailbox: every header and text that is looked at is read, nothing judged.

only_parse.py MAILBOX
"""

from __future__ import annotations

import mailbox
import sys
from email import message_from_bytes, policy


def main(path: str) -> None:
    """Read sender, subject, date and text of every message."""
    length = 0
    box = mailbox.mbox(path, create=False)
    for key in box.iterkeys():
        message = message_from_bytes(box.get_bytes(key), policy=policy.default)
        body = message.get_body(("plain", "html"))
        length += len(str(message["From"])) + len(str(message["Subject"])) + len(str(message["Date"]))
        length += len(body.get_content()) if body is not None else 0
    print(length)


if __name__ == "__main__":
    main(sys.argv[1])

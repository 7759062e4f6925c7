"""Writes a mailbox of made-up mails as shops get them: make_mails.py FILE COUNT. The same call gives the same bytes.

Six in ten ask for money back. Plain and HTML, quoted threads, signatures, disclaimers, small attachments.
"""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

ASK = (
    "please return the {amount} we paid for it", "I would like my {amount} back",
    "kindly credit {amount} to our account", "we expect {amount} of this bill to come off",
    "could you send us the {amount} back, same card please",
)  # fmt: skip
STORY = (
    "Your engineer was booked for Tuesday morning and nobody came", "The till froze again two days after the repair",
    "We were billed for five hours and he was here for three", "We sent the second access point back in its box",
    "The card was charged twice for the same invoice", "Only half of the phones were set up when he left",
    "You promised four hours and it took until the next afternoon",
)  # fmt: skip
OTHER = (
    "Thank you for the quick visit yesterday, all tills are running.",
    "Could somebody look at our label printer on Friday?",
    "What would a second access point for the hall cost us?", "Where is the refund you promised on the 3rd?",
    "Please find our new billing address below.", "Our spring offer: thirty days money back on every router!",
)  # fmt: skip
ENDING = "\n\nKind regards\n{name}\n--\n{name} | {house}\nPhone 555-01{number:02d}\nThis message is confidential."
QUOTE = "\n\nOn Mon, 5 Oct 2026 at 10:12, Office <office@shop.example> wrote:\n> You are booked.\n> In all 412.50.\n"


def message(number: int, chance: random.Random) -> EmailMessage:
    """One mail."""
    name, house = f"Sam {chance.choice('ABCDEFG')}{number}", f"house{number % 900}.example.net"
    mail = EmailMessage()
    mail["From"], mail["To"] = f"{name} <sam{number}@{house}>", "refunds@shop.example"
    mail["Date"] = format_datetime(datetime(2026, 9, 1, tzinfo=UTC) + timedelta(minutes=7 * number))
    mail["Message-ID"] = f"<{number}.{chance.randrange(10**9)}@{house}>"
    if chance.random() < 0.6:
        amount = (
            chance.choice(("$", "USD ", "€", "£")) + f"{chance.randrange(20, 900)}.{chance.choice(('00', '50', '75'))}"
        )
        invoice, order = f"INV-{20000 + number}", f"SO-2026-{number:05d}"
        asked = chance.choice(ASK).format(amount=amount)
        body = f"Hello,\n\n{chance.choice(STORY)} ({invoice}, order {order}). Because of that {asked}.\n"
        mail["Subject"] = f"{invoice}: {chance.choice(('visit', 'bill', 'question', 'repair'))}"
    else:
        body, mail["Subject"] = (
            f"Hello,\n\n{chance.choice(OTHER)}\n",
            chance.choice(("Hello", "Question", "News", "Visit")),
        )
    body += ENDING.format(name=name, house=house, number=number % 100) + (QUOTE if chance.random() < 0.4 else "")
    mail.set_content(body)
    if chance.random() < 0.5:
        lines = "".join(f"<p style='margin:0'>{line}</p>" for line in body.splitlines())
        mail.add_alternative(f"<html><body>{lines}</body></html>", subtype="html")
    if chance.random() < 0.1:
        mail.add_attachment(chance.randbytes(4_000), maintype="image", subtype="jpeg", filename="photo.jpg")
    return mail


def main(path: Path, count: int) -> None:
    """Write the mailbox."""
    chance = random.Random(7)
    with path.open("wb") as file:
        for number in range(count):
            file.write(b"From sam@example.net Mon Oct 05 10:12:00 2026\n")
            file.write(message(number, chance).as_bytes().replace(b"\nFrom ", b"\n>From ") + b"\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

"""Mails as people send them, written in one call; dates are in the week of the test shop's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

SHOP = "refunds@brightwater.test"
BEGIN = datetime(2026, 10, 5, 9, tzinfo=UTC)


def mail(
    subject, text, *, sender="dana@ottercreek.test", day=0, number=1, answers="", files=(), kind="plain", **headers
):
    """The bytes of one message. `answers`: the Message-ID it replies to; `files`: (name, media type, content)."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, SHOP, subject
    message["Date"] = format_datetime(BEGIN + timedelta(days=day))
    message["Message-ID"] = f"<m{number}@{sender.partition('@')[2]}>"
    if answers:
        message["In-Reply-To"] = message["References"] = answers
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text, subtype=kind)
    for name, media, content in files:
        main, _, sub = media.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


ASKS = mail(
    "Visit on Thursday", "Nobody came on Thursday. Please refund the $120.00 we paid for INV-24999.\n\nDana", number=1
)

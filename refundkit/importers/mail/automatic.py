"""Mails that no person wrote to ask for something: automatic replies, bounces, newsletters, receipts, invitations."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from refundkit.importers.mail.message import Mail
from refundkit.model.requests import NoRequest

_MACHINE: Final = re.compile(r"^(?:mailer-daemon|postmaster|mail-?daemon)@", re.IGNORECASE)
_AWAY: Final = re.compile(
    r"^\s*(?:(?:auto(?:matic|matische|matisch)?[ -]?(?:reply|response|antwort)|automatische antwort|abwesenheit\w*|"
    r"out of (?:the )?office|r[ée]ponse automatique|absence du bureau|absent du bureau|respuesta autom[áa]tica|"
    r"fuera de (?:la )?oficina)\b)",
    re.IGNORECASE,
)
_BOUNCE: Final = re.compile(
    r"^\s*(?:undeliver(?:ed|able)|delivery (?:status notification|failure|has failed)|mail delivery (?:failed|system)|"
    r"returned mail|"
    r"failure notice|unzustellbar|nicht zustellbar|non remis|message non distribu)",
    re.IGNORECASE,
)
_BULK: Final = frozenset({"bulk", "list", "junk"})


class Automatic(NamedTuple):
    """What kind of mail it is, and why, in a sentence."""

    kind: NoRequest
    why: str


def automatic_kind(mail: Mail, *, own_robot: bool, for_person: bool = False) -> Automatic | None:
    """What this mail is when it cannot be a request; None when a person, or the shop's own form, may have written it.

    `own_robot`: it comes from the shop's own systems, whose forms and voice mails are marked as automatic too;
    `for_person`: it speaks for a person whose address is known, as the shop's own mailing list does.
    """
    if for_person and mail.sender()[1].lower().rpartition("@")[2] in mail.headers.get("list-id").lower():
        return _report(mail) or _answer(mail, own_robot=own_robot)
    return _report(mail) or _answer(mail, own_robot=own_robot) or _list(mail, own_robot=own_robot)


def _report(mail: Mail) -> Automatic | None:
    kind = mail.headers.get("content-type").lower()
    if "disposition-notification" in kind or "message/disposition-notification" in mail.kinds:
        return Automatic(NoRequest.RECEIPT, "It is a read receipt.")
    if "feedback-report" in kind or "message/feedback-report" in mail.kinds:
        return Automatic(NoRequest.NONE, "It is a complaint report of a mail provider.")
    if kind.startswith("multipart/report") or "message/delivery-status" in mail.kinds:
        return Automatic(NoRequest.BOUNCE, "It is a delivery report.")
    sender = mail.sender()[1]
    if mail.headers.has("x-failed-recipients") or _MACHINE.match(sender) or _BOUNCE.match(mail.subject):
        return Automatic(NoRequest.BOUNCE, "It is a message about a mail that could not be delivered.")
    if "text/calendar" in mail.kinds:
        return Automatic(NoRequest.INVITATION, "It is a calendar invitation.")
    return None


def _answer(mail: Mail, *, own_robot: bool) -> Automatic | None:
    headers = mail.headers
    reply = Automatic(NoRequest.AUTO_REPLY, "It is an automatic reply.")
    automatic = headers.get("auto-submitted").lower().split(";")[0].strip()
    if automatic.startswith("auto-replied") or automatic == "auto-notified":
        return reply
    if automatic not in ("", "no") and not own_robot:
        return Automatic(NoRequest.BULK, "It was sent by a machine (Auto-Submitted).")
    if headers.has("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from", "x-mail-autoreply"):
        return reply
    if headers.get("precedence").lower() in ("auto_reply", "auto-reply") or _AWAY.match(mail.subject):
        return reply
    return None


def _list(mail: Mail, *, own_robot: bool) -> Automatic | None:
    headers = mail.headers
    if headers.has("list-id", "list-unsubscribe", "list-post", "x-campaign", "x-mailchimp-id", "feedback-id"):
        return Automatic(NoRequest.BULK, "It is a newsletter or came through a mailing list.")
    if headers.get("precedence").lower() in _BULK and not own_robot:
        return Automatic(NoRequest.BULK, "It was sent in bulk.")
    return None

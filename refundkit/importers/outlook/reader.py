"""The importer of Outlook messages: a .msg in, what a mail of the same content would be out. Never raises."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from refundkit.errors import InputError
from refundkit.importers.archives.kinds import encrypted
from refundkit.importers.extract.shop import ShopWords
from refundkit.importers.mail import reader
from refundkit.importers.mail.drafts import Place
from refundkit.importers.outlook.message import as_mail, has_text, sender
from refundkit.importers.outlook.properties import Properties, message
from refundkit.model.requests import Draft, Ignored, Original, Reading, Reject

MEDIA_TYPE: Final = "application/vnd.ms-outlook"
_FAULTS: Final = (
    OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, MemoryError, EOFError,
    struct.error,
)  # fmt: skip
_UNSENT: Final = 0x8
_WORDS: Final = 4_000

# Message classes (MS-OXCMSG 2.2.1.3) by their beginning; what a mail is stands last.
_CLASSES: Final = (
    ("ipm.appointment", "It is no mail but an appointment."),
    ("ipm.schedule.", "It is a meeting request or an answer to one."),
    ("ipm.contact", "It is no mail but a contact."),
    ("ipm.abchperson", "It is no mail but a contact."),
    ("ipm.distlist", "It is no mail but a list of addressees."),
    ("ipm.task", "It is no mail but a task."),
    ("ipm.stickynote", "It is no mail but a note."),
    ("ipm.activity", "It is no mail but an entry of a journal."),
    ("ipm.document", "It is no mail but a document."),
    ("ipm.recall", "It recalls another message."),
    ("ipm.note.rules.oof", "It is an automatic reply."),
    ("report.", "It is a delivery report or a read receipt."),
)  # fmt: skip
_MAILS: Final = ("ipm.note", "ipm.post", "ipm.sharing")
_VAULT: Final = "ipm.note.enterprisevault.shortcut"
_FROM_OUTLOOK: Final = "open it in Outlook, save it as .eml or as text, and import that"


def read_msg(path: Path, name: str, shop: ShopWords) -> Iterator[Reading]:
    """Read one Outlook message. Whatever is wrong with it becomes a Reject with the reason and the way out."""
    from olefile import OleFileIO

    try:
        with OleFileIO(str(path)) as ole:
            found = _readings(message(ole, path.stat().st_size), path, name, shop)
    except InputError as err:
        found = [Reject(name, None, f"{err.message} ({err.hint})", "")]
    except _FAULTS as err:
        problem = f"is a damaged Outlook message ({type(err).__name__}); {_FROM_OUTLOOK}"
        found = [Reject(name, None, problem, "")]
    yield from found


def _readings(found: Properties, path: Path, name: str, shop: ShopWords) -> list[Reading]:
    kind = found.text(0x001A).strip().casefold()
    original = Original(Place(name, None, "").name, MEDIA_TYPE, path.read_bytes())
    if why := _no_mail(found, kind):
        words = f"{found.text(0x0037)}\n\n{found.text(0x1000)}"[:_WORDS].encode("utf-8", "replace").decode()
        return [Ignored(name, None, why, words, "", original)]
    _refuse(found, kind)
    who = sender(found)[0]
    return [_as_outlook(reading, who, original) for reading in reader.read_mail(name, as_mail(found), "eml", shop)]


def _no_mail(found: Properties, kind: str) -> str:
    """Why a message of this class is no request, '' when it is a mail that was sent."""
    for start, why in _CLASSES:
        if kind.startswith(start):
            return why
    if kind and not kind.startswith(_MAILS) and kind != "ipm":
        return f"It is no mail but an item of Outlook ({kind[:60]})."
    if found.number(0x0E07) & _UNSENT and found.time(0x0039) is None and not found.text(0x007D):
        return "It is a draft that was never sent."
    return ""


def _refuse(found: Properties, kind: str) -> None:
    """Raise InputError for a mail whose text is not in the file or cannot be read."""
    if kind.startswith(_VAULT):
        raise InputError("holds only a link to an archive (Enterprise Vault), not the message", hint=_FROM_OUTLOOK)
    if has_text(found):
        return
    if kind.startswith("ipm.note.smime") and "multipartsigned" not in kind:
        raise encrypted()
    if found.data(0x1009) and not found.items("attach"):
        hint = "open it in Outlook, choose Format Text, Plain Text, save it, and import that"
        raise InputError("has its text only as Rich Text, which is not read here", hint=hint)


def _as_outlook(reading: Reading, who: str, original: Original) -> Reading:
    """The reading with the file itself as evidence, and the name Outlook shows where there is no address."""
    if isinstance(reading, Draft):
        return replace(reading, original=original, requested_by=reading.requested_by or who[:200])
    return replace(reading, original=original) if isinstance(reading, Ignored) else reading

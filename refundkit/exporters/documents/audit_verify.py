"""Verify an audit document without a store: its seal, then every event in it, its writers, and what links them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from refundkit.errors import IntegrityError
from refundkit.exporters.documents.attachments import CONTENT, EVENTS, HINT, WRITERS
from refundkit.exporters.documents.ledger_check import Book, Verify, Writer
from refundkit.exporters.documents.page_text import printable
from refundkit.exporters.documents.seal import Seal, read_seal, sealed_message
from refundkit.model.case_id import case_id

FILE_LIMIT: Final = 64 * 2**20
ATTACHMENT_LIMIT: Final = 16 * 2**20
_NAMES_LIMIT: Final = 64
_OBJECTS_LIMIT: Final = 200_000
_READER_LIMITS: Final = (
    "maximum_declared_stream_length",
    "zlib_maximum_output_length",
    "lzw_maximum_output_length",
    "run_length_maximum_output_length",
    "stream_decoding_work_maximum_length",
)


@dataclass(frozen=True, slots=True)
class Verified:
    """What an intact document proves. `ledger`: b64url; compare it with the one the shop gave by another way.

    Texts from the document (`company`, users, names) hold no control characters and at most 200 characters.
    """

    case_id: str
    ledger: str
    company: str
    events: int
    writers: tuple[Writer, ...]
    sealed_by: Writer
    warnings: tuple[str, ...]


def ed25519(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the Ed25519 signature of the message is by the key (RFC 8032); False for anything malformed."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def verify_audit(pdf: bytes, verify: Verify = ed25519) -> Verified:
    """Prove the document, or raise IntegrityError whose message names the event or the part that is wrong.

    Proves that an enrolled writer sealed exactly these bytes; that every event is whole, signed by its enrolled writer,
    of this ledger and this case; that the enrolments lead back to the ledger's first event; that neighbours in a chain
    are linked. Cannot know what only the store knows: keys revoked later, and events left out.
    """
    if len(pdf) > FILE_LIMIT:
        raise IntegrityError(f"the file has {len(pdf)} bytes; no audit document has over {FILE_LIMIT}", hint=HINT)
    broken: IntegrityError | None = None
    try:
        seal = _unchanged(pdf)
    except IntegrityError as err:
        broken = err
    book = Book(verify)
    try:
        book.read(_attachments(pdf))
    except IntegrityError as err:
        if broken is None:
            raise
        raise IntegrityError(f"{broken.message}: {err.message}", hint=HINT) from err
    if broken is not None:
        raise IntegrityError(
            f"{broken.message}: every event in it verifies, but nothing vouches for the pages and {CONTENT}",
            hint=HINT,
        ) from broken
    return Verified(
        case_id=case_id(book.case),
        ledger=book.ledger,
        company=book.company,
        events=len(book.events),
        writers=tuple(book.writers.values()),
        sealed_by=_sealer(seal, book, verify),
        warnings=tuple(book.warnings()),
    )


def _unchanged(pdf: bytes) -> Seal:
    seal = read_seal(pdf)
    if seal.digest != seal.stated:
        raise IntegrityError("the file was changed after it was sealed", hint=HINT)
    return seal


def _sealer(seal: Seal, book: Book, verify: Verify) -> Writer:
    sealer = book.writers.get(seal.writer)
    if sealer is None:
        raise IntegrityError(f"the seal is by writer {seal.writer}, whom {WRITERS} does not enrol", hint=HINT)
    if not verify(sealer.public, seal.sig, sealed_message(seal.digest)):
        raise IntegrityError(f"the signature of the seal is not by writer {seal.writer} ({sealer.user})", hint=HINT)
    return sealer


def _attachments(pdf: bytes) -> dict[str, bytes]:
    """The attached files by name, through the reader's own limits on sizes and nesting."""
    import pypdf

    logger = logging.getLogger("pypdf")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())  # what it finds odd is not for stderr
    found: dict[str, bytes] = {}
    wanted = (CONTENT, EVENTS, WRITERS)
    limits: dict[str, Any] = dict.fromkeys(_READER_LIMITS, ATTACHMENT_LIMIT)
    try:
        with pypdf.apply_configuration(zlib_maximum_recovery_input_length=0, **limits):
            reader = pypdf.PdfReader(BytesIO(pdf), strict=True, xref_stream_maximum_entries=_OBJECTS_LIMIT)
            root: Any = reader.trailer["/Root"]
            names = root["/Names"]["/EmbeddedFiles"]["/Names"]
            for place in range(1, min(len(names), _NAMES_LIMIT), 2):
                file = names[place].get_object()
                name = str(file["/UF"])
                if name in wanted and name not in found:
                    found[name] = bytes(file["/EF"]["/F"].get_object().get_data())
    except Exception as err:  # a hostile file can raise anything in a parser of PDF
        problem = printable(f"{type(err).__name__}: {err}", 160)
        raise IntegrityError(f"the attached files cannot be read ({problem})", hint=HINT) from err
    for name in wanted:
        if name not in found:
            raise IntegrityError(f"{name} is not attached", hint=HINT)
        if len(found[name]) > ATTACHMENT_LIMIT:
            raise IntegrityError(f"{name} has {len(found[name])} bytes; at most {ATTACHMENT_LIMIT} are read", hint=HINT)
    return found


__all__ = ["Verified", "Writer", "ed25519", "verify_audit"]

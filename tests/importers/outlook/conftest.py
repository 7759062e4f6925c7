"""Outlook messages made for tests."""

import importlib.util
import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest

spec = importlib.util.spec_from_file_location("ole_writer", Path(__file__).with_name("ole_writer.py"))
ole_writer = importlib.util.module_from_spec(spec)
spec.loader.exec_module(ole_writer)


def filetime(when: datetime) -> bytes:
    return struct.pack("<Q", int((when - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000)


def storage(prefix: str, texts: dict[int, str | bytes], fixed: dict[int, bytes], header: int) -> dict[str, bytes]:
    """One message, recipient or attachment: text as UTF-16, bytes as binary, fixed properties in their stream."""
    found = {}
    for tag, value in texts.items():
        kind, data = ("0102", value) if isinstance(value, bytes) else ("001F", value.encode("utf-16-le"))
        found[f"{prefix}__substg1.0_{tag:04X}{kind}"] = data
    entries = b"".join(struct.pack("<HHI8s", 0x40 if len(v) == 8 else 3, t, 6, v) for t, v in fixed.items())
    found[f"{prefix}__properties_version1.0"] = b"\0" * header + entries
    return found


class Msg:
    """Builds a message; every property can be replaced, None leaves it out."""

    def __init__(self) -> None:
        self.streams: dict[str, bytes] = {}
        self.attached = 0

    def text(self, prefix: str = "", header: int = 32, *, codepage: int = 65001, flags: int = 1, sent=..., **changed):
        sent = datetime(2026, 8, 19, 15, 12, tzinfo=UTC) if sent is ... else sent
        texts = {
            0x001A: "IPM.Note",
            0x0037: "Visit that never happened",
            0x0C1A: "Ann Lee",
            0x0C1F: "ann@customer.test",
            0x1000: "Please refund $84.50 for invoice INV-20988, nobody came.\r\n",
        } | {int(tag[1:], 16): value for tag, value in changed.items()}
        fixed = {0x3FDE: struct.pack("<Q", codepage)[:4] + b"\1\0\0\0", 0x0E07: struct.pack("<II", flags, 0)}
        if sent:
            fixed[0x0039] = filetime(sent)
        self.streams |= storage(prefix, {t: v for t, v in texts.items() if v is not None}, fixed, header)
        return self

    def attach(self, name: str = "", data: bytes = b"", media: str = "") -> str:
        at = f"__attach_version1.0_#{self.attached:08X}/"
        self.attached += 1
        texts = {0x3707: name, 0x370E: media, 0x3701: data}
        self.streams |= storage(at, {t: v for t, v in texts.items() if v}, {}, 8)
        return at

    def recipient(self, address: str) -> "Msg":
        self.streams |= storage("__recip_version1.0_#00000000/", {0x39FE: address}, {0x0C15: b"\1" + b"\0" * 7}, 8)
        return self

    def bytes(self) -> bytes:
        return ole_writer.container(self.streams)


@pytest.fixture
def msg():
    return Msg

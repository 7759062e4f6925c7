"""The operating system's keyring: only a real one, never a plaintext file, and no call that hangs for ever."""

from __future__ import annotations

import base64
import contextlib
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from refundkit.errors import IntegrityError, OutsideError
from refundkit.keys.folder import locked
from refundkit.keys.vault import is_mark, raises

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

SERVICE: Final = "refundkit"
CALL_SECONDS: Final = 10
# A keyring cannot list what it holds, so we keep a list in it, in pages: Windows takes 2 560 bytes an entry.
_PAGE: Final = "index/{}"
_PAGE_ENTRIES: Final = 8
_PAGE_BYTES: Final = 1_200


class SystemVault:
    """Entries as base64 under the service `refundkit`, one keyring item each, and pages that list their names."""

    def __init__(self, backend: KeyringBackend, folder: Path, *, seconds: int = CALL_SECONDS) -> None:
        self._backend, self._folder, self._seconds = backend, folder, seconds
        self.name = f"the keyring of this system ({type(backend).__module__.rpartition('.')[2]})"

    @property
    def asks(self) -> bool:
        """The system itself asks, in a window of its own."""
        return False

    def get(self, entry: str) -> bytes | None:
        """The bytes of an entry. Raise OutsideError when the keyring does not answer."""
        is_mark(entry)
        text = self._read(entry)
        if text is None:
            return None
        try:
            return base64.b64decode(text, validate=True)
        except ValueError as err:
            raise self._damaged(entry) from err

    def put(self, entry: str, secret: bytes) -> None:
        """Keep an entry; a mark is kept only when it stands higher than the one there."""
        with locked(self._folder):
            if is_mark(entry) and not raises(secret, self.get(entry), f"{self.name}: {entry}"):
                return
            self._note(entry)  # first: a name without an entry is harmless, an entry without a name is lost
            self._write(entry, base64.b64encode(secret).decode("ascii"))

    def delete(self, entry: str) -> None:
        """Forget an entry; nothing happens when there is none."""
        is_mark(entry)
        with locked(self._folder):
            if self._read(entry) is not None:
                self._call(lambda: self._backend.delete_password(SERVICE, entry))
            for number, page in enumerate(self._pages()):
                if entry in page:
                    page.remove(entry)
                    self._write(_PAGE.format(number), json.dumps(page))

    def entries(self, prefix: str) -> list[str]:
        """The names of all entries that begin with `prefix`, sorted."""
        return sorted(e for page in self._pages() for e in page if e.startswith(prefix))

    def _note(self, entry: str) -> None:
        pages = self._pages()
        if any(entry in page for page in pages):
            return
        for number, page in enumerate([*pages, []]):
            grown = json.dumps([*page, entry])
            if not page or (len(page) < _PAGE_ENTRIES and len(grown) < _PAGE_BYTES):
                self._write(_PAGE.format(number), grown)
                return

    def _pages(self) -> list[list[str]]:
        pages: list[list[str]] = []
        while (text := self._read(name := _PAGE.format(len(pages)))) is not None:
            try:
                page = json.loads(text)
            except (ValueError, RecursionError) as err:
                raise self._damaged(name) from err
            if not isinstance(page, list) or not all(isinstance(e, str) for e in page):
                raise self._damaged(name)
            pages.append(page)
        return pages

    def _read(self, name: str) -> str | None:
        return self._call(lambda: self._backend.get_password(SERVICE, name))

    def _write(self, name: str, text: str) -> None:
        self._call(lambda: self._backend.set_password(SERVICE, name, text))

    def _call(self, ask: Callable[[], T]) -> T:
        return within(ask, self._seconds, self.name)

    def _damaged(self, entry: str) -> IntegrityError:
        return IntegrityError(
            f"the entry '{entry}' of the service '{SERVICE}' is not what refundkit wrote",
            hint="bring the keyring back from a backup of this machine, or delete the entry: an admin can enrol a new"
            " key",
            where=self.name,
        )


def within(ask: Callable[[], T], seconds: int, name: str) -> T:
    """What a keyring call returns. Raise OutsideError when it fails or takes longer than `seconds`.

    The call runs in a thread of its own that does not keep the process alive: a locked daemon never answers.
    """
    answer: list[T] = []
    failure: list[Exception] = []

    def work() -> None:
        try:
            answer.append(ask())
        except Exception as err:  # noqa: BLE001 - backends raise what their libraries raise
            failure.append(err)

    worker = threading.Thread(target=work, name="keyring", daemon=True)
    worker.start()
    worker.join(seconds)
    if answer:
        return answer[0]
    said = (
        f"failed: {type(failure[0]).__name__}: {failure[0]}" if failure else f"did not answer within {seconds} seconds"
    )
    raise OutsideError(
        f"{name} {said}",
        hint="unlock it (log in on the desktop, or answer its question for the password), then run the same command"
        " again. To use refundkit's own key file instead, set"
        " PYTHON_KEYRING_BACKEND=keyring.backends.fail.Keyring",
    ) from (failure[0] if failure else None)


def real_backend(*, seconds: int = CALL_SECONDS) -> KeyringBackend | None:
    """The system's own keyring; None when there is none, or only one that would write secrets in the clear."""

    def find() -> KeyringBackend | None:
        import keyring

        return _real(keyring.get_keyring())

    return within(find, seconds, "the keyring of this system")


def _real(backend: Any) -> KeyringBackend | None:
    """The first real backend in what keyring chose. A chain is never used as such: it may fall back to plaintext."""
    module = type(backend).__module__
    if module == "keyring.backends.chainer":
        with contextlib.suppress(RuntimeError):
            return next((real for inner in backend.backends if (real := _real(inner))), None)
    if not module.startswith("keyring.backends.") or module.rpartition(".")[2] in ("fail", "null", "chainer"):
        return None
    chosen: KeyringBackend = backend
    return chosen

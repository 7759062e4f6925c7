"""Everything a person may be told when something cannot be done: message, place, next step, exit status.

    RefundkitError
    +-- InputError        1   a row, message or file was rejected or is left for a person
    +-- UsageError        2   the command line or a configuration file is wrong
    |   +-- PolicyError   2
    +-- RefusedError      3   not allowed to this user, or not possible in this state
    |   +-- ChangedError  3   the case is not what was shown any more
    +-- IntegrityError    4   the store, an export or an audit document does not verify
    |   +-- RolledBackError
    +-- OutsideError      5   something outside did not answer; nothing is lost, run it again
        +-- LockedError   5
        +-- StorageError  5   disk full, read-only folder, file system error

Exit statuses are a contract with scripts (docs/reference/exit-status.md).
"""

from __future__ import annotations

from typing import ClassVar


class RefundkitError(Exception):
    """Base of all errors shown without a traceback.

    `message` says what is wrong, `where` the file, row, column or case, `hint` what to do next.
    """

    code: ClassVar[str] = "refundkit"
    exit_status: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str, where: str = "") -> None:
        super().__init__(message, hint, where)
        self.message, self.hint, self.where = message, hint, where

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.message}\nhint: {self.hint}"


class InputError(RefundkitError):
    """A file or row that cannot be taken as it is; nothing of it was stored."""

    code, exit_status = "input", 1


class UsageError(RefundkitError):
    """The command line asks for something that does not exist."""

    code, exit_status = "usage", 2


class PolicyError(UsageError):
    """The policy file has a hole, an overlap or a word that means nothing."""

    code = "policy"


class RefusedError(RefundkitError):
    """This person may not do this, or the case is in a state that does not allow it."""

    code, exit_status = "refused", 3


class ChangedError(RefusedError):
    """What was shown when the decision was made is not what is true now."""

    code = "changed"


class IntegrityError(RefundkitError):
    """The store, an export or a document does not verify."""

    code, exit_status = "integrity", 4


class RolledBackError(IntegrityError):
    """The store is older than what this machine has already written: a restored copy, or a cut end."""

    code = "rolled-back"


class OutsideError(RefundkitError):
    """Something outside refundkit did not answer. Nothing is lost; the same command can be run again."""

    code, exit_status = "outside", 5


class LockedError(OutsideError):
    """Another process keeps the store or the keys locked."""

    code = "locked"


class StorageError(OutsideError):
    """The disk is full, the folder is read-only, or the file system failed."""

    code = "storage"

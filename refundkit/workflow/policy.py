"""The policy file and the policies adopted: checks, tries and compares one, adopts it as a signed event, shows them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from refundkit.errors import PolicyError, RefusedError, StorageError, UsageError
from refundkit.model import toml_lines
from refundkit.model.events import hlc_milliseconds
from refundkit.model.people import Act
from refundkit.model.policy import HINT, parse_policy, policy_hash
from refundkit.model.policy_changes import Change, changes
from refundkit.model.shaping import POLICY_SET, Adopted
from refundkit.rules.examples import Tried, try_all
from refundkit.rules.waiting import unknown_calendar
from refundkit.workflow.otherwise import Looked, Tell, under
from refundkit.workflow.setup import policy_path
from refundkit.workflow.shop import Shop

if TYPE_CHECKING:
    from refundkit.model.policy import Policy

_BEGINNING: Final = 4
"""So many characters of a hash are enough to name a policy; fewer may be meant for a number."""


@dataclass(frozen=True)
class Adoption:
    """What adopting came to: the policy's number and hash, what it changes, and its own examples that fail.

    `changed` is False when this policy was in force already.
    """

    number: int
    sha256: str
    changed: bool
    changes: list[Change]
    failing: list[Tried]


@dataclass(frozen=True)
class Difference:
    """A policy file beside the policy in force: figures, and the open cases that would come out differently."""

    path: Path
    in_force: str
    sha256: str
    changes: list[Change]
    cases: Looked


@dataclass(frozen=True)
class Past:
    """One adopted policy. `changes`: beside the one before it; None for the first one, or where one cannot be read."""

    number: int
    sha256: str
    at_ms: int
    by: str
    reason: str
    text: str
    in_force: bool
    changes: list[Change] | None


def read(path: Path) -> bytes:
    """The bytes of a policy file."""
    if not path.is_file():
        raise UsageError("there is no such policy file", hint="name the file, e.g. policy check FILE", where=str(path))
    try:
        return path.read_bytes()
    except OSError as err:
        raise StorageError(
            f"the policy file cannot be read: {err.strerror}",
            hint="name the file, e.g. policy check FILE",
            where=str(path),
        ) from err


def check(path: Path) -> tuple[str, int]:
    """Prove a policy file sound; return its hash and how many examples it has.

    Raise PolicyError with every line that is wrong.
    """
    content = read(path)
    return policy_hash(content), len(_sound(content, path).example)


def _sound(content: bytes, path: Path) -> Policy:
    """A policy of which the calendar is known here too. An adopted one is not asked that again: it stays readable."""
    policy = parse_policy(content, str(path))
    key, problem = unknown_calendar(policy.escalation.country, policy.escalation.subdivision)
    if problem:
        line = toml_lines.line_of(toml_lines.lines(content.decode("utf-8-sig")), ("escalation", key))
        raise PolicyError(f"escalation.{key}: {problem}", where=f"{path}, line {line}", hint=HINT)
    return policy


def try_examples(path: Path) -> list[Tried]:
    """Try every example of a policy file."""
    return try_all(_sound(read(path), path))


def adopt(shop: Shop, path: Path | None, *, anyway: bool = False, reason: str = "", dry_run: bool = False) -> Adoption:
    """Put a policy file in force from now on; what is decided stays decided.

    Refuse one whose own examples fail, unless `anyway` with a reason.
    """
    shop.require(Act.POLICY)
    file = path or policy_path(shop.store.path)
    content = read(file)
    policy = _of_this_shop(shop, file, content)
    digest = policy_hash(content)
    if digest == shop.org.policy_hash:
        return Adoption(len(shop.org.policies), digest, changed=False, changes=[], failing=[])
    failing = [tried for tried in try_all(policy) if tried.differs]
    if failing:
        _refuse_failing(failing, file, anyway=anyway, reason=reason)
    with shop.write(keep=not dry_run) as pen:
        before = shop.org.policies[-1]
        was = _readable(before)
        differ = changes(was, policy) if was is not None else []
        data = {"prev": before.event, "sha256": digest, "text": content.decode("utf-8")}
        if reason.strip():
            data["reason"] = reason.strip()
        pen.append(POLICY_SET, data, deps=[before.event])
    return Adoption(len(shop.org.policies) + 1, digest, changed=True, changes=differ, failing=failing)


def _of_this_shop(shop: Shop, file: Path, content: bytes) -> Policy:
    policy = _sound(content, file)
    if policy.shop.base != shop.org.base:
        raise PolicyError(
            f"the books of this shop are in {shop.org.base}, the policy says {policy.shop.base}",
            hint="the currency of the books cannot change; begin another store", where=str(file),
        )  # fmt: skip
    return policy


def _refuse_failing(failing: list[Tried], file: Path, *, anyway: bool, reason: str) -> None:
    """A policy that does not do what it says itself needs somebody who says why it is adopted all the same."""
    if anyway and reason.strip():
        return
    if anyway:
        raise UsageError(
            "adopting it all the same takes a reason", hint="say why with --reason '...'", where="--anyway"
        )
    named = ", ".join(f"'{tried.example.name}'" for tried in failing[:3])
    more = f" and {len(failing) - 3} more" if len(failing) > 3 else ""
    raise PolicyError(
        f"its own examples do not come out as they say: {named}{more}",
        hint=f"see 'refundkit policy test {file}', mend the figure or the example; or adopt it all the same with"
        " --anyway --reason '...'",
        where=str(file),
    )


def diff(shop: Shop, path: Path | None, tell: Tell = None) -> Difference:
    """A policy file beside the one in force, and every open case whose way would be another one."""
    file = path or policy_path(shop.store.path)
    content = read(file)
    policy, digest = _of_this_shop(shop, file, content), policy_hash(content)
    differ = changes(shop.policy, policy)
    looked = under(shop, policy, digest, tell) if any(c.judges for c in differ) else Looked(0, [])
    return Difference(file, shop.org.policy_hash, digest, differ, looked)


def history(shop: Shop) -> list[Past]:
    """Every adopted policy, oldest first."""
    found: list[Past] = []
    policies = shop.org.policies
    before: Policy | None = None
    for number, adopted in enumerate(policies, 1):
        policy = _readable(adopted)
        differ = changes(before, policy) if before is not None and policy is not None else None
        found.append(_past(number, adopted, differ, in_force=number == len(policies)))
        before = policy
    return found


def _readable(adopted: Adopted) -> Policy | None:
    """None for one that a program with other rules adopted: it stays in the list all the same."""
    try:
        return parse_policy(adopted.text.encode(), "an adopted policy")
    except PolicyError:
        return None


def _past(number: int, adopted: Adopted, differ: list[Change] | None, *, in_force: bool) -> Past:
    at = hlc_milliseconds(adopted.hlc)
    return Past(number, adopted.sha256, at, adopted.by, adopted.reason, adopted.text, in_force, differ)


def at(shop: Shop, named: str = "") -> Past:
    """The policy somebody means by its number or the beginning of its hash; the one in force without either."""
    policies = shop.org.policies
    number = len(policies)
    if named:
        number = _number(policies, named.strip().lower())
    return _past(number, policies[number - 1], None, in_force=policies[number - 1].sha256 == shop.org.policy_hash)


def _number(policies: list[Adopted], named: str) -> int:
    if named.isascii() and named.isdigit() and 1 <= int(named) <= len(policies):
        return int(named)
    found = {
        p.sha256: number
        for number, p in enumerate(policies, 1)
        if len(named) >= _BEGINNING and p.sha256.startswith(named)
    }
    if len(found) == 1:
        return next(iter(found.values()))
    several = "is the beginning of several hashes" if found else "is neither the number nor the hash of a policy here"
    raise RefusedError(f"'{named[:70]}' {several}", hint="'refundkit policy history' lists them", where="--at")


def edited(shop: Shop) -> bool:
    """Whether the policy file beside the store says something else than the adopted policy."""
    path = policy_path(shop.store.path)
    return path.is_file() and policy_hash(path.read_bytes()) != shop.org.policy_hash

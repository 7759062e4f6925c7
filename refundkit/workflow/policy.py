"""The policy file and the policy in force: checks one, adopts it as a signed event, shows what is adopted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from refundkit.errors import PolicyError, StorageError, UsageError
from refundkit.model.org import POLICY_SET
from refundkit.model.people import Act
from refundkit.model.policy import parse_policy, policy_hash
from refundkit.workflow.setup import policy_path
from refundkit.workflow.shop import Shop


@dataclass(frozen=True)
class Adopted:
    """The hash of a policy, and whether it was another one than before."""

    sha256: str
    changed: bool


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


def check(path: Path) -> str:
    """Prove a policy file sound and return its hash; raise PolicyError with every line that is wrong."""
    content = read(path)
    parse_policy(content, str(path))
    return policy_hash(content)


def adopt(shop: Shop, path: Path | None, *, dry_run: bool = False) -> Adopted:
    """Put a policy file in force from now on; what is decided stays decided."""
    shop.require(Act.POLICY)
    file = path or policy_path(shop.store.path)
    content = read(file)
    policy = parse_policy(content, str(file))
    if policy.shop.base != shop.org.base:
        raise PolicyError(
            f"the books of this shop are in {shop.org.base}, the policy says {policy.shop.base}",
            hint="the currency of the books cannot change; begin another store", where=str(file),
        )  # fmt: skip
    digest = policy_hash(content)
    if digest == shop.org.policy_hash:
        return Adopted(digest, changed=False)
    with shop.write(keep=not dry_run) as pen:
        before = shop.org.policies[-1][0]
        pen.append(POLICY_SET, {"prev": before, "sha256": digest, "text": content.decode("utf-8")}, deps=[before])
    return Adopted(digest, changed=True)


def in_force(shop: Shop) -> tuple[str, str]:
    """(hash, text) of the adopted policy."""
    _, digest, text = shop.org.policies[-1]
    return digest, text


def edited(shop: Shop) -> bool:
    """Whether the policy file beside the store says something else than the adopted policy."""
    path = policy_path(shop.store.path)
    return path.is_file() and policy_hash(path.read_bytes()) != shop.org.policy_hash

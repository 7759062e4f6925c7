"""What differs between two policies, key by key: what counts, whatever the file leaves out, orders or comments."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, Final

from refundkit.model.policy import Policy
from refundkit.model.policy_parts import CONDITIONS

_JUDGES: Final = (
    "shop.time_zone", "eligibility.", "duplicates.", "sla.", "billing.", "returns.", "recall.", "cancellation.",
    "rates.", "routing.",
)  # fmt: skip
"""What an assessment looks at; the rest changes no case."""


@dataclass(frozen=True, slots=True)
class Change:
    """A figure with its old and new value; None where one of the two policies has no such entry."""

    key: str
    old: Any
    new: Any

    @property
    def judges(self) -> bool:
        """Whether cases can come out differently by it."""
        return self.key.startswith(_JUDGES)

    @property
    def said(self) -> str:
        """In words: 'routing.auto_below: 500 -> 400'."""
        if self.old is None:
            return f"{self.key}: added, {_toml(self.new)}"
        if self.new is None:
            return f"{self.key}: taken out, was {_toml(self.old)}"
        return f"{self.key}: {_toml(self.old)} -> {_toml(self.new)}"


def changes(old: Policy, new: Policy) -> list[Change]:
    """Every figure that is another one, in the order of the file."""
    return list(_between("", _plain(old), _plain(new)))


def _plain(policy: Policy) -> dict[str, Any]:
    document = policy.model_dump(by_alias=True, exclude_none=True)
    return {**document, "example": tuple(example.model_dump(exclude_defaults=True) for example in policy.example)}


def _between(key: str, old: Any, new: Any) -> Iterator[Change]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in dict.fromkeys([*old, *new]):
            yield from _between(f"{key}.{name}" if key else str(name), old.get(name), new.get(name))
    elif isinstance(old, tuple) and isinstance(new, tuple):
        yield from _entries(key, old, new)
    elif old != new:
        yield Change(key, old, new)


def _entries(key: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Change]:
    """Entries of a list: those that are called the same are compared, the rest was added or taken out."""
    before, after = [_called(entry) for entry in old], [_called(entry) for entry in new]
    for what, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            for n in range(j - i):
                yield from _between(f"{key}[{before[i + n]}]", old[i + n], new[k + n])
            continue
        for n in range(i, j):
            yield Change(f"{key}[{before[n]}]", old[n], None)
        for n in range(k, m):
            yield Change(f"{key}[{after[n]}]", None, new[n])


def _called(entry: Any) -> str:
    """What an entry of a list goes by: its name, its conditions, where it begins, or itself."""
    if not isinstance(entry, Mapping):
        return str(entry)
    if "name" in entry:
        return str(entry["name"])
    if "from" in entry:
        return f"from {_number(entry['from'])}"
    return ", ".join(f"{name.replace('_', ' ')} {entry[name]}" for name in CONDITIONS if name in entry)


def figures(policy: Policy) -> Any:
    """Every figure that counts, as `--json` has them."""
    return as_json(_plain(policy))


def as_json(value: Any) -> Any:
    """A value as `--json` has it: exact figures as text."""
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, Mapping):
        return {name: as_json(inner) for name, inner in value.items()}
    if isinstance(value, tuple):
        return [as_json(inner) for inner in value]
    return value


def _toml(value: Any) -> str:
    """A value as a policy file may have it."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_toml(inner)}" for name, inner in value.items()) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(inner) for inner in value) + "]"
    if isinstance(value, Decimal):
        return _number(value)
    return json.dumps(value, ensure_ascii=False)


def _number(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

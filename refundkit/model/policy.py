"""The policy: every figure a refund is judged, routed and booked by; read from TOML, proved to leave no hole."""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from decimal import Decimal
from functools import cached_property
from importlib.resources import files
from typing import Annotated, Any, Final, get_args

from pydantic import BaseModel, BeforeValidator, Field, ValidationError, field_validator

from refundkit.errors import PolicyError
from refundkit.model import toml_lines
from refundkit.model.money import DIGITS, to_minor
from refundkit.model.policy_accounts import ACCOUNT_KEYS, SYSTEMS, AccountNames, Accounts
from refundkit.model.policy_bands import gap_line, gap_text, gaps, prove_bands
from refundkit.model.policy_escalation import Escalation
from refundkit.model.policy_examples import Example
from refundkit.model.policy_parts import (
    Billing,
    Cancellation,
    Duplicates,
    Eligibility,
    Override,
    Part,
    Rates,
    Recall,
    Returns,
    Routing,
    Shop,
    Sla,
    Staff,
    as_tuple,
)
from refundkit.model.policy_payments import Payments
from refundkit.model.policy_systems import NetSuite, QuickBooksDesktop, Sage50, SageAccounting, Xero, settings

__all__ = [
    "ACCOUNT_KEYS",
    "SYSTEMS",
    "AccountNames",
    "Accounts",
    "Limits",
    "Override",
    "Policy",
    "default_policy_text",
    "parse_policy",
    "policy_hash",
    "prove_bands",
]

MAX_BYTES: Final = 1_000_000
MAX_EXAMPLES: Final = 200
HINT: Final = "mend what is named, then run `refundkit policy check`"

Limits = tuple[int, int, int]
"""auto_below, lead_up_to, dual_above in minor units of the books' currency."""


class Policy(Part):
    """Everything a shop may want otherwise. What a file leaves out has the value of the default policy."""

    shop: Shop
    eligibility: Eligibility = Eligibility()
    duplicates: Duplicates = Duplicates()
    sla: Sla = Sla()
    billing: Billing = Billing()
    returns: Returns = Returns()
    recall: Recall = Recall()
    cancellation: Cancellation = Cancellation()
    rates: Rates = Rates()
    routing: Routing = Routing()
    escalation: Escalation = Escalation()
    staff: Staff = Staff()
    accounts: Accounts = Field(default_factory=Accounts)
    quickbooks_desktop: QuickBooksDesktop = Field(default=QuickBooksDesktop(), alias="quickbooks-desktop")
    xero: Xero = Xero()
    netsuite: NetSuite = NetSuite()
    sage_50: Sage50 = Field(default=Sage50(), alias="sage-50")
    sage_accounting: SageAccounting = Field(default=SageAccounting(), alias="sage-accounting")
    payments: Payments = Payments()
    example: Annotated[tuple[Example, ...], BeforeValidator(as_tuple), Field(max_length=MAX_EXAMPLES)] = ()

    @field_validator("example")
    @classmethod
    def _called_differently(cls, value: tuple[Example, ...]) -> tuple[Example, ...]:
        named = [example.name for example in value]
        twice = next((name for name in named if named.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"must have names that differ; two are called '{twice}'")
        return value

    @cached_property
    def limits(self) -> Limits:
        """The limits before any exception."""
        routing = self.routing
        return self.minor(routing.auto_below), self.minor(routing.lead_up_to), self.minor(routing.dual_above)

    def limits_for(self, reason: str, tier: str, service_code: str, channel: str) -> tuple[Limits, list[Override]]:
        """The limits of a case after the exceptions that match it, in file order, and those exceptions.

        An unknown tier or service code is ''; it matches no exception that names one.
        """
        auto_below, lead_up_to, dual_above = self.limits
        used = []
        for override in self.routing.overrides:
            if override.matches(reason, tier, service_code, channel):
                used.append(override)
                if override.auto_below is not None:
                    auto_below = self.minor(override.auto_below)
                if override.lead_up_to is not None:
                    lead_up_to = self.minor(override.lead_up_to)
        return (auto_below, lead_up_to, dual_above), used

    def settings_of(self, system: str) -> dict[str, str]:
        """What the policy says about an accounting system besides its accounts; nothing for most."""
        part = getattr(self, system.replace("-", "_"), None) if system in SYSTEMS else None
        return settings(part) if isinstance(part, Part) else {}

    def minor(self, amount: Decimal) -> int:
        """A policy amount in minor units of the books' currency."""
        return to_minor(amount, self.shop.base)


def policy_hash(data: bytes) -> str:
    """Which policy it is: the SHA-256 of the file's bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def default_policy_text(company: str, base: str, time_zone: str) -> str:
    """The commented default policy with a shop's name, currency and time zone filled in."""
    text = files("refundkit.data").joinpath("policy.toml").read_text(encoding="utf-8")
    for key, value in (("company", company), ("base", base), ("time_zone", time_zone)):
        written = re.search(rf'^{key} = "[^"\n]*"', text, re.MULTILINE)
        if written:
            text = f"{text[: written.start()]}{key} = {_quoted(value)}{text[written.end() :]}"
    return text


def _quoted(value: str) -> str:
    """A TOML basic string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\u{ord(m.group()):04x}", escaped) + '"'


def parse_policy(data: bytes, where: str) -> Policy:
    """Read a policy file; raise one PolicyError that lists every problem with its line. `where`: the file's name."""
    text, table = _read(data, where)
    known = toml_lines.lines(text)
    try:
        policy = Policy.model_validate(table)
    except ValidationError as err:
        found = [_problem(dict(e), known) for e in err.errors(include_url=False, include_input=True)]
        raise _error(found, where) from err
    problems = _too_fine(policy, known)
    if not problems:
        problems = [(gap_line(policy, c, known), gap_text(policy, c)) for c in gaps(policy)]
    if problems:
        raise _error(problems, where)
    return policy


def _read(data: bytes, where: str) -> tuple[str, dict[str, Any]]:
    if len(data) > MAX_BYTES:
        raise _error([(1, f"the file has {len(data)} bytes; a policy has at most {MAX_BYTES}")], where)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        line = data.count(b"\n", 0, err.start) + 1
        raise _error([(line, "this is not UTF-8 text")], where) from err
    try:
        return text, tomllib.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as err:  # TOMLDecodeError is a ValueError
        place = re.search(r" \(at line (\d+), column \d+\)$", str(err))
        line = int(place[1]) if place else max(len(text.splitlines()), 1)
        problem = str(err)[: place.start()] if place else str(err)
        raise _error([(line, f"this is not TOML: {problem}")], where) from err


def _error(problems: list[tuple[int, str]], where: str) -> PolicyError:
    if len(problems) == 1:
        line, problem = problems[0]
        return PolicyError(problem, where=f"{where}, line {line}", hint=HINT)
    listed = "".join(f"\n  line {line}: {problem}" for line, problem in sorted(problems))
    return PolicyError(f"{len(problems)} problems{listed}", where=where, hint=HINT)


_WORDS: Final = {
    "missing": "is missing",
    "int_type": "must be a whole number",
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false",
    "model_type": "must be a section of its own, as [name]",
    "tuple_type": "must be a list, as [ ... ]",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "too_long": "has more than {max_length} entries",
    "string_too_long": "has more than {max_length} characters",
    "literal_error": "must be {expected}",
}


_VERBS: Final = ("is ", "must ", "has ", "names ")


def _problem(error: dict[str, Any], known: dict[toml_lines.Path, int]) -> tuple[int, str]:
    """The line and the sentence of one problem pydantic found."""
    path: toml_lines.Path = error["loc"]
    name = ".".join(str(word) for word in path if isinstance(word, str))
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(path[-1]), _keys(path[:-1]), n=1)
        problem = f"{name} means nothing here" + (f"; did you mean {near[0]}?" if near else "")
    elif error["type"] == "value_error":
        said = str(error["ctx"]["error"])
        problem = f"{name} {said}" if said.startswith(_VERBS) else f"{name}: {said}"
    else:
        said = _WORDS.get(error["type"], error["msg"])
        problem = f"{name} {said.format(**error.get('ctx', {}))}"
    return toml_lines.line_of(known, path), problem


def _keys(path: toml_lines.Path) -> list[str]:
    """The keys a table at this path may have."""
    model: Any = Policy
    for word in path:
        if isinstance(word, str):
            fields = {f.alias or name: f for name, f in model.model_fields.items()}
            model = fields[word].annotation
            model = next((a for a in get_args(model) if isinstance(a, type) and issubclass(a, BaseModel)), model)
    return [f.alias or name for name, f in model.model_fields.items()]


def _too_fine(policy: Policy, known: dict[toml_lines.Path, int]) -> list[tuple[int, str]]:
    """Amounts with more decimals than their currency has."""
    base = policy.shop.base
    routing, limits = policy.routing, ("auto_below", "lead_up_to", "dual_above")
    amounts: list[tuple[toml_lines.Path, Decimal | None, str]] = [
        (("routing", key), getattr(routing, key), base) for key in limits
    ]
    for number, override in enumerate(routing.overrides):
        amounts += [(("routing", "overrides", number, k), getattr(override, k), base) for k in limits[:2]]
    for number, example in enumerate(policy.example):
        amounts.append((("example", number, "amount"), example.amount, example.currency or base))
        amounts.append((("example", number, "added_up"), example.added_up, base))
    problems = []
    for path, amount, currency in amounts:
        if amount is not None and amount != round(amount, DIGITS[currency]):
            problem = f"{path[0]}.{path[-1]}: {amount} has more than {DIGITS[currency]} decimals of {currency}"
            problems.append((toml_lines.line_of(known, path), problem))
    return problems

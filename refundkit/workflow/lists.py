"""How the lists of one import are read: what a person chose, what is asked of one, and mappings kept as presets."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from refundkit.errors import UsageError
from refundkit.importers.registry import ShopFacts, files_in, opened, unclear
from refundkit.importers.tabular.choices import Choices
from refundkit.importers.tabular.plan import Proof
from refundkit.store import records
from refundkit.workflow.setup import presets_path
from refundkit.workflow.shop import Shop

Ask = Callable[[Path, Proof], tuple[str, str]]
"""Asks a person for (order of dates, decimal mark) where a file leaves them open."""

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def choices_of(columns: Sequence[str], order: str, mark: str) -> Choices:
    """What was said on the command line; raise UsageError for a mapping that is not FIELD=HEADING."""
    named: dict[str, str] = {}
    for text in columns:
        field, equals, heading = text.partition("=")
        if not (equals and field.strip() and heading.strip()):
            raise UsageError(f"'{text[:60]}' is no mapping", hint='write it like "Amount=Refund due"', where="--map")
        named[field.strip()] = heading.strip()
    return Choices(named, order, mark)


@dataclass(frozen=True, slots=True)
class Ways:
    """The choices for every file of an import: those of the command line, and what was answered for that file."""

    choices: Choices
    answers: Mapping[Path, tuple[str, str]] = field(default_factory=dict)

    def of(self, shop: Shop, path: Path) -> Choices:
        """How a file is read."""
        order, mark = self.answers.get(path, ("", ""))
        names = records.Names(shop.store.connection)
        return replace(
            self.choices,
            order=self.choices.order or order,
            mark=self.choices.mark or mark,
            own=presets_path(shop.store.path),
            customer=lambda name: names.customer(name, ""),
        )


def asked(shop: Shop, paths: Sequence[Path], choices: Choices, ask: Ask) -> Ways:
    """Ask a person what the lists among these files leave open."""
    lists = replace(choices, own=presets_path(shop.store.path))
    facts = ShopFacts(shop.org.base, shop.zone, shop.now, lists=lists)
    answers = {}
    for path in files_in(paths):
        left = unclear(path, str(path), facts)
        if left.date or left.amount:
            answers[path] = ask(path, left)
    return Ways(choices, answers)


def save_map(shop: Shop, paths: Sequence[Path], choices: Choices, name: str, *, dry_run: bool) -> Path:
    """Keep how the one list among the paths is read as a preset of the store's people; return its file.

    Raise UsageError when the name is taken or none, or there is not exactly one list.
    """
    from refundkit.importers.presets.saving import as_toml, preset_of
    from refundkit.importers.tabular.shop import TableShop

    folder = presets_path(shop.store.path)
    path = folder / f"{name}.toml"
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"'{name[:40]}' is no name for a preset", hint="letters, digits and dashes", where="--save-map"
        )
    if path.exists():
        raise UsageError("there is a preset of this name", hint="remove it or choose another name", where=str(path))
    if len(paths) != 1 or not paths[0].is_file():
        raise UsageError("a mapping is kept for one list at a time", hint="name one file", where="--save-map")
    choices = replace(choices, own=folder)
    sheet = opened(paths[0], str(paths[0]), folder)[0]
    text = as_toml(preset_of(sheet, TableShop(shop.org.base, shop.zone, shop.now, choices), name))
    if not dry_run:
        folder.mkdir(mode=0o700, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return path

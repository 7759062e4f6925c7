"""The package's source, parsed once, for the tests about the repository itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "refundkit"
_DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


class Module:
    """One module of the package."""

    def __init__(self, path: Path) -> None:
        self.path, self.tree = path, _parsed(path)
        self.where = path.relative_to(ROOT).as_posix()

    def at(self, node: ast.AST) -> str:
        """Where a node stands, as editors read it."""
        return f"{self.where}:{getattr(node, 'lineno', 1)}"

    def walk(self) -> Iterator[ast.AST]:
        return ast.walk(self.tree)

    def imported(self) -> Iterator[tuple[ast.AST, str]]:
        """Every imported name in full: `from os import urandom` gives os.urandom."""
        for node in self.walk():
            if isinstance(node, ast.Import):
                yield from ((node, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)

    def strings(self) -> Iterator[ast.Constant]:
        """Every string, the pieces of f-strings included, docstrings not."""
        prose = {
            id(node.body[0].value)
            for node in self.walk()
            if isinstance(node, _DOCUMENTED) and node.body and isinstance(node.body[0], ast.Expr)
        }
        for node in self.walk():
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
                yield node


class House:
    """The repository."""

    root, package = ROOT, PACKAGE

    def modules(self, *rooms: str) -> list[Module]:
        """The modules of some rooms (packages or single modules); of the whole package without any."""
        found = [p for room in rooms for p in [*(PACKAGE / room).rglob("*.py"), *PACKAGE.glob(f"{room}.py")]]
        return [Module(p) for p in sorted(found or PACKAGE.rglob("*.py"))]


@pytest.fixture(scope="session")
def house() -> House:
    return House()

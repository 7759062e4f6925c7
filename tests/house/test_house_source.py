"""Rules that every module keeps: no floats for money, no hidden clock, SQL in its room, documentation, size."""

from __future__ import annotations

import ast
import re
from pathlib import Path

MONEY = ("model", "rules", "workflow", "store", "importers", "exporters")
HANDED_IN = ("model", "rules", "errors", "data", "store", "importers", "exporters")
MAX_LINES = 300
RATCHET = Path(__file__).with_name("long_modules.txt")

# What reads the clock or makes something up. time.monotonic and time.sleep stay allowed: they wait, they do not date.
CLOCK = re.compile(
    r"(.*\.)?(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime|ctime)"
    r"|os\.(urandom|getrandom)|uuid\.uuid[14]|utils\.(localtime|formatdate|make_msgid))"
)
MADE_UP = ("random", "secrets")
CLOCK_IN_SQL = re.compile(r"CURRENT_(TIMESTAMP|DATE|TIME)\b|[(,]\s*'now'|\brandom(blob)?\(", re.IGNORECASE)
SQL = re.compile(
    r"\s*(SELECT|INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|PRAGMA|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|ATTACH|VACUUM|WITH)"
    r"(\s|\Z)|.*\b(SELECT\s.+\sFROM|INSERT\s+INTO|DELETE\s+FROM|ORDER\s+BY)\s",
    re.DOTALL,
)


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an attribute; '' for anything else."""
    if isinstance(node, ast.Attribute):
        before = node.value.id if isinstance(node.value, ast.Name) else dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def test_no_float_where_money_passes(house) -> None:
    found = [
        module.at(node)
        for module in house.modules(*MONEY)
        for node in module.walk()
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]
    assert found == [], "money is Decimal or whole minor units"


def test_no_clock_and_no_randomness_below_workflow(house) -> None:
    found = []
    for module in house.modules(*HANDED_IN):
        found += [module.at(node) for node in module.walk() if CLOCK.fullmatch(dotted(node))]
        found += [
            module.at(node)
            for node, name in module.imported()
            if CLOCK.fullmatch(name) or name.partition(".")[0] in MADE_UP
        ]
        found += [module.at(text) for text in module.strings() if CLOCK_IN_SQL.search(text.value)]
    assert found == [], "the time and what is random are handed in from workflow/"


def test_the_keys_draw_randomness_but_never_look_at_a_clock(house) -> None:
    found = [
        module.at(node) for module in house.modules("keys") for node in module.walk() if "datetime" in dotted(node)
    ]
    assert found == []


def test_sql_stands_in_the_store_only(house) -> None:
    found = [
        f"{module.at(text)} {text.value.strip()[:40]!r}"
        for module in house.modules()
        if not module.where.startswith("refundkit/store/")
        for text in module.strings()
        if SQL.match(text.value)
    ]
    assert found == []


def test_every_module_says_what_it_promises(house) -> None:
    silent = [m.where for m in house.modules() if not ast.get_docstring(m.tree)]
    assert silent == []


def test_everything_public_has_a_docstring(house) -> None:
    silent = []
    for module in house.modules():
        for node in module.tree.body:
            if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
                continue
            members = node.body if isinstance(node, ast.ClassDef) else []
            public = [m for m in members if isinstance(m, ast.FunctionDef) and not m.name.startswith("_")]
            silent += [f"{module.at(n)} {n.name}" for n in [node, *public] if not ast.get_docstring(n)]
    assert silent == []


def test_modules_stay_short_and_the_exceptions_only_shrink(house) -> None:
    allowed = {
        name: int(lines)
        for name, lines in (
            line.split() for line in RATCHET.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"
        )
    }
    long = {}
    for module in house.modules():
        lines = len(module.path.read_text(encoding="utf-8").splitlines())
        if lines > MAX_LINES:
            long[module.where] = lines
    grown = {name: lines for name, lines in long.items() if lines > allowed.get(name, MAX_LINES)}
    assert grown == {}, f"at most {MAX_LINES} lines a module; split it"
    shrunk = {name: long.get(name, 0) for name in allowed if long.get(name, 0) < allowed[name]}
    assert shrunk == {}, f"well done: lower or remove these numbers in {RATCHET.name}"


def test_the_rules_see_what_they_forbid() -> None:
    """A rule that can never fail holds nothing."""
    for name in (
        "datetime.now",
        "datetime.datetime.now",
        "time.time",
        "os.urandom",
        "uuid.uuid4",
        "email.utils.localtime",
    ):
        assert CLOCK.fullmatch(name), name
    for name in ("time.monotonic", "time.sleep", "self.now", "uuid.UUID"):
        assert not CLOCK.fullmatch(name), name
    for text in ("SELECT 1", "\n  INSERT OR IGNORE INTO t", "BEGIN IMMEDIATE", "x AND SELECT a FROM b", "ROLLBACK"):
        assert SQL.match(text), text
    for text in ("Select a case", "WITHDRAWN", "DELETED", "Approve or deny"):
        assert not SQL.match(text), text
    for text in ("datetime('now')", "strftime('%s', 'now')", "DEFAULT CURRENT_TIMESTAMP", "randomblob(16)"):
        assert CLOCK_IN_SQL.search(text), text
    assert not CLOCK_IN_SQL.search("what is possible now")

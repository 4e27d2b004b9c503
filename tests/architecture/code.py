"""What the house's own code looks like, read as syntax: shared by the tests of the house rules."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "datlanh"


def modules(*folders: str) -> list[Path]:
    """Every module of these packages (all of them when none is named), without migrations."""
    places = [PACKAGE / f for f in folders] if folders else [PACKAGE]
    found = (p for place in places for p in place.rglob("*.py"))
    return sorted(p for p in found if "migrations" not in p.parts)


def migrations() -> list[Path]:
    """Every migration."""
    return sorted(PACKAGE.glob("*/migrations/*.py"))


@cache
def tree(path: Path) -> ast.Module:
    """A module's syntax."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def where(path: Path, node: ast.AST | int = 0) -> str:
    """`src/datlanh/…/file.py:12`, as an editor opens it."""
    line = node if isinstance(node, int) else getattr(node, "lineno", 0)
    return f"{path.relative_to(ROOT)}:{line}" if line else str(path.relative_to(ROOT))


def imports(path: Path) -> Iterator[tuple[ast.AST, str]]:
    """Everything a module imports, wherever in it: `django.http.HttpResponse`, `json`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method, nested ones too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


WRITING = frozenset(
    (
        "acreate",
        "adelete",
        "asave",
        "aupdate",
        "bulk_create",
        "bulk_update",
        "get_or_create",
        "_raw_delete",
        "save",
        "save_base",
        "update_or_create",
    )
)
ON_QUERIES = frozenset(("create", "delete", "update"))  # words that plain objects have as well
QUERY = frozenset(("objects", "_default_manager", "_base_manager", "filter", "exclude", "all"))
SQL_WRITES = re.compile(r"\b(?:insert\s+into|update\s+\w+\s+set|delete\s+from|truncate)\b", re.I)


# Our own ways past the ORM: audit.rows, register.bulk.
ROW_WRITERS = {"row_insert", "row_put", "rows_copy", "write"}


def database_writes(path: Path, node: ast.AST) -> Iterator[ast.Call]:
    """Calls in `node`, of the module `path`, that write to the database: by the ORM or by SQL."""
    constants = _constants(path)
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            if call.func.id in ROW_WRITERS:
                yield call
            continue
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        name, links = call.func.attr, chain(call.func.value)
        if name == "save" and call.args:
            continue  # a picture's or a workbook's: models are saved by keyword
        if name in WRITING or (name in ON_QUERIES and QUERY & set(links)):
            yield call
        elif name == "delete" and not call.args and not call.keywords:
            yield call  # an object's own delete()
        elif name in {"execute", "executemany"} and call.args and _writes(call.args[0], constants):
            yield call


def chain(node: ast.AST) -> list[str]:
    """The names along `a.b.c(…).d`, as far as they can be read."""
    found: list[str] = []
    step: ast.AST = node
    while True:
        if isinstance(step, ast.Attribute):
            found.append(step.attr)
            step = step.value
        elif isinstance(step, ast.Call):
            step = step.func
        elif isinstance(step, ast.Subscript):
            step = step.value
        else:
            break
    if isinstance(step, ast.Name):
        found.append(step.id)
    return found


@cache
def _constants(path: Path) -> dict[str, str]:
    """The module's own texts by name: where statements stand that are too long for a call."""
    return {
        target.id: _text(node.value)
        for node in tree(path).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _text(node: ast.AST) -> str:
    """Every piece of text within an expression."""
    parts = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant))
    return " ".join(p for p in parts if isinstance(p, str))


def _writes(argument: ast.expr, constants: dict[str, str]) -> bool:
    names = (n.id for n in ast.walk(argument) if isinstance(n, ast.Name))
    said = " ".join((_text(argument), *(constants.get(n, "") for n in names)))
    return SQL_WRITES.search(said) is not None

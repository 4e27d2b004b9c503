"""The ladder, and what each rung may not do."""

from __future__ import annotations

import ast
import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

from importlinter.cli import lint_imports

from architecture.code import (
    PACKAGE,
    ROOT,
    database_writes,
    imports,
    migrations,
    modules,
    tree,
    where,
)

DELIVERY = ("web", "api", "delivery")
FRAMEWORKS = ("django", "psycopg", "procrastinate", "allauth")
SIGNALS = ("django.dispatch", "django.db.models.signals", "django.core.signals")


def test_a_package_imports_only_what_stands_below_it(monkeypatch) -> None:
    monkeypatch.chdir(ROOT)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = lint_imports(config_filename="pyproject.toml", no_cache=True)
    assert code == 0, said.getvalue()


def test_the_kernel_is_plain_python() -> None:
    guilty = [
        f"{where(path, node)} imports {name}"
        for path in modules("kernel")
        for node, name in imports(path)
        if name.split(".")[0] in FRAMEWORKS
    ]
    assert guilty == []


def test_delivery_code_never_writes_to_the_database() -> None:
    """Views and tiles ask selectors and call services; only services write."""
    guilty = [
        where(path, call)
        for path in modules(*DELIVERY)
        for call in database_writes(path, tree(path))
    ]
    assert guilty == []


def test_selectors_and_rules_never_write_to_the_database() -> None:
    readers = [
        p
        for p in modules()
        if "selectors" in (p.stem, p.parent.name) or p.stem in {"rules", "workflow", "projection"}
    ]
    assert readers
    guilty = [where(path, call) for path in readers for call in database_writes(path, tree(path))]
    assert guilty == []


def test_domain_packages_hold_no_views() -> None:
    upper = {"config", "web", "portal", "api", "delivery", "exchange"}
    guilty = [
        where(p)
        for p in modules()
        if p.relative_to(PACKAGE).parts[0] not in upper and p.stem in {"views", "urls"}
    ]
    guilty += [
        f"{where(path, node)} imports {name}"
        for path in modules()
        if path.relative_to(PACKAGE).parts[0] not in upper
        for node, name in imports(path)
        if name.startswith(("django.http.Http", "django.shortcuts", "django.views"))
        and name != "django.http.HttpRequest"  # named by allauth's adapter
    ]
    assert guilty == []


def test_migrations_import_no_code_of_the_house() -> None:
    """A migration must still run when today's code is gone."""
    guilty = [
        f"{where(path, node)} imports {name}"
        for path in migrations()
        for node, name in imports(path)
        if name.split(".")[0] == "datlanh"
    ]
    assert guilty == []


def test_nobody_listens_to_signals() -> None:
    """Whoever reads a write must be able to find everything that follows from it."""
    guilty = [
        f"{where(path, node)} imports {name}"
        for path in modules()
        for node, name in imports(path)
        if name.startswith(SIGNALS)
    ]
    assert guilty == []


def test_only_the_clock_asks_for_the_time() -> None:
    asking = {"now", "today", "utcnow", "localtime", "localdate"}
    guilty = [
        where(path, node)
        for path in modules()
        if path != PACKAGE / "kernel" / "clock.py" and "config" not in path.parts
        for node, name in _attributes(path)
        if name in asking
    ]
    assert guilty == []


def _attributes(path: Path) -> Iterator[tuple[ast.AST, str]]:
    clocks = {"datetime", "date", "timezone", "dt"}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            if name in clocks:
                yield node, node.func.attr

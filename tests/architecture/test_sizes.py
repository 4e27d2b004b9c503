"""Small files, small functions: what grows past this becomes a package split by noun."""

from __future__ import annotations

import pytest

from architecture.code import ROOT, functions, modules, where

FILE_LINES = 400
FUNCTION_LINES = 60


def test_no_module_reaches_four_hundred_lines() -> None:
    long = {
        where(p): n
        for p in modules()
        if (n := len(p.read_text(encoding="utf-8").splitlines())) >= FILE_LINES
    }
    assert long == {}


def test_no_function_is_longer_than_sixty_lines() -> None:
    long = {
        f"{where(path, f)} {f.name}": (f.end_lineno or 0) - f.lineno + 1
        for path in modules()
        for f in functions(path)
        if (f.end_lineno or 0) - f.lineno + 1 > FUNCTION_LINES
    }
    assert long == {}


@pytest.mark.parametrize("kind", ["ts", "js", "scss"])
def test_no_source_of_the_pages_reaches_four_hundred_lines(kind: str) -> None:
    files = [p for p in (ROOT / "frontend").rglob(f"*.{kind}") if "node_modules" not in p.parts]
    long = {
        where(p): n
        for p in files
        if (n := len(p.read_text(encoding="utf-8").splitlines())) >= FILE_LINES
    }
    assert long == {}

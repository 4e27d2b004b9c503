"""What is committed beside the code: locks without addresses, words in both languages."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.translation.template import templatize

from architecture.code import PACKAGE, ROOT, modules

LOCKS = sorted(
    p for p in ROOT.glob("frontend/**/package-lock.json") if "node_modules" not in p.parts
)
POS = sorted(PACKAGE.glob("*/locale/vi/LC_MESSAGES/django.po"))
WORDS = ("_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy")
KEYWORDS = dict.fromkeys(WORDS)
MARKED = re.compile(r"""\b(?:_|gettext|ngettext)\(\s*u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*.txt")), ids=lambda p: p.name)
def test_locked_requirements_carry_no_address_and_a_hash_for_each(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"https?://|index-url|find-links|^-[if] ", text, re.MULTILINE)
    pinned = re.findall(r"^[A-Za-z0-9._-]+(?:\[[^]]*\])?==", text, re.MULTILINE)
    assert text.count("--hash=sha256:") >= len(pinned) > 0


@pytest.mark.parametrize("path", LOCKS, ids=lambda p: str(p.relative_to(ROOT)))
def test_locked_packages_of_the_pages_carry_no_address(path: Path) -> None:
    locked = json.loads(path.read_text(encoding="utf-8"))
    assert [n for n, entry in locked["packages"].items() if "resolved" in entry] == []
    assert [
        name
        for name, entry in locked["packages"].items()
        if name and not entry.get("link") and not entry.get("inBundle") and "integrity" not in entry
    ] == []


def test_no_registry_is_written_into_the_repository() -> None:
    registry = re.compile(r"(?:^|\s)(?:registry|index-url|extra-index-url)\s*=", re.MULTILINE)
    named = [
        ROOT / n for n in (".npmrc", "pip.conf", "uv.toml", "frontend/.npmrc", "pyproject.toml")
    ]
    assert [p.name for p in named if p.exists() and registry.search(p.read_text())] == []


@pytest.mark.parametrize("path", POS, ids=lambda p: p.relative_to(PACKAGE).parts[0])
def test_every_message_of_a_catalogue_is_translated(path: Path) -> None:
    with path.open("rb") as file:
        catalogue = read_po(file, locale="vi", abort_invalid=True)
    empty = [m.id for m in catalogue if m.id and not _said(m.string)]
    fuzzy = [m.id for m in catalogue if m.id and m.fuzzy]
    assert (empty, fuzzy) == ([], [])


def _said(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def _marks(text: object) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]", str(text)))


@pytest.mark.parametrize("path", POS, ids=lambda p: p.relative_to(PACKAGE).parts[0])
def test_a_translation_fills_the_same_marks(path: Path) -> None:
    with path.open("rb") as file:
        catalogue = read_po(file, locale="vi", abort_invalid=True)
    wrong = [m.id for m in catalogue if m.id and not _marks(m.string) <= _marks(m.id)]
    assert wrong == []


def _packages() -> list[str]:
    return sorted(p.name for p in PACKAGE.iterdir() if (p / "__init__.py").exists())


def used(package: str) -> set[str]:
    """Every message the templates and modules of a package ask gettext for."""
    found: set[str] = set()
    for page in (PACKAGE / package).glob("templates/**/*"):
        if page.suffix in {".html", ".txt"}:
            marked = templatize(page.read_text(encoding="utf-8"), origin=str(page))
            found |= {_literal(m[1]) for m in MARKED.finditer(marked)}
    for path in modules(package):
        with path.open("rb") as file:
            for _, message, _, _ in extract("python", file, KEYWORDS):
                found.add(message[0] if isinstance(message, tuple) else message)
    return found - {""}


def _literal(text: str) -> str:
    return str(ast.literal_eval(text))


def _known() -> set[str]:
    known: set[str] = set()
    for path in POS:
        with path.open("rb") as file:
            known |= {
                m.id if isinstance(m.id, str) else m.id[0]
                for m in read_po(file, locale="vi")
                if m.id and _said(m.string)
            }
    return known


@pytest.mark.parametrize("package", _packages())
def test_every_word_on_a_page_has_its_vietnamese(package: str) -> None:
    """In a catalogue of ours, or in that of Django or allauth."""
    missing = used(package) - _known()
    with translation.override("vi"):
        missing = {m for m in missing if translation.gettext(m) == m}
    assert missing == set()


def test_no_message_stands_twice_in_a_catalogue() -> None:
    for path in POS:
        with path.open("rb") as file:
            ids = [m.id if isinstance(m.id, str) else m.id[0] for m in read_po(file) if m.id]
        assert len(ids) == len(set(ids)), path

"""Pages about the system say what the system does: generated ones are current, links lead on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from openpyxl import load_workbook
from tools.domain_docs import PAGES

from architecture.code import PACKAGE, ROOT, modules, tree

DOCS = ROOT / "docs"
MARKDOWN = sorted(DOCS.rglob("*.md"))
RECORDS = sorted((DOCS / "adr").glob("*.md"))
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)")
NAMED = re.compile(r"`(?:\w+\.)*(?!py`)(\w+)(?:\(\))?`")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def _name(path: Path) -> str:
    return str(path.relative_to(DOCS))


def _links(path: Path) -> list[tuple[str, Path, str]]:
    """Text, target and anchor of every link to another file."""
    text = FENCED.sub("", path.read_text(encoding="utf-8"))
    found = []
    for label, address in LINK.findall(text):
        if "://" in address or address.startswith(("#", "mailto:")):
            continue
        file, _, anchor = address.partition("#")
        found.append((label, (path.parent / file).resolve(), anchor))
    return found


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_generated_page_is_what_the_code_says(name: str) -> None:
    said = (DOCS / name).read_text(encoding="utf-8")
    assert said == PAGES[name](), "run tools/domain_docs.py"


@pytest.mark.parametrize("path", MARKDOWN, ids=_name)
def test_links_lead_to_files_that_are_there(path: Path) -> None:
    gone = [str(target) for _, target, _ in _links(path) if not target.exists()]
    assert gone == []


@pytest.mark.parametrize("path", MARKDOWN, ids=_name)
def test_a_name_linked_to_a_module_stands_in_it(path: Path) -> None:
    """`[`report_receive`](…/receiving.py)` must find that word there."""
    gone = []
    for label, target, _ in _links(path):
        if target.suffix != ".py" or not (named := NAMED.fullmatch(label)) or not target.exists():
            continue
        if not re.search(rf"\b{named[1]}\b", target.read_text(encoding="utf-8")):
            gone.append(f"{named[1]} in {target.name}")
    assert gone == []


@pytest.mark.parametrize("path", RECORDS, ids=_name)
def test_a_decision_record_has_its_three_parts(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    number = int(path.name[:4])
    assert re.match(rf"# {number}\. \S", text), "the title carries the file's number"
    parts = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert parts[:3] == ["Context", "Decision", "Consequences"]
    assert len(text.splitlines()) <= 70, "one page"


def test_decision_records_are_numbered_once() -> None:
    numbers = [path.name[:4] for path in RECORDS]
    assert len(numbers) == len(set(numbers))


def test_a_guide_exists_in_both_languages() -> None:
    guides = {p.name: {q.name for q in p.glob("*.md")} for p in (DOCS / "guides").iterdir()}
    assert guides["vi"] == guides["en"] != set()


def _screen_words(language: str) -> list[re.Pattern[str]]:
    """Everything a page may say: messages of the catalogues and Texts of the domain."""
    said: set[str] = set()
    for path in PACKAGE.glob("*/locale/vi/LC_MESSAGES/django.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale="vi"):
                found = message.id if language == "en" else message.string
                said |= set(found) if isinstance(found, tuple | list) else {found}
    place = 0 if language == "vi" else 1
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Text":
                argument = node.args[place] if len(node.args) > place else None
                if isinstance(argument, ast.Constant):
                    said.add(str(argument.value))
    gaps = re.compile(r"%\\\(\w+\\\)s|\\\{\w+\\\}")
    made = (gaps.sub(".+", re.escape(text)) for text in said if text)
    # A message that is little more than its gaps would let any word pass.
    return [re.compile(m) for m in made if len(m.replace(".+", "")) > 3 or ".+" not in m]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_words_in_bold_in_a_guide_stand_on_a_screen(language: str) -> None:
    """Bold is kept for what people look for on the page."""
    known = _screen_words(language)
    unknown = [
        f"{path.name}: {word}"
        for path in sorted((DOCS / "guides" / language).glob("*.md"))
        for word in re.findall(r"\*\*(.+?)\*\*", path.read_text(encoding="utf-8"), re.DOTALL)
        if not any(k.fullmatch(" ".join(word.split())) for k in known)
    ]
    assert unknown == []


def _names_in_the_forms() -> Iterator[str]:
    """Questions, attributes and options: the forms are the source of these names."""
    for path in sorted((ROOT / "forms").glob("*.xlsx")):
        book = load_workbook(path, read_only=True)
        for sheet in ("survey", "choices", "settings"):
            for line in book[sheet].iter_rows(min_row=2, values_only=True):
                yield " ".join(str(cell) for cell in line if cell)


def test_names_in_the_glossary_stand_in_the_code_or_the_forms() -> None:
    texts = [*(p.read_text(encoding="utf-8") for p in modules()), *_names_in_the_forms()]
    sources = "\n".join(texts)
    rows = re.findall(r"^\|.*\|$", (DOCS / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE)
    named = {
        name.split(".")[-1] for row in rows for name in re.findall(r"`(.+?)`", row.split("|")[3])
    }
    assert len(named) > 40
    assert sorted(n for n in named if not re.search(rf"\b{re.escape(n)}\b", sources)) == []

"""What templates write: figures, dates and states in both languages."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.template import Context, Template
from django.utils import translation

from datlanh.kernel.text import Text

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "datlanh"
NBSP = "\u00a0"


def written(template: str, language: str = "vi", **values: object) -> str:
    with translation.override(language):
        return Template(template).render(Context(values))


@pytest.mark.parametrize(
    ("template", "value", "vi", "en"),
    [
        ("{{ v|ha }}", 619_472_000, f"61.947,2{NBSP}ha", f"61,947.2{NBSP}ha"),
        ("{{ v|ha:2 }}", 94_500, f"9,45{NBSP}ha", f"9.45{NBSP}ha"),
        ("{{ v|m2 }}", 482_500.4, f"482.500{NBSP}m²", f"482,500{NBSP}m²"),
        ("{{ v|num }}", 1522, "1.522", "1,522"),
        ("{{ v|signed }}", -4, "\u22124", "\u22124"),
        ("{{ v|signed }}", 91_250, "+91.250", "+91,250"),
        ("{{ v|percent }}", 0.619, f"61,9{NBSP}%", f"61.9{NBSP}%"),
        ("{{ v|say }}", Text("Mở", "Open"), "Mở", "Open"),
        ("{{ v|status_word }}", "suspended", "Tạm dừng", "Suspended"),
        ("{{ v|status_word }}", "verified", "Chờ duyệt", "Awaiting review"),
        ("{{ v|day }}", dt.date(2026, 11, 22), "22/11/2026", "22/11/2026"),
        ("{{ v|plain }}", 12345.5, "12345.5", "12345.5"),
    ],
)
def test_a_figure_follows_the_language(template: str, value: object, vi: str, en: str) -> None:
    assert written(template, v=value) == vi
    assert written(template, "en", v=value) == en


@pytest.mark.parametrize("name", ["ha", "m2", "num", "signed", "percent", "day", "moment", "say"])
def test_what_is_not_there_is_a_dash_and_never_a_zero(name: str) -> None:
    assert written("{{ v|" + name + " }}", v=None) == "–"


def test_an_instant_is_told_in_the_time_of_the_province() -> None:
    late = dt.datetime(2026, 11, 22, 17, 30, tzinfo=dt.UTC)
    assert written("{{ v|moment }}", v=late) == "23/11/2026 00:30"
    assert written("{{ v|day }}", v=late) == "23/11/2026"


def test_the_ledger_keeps_its_order_and_its_unlocated_line_apart() -> None:
    parts = {
        "remaining_m2": 250_000,
        "cleared_m2": 500_000,
        "cancelled_m2": 0,
        "reduced_m2": 250_000,
        "unlocated_m2": 9_000_000,
    }
    drawn = written('{% ledger parts unit="ha" %}', parts=parts)
    bars = re.findall(r'class="l-(\w+)" x="([\d.]+)%" y="0" width="([\d.]+)%"', drawn)
    assert bars == [
        ("cleared", "0.000", "50.000"),
        ("reduced", "50.000", "25.000"),
        ("cancelled", "75.000", "0.000"),
        ("remaining", "75.000", "25.000"),
    ]
    assert "900,0 <small>ha</small>" in drawn


def test_no_page_carries_inline_style_or_script() -> None:
    """The content security policy would drop it. A block of data (JSON) is not run."""
    data = r"<script(?![^>]*\s(?:src=|type=\"application/json\"))"
    inline = re.compile(rf"\sstyle=|\son\w+=|<style|{data}", re.I)
    guilty = [
        str(page.relative_to(PACKAGE))
        for page in PACKAGE.glob("*/templates/**/*.html")
        if inline.search(page.read_text(encoding="utf-8"))
    ]
    assert guilty == []


def msgids(package: Path) -> set[str]:
    found: set[str] = set()
    for page in package.glob("templates/**/*.html"):
        text = page.read_text(encoding="utf-8")
        found |= {m[2] for m in re.finditer(r"{%\s*trans(?:late)?\s+([\"'])(.*?)\1", text)}
        for block in re.finditer(
            r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", text, re.S
        ):
            found.add(re.sub(r"{{ (\w+) }}", r"%(\1)s", block[1].split("{% plural %}")[0]))
    for module in package.rglob("*.py"):
        found |= set(re.findall(r"\b_\(\"([^\"]+)\"\)", module.read_text(encoding="utf-8")))
    return found


@pytest.mark.parametrize("name", ["delivery"])
def test_every_word_of_the_pages_has_its_vietnamese(name: str) -> None:
    source = PACKAGE / name / "locale" / "vi" / "LC_MESSAGES" / "django.po"
    with source.open("rb") as words:
        catalog = read_po(words, locale="vi")
    known = {m.id if isinstance(m.id, str) else m.id[0] for m in catalog if m.id and m.string}
    assert msgids(PACKAGE / name) - known == set()

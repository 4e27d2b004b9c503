"""How templates write figures, dates, states and icons. Built in: no `{% load %}` needed.

A value that is not there is written `–`. Every figure follows the language of the page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from datlanh.accounts.models import User
from datlanh.accounts.scope import has
from datlanh.delivery import words
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError
from datlanh.kernel.text import NBSP, Text, hectares, number
from datlanh.kernel.text import day as written_day

register = template.Library()

NOTHING = "–"


def _language() -> str:
    return get_language() or "vi"


@register.filter
def say(value: object) -> str:
    """A kernel `Text` (or a refusal) in the language of the page; anything else as it is."""
    if isinstance(value, Text | DomainError):
        return value.say(_language())
    return NOTHING if value is None else str(value)


@register.filter
def num(value: float | str | None, places: int | None = None) -> str:
    """`61947.2` → `61.947,2`; `value|num:1` fixes the decimals. What a template lacks is ""."""
    return (
        NOTHING if value is None or isinstance(value, str) else number(value, _language(), places)
    )


@register.filter
def signed(value: float | None, places: int | None = None) -> str:
    """As `num`, with its sign: `+91.250`, `−4`."""
    if value is None:
        return NOTHING
    return ("+" if value > 0 else "") + number(value, _language(), places)


@register.filter
def m2(value: float | None) -> str:
    """Square metres, whole: `482.500 m²`."""
    return NOTHING if value is None else f"{number(round(value), _language())}{NBSP}m²"


@register.filter
def ha(value: float | str | None, places: int = 1) -> str:
    """Square metres spoken in hectares: `48,3 ha`; `value|ha:2` for finer talk. "" as `num`."""
    if value is None or isinstance(value, str):
        return NOTHING
    return hectares(value, _language(), places)


@register.filter
def ha_num(value: float | None, places: int = 1) -> str:
    """Square metres in hectares, without the unit: `48,3`."""
    return NOTHING if value is None else number(value / 10_000, _language(), places)


@register.filter
def percent(ratio: float | None, places: int = 1) -> str:
    """A ratio: `0.624` → `62,4 %`."""
    return NOTHING if ratio is None else f"{number(ratio * 100, _language(), places)}{NBSP}%"


@register.filter
def day(value: dt.date | None) -> str:
    """`22/11/2026`; of an instant, the province's date."""
    if value is None:
        return NOTHING
    return written_day(clock.local_date(value) if isinstance(value, dt.datetime) else value)


@register.filter
def moment(value: dt.datetime | None) -> str:
    """An instant in the province's time: `22/11/2026 16:20`."""
    return NOTHING if value is None else f"{value.astimezone(clock.PROVINCE):%d/%m/%Y %H:%M}"


@register.filter
def iso(value: dt.date | dt.datetime | None) -> str:
    """For `datetime` attributes and date fields: `2026-11-22`, or the full instant."""
    return "" if value is None else value.isoformat()


@register.filter
def plain(value: float | str | None) -> str:
    """A number for an attribute (SVG, data-…), never localised: `12.5`."""
    return (
        "" if value is None else f"{float(value):.6g}" if isinstance(value, float) else str(value)
    )


@register.filter
def at(mapping: Mapping[Any, Any], key: Any) -> Any:
    """`mapping|at:key`, or None."""
    return mapping.get(key)


@register.filter
def may(user: User, permission: str) -> bool:
    """`request.user|may:"settings:manage"`: whether the person has it somewhere."""
    return has(user, permission)


@register.filter
def status_word(key: str) -> str:
    """The word for a state of an area or a report, or for a severity."""
    return words.STATES[key].say(_language()) if key in words.STATES else key


@register.filter
def initials(name: str) -> str:
    """`Lê Thị Thu` → `LT`: family and given name."""
    parts = name.split()
    return (parts[0][:1] + parts[-1][:1] if len(parts) > 1 else name[:2]).upper()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A Tabler outline icon from the sprite; `label` only where no word stands beside it."""
    return _use("ic", name, label)


@register.simple_tag
def glyph(name: str, label: str = "") -> SafeString:
    """One of our own glyphs: a state, a severity or a survey box."""
    return _use("gl", f"g-{name}", label)


def _use(css: str, name: str, label: str) -> SafeString:
    address = f"{static('datlanh/build/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>',
            css,
            label,
            address,
        )
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}"></use></svg>', css, address
    )


@register.inclusion_tag("components/ledger.html")
def ledger(
    parts: object, *, keys: bool = True, shares: bool = True, thin: bool = False, unit: str = "m2"
) -> dict[str, Any]:
    """The ledger bar, always cleared, reduced, cancelled, remaining.

    `parts` is a mapping or object with `cleared_m2`, `reduced_m2`, `cancelled_m2`,
    `remaining_m2` and, apart from the bar, `unlocated_m2`. `unit` is "m2" or "ha"; without
    `keys` only the bar, without `shares` no percentages.
    """

    def area(name: str) -> float:
        name = f"{name}_m2"
        value = parts.get(name) if isinstance(parts, Mapping) else getattr(parts, name, None)
        return float(value or 0)

    areas = {name: max(area(name), 0.0) for name in words.LAND}
    total = sum(areas.values())
    rows: list[dict[str, Any]] = []
    x = 0.0
    for name, value in areas.items():
        share = value / total if total else 0.0
        rows.append(
            {
                "name": name,
                "word": words.LAND[name],
                "area_m2": value,
                "share": share,
                "x": f"{x * 100:.3f}%",
                "width": f"{share * 100:.3f}%",
                "edge": bool(x and share),
            }
        )
        x += share
    return {
        "rows": rows,
        "total_m2": total,
        "unlocated_m2": area("unlocated"),
        "keys": keys,
        "shares": shares,
        "thin": thin,
        "in_ha": unit == "ha",
        "label": ", ".join(f"{say(r['word'])} {percent(r['share'])}" for r in rows),
    }

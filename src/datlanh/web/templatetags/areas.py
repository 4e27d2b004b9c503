"""How the pages of areas name keys and build addresses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.utils.translation import get_language

from datlanh.hazards.models import PublicStatus
from datlanh.hazards.selectors import NONE
from datlanh.web.areas.filters import Words

register = template.Library()


@register.simple_tag
def label(words: Words, table: str, key: str | Iterable[str] | None) -> str:
    """What a key is called; of several keys (methods), all of them. `–` for none."""
    if key and not isinstance(key, str):
        key = "+".join(key)
    if not key or key == NONE:
        return "–"
    return words.say(table, str(key)).say(get_language() or "vi")


@register.simple_tag
def stack(cells: Iterable[Any], whole: float | None) -> list[dict[str, Any]]:
    """The cells of a line (in the order of states) as pieces of a bar 100 wide."""
    pieces, x = [], 0.0
    for status, cell in zip(PublicStatus.values, cells, strict=True):
        width = 100.0 * (cell.area_m2 or 0) / whole if whole else 0.0
        if width:
            pieces.append({"status": status, "x": x, "width": width})
        x += width
    return pieces


@register.filter
def nth(things: Sequence[Any], place: int) -> Any:
    """`things[place]`."""
    return things[place]

"""How the pages of areas name keys and build addresses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.translation import get_language

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


@register.filter
def share(part: float | None, whole: float | None) -> str:
    """A part as SVG wants its width, in percent of `whole`: `12.5%`."""
    return f"{100 * (part or 0) / whole:.3f}%" if whole else "0%"


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """`mapping[key]`, 0 where a counter has none."""
    try:
        return mapping[key]
    except (KeyError, TypeError):
        return 0

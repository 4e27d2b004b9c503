"""How the tools write distances and bearings."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from datlanh.kernel.text import NBSP, number

register = template.Library()
KILOMETRE = 1000.0


@register.filter
def distance(metres_: float) -> str:
    """`12,3 m`, `480 m`, `1,2 km`."""
    language = get_language() or "vi"
    if metres_ >= KILOMETRE:
        return f"{number(metres_ / KILOMETRE, language, 1)}{NBSP}km"
    return f"{number(metres_, language, 0 if metres_ >= 100 else 1)}{NBSP}m"


@register.filter
def metres(value: float) -> str:
    """Two decimals: a turning point is surveyed to some centimetres."""
    return number(value, get_language() or "vi", 2)


@register.filter
def degrees(value: float) -> str:
    """`89,9°`."""
    return f"{number(value, get_language() or 'vi', 1)}°"


@register.filter
def square_metres(value: float) -> str:
    """`2.000 m²`; below ten with a decimal."""
    language = get_language() or "vi"
    return f"{number(value, language, 0 if abs(value) >= 10 else 1)}{NBSP}m²"

"""How pages of the ledger write land, and the section of the area's page."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.kernel.text import NBSP, number
from datlanh.register.models import Record
from datlanh.register.selectors import AsOf
from datlanh.web.ledger.areas import area_ledger_section

register = template.Library()
SMALL_M2 = 50  # below, hectares would say 0.00


@register.simple_tag
def land(value: float | str | None, sign: bool = False) -> SafeString:
    """m² as hectares with two decimals, whole m² in the tooltip; nothing is a quiet zero."""
    language = get_language() or "vi"
    if value is None or isinstance(value, str):
        return format_html('<span class="mut">{}</span>', "–")
    m2 = round(value)
    if not m2:
        return format_html('<span class="mut">{}</span>', "0")
    plus = "+" if sign and m2 > 0 else ""
    if abs(m2) < SMALL_M2:
        return format_html("{}", f"{plus}{number(m2, language)}{NBSP}m²")
    return format_html(
        '<span title="{}">{}</span>',
        f"{plus}{number(m2, language)}{NBSP}m²",
        f"{plus}{number(value / 10_000, language, 2)}",
    )


@register.inclusion_tag("areas/sections/_ledger.html", takes_context=True)
def area_ledger(context: Context, record: Record, moment: AsOf) -> dict[str, Any]:
    """The ledger section of an area's page."""
    scope = scope_for(context["request"].user, Permission.RECORD_READ)
    return {**area_ledger_section(record, moment, scope), "asof": moment, "links_on": True}

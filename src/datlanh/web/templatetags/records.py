"""The kinds of records as tabs, the address of any record, and what opens for whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from datlanh.accounts.scope import Scope
from datlanh.intake.models import Report
from datlanh.register.models import Record
from datlanh.web.records.cells import address_of
from datlanh.web.records.kinds import KINDS
from datlanh.web.records.named import ID

register = template.Library()


@register.inclusion_tag("web/records/_kinds.html")
def record_kinds(current: str, times: str = "") -> dict[str, Any]:
    """Tabs to the list of each kind; `times` keeps the same past."""
    tabs = [
        ("areas", _("Hazardous areas"), reverse("web:areas")),
        ("releases", _("Released land"), reverse("web:releases")),
        *((k.slug, k.short, reverse("web:records", args=(k.slug,))) for k in KINDS),
    ]
    return {"tabs": tabs, "current": current, "times": times}


@register.filter
def with_links(text: str, named: Mapping[str, str] | None) -> str:
    """A text in which the ids of records the reader may open lead to them."""
    if not named:
        return text
    parts, end = [], 0
    for found in ID.finditer(text):
        if href := named.get(found[0]):
            link = format_html('<a class="id" href="{}">{}</a>', href, found[0])
            parts += [escape(text[end : found.start()]), link]
            end = found.end()
    return mark_safe("".join([*parts, escape(text[end:])])) if parts else text  # noqa: S308


@register.filter
def opened_by(report: Report, scope: Scope) -> bool:
    """Whether the page of a report opens within a scope: it may be another organisation's."""
    return scope.allows(report.organisation_id)


@register.filter
def record_address(record: Record) -> str:
    """The page of a record of any kind."""
    return address_of(record.kind, record.local_id)

"""The kinds of records as tabs, and the address of any record."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from datlanh.register.models import Record
from datlanh.web.records.cells import address_of
from datlanh.web.records.kinds import KINDS

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
def record_address(record: Record) -> str:
    """The page of a record of any kind."""
    return address_of(record.kind, record.local_id)

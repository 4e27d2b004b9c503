"""The papers of an area, as a section of any page that shows it."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from datlanh.register.models import Record
from datlanh.register.selectors import AsOf
from datlanh.web.papers.documents import documents_section

register = template.Library()


@register.inclusion_tag("areas/sections/_documents.html", takes_context=True)
def documents(context: Context, record: Record, moment: AsOf) -> dict[str, Any]:
    """Its papers and, for who may, the form to issue one of the moment shown."""
    return documents_section(record, context["request"].user, moment)

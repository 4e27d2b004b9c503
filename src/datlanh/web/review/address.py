"""The queue's filters carried from page to page in the address."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict

KEPT = ("stage", "mine", "findings", "form", "organisation", "after", "before")


def desk_query(request: HttpRequest) -> str:
    """The part of the address that a link within the desk keeps: "?mine=1", or ""."""
    kept = QueryDict(mutable=True)
    for name in KEPT:
        if value := request.GET.get(name):
            kept[name] = value
    return f"?{kept.urlencode()}" if kept else ""

"""The queue's filters carried from page to page in the address."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict

FILTERS = ("stage", "mine", "findings", "form", "organisation", "assigned", "late")
KEPT = (*FILTERS, "after", "before")


def desk_query(request: HttpRequest) -> str:
    """The part of the address that a link within the desk keeps: "?mine=1", or ""."""
    kept = _kept(request.GET, KEPT)
    return f"?{kept}" if kept else ""


def filters_in(text: str) -> str:
    """The filters of a queue's address, and nothing else, as they are kept under a name."""
    return _kept(QueryDict(text.removeprefix("?")), FILTERS)


def _kept(query: QueryDict, names: tuple[str, ...]) -> str:
    kept = QueryDict(mutable=True)
    for name in names:
        if value := query.get(name):
            kept[name] = value
    return kept.urlencode()

"""One box for everything with a name: ids of records, receipts, places."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import Scope, has, scope_for
from datlanh.hazards.selectors import AreaFilter, ReleaseFilter, Turn, area_page, release_page
from datlanh.intake.selectors.paging import Cursor
from datlanh.intake.selectors.reports import ReportFilter, report_list
from datlanh.kernel import clock, coordinates, geometry, ids
from datlanh.kernel.text import Text
from datlanh.places import selectors as places
from datlanh.places.models import Level
from datlanh.register.listing import ListedRow, ListFilter, list_page
from datlanh.register.models import Record
from datlanh.web.areas.lists import names_beside
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.records.cells import address_of
from datlanh.web.records.kinds import KINDS, Kind

SHOWN = 8
LETTERS = 2  # fewer find everything


def _point(text: str) -> bool:
    """Whether the text is a place in the province, in whatever notation."""
    return any(
        geometry.on_globe(r.point) and places.in_province(r.point, clock.today())
        for r in coordinates.read(text)
    )


@opens()
def search(request: StaffRequest) -> HttpResponse:
    """`/search?q=`: what a person may see of what begins with (or sounds like) the text."""
    text = " ".join(request.GET.get("q", "").split())[:60]
    who = request.user
    context: dict[str, object] = {"text": text, "rows": []}
    if len(text) >= LETTERS:
        reads = has(who, Permission.RECORD_READ)
        scope = scope_for(who, Permission.RECORD_READ)
        turn = Turn(sort="id", size=SHOWN)
        found = area_page(scope, AreaFilter(text=text), turn).rows if reads else []
        released = release_page(scope, ReleaseFilter(text=text), turn).rows if reads else []
        others = _others(scope, text) if reads else []
        context |= {
            "others": others,
            "areas": found,
            "releases": released,
            "reports": report_list(who, ReportFilter(text=text), Cursor(), size=SHOWN).rows
            if has(who, Permission.REPORT_READ) and any(c.isdigit() for c in text)
            else [],
            "point": _point(text),
            "places": _places(text) if not text.isdigit() else [],
            **names_beside([*found, *released, *(row for _, rows in others for row in rows)]),
        }
        whole = _whole(who, str(ids.propose(text) or ""))
        if whole and not request.headers.get("HX-Request"):
            return redirect(whole)
    is_part = request.headers.get("HX-Target") == "search-found"
    return render(
        request, "web/search/_found.html" if is_part else "web/search/search.html", context
    )


def _whole(who: User, meant: str) -> str:
    """The address of the record of that very id, "" where `who` may read none."""
    if not meant or not has(who, Permission.RECORD_READ):
        return ""
    visible = scope_for(who, Permission.RECORD_READ).q("organisation_id")
    same = ids.spellings(meant)
    found = Record.objects.filter(visible, local_id__in=same, is_live=True).first()
    return address_of(found.kind, found.local_id) if found else ""


def _others(scope: Scope, text: str) -> list[tuple[Kind, list[ListedRow]]]:
    """Records of the other kinds whose id begins so; a text without a digit names none."""
    if not any(c.isdigit() for c in text):
        return []
    turn = Turn(sort="id", size=SHOWN)
    found = ((kind, list_page(scope, ListFilter(kind.listing, text=text), turn)) for kind in KINDS)
    return [(kind, page.rows) for kind, page in found if page.rows]


@dataclass(frozen=True)
class Place:
    """A unit found by one of its names; `query` lists the areas of what it is today."""

    name: Text
    note: Text
    query: str


def _places(text: str) -> list[Place]:
    found = []
    for hit in places.unit_search(text, limit=SHOWN):
        if hit.current_unit.level == Level.COMMUNE:
            codes = [hit.current_unit.code]
        elif hit.unit.level == Level.DISTRICT:
            codes = [u.code for u in places.successors(hit.unit)]
        else:
            codes = []
        found.append(
            Place(
                Text(hit.unit.full_name, hit.unit.full_name_en),
                Text(hit.say("vi"), hit.say("en")),
                AreaFilter(communes=tuple(codes)).query(),
            )
        )
    return found

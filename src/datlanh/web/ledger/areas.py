"""The ledger of one area: a section of its page, and a page of its own to compare moments."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import Scope, scope_for
from datlanh.hazards.ledger.models import AreaLedger
from datlanh.hazards.selectors.sources import AREA
from datlanh.register.models import Record
from datlanh.register.selectors import AsOf
from datlanh.reporting.selectors.ledger_area import AreaLedgerView, area_ledger_view
from datlanh.web.areas.records import moment_of
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.ledger.compare import before_of, compared
from datlanh.web.ledger.words import APART, DEPTH_LINES, DEPTH_WORDS, STANDING, SURFACE, UNDRAWN

ORDER = ("cleared", "reduced", "cancelled", "remaining")


@opens(Permission.RECORD_READ)
def area_ledger(request: StaffRequest, local_id: str) -> HttpResponse:
    """`/areas/<local_id>/ledger/?on=&known=&from_on=&from_known=`. 404 outside the scope."""
    scope = scope_for(request.user, Permission.RECORD_READ)
    record = Record.objects.filter(scope.q("organisation_id")).get(local_id=local_id, kind=AREA)
    moment = moment_of(request)
    context = {
        "record": record,
        "asof": moment,
        "crumbs": [
            (_("Hazardous areas"), reverse("web:areas")),
            (record.local_id, reverse("web:area", args=(record.local_id,))),
            (_("Land ledger"), ""),
        ],
        "before": before_of(request),
        "moves": compared(request, scope, moment, record_id=record.pk),
        **area_ledger_section(record, moment, scope),
    }
    return render(request, "web/ledger/area.html", context)


def area_ledger_section(record: Record, moment: AsOf, scope: Scope) -> dict[str, Any]:
    """The context of `areas/sections/_ledger.html`: `ledger` is None where nothing was known."""
    view = area_ledger_view(record, moment, scope)
    if view is None:
        return {"ledger_of": record, "ledger_view": None}
    now = view.now
    return {
        "ledger_of": record,
        "ledger_view": view,
        "ledger_bars": _bars(view),
        "ledger_depths": [(w, v) for w, c in DEPTH_LINES if (v := getattr(now, c)) >= 0.5],
        "ledger_surface": (SURFACE, now.surface_m2),
        "ledger_apart": [(w, v) for c, w in APART if (v := getattr(now, c)) >= 0.5],
        "ledger_undrawn": (UNDRAWN, now.undrawn_m2),
        "ledger_lines": _lines(view, _told(view, scope)),
        "ledger_releases": [
            {
                "at": r,
                "depth": DEPTH_WORDS.get(r.share.release.depth),
                "standing": STANDING[r.share.standing],
            }
            for r in view.releases
        ],
    }


def _bars(view: AreaLedgerView) -> list[dict[str, Any]]:
    """The ledger through time, 100 wide and 100 high: each stretch a column of four parts."""
    drawn = [s for s in view.stretches if s.outline_m2 > 0]
    if not drawn:
        return []
    first, last = drawn[0].true_from, view.moment.on + dt.timedelta(days=1)
    days = max((last - first).days, 1)
    most = max(s.outline_m2 for s in drawn)
    found = []
    for stretch in drawn:
        end = min(stretch.true_to or last, last)
        x = 100 * (stretch.true_from - first).days / days
        width = max(100 * (end - stretch.true_from).days / days, 0.6)
        top, pieces = 100 - 100 * stretch.outline_m2 / most, []
        for name in reversed(ORDER):  # what remains lies on top, what is cleared at the bottom
            height = 100 * getattr(stretch, f"{name}_m2") / most
            pieces.append({"name": name, "y": top, "height": height})
            top += height
        found.append({"x": x, "width": width, "pieces": pieces, "row": stretch})
    return found


def _told(view: AreaLedgerView, scope: Scope) -> set[str]:
    """The records that moved the ledger and may be named."""
    ids = {i for row in view.stretches for i in row.moved_by}
    visible = Record.objects.filter(scope.q("organisation_id"), local_id__in=ids)
    return set(visible.values_list("local_id", flat=True))


def _lines(view: AreaLedgerView, told: set[str]) -> list[dict[str, Any]]:
    """Each change of the ledger, newest first, with what moved it."""
    found: list[dict[str, Any]] = []
    last: AreaLedger | None = None
    for row in view.stretches:
        if row.outline_m2 > 0 or last is not None:
            moved = [_moved(i) for i in row.moved_by if i in told]
            found.append(
                {"row": row, "moved_by": moved, "resurveyed": row.outline_m2 - row.initial_m2}
            )
            last = row
    return found[::-1]


def _moved(local_id: str) -> tuple[str, str]:
    """An id with its page."""
    name = "web:area" if local_id.startswith("HAZ") else "web:release"
    return local_id, reverse(name, args=(local_id,))

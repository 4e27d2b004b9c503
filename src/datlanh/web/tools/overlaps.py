"""`/tools/overlaps/`: where the ground of different organisations overlaps, now."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.hazards.selectors.neighbours import LEAST_M2, Overlap, Side, overlaps
from datlanh.hazards.selectors.sources import AREA, RELEASE
from datlanh.intake.selectors.reports import organisations_seen
from datlanh.kernel.text import Text
from datlanh.organisations.models import Organisation
from datlanh.web.guards import StaffRequest, opens

KINDS = {
    AREA: Text("Khu vực ô nhiễm", "Hazardous areas"),
    RELEASE: Text("Đất đã giải phóng", "Released land"),
}
LEAST = (1, 100, 1_000, 10_000)
SHOWN = 100  # rows of a page, and pieces on its map
PLACES = {AREA: "web:area", RELEASE: "web:release"}


@opens(Permission.RECORD_READ)
def overlapping(request: StaffRequest) -> HttpResponse:
    """The largest overlaps first, on a map beside them."""
    get = request.GET.get
    kind = get("kind", "") if get("kind", "") in KINDS else AREA
    asked = get("least", "")
    least = int(asked) if asked.isascii() and asked.isdigit() and int(asked) in LEAST else LEAST[0]
    organisation = get("organisation", "")
    scope = scope_for(request.user, Permission.RECORD_READ)
    found = overlaps(scope, kind, organisation=organisation, least_m2=max(least, LEAST_M2))
    page = found[:SHOWN]
    pieces = [overlap.piece() for overlap in page]
    context = {
        "kinds": KINDS,
        "kind": kind,
        "least": least,
        "leasts": LEAST,
        "organisation": organisation,
        "organisations": organisations_seen(request.user, Permission.RECORD_READ),
        "rows": [_row(o, p, kind) for o, p in zip(page, pieces, strict=True)],
        "names": dict(Organisation.objects.values_list("key", "short_name")),
        "total": len(found),
        "common_m2": sum(o.common_m2 for o in found),
        "features": _features(page, pieces) if page else None,
        "basemap": reverse("api:basemap"),
        "may_overlaps": True,
    }
    return render(request, "web/tools/overlaps.html", context)


def _row(overlap: Overlap, piece: BaseGeometry, kind: str) -> dict[str, Any]:
    at = piece.representative_point() if not piece.is_empty else None
    return {
        "overlap": overlap,
        "sides": [(side, _address(side, kind)) for side in (overlap.one, overlap.other)],
        "at": f"{at.x:.7f},{at.y:.7f}" if at else "",
    }


def _address(side: Side, kind: str) -> str:
    return "" if side.is_hidden else reverse(PLACES[kind], args=[side.local_id])


def _features(page: list[Overlap], pieces: list[BaseGeometry]) -> dict[str, Any]:
    outlines = {id(s.outline): s for o in page for s in (o.one, o.other)}
    features = [
        _feature(s.outline, "register", label="" if s.is_hidden else s.local_id)
        for s in outlines.values()
    ]
    features += [_feature(p, "remaining") for p in pieces if not p.is_empty]
    return {"type": "FeatureCollection", "features": features}


def _feature(shape: BaseGeometry, role: str, **said: str) -> dict[str, Any]:
    kept = {k: v for k, v in said.items() if v}
    return {"type": "Feature", "geometry": mapping(shape), "properties": {"role": role, **kept}}

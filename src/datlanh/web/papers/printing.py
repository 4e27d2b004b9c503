"""The printed map: what to choose, and the sheet."""

from __future__ import annotations

import math

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.hazards.selectors import AreaFilter
from datlanh.kernel.coordinates import METRIC, SYSTEMS, VN2000_10615
from datlanh.kernel.errors import UnreadableError
from datlanh.kernel.text import LANGUAGES, Text
from datlanh.register.listing import FURTHER
from datlanh.reporting.documents.frames import PAPERS, SCALES
from datlanh.reporting.documents.ground import LAYERS
from datlanh.reporting.documents.mapsheet import Wish, map_sheet
from datlanh.web.areas.filters import Words, chips_of
from datlanh.web.guards import StaffRequest, opens

PROVINCE = (104.0, 15.0, 109.0, 20.0)  # where a printed map may lie: the grids hold here
MIDDLE = (107.0, 16.75)
LONGEST_TITLE = 80
NO_PLACE = Text("Nơi này ở ngoài vùng in bản đồ.", "This place lies beyond what can be printed.")
LAYER_WORDS = {
    "areas": Text("Khu vực ô nhiễm", "Hazardous areas"),
    "releases": Text("Đất đã giải phóng", "Released land"),
    "points": Text("Điểm bằng chứng và vật nổ", "Evidence and ordnance"),
    "communes": Text("Ranh giới xã, phường", "Commune boundaries"),
}


@opens(Permission.MAP_READ)
def choices(request: StaffRequest) -> HttpResponse:
    """`/map/print?lon=&lat=&…`: paper, scale, language and layers, with the map's own filters."""
    wanted = AreaFilter.from_query(request.GET)
    context = {
        "wish": wish_of(request),
        "papers": PAPERS,
        "scales": SCALES,
        "systems": [SYSTEMS[key] for key in METRIC],
        "layers": LAYER_WORDS,
        "asof": wanted.asof,
        "in_force": chips_of(wanted, Words(request.user, Permission.MAP_READ)),
        "kept": [
            (name, value)
            for name, values in request.GET.lists()
            if name in AreaFilter.NAMES.values() or name.startswith(FURTHER)
            for value in values
        ],
        "crumbs": [(_("Map"), reverse("web:map")), (_("Print the map"), "")],
    }
    return render(request, "web/papers/print.html", context)


@opens(Permission.MAP_READ)
def sheet(request: StaffRequest) -> HttpResponse:
    """`/map/print.pdf?…`: the sheet, with what the asker may see."""
    scope, wanted = scope_for(request.user, Permission.MAP_READ), AreaFilter.from_query(request.GET)
    wish = wish_of(request)
    made = map_sheet(wish, scope=scope, filter=wanted)
    answer = HttpResponse(made, content_type="application/pdf")
    name = f"datlanh-{wish.paper}-{wish.scale}-{wanted.asof.on:%Y-%m-%d}.pdf"
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def wish_of(request: HttpRequest) -> Wish:
    """What an address asks for; what it leaves out, or cannot mean, is as usual."""
    said = request.GET
    layers = tuple(name for name in LAYERS if name in said.getlist("layer"))
    language = said.get("language", "")
    return Wish(
        lon=_degrees(said.get("lon"), MIDDLE[0], PROVINCE[0], PROVINCE[2]),
        lat=_degrees(said.get("lat"), MIDDLE[1], PROVINCE[1], PROVINCE[3]),
        paper=said.get("paper", "A4") if said.get("paper") in PAPERS else "A4",
        upright=said.get("turn") == "upright",
        scale=next((s for s in SCALES if str(s) == said.get("scale")), SCALES[0]),
        system=said.get("system", "") if said.get("system") in METRIC else VN2000_10615,
        language=language if language in LANGUAGES else request.LANGUAGE_CODE or "vi",
        layers=layers or LAYERS,
        title=" ".join(said.get("title", "").split())[:LONGEST_TITLE],
    )


def _degrees(text: str | None, otherwise: float, least: float, most: float) -> float:
    if not text:
        return otherwise
    try:
        value = float(text)
    except ValueError as error:
        raise UnreadableError(NO_PLACE, code="no_place") from error
    if not (math.isfinite(value) and least <= value <= most):
        raise UnreadableError(NO_PLACE, code="no_place")
    return value

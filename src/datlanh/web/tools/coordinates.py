"""`/tools/coordinates/`: one point or a table, from any system into any other. Keeps nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from shapely.geometry import Point, Polygon, mapping
from shapely.geometry.base import BaseGeometry

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has
from datlanh.kernel import clock, coordinates, firewall, geometry
from datlanh.kernel.coordinates import SYSTEMS, TurningPoint
from datlanh.kernel.coordinates.tables import Line, Table, read_table
from datlanh.kernel.text import Text
from datlanh.places import selectors as places
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.reports.filters import language
from datlanh.web.tools.shown import Written, in_every_system

MOST_CHARACTERS = 200_000


@opens()
def converter(request: StaffRequest) -> HttpResponse:
    """What was typed or pasted, read and written in every system; as a table or CSV too."""
    sent = request.POST if request.method == "POST" else request.GET
    text = sent.get("q", "")[:MOST_CHARACTERS]
    given = sent.get("from", "")
    target = sent.get("to", "")
    table = read_table(text, _inside, given if given in SYSTEMS else "", _inside_each)
    shown = target if target in SYSTEMS else _other_than(table.system)
    if sent.get("do") == "csv" and table.points:
        return _csv(table, shown)
    context = {
        "q": text,
        "table": table,
        "systems": SYSTEMS,
        "given": given if given in SYSTEMS else "",
        "target": shown,
        "heads": SYSTEMS[shown].heads,
        "single": _single(table),
        "rows": _rows(table, shown),
        "fits": [(SYSTEMS[s], n, s == table.system) for s, n in table.fits],
        "moves": _moves(table),
        "shape": _shape(table),
        "features": _features(table),
        "basemap": reverse("api:basemap"),
        "may_overlaps": has(request.user, Permission.RECORD_READ),
    }
    return render(request, "web/tools/coordinates.html", context)


def _inside(point: Point) -> bool:
    return geometry.on_globe(point) and places.in_province(point, clock.today())


def _inside_each(points: list[Point]) -> list[bool]:
    """One question for all of them; what is on no globe is not asked about."""
    there = [p for p in points if geometry.on_globe(p)]
    found = iter(places.in_province_each(there, clock.today()) if there else [])
    return [geometry.on_globe(p) and next(found) for p in points]


def _other_than(system: str) -> str:
    """What a person probably wants: degrees from paper, paper from degrees."""
    if system in (coordinates.WGS84_DECIMAL, coordinates.WGS84_DMS, ""):
        return coordinates.VN2000_10615
    return coordinates.WGS84_DECIMAL


def _single(table: Table) -> tuple[Written, ...]:
    if len(table.lines) != 1 or table.lines[0].taken is None:
        return ()
    return in_every_system(table.lines[0].taken.point)


Cells = list[tuple[Text, str]]


def _rows(table: Table, system: str) -> list[tuple[Line, str, Cells, str]]:
    """Line, how it was read, its cells in the wanted system, and where it is for the map."""
    speech = language()
    found: list[tuple[Line, str, Cells, str]] = []
    for line in table.lines:
        if line.taken is None:
            found.append((line, "", [], ""))
            continue
        at = line.taken.point
        written = coordinates.cells(at, system, speech)
        cells = list(zip(SYSTEMS[system].heads, written, strict=True))
        found.append((line, line.taken.title(speech), cells, f"{at.x:.7f},{at.y:.7f}"))
    return found


def _moves(table: Table) -> list[dict[str, Any]]:
    """What may have been meant by lines that lie nowhere near, with what it would move."""
    found = []
    for line in table.lines:
        for proposal in line.proposals:
            at = proposal.geometry
            found.append(
                {
                    "line": line,
                    "said": proposal.said,
                    "metres": proposal.moved_m,
                    "plain": coordinates.plain(at, coordinates.WGS84_DECIMAL),
                    "at": f"{at.x:.7f},{at.y:.7f}",
                }
            )
    return found[:50]


def _shape(table: Table) -> dict[str, Any] | None:
    """What the points come to as rings: size, and what the firewall says of them."""
    drawn = table.polygons
    if not drawn or table.unread:
        return None
    found = firewall.examine(drawn)
    return {
        "rings": len(drawn),
        "area_m2": found.area_m2,
        "perimeter_m": sum(geometry.perimeter_m(p) for p in drawn if geometry.on_globe(p)),
        "problems": found.problems,
        "turning": turning_rows(drawn, language()),
    }


def turning_rows(drawn: Iterable[Polygon], speech: str) -> list[TurningPoint]:
    """The way around every ring."""
    return [
        row
        for polygon in drawn
        if geometry.on_globe(polygon)
        for row in coordinates.turning_points(polygon, coordinates.WGS84_DECIMAL, speech)
    ]


def _features(table: Table) -> dict[str, Any] | None:
    features = [_feature(p, "area") for p in table.polygons if geometry.on_globe(p)]
    for line in table.lines:
        if line.taken and geometry.on_globe(line.taken.point):
            features.append(_feature(line.taken.point, "evidence", label=line.name))
        for proposal in line.proposals:
            features.append(_feature(proposal.geometry, "finding", severity="info"))
    if not features:
        return None
    return {"type": "FeatureCollection", "features": features}


def _feature(shape: BaseGeometry, role: str, **said: str) -> dict[str, Any]:
    return {"type": "Feature", "geometry": mapping(shape), "properties": {"role": role, **said}}


def _csv(table: Table, system: str) -> HttpResponse:
    """The table for a spreadsheet: semicolons, decimal points, a mark that says UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    speech = language()
    heads = [head.say(speech) for head in SYSTEMS[system].heads]
    writer.writerow([_("Point"), *heads, _("System")])
    for line in table.lines:
        if line.taken:
            cells = coordinates.plain(line.taken.point, system)
            parts = [cells] if len(heads) == 1 else _halves(cells)
            writer.writerow([line.name, *parts, SYSTEMS[system].name.say(speech)])
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{system}.csv"'
    return answer


def _halves(plain: str) -> list[str]:
    mark = ", " if ", " in plain else " "
    return plain.split(mark)

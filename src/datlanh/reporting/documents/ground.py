"""What lies in a frame, as it was true on a day and known after a decision, within a scope."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import shapely
from django.contrib.gis.geos import Polygon
from django.db.models import Min, Q

from datlanh.accounts.scope import Scope
from datlanh.hazards.rules import public_status
from datlanh.hazards.selectors import AreaFilter, rows
from datlanh.hazards.selectors.sources import AREA, RELEASE
from datlanh.kernel.ledger_cut import release_class
from datlanh.places.models import AdminUnit, Level, UnitOutline
from datlanh.register.listing import fetched
from datlanh.register.models import Row, Version
from datlanh.register.selectors import AsOf
from datlanh.reporting.documents.drawing import Thing
from datlanh.reporting.documents.frames import Frame

POINTS = {"ordnance_items": "item", "evidence_points": "evidence"}
POCKETS = "uncleared_pockets"
LAYERS = ("areas", "releases", "points", "communes")


def things_in(
    frame: Frame,
    scope: Scope,
    filter: AreaFilter,
    *,
    moment: AsOf,
    layers: Sequence[str],
    language: str,
) -> list[Thing]:
    """Everything of those layers in the frame; areas as `filter` narrows them."""
    found: list[Thing] = []
    if "communes" in layers:
        found += communes_in(frame, language)
    kinds = [k for k, name in ((AREA, "areas"), (RELEASE, "releases")) if name in layers]
    versions = list(_versions(frame, scope, moment, kinds))
    if filter.query(as_of=None, known=None):
        kept = {r[0] for r in fetched(rows(scope, filter, moment), "t.record_id")}
        versions = [v for v in versions if v.kind != AREA or v.record_id in kept]
    old = _older_than_an_area(versions, moment)
    for version in versions:
        if (thing := thing_of(version)) is not None:
            found.append(replace(thing, beneath=version.record_id in old))
    if "points" in layers:
        found += points_of(versions)
    found += pockets_of([v for v in versions if v.kind == RELEASE])
    return found


def _older_than_an_area(versions: Sequence[Version], moment: AsOf) -> set[UUID]:
    """Releases from before an area that lies on them: they must never hide the area.

    Ground may be found hazardous again after it was released. Such a release counts for nothing
    in that area's ledger either.
    """
    areas = [v for v in versions if v.kind == AREA and v.outline is not None]
    known = Q(known_to__isnull=True) | Q(known_to__gt=moment.known)
    since = dict(
        Version.objects.filter(
            known, record_id__in=[v.record_id for v in areas], known_from__lte=moment.known
        )
        .values_list("record_id")
        .annotate(Min("true_from"))
    )
    shapes = [shapely.from_wkb(bytes(v.outline.wkb)) for v in areas if v.outline is not None]
    tree = shapely.STRtree(shapes)
    found = set()
    for version in versions:
        if version.kind != RELEASE or version.outline is None:
            continue
        ended = str(version.values.get("end_date") or version.true_from.isoformat())
        met = tree.query(shapely.from_wkb(bytes(version.outline.wkb)), predicate="intersects")
        if any(since[areas[int(i)].record_id].isoformat() > ended for i in met):
            found.add(version.record_id)
    return found


def thing_of(version: Version) -> Thing | None:
    """A record's outline with the symbol of its class."""
    if version.outline is None:
        return None
    shape = shapely.from_wkb(bytes(version.outline.wkb))
    return Thing(symbol_of(version), shape, version.record.local_id)


def symbol_of(version: Version) -> str:
    """Which symbol a record is drawn with."""
    said = version.values
    if version.kind == AREA:
        if said.get("area_type") == "sha":
            return "sha-open"
        return f"area-{public_status(said.get('reported_status'))}"
    if said.get("reported_status") == "suspended":
        return "release-suspended"
    method = said.get("method")
    kind = release_class(
        str(said.get("outline_status") or ""),
        str(said.get("release_type") or ""),
        method if isinstance(method, list) else [],
    )
    return f"release-{kind or 'cleared'}"


def points_of(versions: Iterable[Version], *, labelled: bool = False) -> Iterator[Thing]:
    """Items and evidence points that stand in the versions' lists."""
    for row in _rows(versions, tuple(POINTS)):
        if row.shape.geom_type == "Point":
            label = str(row.values.get("point_id") or "") if labelled else ""
            yield Thing(POINTS[row.list], shapely.from_wkb(bytes(row.shape.wkb)), label)


def pockets_of(versions: Iterable[Version]) -> Iterator[Thing]:
    """Ground inside releases that could not be cleared."""
    for row in _rows(versions, (POCKETS,)):
        if row.shape.geom_type in {"Polygon", "MultiPolygon"}:
            yield Thing("pocket", shapely.from_wkb(bytes(row.shape.wkb)))


def communes_in(frame: Frame, language: str) -> list[Thing]:
    """The communes of today; their outlines may be approximate."""
    units = UnitOutline.objects.filter(
        unit__level=Level.COMMUNE, unit__valid_to=None, outline__bboverlaps=_box(frame)
    ).select_related("unit")
    return [
        Thing("commune", shapely.from_wkb(bytes(u.outline.wkb)), _name(u.unit, language))
        for u in units.order_by("unit__code")
    ]


def communes_are_official() -> bool:
    """Whether every boundary on the map is the state's."""
    found = AdminUnit.objects.filter(level=Level.COMMUNE, valid_to=None)
    return not found.exclude(outline_source="official").exists()


def version_at(record_id: UUID, moment: AsOf) -> Version | None:
    """The version of a record at a moment."""
    found = Version.objects.filter(_at(moment), record_id=record_id).select_related("record")
    return found.first()


def _rows(versions: Iterable[Version], lists: tuple[str, ...]) -> list[Any]:
    # Each as its report was read when the version came to be known.
    wanted = {
        (name, report): v.known_from
        for v in versions
        for name in lists
        for report in v.lists.get(name, ())
    }
    reports = {report for _, report in wanted}
    found = Row.objects.filter(report_id__in=reports, list__in=lists, shape__isnull=False)
    return [
        r
        for r in found.order_by("report_id", "number")
        if (seq := wanted.get((r.list, r.report_id))) is not None
        and r.known_from <= seq
        and (r.known_to is None or r.known_to > seq)
    ]


def _versions(frame: Frame, scope: Scope, moment: AsOf, kinds: Sequence[str]) -> Iterator[Version]:
    found = Version.objects.filter(
        scope.q("organisation_id"),
        _at(moment),
        kind__in=kinds,
        outline__bboverlaps=_box(frame),
    )
    yield from found.select_related("record").order_by("record__local_id")


def _at(moment: AsOf) -> Q:
    still_true = Q(true_to__isnull=True) | Q(true_to__gt=moment.on)
    still_known = Q(known_to__isnull=True) | Q(known_to__gt=moment.known)
    begun = Q(true_from__lte=moment.on, known_from__lte=moment.known)
    return begun & still_true & still_known


def _box(frame: Frame) -> Polygon:
    box = Polygon.from_bbox(frame.window)
    box.srid = 4326
    return box


def _name(unit: AdminUnit, language: str) -> str:
    return unit.full_name_en if language == "en" else unit.full_name

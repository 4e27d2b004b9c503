"""Outlines for maps: simplified together, so that neighbours still meet."""

from __future__ import annotations

import datetime as dt
import functools
import math
from typing import Any

import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from datlanh.kernel import clock
from datlanh.places.cells import joined, multi, multipolygon
from datlanh.places.models import GazetteerEdition, Level, OutlineSource, UnitOutline
from datlanh.places.selectors.units import communes

BASEMAP_SIMPLIFY_M = 60.0  # a third of a pixel at zoom 9, under one at zoom 11
_M2_PER_DEGREE2 = 110_650 * 106_400  # at 17° north

Drawn = tuple[str, str, str, bool, shapely.MultiPolygon]  # code, name vi, name en, approximate


def communes_geojson(on: dt.date, simplify: float | None = None) -> dict[str, Any]:
    """The communes of `on` as a FeatureCollection (EPSG:4326, 6 decimals).

    `simplify`: corners that matter less than this many metres are left out, shared borders alike;
    None gives the outlines as stored. Properties: code, name, name_en, approximate.
    """
    features = [
        _feature(outline, kind="commune", code=code, name=vi, name_en=en, approximate=approximate)
        for code, vi, en, approximate, outline in _outlines(_edition_digest(), on, simplify)
    ]
    return {"type": "FeatureCollection", "features": features}


def basemap_geojson() -> dict[str, Any]:
    """The plain basemap of today: province, communes and a point for each commune's name.

    `kind` tells them apart: "province", "commune", "label". What lies beyond the province is not
    known here.
    """
    drawn = _outlines(_edition_digest(), clock.today(), BASEMAP_SIMPLIFY_M)
    features: list[dict[str, Any]] = []
    whole = joined(row[4] for row in drawn) if drawn else None
    if whole is not None:
        approximate = any(row[3] for row in drawn)
        features.append(_feature(whole, kind="province", approximate=approximate))
    for code, vi, en, approximate, outline in drawn:
        named = {"code": code, "name": vi, "name_en": en, "approximate": approximate}
        features.append(_feature(outline, kind="commune", **named))
        largest = max(outline.geoms, key=shapely.area)
        label = shapely.maximum_inscribed_circle(largest, tolerance=0.002).coords[0]
        features.append(_feature(shapely.Point(label), kind="label", **named))
    return {"type": "FeatureCollection", "features": features}


def _edition_digest() -> str | None:
    """Every change of outlines makes an edition, so its digest is what the cache goes by."""
    return GazetteerEdition.objects.filter(is_current=True).values_list("digest", flat=True).first()


@functools.lru_cache(maxsize=8)
def _outlines(edition: str | None, on: dt.date, simplify: float | None) -> tuple[Drawn, ...]:
    units = list(communes(on).exclude(outline_source=OutlineSource.NONE))
    rows = UnitOutline.objects.filter(unit__in=units, unit__level=Level.COMMUNE)
    by_id = {r.unit_id: multipolygon(r.outline) for r in rows}
    units = [u for u in units if u.pk in by_id]
    shapes = [by_id[u.pk] for u in units]
    if simplify and shapes:
        # Visvalingam: the tolerance is the square root of a triangle's area.
        shapes = list(shapely.coverage_simplify(shapes, simplify / math.sqrt(_M2_PER_DEGREE2)))
    return tuple(
        (u.code, u.full_name, u.full_name_en, u.is_approximate, multi(s) or by_id[u.pk])
        for u, s in zip(units, shapes, strict=True)
    )


def _feature(geometry: BaseGeometry, **properties: object) -> dict[str, Any]:
    rounded: BaseGeometry = shapely.set_precision(geometry, 1e-6, mode="pointwise")
    return {"type": "Feature", "properties": properties, "geometry": mapping(rounded)}

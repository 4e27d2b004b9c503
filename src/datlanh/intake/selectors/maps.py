"""A report as features for its small map: what it draws, what stands there, what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import shapely
from shapely.geometry import LineString, Point, Polygon, mapping
from shapely.geometry.base import BaseGeometry

from datlanh.intake.models import Report
from datlanh.intake.selectors.binding import Candidate
from datlanh.intake.selectors.findings import Told
from datlanh.intake.selectors.pieces import Pieces
from datlanh.kernel.mapping import Answers, FormMapping
from datlanh.places.models import AdminUnit, Level, UnitOutline

Feature = dict[str, Any]
REFERENCE = "ĐTC"  # điểm tham chiếu, the reference point


def report_features(
    report: Report,
    form: FormMapping,
    answers: Answers,
    *,
    findings: Iterable[Told] = (),
    records: Iterable[Candidate] = (),
    bound: Any = None,
    pieces: Pieces | None = None,
    language: str = "vi",
) -> dict[str, Any]:
    """A FeatureCollection (lon/lat WGS 84) whose features say their `role`.

    commune, gained and lost (what differs from the register, labelled with its area), register
    (a record it is or may be bound to; the chosen one carries `bound`), reported, remaining (an
    uncleared pocket), evidence (the reference point too), item, finding.
    What was sent is drawn as sent, a broken ring as a line.
    """
    features = [*_commune(report.commune_code), *pieces_drawn(pieces, language)]
    for record in records:
        if record.shape is not None:
            is_bound = "yes" if record.record_id == bound else ""
            features.append(
                _feature(record.shape, "register", label=record.local_id, bound=is_bound)
            )
    for question in form.questions:
        for ring in answers.polygons.get(question.key) or []:
            features.append(_feature(_drawn(ring), "reported", label=report.record_local_id))
        if pair := answers.points.get(question.key):
            features.append(_feature(Point(pair), "evidence", label=REFERENCE))
    features += _rows(form, answers)
    for found in findings:
        if found.at:
            at = Point(*(float(x) for x in found.at.split(",")))
            features.append(_feature(at, "finding", severity=found.severity))
    return {"type": "FeatureCollection", "features": features}


def pieces_drawn(pieces: Pieces | None, language: str) -> list[Feature]:
    """What differs between two outlines, each piece with its square metres."""
    parts = pieces.parts if pieces else ()
    return [_feature(p.shape, p.role, label=p.label.say(language)) for p in parts]


def outline_drawn(shape: BaseGeometry | None, label: str) -> list[Feature]:
    """Another report's outline, drawn as what stands in the register is: dashed."""
    return [_feature(shape, "register", label=label)] if shape is not None else []


def _rows(form: FormMapping, answers: Answers) -> list[Feature]:
    features = []
    for repeat in form.repeats:
        for row in answers.rows.get(repeat.key) or []:
            values = row.get("values") or {}
            for rings in (row.get("polygons") or {}).values():
                features += [_feature(_drawn(ring), "remaining") for ring in rings]
            for pair in (row.get("points") or {}).values():
                if repeat.list == "evidence_points":
                    label = str(values.get("point_id") or "")
                    features.append(_feature(Point(pair), "evidence", label=label))
                else:
                    features.append(_feature(Point(pair), "item"))
    return features


def _commune(code: str) -> list[Feature]:
    if not code:
        return []
    unit = AdminUnit.objects.filter(level=Level.COMMUNE, code=code).order_by("-valid_from").first()
    outline = UnitOutline.objects.filter(unit=unit).first() if unit else None
    if unit is None or outline is None:
        return []
    shape = shapely.from_wkb(bytes(outline.outline.wkb)).simplify(0.0003)
    return [_feature(shape, "commune", word=unit.full_name)]


def _drawn(ring: list[list[float]]) -> BaseGeometry:
    """A ring as sent; fewer than three points make a line or a point."""
    if len(ring) >= 3:
        return Polygon(ring)
    return LineString(ring) if len(ring) == 2 else Point(ring[0])


def _feature(shape: BaseGeometry, role: str, **properties: str) -> Feature:
    said = {k: v for k, v in properties.items() if v}
    rounded = shapely.transform(shape, lambda pairs: pairs.round(6))
    return {
        "type": "Feature",
        "geometry": mapping(rounded),
        "properties": {"role": role, **said},
    }

"""A proposed area becomes an ordinary CHA report, sent through the front door and reviewed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from shapely import Point, from_wkb
from shapely.geometry import Polygon

from datlanh.accounts.models import User
from datlanh.intake.instance import instance_of
from datlanh.intake.models import FormVersion, Report
from datlanh.intake.selectors.offered import form_version_get
from datlanh.intake.services.receiving import report_receive
from datlanh.kernel import clock
from datlanh.kernel.delineation import Proposed, Settings
from datlanh.kernel.errors import DomainError
from datlanh.kernel.grid import from_utm
from datlanh.kernel.mapping import Answers, FormMapping, Repeat
from datlanh.kernel.text import Text, number
from datlanh.places import selectors as places
from datlanh.register.models import Record, Row, Version
from datlanh.register.selectors import rows_known

HOLES = Text(
    "Khu vực này bao quanh đất đã giải phóng nên không vẽ được bằng một đường. Hãy vẽ một đường "
    "cắt qua phần đất đó.",
    "This area encloses released land and cannot be drawn as one line. Draw a cutting line through "
    "that land.",
)
NO_ID = Text("Hãy ghi mã khu vực (HAZ-409-######).", "Give the id of the area (HAZ-409-######).")
LISTS = {"evidence_points": "evidence_points", "ordnance_items": "found_items"}


def cha_compose(
    *,
    survey: Record,
    version: Version,
    proposed: Proposed,
    rule: Settings,
    given: Mapping[str, Any],
    by: User,
) -> Report:
    """Send a CHA report (form 5) prefilled from a proposal, as `by` would type it.

    `given` holds what the officer answered: the ids, the village, the boundary agreement. The
    report is received like any other; nothing is approved by this.

    Raises:
        DomainError: no id, an outline with holes, or the account may not send.
    """
    if not given.get("cha_id"):
        raise DomainError(NO_ID)
    if not proposed.is_one_ring:
        raise DomainError(HOLES)
    form = FormVersion.objects.get(pk=form_version_get("cha").pk)
    mapping = form.mapping
    outline = from_utm(proposed.outline)
    said = {
        **_from_survey(survey, version),
        **_drawn(proposed, rule, outline),
        **_given(given),
        "organisation": by.organisation.key,
    }
    asked = {q.key for q in mapping.questions}
    answers = Answers(
        values={k: v for k, v in said.items() if k in asked and v not in ("", [], None)},
        points={"coordinates": pair_written(outline.exterior.coords[0])},
        polygons={"polygon_points": [[pair_written(p) for p in outline.exterior.coords]]},
        rows=_found(mapping, version, outline),
    )
    blank = Blank(mapping, bytes(form.xform))
    return report_receive(
        xml=instance_of(blank, answers, f"uuid:{uuid.uuid4()}"),
        by=by,
        organisation=by.organisation,
        channel="web",
    ).report


class Blank:
    """A published form as `instance_of` takes it."""

    def __init__(self, mapping: FormMapping, xform: bytes) -> None:
        self.mapping, self.xform = mapping, xform


def pair_written(point: Sequence[float]) -> list[float]:
    """Coordinates as the procedure writes them, finer by two digits: a centimetre."""
    return [round(float(point[0]), 7), round(float(point[1]), 7)]


def _from_survey(survey: Record, version: Version) -> dict[str, Any]:
    values = version.values
    return {
        "survey_ids": survey.local_id,
        "survey_organisation": values.get("organisation"),
        "reporting_team": values.get("reporting_team"),
        "identification_date": values.get("end_date"),
        "survey_method": values.get("survey_method"),
        "commune": values.get("commune_code"),
        "area_type": "cha",
        "status": "open",
    }


def _drawn(proposed: Proposed, rule: Settings, outline: Polygon) -> dict[str, Any]:
    """What the outline itself says; the commune of today in which its middle lies."""
    inside = outline.representative_point()
    commune = places.commune_at(Point(inside.x, inside.y), clock.today())
    return {
        "area_size": round(proposed.area_m2),
        "source_boxes": " ".join(proposed.positive),
        "delineation_rule": rule_told(proposed, rule).vi,
        "information_manager_date": clock.today().isoformat(),
        **({"commune": commune.code} if commune else {}),
    }


def _given(given: Mapping[str, Any]) -> dict[str, Any]:
    """What the officer answered; the shape's id is the internal id without spaces.

    Source: SOP 2021, App. 01 §2.2 (p. 17), for example CHA0690.
    """
    texts = {k: str(v).strip() for k, v in given.items() if isinstance(v, str)}
    internal = texts.get("internal_id", "")
    agreed = list(given.get("agreement_with") or [])
    return {**texts, "shape_id": "".join(internal.split()), "agreement_with": agreed}


def rule_told(proposed: Proposed, rule: Settings) -> Text:
    """How an outline was made, in one sentence."""
    cuts = ", ".join(dict.fromkeys(one.cut for one in proposed.losses)) or "–"
    said = {"margin": rule.margin_m, "fadeout": rule.fadeout_m}
    vi = {k: number(v, "vi") for k, v in said.items()}
    en = {k: number(v, "en") for k, v in said.items()}
    boxes, items = len(proposed.positive), proposed.items
    return Text(
        f"{boxes} ô dương tính, {items} vật nổ; mở rộng {vi['margin']} m; hở tối đa {rule.gap} ô; "
        f"rà mở rộng {vi['fadeout']} m; cắt bởi: {cuts}.{_by_hand(proposed).vi}",
        f"{boxes} positive box(es), {items} item(s); margin {en['margin']} m; gap up to "
        f"{rule.gap} box(es); fade-out {en['fadeout']} m; cut by: {cuts}.{_by_hand(proposed).en}",
    )


def _by_hand(proposed: Proposed) -> Text:
    """What an officer left out of the outline and took in."""
    if proposed.by_hand is None:
        return Text("", "")
    out, taken = (round(v) for v in proposed.by_hand)
    return Text(
        f" Chỉnh tay: bớt {number(out, 'vi')} m², thêm {number(taken, 'vi')} m².",
        f" Adjusted by hand: {number(out, 'en')} m² left out, {number(taken, 'en')} m² taken in.",
    )


def _found(mapping: FormMapping, version: Version, outline: Polygon) -> dict[str, Any]:
    """The survey's evidence points and items inside the outline, as rows of form 5."""
    shapely.prepare(outline)
    rows: dict[str, Any] = {}
    for name, key in LISTS.items():
        repeat = mapping.repeat(key)
        reports = version.lists.get(name) or ()
        if repeat is None or not reports:
            continue
        known = rows_known(version.known_from)
        kept = known.filter(report_id__in=reports, list=name, record_id=version.record_id)
        found = [_row(repeat, row, outline) for row in kept.order_by("report_id", "number")]
        rows[key] = [row for row in found if row is not None]
    return {k: v for k, v in rows.items() if v}


def _row(repeat: Repeat, row: Row, outline: Polygon) -> dict[str, Any] | None:
    if row.shape is None:
        return None
    point = from_wkb(bytes(row.shape.wkb))
    if not outline.covers(point):
        return None
    asked = {q.attribute: q.key for q in repeat.questions if q.attribute}
    at = next((q.key for q in repeat.questions if q.kind == "point"), "position")
    values = {asked[k]: v for k, v in row.values.items() if k in asked}
    return {"values": values, "points": {at: pair_written(point.coords[0])}, "polygons": {}}

"""Reports without fault, as phones send them, and the people who send and decide them.

cast = demo_cast()
report = received(cha(1), by=cast["renew.hientruong"])
report = verified(report, by=cast["renew"])
report = approved(report, by=cast["kiemtra2"])
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shapely.geometry import Point, Polygon, box

from datlanh.accounts.acting import acting
from datlanh.accounts.models import User
from datlanh.accounts.services import demo_accounts_seed
from datlanh.intake.instance import instance_of
from datlanh.intake.models import FormVersion, Report
from datlanh.intake.services.approving import report_approve
from datlanh.intake.services.checking import report_check
from datlanh.intake.services.receiving import Incoming, report_receive
from datlanh.intake.services.verifying import report_verify
from datlanh.kernel import clock
from datlanh.kernel.geometry import area_m2
from datlanh.kernel.mapping import Answers
from datlanh.places import selectors as places

WEST, SOUTH, STEP = 107.02, 16.80, 0.004  # a hilly corner of Quảng Trị; each area has its own cell
SIDE = 0.003  # some 320 m


@dataclass(frozen=True)
class Draft:
    """Answers to a form, not sent yet."""

    form: str
    answers: Answers

    def but(self, **values: Any) -> Draft:
        """The same with other answers; None leaves one out. Repeats by their key."""
        rows = {k: v for k, v in values.items() if k in self.answers.rows or _is_rows(v)}
        plain = {k: v for k, v in values.items() if k not in rows}
        merged = {k: v for k, v in (self.answers.values | plain).items() if v is not None}
        return Draft(self.form, replace(self.answers, values=merged, rows=self.answers.rows | rows))

    def at(self, **shapes: Any) -> Draft:
        """The same elsewhere: a Point or Polygon by question."""
        points, polygons = dict(self.answers.points), dict(self.answers.polygons)
        for key, shape in shapes.items():
            if isinstance(shape, Point):
                points[key] = [shape.x, shape.y]
            else:
                polygons[key] = [_ring(shape)]
        return Draft(self.form, replace(self.answers, points=points, polygons=polygons))


def demo_cast() -> dict[str, User]:
    """The demonstration's people by username."""
    return {u.username: u for u in demo_accounts_seed()}


def field_of(number: int) -> Polygon:
    """The ground of the `number`th area: cells that do not touch, ten to a row."""
    row, column = divmod(number, 10)
    west, south = round(WEST + column * STEP, 5), round(SOUTH + row * STEP, 5)
    return box(west, south, round(west + SIDE, 5), round(south + SIDE, 5))


def commune_of(shape: Polygon) -> str:
    """The code of the commune around the middle of `shape`."""
    unit = places.commune_at(shape.centroid, clock.today())
    assert unit is not None, "the test area lies outside the gazetteer"
    return unit.code


def cha(
    number: int = 1,
    *,
    organisation: str = "npa_renew",
    first: int = 600000,
    days_ago: int = 5,
    **values: Any,
) -> Draft:
    """A confirmed hazardous area as form 5 wants it; `number` moves id and ground."""
    field, on = field_of(number), clock.today() - dt.timedelta(days=days_ago)
    answers = Answers(
        values={
            "cha_id": f"HAZ-409-{first + number:06d}",
            "internal_id": f"TS-{number:04d}",
            "organisation": organisation,
            "survey_organisation": organisation,
            "team_leader": "Trần Văn Mẫu",
            "team_leader_phone": "0900000001",
            "reporting_team": "TS 2",
            "identification_date": (on - dt.timedelta(days=9)).isoformat(),
            "area_type": "cha",
            "status": "open",
            "survey_method": "method_v5",
            "land_use": "agricultural",
            "beneficiaries": "community",
            "commune": commune_of(field),
            "village": "Thôn Mẫu",
            "reference_point": "Cột mốc đầu đường",
            "shape_id": f"TS-{number:04d}",
            "area_size": round(area_m2(field)),
            "vegetation_type": ["grass", "shrubs"],
            "vegetation_density": "low",
            "slope": "flat",
            "soil_condition": "soft",
            "accessibility_percentage": 100,
            "assessment_date": (on - dt.timedelta(days=4)).isoformat(),
            "assessment_score": 12,
            "clearance_priority": "medium",
            "operations_manager_name": "Lê Thị Ví Dụ",
            "operations_manager_date": (on - dt.timedelta(days=1)).isoformat(),
            "information_manager_name": "Phạm Thị Thử",
            "information_manager_date": on.isoformat(),
        },
        points={"coordinates": list(field.exterior.coords[0])},
        polygons={"polygon_points": [_ring(field)]},
        rows={
            "evidence_points": [_row({"point_id": "EV001", "evidence_kind": "direct"}, field)],
            "found_items": [_row({**_BOMBLET, "depth": 5.0, "geolink": "EV001"}, field)],
        },
    )
    return Draft("cha", answers).but(**values)


_BOMBLET = {
    "quantity": 3,
    "category": "cluster_munition",
    "sub_category": "submunition",
    "model": "blu_26",
}


def release(
    number: int = 1,
    *,
    organisation: str = "npa_renew",
    first: int = 600000,
    days_ago: int = 3,
    **values: Any,
) -> Draft:
    """Land released after clearance (form 8), on the ground of the `number`th area."""
    field, on = field_of(number), clock.today() - dt.timedelta(days=days_ago)
    answers = Answers(
        values={
            "lr_id": f"HR-CLC-409-{first + number:06d}",
            "internal_id": f"BAC-{number:04d}",
            "reporting_organisation": organisation,
            "managing_organisation": organisation,
            "reporting_team": "BAC 3",
            "reporting_team_leader": "Trần Văn Mẫu",
            "start_date": (on - dt.timedelta(days=12)).isoformat(),
            "end_date": on.isoformat(),
            "release_type": "post_clearance",
            "status": "completed",
            "commune": commune_of(field),
            "village": "Thôn Mẫu",
            "method": ["battle_area_clearance"],
            "clearance_depth": 30.0,
            "cleared_area": round(area_m2(field)),
            "uncleared_area": 0,
            "release_completion": 100,
            "shape_id": f"BAC-{number:04d}",
            "polygon_status": "cleared",
            "internal_qa_qc": ["done"],
            "external_qa_qc": ["done"],
            "operations_manager_name": "Lê Thị Ví Dụ",
            "operations_manager_date": on.isoformat(),
            "reported_by_name": "Trần Văn Mẫu",
            "reported_by_date": on.isoformat(),
            "information_manager_name": "Phạm Thị Thử",
        },
        points={"coordinates": list(field.exterior.coords[0])},
        polygons={"polygon_points": [_ring(field)]},
        rows={"found_items": [_row({**_BOMBLET, "depth": 12.0}, field)]},
    )
    return Draft("land_release", answers).but(**values)


def form_of(key: str) -> FormVersion:
    """The published form that is current."""
    return FormVersion.objects.get(form=key, retired_at=None)


def sent(draft: Draft, instance_id: str | None = None) -> bytes:
    """The submission a phone would send."""
    return instance_of(form_of(draft.form), draft.answers, instance_id or f"uuid:{uuid.uuid4()}")


def received(
    draft: Draft,
    *,
    by: User,
    files: Mapping[str, bytes] | None = None,
    instance_id: str | None = None,
) -> Report:
    """Sent from a phone of `by`'s organisation, taken in and checked."""
    attachments: Sequence[Incoming] = [
        Incoming(name, "image/jpeg" if name.endswith(".jpg") else "application/pdf", [content])
        for name, content in (files or {}).items()
    ]
    with acting(by, via="openrosa"):
        report = report_receive(
            xml=sent(draft, instance_id),
            by=by,
            organisation=by.organisation,
            channel="openrosa",
            attachments=attachments,
        ).report
        report_check(report)
    return report


def verified(report: Report, *, by: User, changes: Mapping[str, Any] | None = None) -> Report:
    """Vouched for by the operator's information officer."""
    with acting(by, via="web"):
        return report_verify(id=report.pk, by=by, changes=changes)


def let_through(report: Report) -> Report:
    """As older registers hold them: what the rules of today would stop, approved before them."""
    Report.objects.filter(pk=report.pk).update(blocks=0)
    return Report.objects.get(pk=report.pk)


def approved(report: Report, *, by: User, **more: Any) -> Report:
    """In the register; `record_id=` binds it to a record that stands."""
    with acting(by, via="web"):
        return report_approve(id=report.pk, by=by, **more)


def _ring(shape: Polygon) -> list[list[float]]:
    return [[float(x), float(y)] for x, y in shape.exterior.coords]


def _row(values: dict[str, Any], field: Polygon) -> dict[str, Any]:
    middle = field.centroid
    at = {"position": [round(middle.x, 6), round(middle.y, 6)]}
    return {"values": values, "points": at, "polygons": {}}


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)

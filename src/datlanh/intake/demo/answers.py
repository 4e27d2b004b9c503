"""Forms 5 and 8 filled in: what a team would answer about an area or about land released."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from shapely.geometry import Polygon

from datlanh.intake.demo import people
from datlanh.intake.demo.finds import Finds
from datlanh.intake.demo.ground import Plot
from datlanh.intake.demo.people import Operator
from datlanh.intake.demo.shapes import inside, pair_of, pocket, ring_of
from datlanh.kernel.geometry import area_m2
from datlanh.kernel.mapping import Answers

MAXIMUM_SCORE = 30


@dataclass(frozen=True)
class Draft:
    """A form filled in and not sent yet, with its files."""

    form: str
    answers: Answers
    files: dict[str, bytes] = field(default_factory=dict)

    def but(self, **values: Any) -> Draft:
        """The same with other answers; None leaves one out."""
        merged = {k: v for k, v in (self.answers.values | values).items() if v is not None}
        return replace(self, answers=replace(self.answers, values=merged))

    def drawn(self, **rings: list[list[float]]) -> Draft:
        """The same with other polygons."""
        polygons = self.answers.polygons | {k: [ring] for k, ring in rings.items()}
        return replace(self, answers=replace(self.answers, polygons=polygons))

    def listing(self, **rows: list[dict[str, Any]]) -> Draft:
        """The same with other rows."""
        return replace(self, answers=replace(self.answers, rows=self.answers.rows | rows))

    def carrying(self, **files: bytes) -> Draft:
        """The same with files; photos stand in their own list, others as the attachment."""
        names = {name.replace("__", "."): content for name, content in files.items()}
        photos = [n for n in names if n.endswith(".jpg")]
        rows = [{"values": {"photo": n, "caption": "Ảnh hiện trường"}} for n in photos]
        other = next((n for n in names if n not in photos), None)
        draft = replace(self, files=self.files | names)
        draft = draft.listing(photos=rows) if rows else draft
        return draft.but(attachment=other) if other else draft


@dataclass(frozen=True)
class Area:
    """One hazardous area of the year. `survey` dates its first report."""

    local_id: str
    operator: Operator
    plot: Plot
    survey: dt.date
    team: str
    internal_id: str

    @property
    def place(self) -> dict[str, str]:
        """Commune and village fold together, so every report names both."""
        return {"commune": self.plot.commune.code, "village": self.plot.village}


def measured(ring: list[list[float]]) -> int:
    """The area a GPS or GIS would give for what is sent, m²."""
    return round(area_m2(Polygon(ring)))


def survey(rng: Random, finds: Finds, area: Area) -> Draft:
    """Form 5 in full."""
    on, ring = area.survey, ring_of(area.plot.outline)
    assessed = on - dt.timedelta(days=rng.randint(2, 6))
    found = rng.choices([1, 2, 3, 4, 6], [2, 4, 3, 2, 1])[0]
    evidence, items = finds.evidence(rng, area.plot.outline, found)
    values = {
        "cha_id": area.local_id,
        "internal_id": area.internal_id,
        "organisation": area.operator.key,
        "survey_organisation": area.operator.key,
        "team_leader": people.name(rng),
        "team_leader_phone": people.telephone(rng),
        "reporting_team": area.team,
        "identification_date": (assessed - dt.timedelta(days=rng.randint(3, 25))).isoformat(),
        "area_type": "cha",
        "status": "open",
        "survey_method": rng.choices(
            ["method_v5", "method_v4", "three_phase_box_skip_trial"], [8, 2, 1]
        )[0],
        "beneficiaries": rng.choice(["community", "community", "individual"]),
        **area.place,
        "reference_point": rng.choice(REFERENCES),
        "shape_id": area.internal_id,
        "area_size": measured(ring),
        **_terrain(rng),
        **_priority(rng, assessed),
        **_signed(rng, on),
    }
    return Draft(
        "cha",
        Answers(
            values=values,
            points={"coordinates": ring[0]},
            polygons={"polygon_points": [ring]},
            rows={"evidence_points": evidence, "found_items": items},
        ),
    )


REFERENCES = (
    "Cột mốc đầu đường thôn",
    "Góc nhà văn hoá thôn",
    "Cây đa đầu làng",
    "Cầu bê tông",
    "Trụ điện số 14",
    "Ngã ba đường liên thôn",
)


def _terrain(rng: Random) -> dict[str, Any]:
    grown = rng.choice([["grass", "shrubs"], ["bushes"], ["trees", "bushes"], ["grass"], ["trees"]])
    return {
        "land_use": rng.choices(
            ["agricultural", "afforestation", "residential_area", "development"], [5, 4, 1, 1]
        )[0],
        "vegetation_type": grown,
        "vegetation_density": rng.choice(["low", "medium", "medium", "high"]),
        "slope": rng.choice(["flat", "flat", "slight", "steep"]),
        "soil_condition": rng.choice(["soft", "medium", "hard"]),
        "soil_type": rng.choice([["sandy"], ["red"], ["clay", "gravel"], ["yellow"]]),
        "area_kind": rng.choice(["agricultural_field", "hilly_area", "forest", "roadside"]),
        "accessibility_percentage": rng.choice([100, 100, 100, 95, 90, 80]),
        "vehicle_type": rng.choice([["four_wheel_drive"], ["four_wheel_drive", "two_wheel_drive"]]),
    }


def _priority(rng: Random, on: dt.date) -> dict[str, Any]:
    score = min(max(round(rng.gauss(14, 6)), 1), MAXIMUM_SCORE)
    priority = "high" if score >= 19 else "medium" if score >= 10 else "low"
    return {
        "assessment_date": on.isoformat(),
        "assessment_score": score,
        "clearance_priority": priority,
    }


def _signed(rng: Random, on: dt.date) -> dict[str, str]:
    return {
        "operations_manager_name": people.name(rng),
        "operations_manager_date": (on - dt.timedelta(days=rng.randint(0, 2))).isoformat(),
        "information_manager_name": people.name(rng),
        "information_manager_date": on.isoformat(),
    }


def update(area: Area, on: dt.date, **values: Any) -> Draft:
    """Form 5 with only what has changed: an empty answer never erases."""
    bare = {
        "cha_id": area.local_id,
        "organisation": area.operator.key,
        **area.place,
        "information_manager_date": on.isoformat(),
    }
    return Draft("cha", Answers(values=bare | values))


def reassessment(rng: Random, area: Area, on: dt.date) -> Draft:
    """The priority of an area, weighed anew."""
    assessed = on - dt.timedelta(days=rng.randint(1, 4))
    notes = rng.choice(
        ("Có dự án đường liên xã.", "Người dân mở rộng đất trồng.", "Đánh giá lại định kỳ.")
    )
    return update(area, on, **_priority(rng, assessed), assessment_notes=notes)


@dataclass(frozen=True)
class Task:
    """Ground to be released on an area, by one team in one go."""

    local_id: str
    area: Area
    ground: Polygon  # UTM 48N; may reach beyond the area by its fade-out
    ended: dt.date
    team: str
    internal_id: str
    begun: dt.date | None = None  # None: as long before its end as ground of that size takes


def begun(task: Task) -> dt.date:
    """The first day of the work."""
    hectares = task.ground.area / 10_000
    days = min(max(round(hectares * 1.6), 4), 45)
    return task.begun or task.ended - dt.timedelta(days=days)


def release(rng: Random, finds: Finds, task: Task, *, pockets: bool) -> Draft:
    """Form 8 of land cleared in full."""
    ring, operator = ring_of(task.ground), task.area.operator
    drawn = pocket(rng, task.ground) if pockets else None
    rows: dict[str, list[dict[str, Any]]] = {}
    left = 0
    if drawn is not None:
        hole = ring_of(drawn)
        left = measured(hole)
        reason = rng.choice(("grave", "pond_lake", "house", "road"))
        values = {"pocket_area": left, "pocket_reason": reason}
        rows["uncleared_pockets"] = [{"values": values, "polygons": {"pocket_outline": [hole]}}]
    hectares = task.ground.area / 10_000
    rows["found_items"] = finds.items(
        rng, task.ground, min(max(round(rng.gauss(1.1, 0.6) * hectares), 2), 30)
    )
    beyond = task.ground.difference(task.area.plot.outline).area
    depth = rng.choices([30, 25, 50], [8, 1, 1])[0]
    values = {
        "lr_id": task.local_id,
        "internal_id": task.internal_id,
        "cha_ids": task.area.local_id,
        "reporting_organisation": operator.key,
        "managing_organisation": operator.key,
        "reporting_team": task.team,
        "reporting_team_leader": people.name(rng),
        "start_date": begun(task).isoformat(),
        "end_date": task.ended.isoformat(),
        "release_type": "post_clearance",
        "status": "completed",
        **task.area.place,
        "method": rng.choice([["battle_area_clearance"], ["cluster_munition_clearance"]]),
        "clearance_depth": float(depth),
        "cleared_area": measured(ring) - left,
        "uncleared_area": left,
        "fadeout_area": round(beyond) if beyond > 50 else None,
        "release_completion": 100,
        "shape_id": task.internal_id,
        "polygon_status": "cleared",
        "internal_qa_qc": ["done"],
        "external_qa_qc": rng.choice([["done"], ["done"], None]),
        "additional_information": None,
        "operations_manager_name": people.name(rng),
        "operations_manager_date": task.ended.isoformat(),
        "reported_by_name": people.name(rng),
        "reported_by_date": (task.ended + dt.timedelta(days=1)).isoformat(),
        "information_manager_name": people.name(rng),
    }
    said = {k: v for k, v in values.items() if v is not None}
    start = pair_of(inside(rng, task.ground))
    return Draft(
        "land_release",
        Answers(said, {"coordinates": start}, {"polygon_points": [ring]}, rows),
    )


SUSPENSIONS: Sequence[str] = (
    "Mùa mưa, ruộng ngập nước.",
    "Chờ thu hoạch keo của người dân.",
    "Chủ đất chưa đồng ý cho rà phá.",
    "Chuyển đội sang nhiệm vụ ưu tiên cao hơn.",
)


def suspension(rng: Random, finds: Finds, task: Task) -> Draft:
    """Form 8 of work that stopped before its end."""
    share = rng.uniform(0.2, 0.8)
    draft = release(rng, finds, task, pockets=False)
    cleared = round(draft.answers.values["cleared_area"] * share)
    return draft.but(
        status="suspended",
        cleared_area=cleared,
        uncleared_area=0,
        fadeout_area=None,
        release_completion=round(100 * share),
        suspension_cancellation_reasons=rng.choice(SUSPENSIONS),
        external_qa_qc=None,
    )

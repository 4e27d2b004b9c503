"""Form 6: the survey that comes before an area, with its boxes as a zipped shapefile."""

from __future__ import annotations

import datetime as dt
import io
import math
import tempfile
import zipfile
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyogrio
import shapely
from shapely.geometry import Polygon, box

from datlanh.intake.demo import people
from datlanh.intake.demo.answers import Area, Draft
from datlanh.intake.demo.book import Book
from datlanh.intake.demo.calendar import at_work
from datlanh.intake.demo.entering import any_trouble, entered
from datlanh.intake.demo.finds import Finds
from datlanh.intake.demo.shapes import BOX_M, inside, pair_of, ring_of
from datlanh.intake.services.surveys import rule_told
from datlanh.kernel.boxes import Role
from datlanh.kernel.delineation import Searched, Settings, delineate, redrawn
from datlanh.kernel.grid import box_of_utm
from datlanh.kernel.mapping import Answers

SURVEYORS = {"npa_renew", "mag"}
SHARE = 0.45  # of their areas have a survey of their own in the year
MARGIN_M = 75  # searched around what is found, until boxes stay empty
BOXES_A_DAY = (12, 40)
FIXED = (2026, 1, 1, 0, 0, 0)  # the same boxes are the same file


def surveyed(book: Book, rng: Random, area: Area) -> Generator[dt.datetime, None, dict[str, str]]:
    """The survey reported and approved, where the operator did one and the year has room for it.

    Returns what the area's own report says of it: the survey, its boxes, and how it was drawn.
    """
    if area.operator.key not in SURVEYORS or rng.random() >= SHARE:
        return {}
    ended = area.survey - dt.timedelta(days=rng.randint(6, 12))
    if ended <= book.start + dt.timedelta(days=1):
        return {}
    yield at_work(rng, ended + dt.timedelta(days=1))
    draft = filled(book, rng, area, ended)
    yield from entered(book, rng, area.operator, draft, trouble=any_trouble(rng))
    return _named(str(draft.answers.values["cmrs_id"]), area.plot.outline)


def _named(local_id: str, outline: Polygon) -> dict[str, str]:
    """The proposal that the boxes give, with its outline moved by hand to the area's own."""
    squares, hit = boxes_of(outline)
    rule = Settings(margin_m=0.0)
    boxes = [
        Searched(box.id, square, Role.POSITIVE if is_hit else Role.NEGATIVE)
        for square, is_hit in zip(squares, hit, strict=True)
        if (box := box_of_utm(square)) is not None
    ]
    proposals = delineate(boxes, rule).areas
    if not proposals:
        return {}
    taken = redrawn(proposals[0], outline, boxes, rule)
    return {
        "survey_ids": local_id,
        "source_boxes": " ".join(taken.positive),
        "delineation_rule": rule_told(taken, rule).vi,
    }


def filled(book: Book, rng: Random, area: Area, ended: dt.date) -> Draft:
    """The survey task around an area."""
    local_id, _ = book.new_id("TS", area.operator)
    boxes, hit = boxes_of(area.plot.outline)
    days = max(math.ceil(len(boxes) / rng.randint(*BOXES_A_DAY)), 2)
    points, items = _evidence(rng, book.finds, area.plot.outline)
    name = f"{local_id}.zip"
    values = {
        "cmrs_id": local_id,
        "internal_id": area.internal_id,
        "cha_ids": area.local_id,
        "managing_organisation": "qtmac",
        "reporting_organisation": area.operator.key,
        "reporting_team": area.team,
        "team_leader": people.name(rng),
        "start_date": (ended - dt.timedelta(days=days)).isoformat(),
        "end_date": ended.isoformat(),
        "activity_type": "technical_survey",
        "status": "completed",
        "survey_method": "method_v5",
        **area.place,
        "survey_boxes": name,
        "surveyed_area_total": len(boxes) * BOX_M * BOX_M,
        "verification_date": ended.isoformat(),
        "verification_full_name": people.name(rng),
    }
    draft = Draft(
        "cmrs",
        Answers(
            values=values,
            points={"survey_point": pair_of(inside(rng, area.plot.outline))},
            rows={"evidence_points": points, "found_items": items},
        ),
    )
    return replace(draft, files={name: zipped(local_id, boxes, hit)})


def _evidence(rng: Random, finds: Finds, ground: Polygon) -> tuple[list[Any], list[Any]]:
    points, items = finds.evidence(rng, ground, rng.randint(1, 4))
    for row in items:
        row["values"]["disposal"] = "destroyed_in_situ"
    return points, items


def boxes_of(outline: Polygon) -> tuple[list[Polygon], list[bool]]:
    """Boxes of the UTM grid on and around an outline, and whether each touches it."""
    searched = outline.buffer(MARGIN_M)
    west, south, east, north = (int(v // BOX_M) for v in searched.bounds)
    squares = np.array(
        [
            box(c * BOX_M, r * BOX_M, (c + 1) * BOX_M, (r + 1) * BOX_M)
            for c in range(west, east + 1)
            for r in range(south, north + 1)
        ]
    )
    shapely.prepare([searched, outline])
    taken = squares[shapely.intersects(searched, squares)]
    return list(taken), [bool(h) for h in shapely.intersects(outline.buffer(-1), taken)]


def zipped(name: str, boxes: list[Polygon], hit: list[bool]) -> bytes:
    """The boxes as ESRI shapefile in WGS 84, packed."""
    squares = shapely.to_wkb([Polygon(ring_of(b)) for b in boxes])
    columns = [
        np.array([f"B{n:04d}" for n in range(1, len(boxes) + 1)], dtype=object),
        np.array(["CM" if h else "clear" for h in hit], dtype=object),
    ]
    out = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(out, "w") as packed:
        pyogrio.raw.write(
            Path(folder) / f"{name}.shp",
            geometry=np.array(squares, dtype=object),
            field_data=columns,
            fields=["box_id", "result"],
            geometry_type="Polygon",
            crs="EPSG:4326",
            driver="ESRI Shapefile",
            DBF_DATE_LAST_UPDATE="2026-01-01",
        )
        for part in sorted(Path(folder).iterdir()):
            info = zipfile.ZipInfo(part.name, FIXED)
            info.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(info, part.read_bytes())
    return out.getvalue()

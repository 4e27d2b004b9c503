"""A report's drawings before the firewall, with what lies around them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import shapely
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.hazards.models import HazardousArea
from datlanh.hazards.selectors.neighbours import Neighbour, neighbours_of
from datlanh.hazards.selectors.sources import AREA, RELEASE
from datlanh.intake.models import Report, ShapeChoice
from datlanh.intake.selectors.settings import settings_in_force
from datlanh.kernel import clock, firewall, geometry
from datlanh.kernel.firewall import Examination, Other, Problem, Surroundings
from datlanh.kernel.ids import spellings
from datlanh.kernel.mapping import Answers, FormMapping, Question
from datlanh.kernel.text import Text
from datlanh.places import selectors as places
from datlanh.places.models import AdminUnit, Level, UnitOutline

STATED = {"cha": "area_size"}  # where the reported area is that of the drawing itself
CLASHES = {"cha": AREA, "land_release": RELEASE}  # what a form's drawing may not overlap


@dataclass(frozen=True)
class Drawn:
    """One question's drawing, examined."""

    question: Question
    examined: Examination
    neighbours: tuple[Neighbour, ...]


def drawings_examined(
    report: Report, mapping: FormMapping, answers: Answers, who: User
) -> list[Drawn]:
    """Every drawing of a report. Ids of others' records are hidden as everywhere."""
    return [
        _examined(report, question, answers, who)
        for question in mapping.questions
        if question.kind == "polygon" and question.key in answers.polygons
    ]


def drawing_examined(
    report: Report, mapping: FormMapping, answers: Answers, who: User, key: str
) -> Drawn | None:
    """One drawing of a report."""
    every = drawings_examined(report, mapping, answers, who)
    return next((d for d in every if d.question.key == key), None)


def outline_examined(polygons: Iterable[Polygon], form: str, who: User) -> Examination:
    """An outline that no report carries yet, as a drawing of that form would be examined."""
    drawn = list(polygons)
    if firewall.measured(drawn) is None:
        return firewall.examine(drawn, Surroundings(inside=_inside))
    whole = geometry.as_one(drawn)
    near = neighbours_of(whole, scope_for(who, Permission.RECORD_READ))
    at = places.commune_at(whole.representative_point(), clock.today())
    commune, name = _commune(at.code) if at else (None, "")
    others = [_other(n, i, form) for i, n in enumerate(near, 1)]
    return firewall.examine(
        drawn, Surroundings(others, commune=commune, commune_name=name, inside=_inside)
    )


def shape_choices(report: Report) -> list[ShapeChoice]:
    """What was decided about a report's drawings, oldest first."""
    return list(report.shape_choices.select_related("by"))


def polygons_of(rings: Iterable[Any]) -> list[Polygon]:
    """The rings of an answer as polygons; too short ones are empty."""
    return [Polygon(ring) if len(ring) >= 3 else Polygon() for ring in rings]


def _examined(report: Report, question: Question, answers: Answers, who: User) -> Drawn:
    polygons = polygons_of(answers.polygons.get(question.key) or [])
    near: tuple[Neighbour, ...] = ()
    if firewall.measured(polygons) is not None:
        scope = scope_for(who, Permission.RECORD_READ)
        near = tuple(
            neighbours_of(geometry.as_one(polygons), scope, without=report.record_local_id)
        )
    commune, name = _commune(report.commune_code)
    limits = settings_in_force().thresholds
    stated = answers.values.get(STATED.get(report.form, ""))
    expected, expected_name = _expected(report, answers, who)
    around = Surroundings(
        expected=expected,
        expected_name=expected_name,
        inside=_inside,
        others=[_other(n, i, report.form) for i, n in enumerate(near, 1)],
        commune=commune,
        commune_name=name,
        stated_m2=float(stated) if isinstance(stated, int | float) else None,
        area_warn=limits["area_warn"],
        area_block=limits["area_block"],
    )
    return Drawn(question, firewall.examine(polygons, around), near)


def _other(neighbour: Neighbour, number: int, form: str) -> Other:
    """Hidden ids are numbered, so that two of them can be told apart on one page."""
    shown = f"{neighbour.local_id} {number}" if neighbour.is_hidden else neighbour.local_id
    return Other(
        local_id=shown,
        kind=neighbour.kind,
        outline=neighbour.outline,
        organisation=neighbour.organisation,
        clashes=neighbour.kind == CLASHES.get(form),
    )


def _inside(point: Point) -> bool:
    return geometry.on_globe(point) and places.in_province(point, clock.today())


def _expected(report: Report, answers: Answers, who: User) -> tuple[BaseGeometry | None, str]:
    """What a drawing should lie on: the area as the register has it, or the areas it names."""
    named = str(answers.values.get("cha_ids") or "").replace(",", " ").split()
    if report.form == "cha":
        named = [report.record_local_id]
    scope = scope_for(who, Permission.RECORD_READ)
    found = HazardousArea.objects.filter(
        scope.q(), local_id__in=[s for n in named for s in spellings(n)], outline__isnull=False
    )
    kept = found.values_list("local_id", "outline")
    outlines = {local_id: shapely.from_wkb(bytes(shape.wkb)) for local_id, shape in kept if shape}
    if not outlines:
        return None, ""
    return shapely.union_all(list(outlines.values())), ", ".join(outlines)


def _commune(code: str) -> tuple[BaseGeometry | None, str]:
    """The outline of a commune where it is an official one; a cell proves nothing."""
    if not code:
        return None, ""
    units = AdminUnit.objects.filter(level=Level.COMMUNE, code=code).order_by("-valid_from")
    unit = units.first()
    if unit is None or unit.is_approximate:
        return None, ""
    outline = UnitOutline.objects.filter(unit=unit).first()
    if outline is None:
        return None, ""
    return shapely.from_wkb(bytes(outline.outline.wkb)), unit.full_name


def told(said: Any) -> Text:
    """A sentence kept in both languages."""
    return Text(said["vi"], said["en"])


def numbered(drawn: Drawn) -> list[tuple[int, Any]]:
    """The problems in order of severity with their numbers, as page and map show them."""
    return list(enumerate(gravest_first(drawn.examined), 1))


def gravest_first(examined: Examination) -> list[Problem]:
    """The problems in order of severity."""
    order = {"block": 0, "warn": 1, "info": 2}
    return sorted(examined.problems, key=lambda p: order[p.severity])


def with_drawing(answers: Answers, key: str, polygons: Iterable[Polygon]) -> Answers:
    """The answers with another drawing, closed rings of lon/lat pairs."""
    rings = [[list(pair[:2]) for pair in polygon.exterior.coords] for polygon in polygons]
    return replace(answers, polygons={**answers.polygons, key: rings})

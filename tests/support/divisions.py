"""Areas split and merged by two persons, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shapely.geometry import LineString, Point, Polygon

from datlanh.accounts.acting import acting
from datlanh.intake.models import Division, Report
from datlanh.intake.services.dividing import division_confirm, division_propose
from datlanh.kernel.division import cut
from support.reports import Draft, cha, field_of, let_through, received, verified

KNOWN = "2020-01-01"  # before any test's area: what was released since then counts


def halves_of(number: int) -> list[Polygon]:
    """The ground of the `number`th area, cut from north to south."""
    field = field_of(number)
    middle = field.centroid.x
    pieces = cut(field, LineString([(middle, 16), (middle, 17)]))
    return [piece for piece in pieces if isinstance(piece, Polygon)]


def part(number: int, first: int, ground: Polygon, **more: Any) -> Draft:
    """A CHA report about a part of the `number`th area, with an id of its own."""
    corner = Point(ground.exterior.coords[0])
    draft = cha(number, first=first, **{"days_ago": 0, "identification_date": KNOWN, **more})
    return draft.at(polygon_points=ground, coordinates=corner)


def waiting(draft: Draft, cast: Any) -> Report:
    """A report that awaits review."""
    return let_through(verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"]))


def proposed(
    cast: Any, areas: Sequence[UUID], reports: Sequence[int], step: str = "split", **more: Any
) -> Division:
    """The first person's proposal."""
    with acting(cast["kiemtra2"]):
        return division_propose(
            step=step,
            areas=areas,
            reports=reports,
            by=cast["kiemtra2"],
            **{"note": "đường mới cắt ngang", **more},
        )


def divided(
    cast: Any, areas: Sequence[UUID], reports: Sequence[int], step: str = "split", **more: Any
) -> Division:
    """Proposed by one person and confirmed by another."""
    division = proposed(cast, areas, reports, step, **more)
    with acting(cast["kiemtra1"]):
        return division_confirm(id=division.pk, by=cast["kiemtra1"], confirm=True)

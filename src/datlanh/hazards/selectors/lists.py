"""Pages of areas and releases by key, never by offset: the thousandth is as quick as the first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from datlanh.accounts.scope import Scope
from datlanh.hazards.models import HazardousArea, LandRelease, PublicStatus
from datlanh.hazards.selectors.filters import AreaFilter, RecordFilter, ReleaseFilter
from datlanh.hazards.selectors.queries import rows
from datlanh.register.listing.pages import FIRST, Page, Turn, fetched, page_of
from datlanh.register.listing.sources import Rows
from datlanh.register.models import Record

SORTS = ("-date", "date", "id", "-id", "-area", "area")
_KEYS = {
    "id": ("t.local_id",),
    "date": ("t.true_from", "t.local_id"),
    "area": ("coalesce(t.area_m2, (-1)::double precision)", "t.local_id"),
}
# A month, or one operator in one commune, is few records, and they lie together (or there are
# none), so walking an ordered index past all the others is the slowest way. These keys, equal but
# opaque, make the database find the few by their own index and sort them.
_FEW = {
    "id": ("t.local_id || ''",),
    "date": ("t.true_from + 0", "t.local_id || ''"),
    "area": ("coalesce(t.area_m2, -1) + 0", "t.local_id || ''"),
}
_SHARED = (
    "t.record_id, t.local_id, t.internal_id, t.organisation_id, t.reporting_team, t.village_name, "
    "t.shape_id, t.area_m2, t.area_reported_m2, t.commune_id, t.true_from, t.known_seq"
)
_AREA = (
    "t.area_type, t.public_status, t.identification_date, t.clearance_priority, t.assessment_score"
)
_RELEASE = (
    "t.reported_status, t.release_type, t.start_date, t.end_date, "
    "array(select m from unnest(t.methods::text[]) m order by m), t.depth, "
    "t.cleared_area_m2, t.uncleared_area_m2, t.fadeout_area_m2, t.surface_area_m2"
)


@dataclass(frozen=True)
class ListedRecord:
    """What a list shows of every record; areas in m²."""

    record_id: UUID
    local_id: str
    internal_id: str
    organisation_id: int
    reporting_team: str
    village_name: str
    shape_id: str
    area_m2: float | None
    area_reported_m2: float | None
    commune_id: int | None
    true_from: dt.date
    known_seq: int


@dataclass(frozen=True)
class AreaRow(ListedRecord):
    """A hazardous area in a list."""

    area_type: str
    public_status: str
    identification_date: dt.date | None
    clearance_priority: str
    assessment_score: int | None


@dataclass(frozen=True)
class ReleaseRow(ListedRecord):
    """A land release in a list."""

    reported_status: str
    release_type: str
    start_date: dt.date | None
    end_date: dt.date | None
    methods: Sequence[str]
    depth: str
    cleared_area_m2: float | None
    uncleared_area_m2: float | None
    fadeout_area_m2: float | None
    surface_area_m2: float | None


R = TypeVar("R", bound=ListedRecord)


def area_page(scope: Scope, filter: AreaFilter, turn: Turn = FIRST) -> Page[AreaRow]:
    """Areas in order after (or before) a key that an earlier page gave."""
    found, earlier, later = page_of(
        rows(scope, filter), f"{_SHARED}, {_AREA}", turn, _keys(scope, filter, turn)
    )
    return _made([AreaRow(*row) for row in found], turn, earlier, later)


def release_page(scope: Scope, filter: ReleaseFilter, turn: Turn = FIRST) -> Page[ReleaseRow]:
    """Releases in order after (or before) a key that an earlier page gave."""
    found, earlier, later = page_of(
        rows(scope, filter), f"{_SHARED}, {_RELEASE}", turn, _keys(scope, filter, turn)
    )
    return _made([ReleaseRow(*row) for row in found], turn, earlier, later)


def area_get(scope: Scope, id: UUID, filter: AreaFilter) -> AreaRow:
    """One area at the filter's two times; its other parts do not matter here.

    Raises:
        Record.DoesNotExist: absent, unknown at that time, or outside the scope.
    """
    times = AreaFilter(as_of=filter.as_of, known=filter.known)
    return AreaRow(*_one(rows(scope, times), f"{_SHARED}, {_AREA}", id))


def release_get(scope: Scope, id: UUID, filter: ReleaseFilter) -> ReleaseRow:
    """One release, as `area_get`."""
    times = ReleaseFilter(as_of=filter.as_of, known=filter.known)
    return ReleaseRow(*_one(rows(scope, times), f"{_SHARED}, {_RELEASE}", id))


def _one(found: Rows, columns: str, id: UUID) -> Any:
    narrowed = Rows(
        found.source, f"{found.where} and t.record_id = %(id)s", found.params | {"id": id}
    )
    got = fetched(narrowed, columns)
    if not got:
        raise Record.DoesNotExist
    return got[0]


def areas(scope: Scope, filter: AreaFilter) -> QuerySet[HazardousArea]:
    """The typed rows of now that pass. ValueError for a filter that looks at the past."""
    return HazardousArea.objects.filter(pk__in=_ids(scope, filter))


def releases(scope: Scope, filter: ReleaseFilter) -> QuerySet[LandRelease]:
    """The typed rows of now that pass. ValueError for a filter that looks at the past."""
    return LandRelease.objects.filter(pk__in=_ids(scope, filter))


def area_counts(scope: Scope, filter: AreaFilter) -> dict[str, int]:
    """How many areas stand in each public state; all four are there."""
    found = fetched(rows(scope, filter), "t.public_status, count(*)", "group by t.public_status")
    return dict.fromkeys(PublicStatus.values, 0) | dict(found)


def area_total(scope: Scope, filter: AreaFilter) -> tuple[int, float, float]:
    """How many areas pass, their computed m² and their reported m². Reads every one of them."""
    sums = "count(*), coalesce(sum(t.area_m2), 0), coalesce(sum(t.area_reported_m2), 0)"
    ((number, computed, reported),) = fetched(rows(scope, filter), sums)
    return number, computed, reported


def _ids(scope: Scope, filter: RecordFilter) -> RawSQL:
    if filter.is_past:
        raise ValueError("the past has versions, not rows")
    found = rows(scope, filter)
    names = sorted(found.params)
    text = found.select("t.record_id")
    # RawSQL takes positional parameters only.
    order: list[str] = []
    while True:
        places = [(text.find(f"%({n})s"), n) for n in names if f"%({n})s" in text]
        if not places:
            break
        at, name = min(places)
        text = text[:at] + "%s" + text[at + len(f"%({name})s") :]
        order.append(name)
    return RawSQL(text, [found.params[n] for n in order])  # noqa: S611 - our own text


def _keys(scope: Scope, filter: RecordFilter, turn: Turn) -> tuple[str, ...]:
    one_operator = len(scope.organisation_ids) == 1 or len(filter.organisations) == 1
    # In order of date or id there is an index for the operator in the commune.
    few = (
        filter.month
        or (filter.communes and one_operator and turn.name == "area")
        or (filter.text and filter.is_past)
    )
    return (_FEW if few else _KEYS)[turn.name]


def _made(made: list[R], turn: Turn, earlier: bool, later: bool) -> Page[R]:
    def key(row: R) -> str:
        if turn.name == "date":
            return f"{row.true_from.isoformat()}~{row.local_id}"
        if turn.name == "area":
            return f"{-1.0 if row.area_m2 is None else row.area_m2!r}~{row.local_id}"
        return f"~{row.local_id}"

    return Page(
        made,
        after=key(made[-1]) if made and later else "",
        before=key(made[0]) if made and earlier else "",
        sort=turn.sort,
    )

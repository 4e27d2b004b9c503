"""Versions of areas and releases, read from the register as the ledger's arithmetic wants them."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import shapely
from django.db import connection
from shapely.geometry.base import BaseGeometry

from datlanh.hazards.rules import depth_class
from datlanh.kernel.ledger_cut import Release, release_class
from datlanh.kernel.ledger_time import Held, Outline

AREA, RELEASE = "hazardous_area", "land_release"
KINDS = (AREA, RELEASE)
COMPLETED, CLEARANCE_DONE = "completed", "HR-CLC"
POCKETS = "uncleared_pockets"


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """One version with what it was known during."""

    record_id: UUID
    local_id: str
    organisation_id: int
    known_from: int
    known_to: int | None
    held: Held[Any]  # of an `Outline` or a `Release`

    @property
    def is_area(self) -> bool:
        """Whether it is an area's."""
        return isinstance(self.held.what, Outline)

    @property
    def shape(self) -> BaseGeometry | None:
        """The ground it speaks of."""
        what = self.held.what
        return what.shape if isinstance(what, Outline) else what.outline

    @property
    def is_placed(self) -> bool:
        """Whether it speaks of ground that is somewhere."""
        return self.shape is not None and not self.shape.is_empty

    def is_known(self, after: int | None) -> bool:
        """Whether it was known after a decision; None: whether it is now."""
        if after is None:
            return self.known_to is None
        return self.known_from <= after and (self.known_to is None or self.known_to > after)


_COLUMNS = """
select v.id, v.record_id, r.local_id, v.kind, v.organisation_id, v.true_from, v.true_to,
       v.known_from, v.known_to, st_asbinary(v.outline), v.values::text,
       (v.lists->'uncleared_pockets')::text
  from register_version v join register_record r on r.id = v.record_id
"""
_OPEN = f"{_COLUMNS} where v.record_id = any(%(ids)s) and v.known_to is null"
_EVER = f"{_COLUMNS} where v.record_id = any(%(ids)s)"
_AROUND = (
    f"{_COLUMNS} where v.record_id = any(%(ids)s) and (v.known_to is null or v.known_to = %(seq)s)"
)


Same = dict[Any, Any]  # equal content is one object, so that it is measured once


def versions_of(
    records: Collection[UUID], *, ever: bool = False, same: Same | None = None
) -> list[Stored]:
    """The versions of areas and releases known now; with `ever`, those once known as well.

    What is read with one `same` shares its objects.
    """
    if not records:
        return []
    return _read(_EVER if ever else _OPEN, {"ids": list(records)}, {} if same is None else same)


def versions_around(records: Collection[UUID], seq: int, same: Same) -> list[Stored]:
    """What areas and releases were just before a decision, and what they are now."""
    return _read(_AROUND, {"ids": list(records), "seq": seq}, same)


def _read(text: str, params: Mapping[str, Any], same: Same) -> list[Stored]:
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        rows = cursor.fetchall()
    reports = {pk for row in rows for pk in _reports(row)}
    drawn = _pockets_of(reports)
    return [_stored(row, drawn, same) for row in rows if row[3] in KINDS]


def _reports(row: Sequence[Any]) -> list[int]:
    return list(json.loads(row[11])) if row[11] and row[3] == RELEASE else []


@dataclass(frozen=True, slots=True)
class _Pocket:
    """A pocket as a report drew it, with what it was known during."""

    shape: bytes
    known_from: int
    known_to: int | None

    def stood(self, seq: int) -> bool:
        """Whether the report was read so after a decision."""
        return self.known_from <= seq and (self.known_to is None or self.known_to > seq)


def _pockets_of(reports: Collection[int]) -> Mapping[int, list[_Pocket]]:
    """The pockets that reports drew, in the order in which they stand there."""
    found: dict[int, list[_Pocket]] = defaultdict(list)
    if reports:
        with connection.cursor() as cursor:
            cursor.execute(_POCKETS, [list(reports), POCKETS])
            for report, wkb, known_from, known_to in cursor.fetchall():
                found[report].append(_Pocket(bytes(wkb), known_from, known_to))
    return found


_POCKETS = """
select report_id, st_asbinary(shape), known_from, known_to from register_row
 where report_id = any(%s) and list = %s and shape is not null
 order by report_id, number
"""


def _stored(row: Sequence[Any], drawn: Mapping[int, list[_Pocket]], same: dict[Any, Any]) -> Stored:
    _, record, local_id, kind, organisation, start, end, known_from, known_to, wkb, text, _ = row
    shape_of = bytes(wkb) if wkb is not None else None
    values: dict[str, Any] = json.loads(text)
    if kind == AREA:
        what: Any = _outline(shape_of, values, same)
    else:
        told = (p for pk in sorted(_reports(row)) for p in drawn.get(pk, ()))
        pockets = tuple(p.shape for p in told if p.stood(known_from))
        what = _release((local_id, start), (shape_of, pockets), values, same)
    return Stored(record, local_id, organisation, known_from, known_to, Held(start, end, what))


def _outline(wkb: bytes | None, values: Mapping[str, Any], same: dict[Any, Any]) -> Outline:
    reported = _number(values.get("area_reported_m2"))
    said = (_day(values.get("identification_date")), reported)
    key = (AREA, wkb, *said)
    if key not in same:
        same[key] = Outline(_shape(wkb, same), *said)
    found: Outline = same[key]
    return found


def _release(
    named: tuple[str, dt.date],
    shapes: tuple[bytes | None, tuple[bytes, ...]],
    values: Mapping[str, Any],
    same: dict[Any, Any],
) -> Release:
    said, (wkb, pockets) = release_said(named[0], values), shapes
    key = (*named, *shapes, tuple(said.values()))
    if key not in same:
        holes = tuple(s for p in pockets if (s := _shape(p, same)) is not None)
        same[key] = Release(*named, _shape(wkb, same), holes, **said)
    found: Release = same[key]
    return found


def release_said(local_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a release says of itself, but for its ground.

    Its status decides whether land was released; where it gives none, the prefix of its id does
    (CLC: completed, CLS: suspended).
    """
    methods = values.get("method")
    status = values.get("reported_status") or ""
    cleared = release_class(
        str(values.get("outline_status") or ""),
        str(values.get("release_type") or ""),
        methods if isinstance(methods, list) else [],
    )
    depth = depth_class(
        values.get("clearance_depth_class") or "", _number(values.get("clearance_depth_cm"))
    )
    return {
        "kind": cleared,
        "depth": depth,
        "is_complete": status == COMPLETED or (not status and local_id.startswith(CLEARANCE_DONE)),
        "cleared_m2": _number(values.get("cleared_area_m2")) or 0.0,
        "surface_m2": _number(values.get("surface_area_m2")) or 0.0,
        "uncleared_m2": _number(values.get("uncleared_area_m2")) or 0.0,
        "fadeout_m2": _number(values.get("fadeout_area_m2")),
        "names": ids_in(values.get("cha_ids")),
    }


# What of a version's values the ledger reads: of an area, of a release.
READ_OF_AREA = ("identification_date", "area_reported_m2")
READ_OF_RELEASE = (
    "cha_ids",
    "clearance_depth_class",
    "clearance_depth_cm",
    "cleared_area_m2",
    "fadeout_area_m2",
    "method",
    "outline_status",
    "release_type",
    "reported_status",
    "surface_area_m2",
    "uncleared_area_m2",
)


def records_told_otherwise(records: Collection[UUID], *, seq: int) -> set[UUID]:
    """Those of which decision `seq` changed anything that the ledger reads."""
    if not records:
        return set()
    asked = {"ids": list(records), "seq": seq, "kinds": list(KINDS), "list": POCKETS}
    return _ids(_TOLD_OTHERWISE, asked)


_TOLD_OTHERWISE = """
select record_id from register_version
 where record_id = any(%(ids)s) and kind = any(%(kinds)s)
   and (known_to is null or known_to = %(seq)s)
 group by record_id, true_from, true_to, md5(st_asbinary(outline)), lists->%(list)s,
       jsonb_build_array({values})
having bool_or(known_from < %(seq)s) <> bool_or(known_to is null)
union
select record_id from register_row
 where record_id = any(%(ids)s) and list = %(list)s
   and (known_from = %(seq)s or known_to = %(seq)s)
""".replace("{values}", ", ".join(f"values->'{n}'" for n in (*READ_OF_AREA, *READ_OF_RELEASE)))


def ids_in(text: Any) -> frozenset[str]:
    """The ids a text names; `datlanh_ids_in` in Python."""
    return frozenset(re.split(r"[^A-Z0-9-]+", str(text or "").upper())) - {""}


def _shape(wkb: bytes | None, same: dict[Any, Any]) -> BaseGeometry | None:
    if wkb is None:
        return None
    if wkb not in same:
        same[wkb] = shapely.from_wkb(wkb)
    found: BaseGeometry = same[wkb]
    return found


def _number(value: Any) -> float | None:
    """A number as values hold it; what is none says nothing."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def _day(value: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if value else None
    except (TypeError, ValueError):
        return None


# Everything below asks by boxes and ids which records may have to do with each other.

# The offset keeps the boxes apart from the rest: in a rebuild nothing is known yet of the table,
# and the planner took its kinds for the rarer thing and read all of it for each box.
_MET = """
select distinct v.record_id from unnest(%(boxes)s::bytea[]) as b(shape)
  cross join lateral (select record_id, kind, known_to from register_version
                       where outline && st_geomfromwkb(b.shape, 4326) offset 0) v
 where v.kind = any(%(kinds)s) and (%(ever)s or v.known_to is null)
"""
_NAMING = """
select distinct v.record_id from register_version v
 where v.kind = 'land_release' and v.outline is null and v.values ? 'cha_ids'
   and datlanh_ids_in(v.values->>'cha_ids') && %(names)s::text[]
   and (%(ever)s or v.known_to is null)
"""
_NAMED = "select id from register_record where kind = 'hazardous_area' and local_id = any(%s)"


def records_met(shapes: Iterable[BaseGeometry], *, ever: bool = False) -> set[UUID]:
    """The areas and releases whose boxes meet those of the shapes."""
    boxes = sorted({shapely.box(*s.bounds).wkb for s in shapes if not s.is_empty})
    return _ids(_MET, {"boxes": boxes, "kinds": list(KINDS), "ever": ever}) if boxes else set()


def releases_naming(areas: Collection[str], *, ever: bool = False) -> set[UUID]:
    """The releases without a drawing that name any of these areas."""
    return _ids(_NAMING, {"names": sorted(areas), "ever": ever}) if areas else set()


def areas_named(ids: Collection[str]) -> set[UUID]:
    """The areas of these ids."""
    return _ids(_NAMED, [sorted(ids)]) if ids else set()


def _ids(text: str, params: Any) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return {row[0] for row in cursor.fetchall()}

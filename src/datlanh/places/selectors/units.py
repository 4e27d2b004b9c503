"""What a unit was, is today, and what it is made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Collate

from datlanh.kernel import clock
from datlanh.places import rules
from datlanh.places.models import (
    AdminSuccession,
    AdminUnit,
    GazetteerEdition,
    Level,
    OutlineSource,
    Village,
)

_SORTING = "vi-x-icu"


def _valid(on: dt.date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gt=on))


# Units --------------------------------------------------------------------------------------


def unit_by_code(code: str, on: dt.date, level: str = Level.COMMUNE) -> AdminUnit | None:
    """The unit that bore `code` on `on`: a code alone names nothing, it may have been reused."""
    found = AdminUnit.objects.filter(_valid(on), level=level, code=code)
    return found.select_related("parent").first()


def communes(on: dt.date) -> QuerySet[AdminUnit]:
    """The communes of `on`, in Vietnamese order."""
    return (
        AdminUnit.objects.filter(_valid(on), level=Level.COMMUNE)
        .select_related("parent")
        .order_by(Collate("name_vi", _SORTING), "code")
    )


def province(on: dt.date) -> AdminUnit:
    """The province of `on`; before July 2025 the old Quảng Trị (45), the centre's own.

    Raises:
        AdminUnit.DoesNotExist: the gazetteer is not seeded, or `on` is before July 1989.
    """
    found = AdminUnit.objects.filter(_valid(on), level=Level.PROVINCE).order_by("-code").first()
    if found is None:
        raise AdminUnit.DoesNotExist(f"no province is known on {on}")
    return found


def province_today() -> AdminUnit:
    """The province of today."""
    return province(clock.today())


def is_outlined_officially(on: dt.date) -> bool:
    """Whether every commune of `on` has its official outline."""
    return not communes(on).exclude(outline_source=OutlineSource.OFFICIAL).exists()


# Lineage ------------------------------------------------------------------------------------


def current_of(unit: AdminUnit) -> AdminUnit:
    """What became of `unit`: itself while valid, else the unit at the end of its lineage.

    Where a later act should split a unit, the part that keeps its code, else the lowest code. A
    district was abolished, not succeeded: today's province stands for it (`successors` lists the
    communes).
    """
    seen: set[int] = set()
    while not unit.is_current and unit.pk not in seen:
        seen.add(unit.pk)
        steps = AdminSuccession.objects.filter(from_unit=unit).select_related("to_unit")
        targets = sorted((s.to_unit for s in steps), key=lambda u: (u.code != unit.code, u.code))
        if not targets:
            return province_today()
        unit = targets[0]
    return unit


def successors(unit: AdminUnit) -> list[AdminUnit]:
    """The communes of today that hold the land of `unit`, whatever its level and time."""
    with connection.cursor() as cursor:
        cursor.execute(_SUCCESSORS, [unit.pk])
        ids = [row[0] for row in cursor.fetchall()]
    return list(communes(clock.today()).filter(pk__in=ids))


_SUCCESSORS = """
with recursive inside as (
  select id from places_adminunit where id = %s
  union select u.id from places_adminunit u join inside i on u.parent_id = i.id
), later as (
  select id from inside
  union select s.to_unit_id from places_adminsuccession s join later l on s.from_unit_id = l.id
) select id from later
"""


def origins(unit: AdminUnit) -> list[AdminUnit]:
    """The units that went into `unit` directly, with their districts, in Vietnamese order."""
    return list(
        AdminUnit.objects.filter(successions__to_unit=unit)
        .select_related("parent")
        .order_by(Collate("name_vi", _SORTING), "code")
    )


def former_district(unit: AdminUnit) -> AdminUnit | None:
    """The district `unit` was in until 30 June 2025; None for a province.

    No commune of today spans two old districts, so statistics by former district stay possible.
    """
    if unit.level == Level.DISTRICT:
        return unit
    if unit.level == Level.COMMUNE and unit.parent and unit.parent.level == Level.DISTRICT:
        return unit.parent
    for old in origins(unit) if unit.level == Level.COMMUNE else []:
        return old if old.level == Level.DISTRICT else former_district(old)
    return None


def former_districts(units: Iterable[AdminUnit]) -> dict[int, AdminUnit]:
    """`former_district` of many communes by their id, in two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_FORMER, [[unit.pk for unit in units]])
        pairs: dict[int, int] = dict(cursor.fetchall())
    districts = AdminUnit.objects.in_bulk(set(pairs.values()))
    return {unit: districts[district] for unit, district in pairs.items()}


_FORMER = """
with recursive earlier(unit, id) as (
  select id, id from places_adminunit where id = any(%s)
  union select e.unit, s.from_unit_id from earlier e
    join places_adminsuccession s on s.to_unit_id = e.id
)
select distinct on (e.unit) e.unit, d.id
  from earlier e join places_adminunit u on u.id = e.id
  join places_adminunit d on d.id in (u.id, u.parent_id) and d.level = 'district'
 order by e.unit, d.code
"""


# Villages, editions --------------------------------------------------------------------------


def villages(commune: AdminUnit) -> QuerySet[Village]:
    """The known villages of a commune, in Vietnamese order."""
    return Village.objects.filter(commune=commune).order_by(Collate("name", _SORTING))


def village_find(commune: AdminUnit, text: str) -> Village | None:
    """The village of `commune` written as `text` in whatever spelling; None if unknown.

    An unknown village is no mistake: the report keeps the text.
    """
    found = list(Village.objects.filter(commune=commune, search_text=rules.search_key(text)))
    exact = next((v for v in found if v.name == " ".join(text.split())), None)
    return exact or (found[0] if len(found) == 1 else None)


def edition_current() -> GazetteerEdition:
    """The edition new reports are pinned to.

    Raises:
        GazetteerEdition.DoesNotExist: the gazetteer is not seeded.
    """
    return GazetteerEdition.objects.get(is_current=True)

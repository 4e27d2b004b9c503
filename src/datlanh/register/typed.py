"""What the typed rows of every kind of record have in common: their columns, and how they come.

A domain's models inherit these; its projector fills what is its own.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyproj
import shapely
from django.contrib.gis.db import models
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point, Polygon
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Upper

from datlanh.kernel import clock
from datlanh.organisations.models import Organisation
from datlanh.places import selectors as places
from datlanh.places.models import AdminUnit
from datlanh.places.selectors.lineage import commune_today
from datlanh.register.listing.columns import Column, row_read
from datlanh.register.models import Record
from datlanh.register.projection import Current, ListRow

ENGINE = f"GEOS {'.'.join(map(str, shapely.geos_version))}, PROJ {pyproj.proj_version_str}"


class Projected(models.Model):
    """What every typed row carries."""

    record = models.OneToOneField(Record, models.DO_NOTHING, primary_key=True, related_name="+")
    local_id = models.CharField(max_length=40, unique=True)
    internal_id = models.CharField(max_length=60, blank=True)
    organisation = models.ForeignKey(Organisation, models.DO_NOTHING, related_name="+")
    organisation_id: int
    reporting_team = models.CharField(max_length=120, blank=True)
    commune_code = models.CharField(max_length=12, blank=True)  # as reported
    village_name = models.CharField(max_length=160, blank=True)
    shape_id = models.CharField(max_length=60, blank=True)
    outline = models.MultiPolygonField(srid=4326, null=True)
    position = models.PointField(srid=4326, null=True)
    area_reported_m2 = models.FloatField(null=True)
    true_from = models.DateField()  # the newest date of information in this row
    known_seq = models.BigIntegerField()  # the decision after which this row is so
    reports = models.IntegerField(default=1)  # how many reports it rests on
    # derived
    area_m2 = models.FloatField(null=True)
    commune = models.ForeignKey(AdminUnit, models.DO_NOTHING, null=True, related_name="+")
    commune_id: int | None
    derived_by = models.CharField(max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.local_id


class ReportedRow(models.Model):
    """A row of a list, with the report it belongs to."""

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, models.DO_NOTHING, related_name="+")
    organisation = models.ForeignKey(Organisation, models.DO_NOTHING, related_name="+")
    report_id = models.BigIntegerField()
    number = models.IntegerField()  # position in the report, from 0

    class Meta:
        abstract = True


NO_DAY = Value(dt.date.min, output_field=models.DateField())


def reading(
    short: str, day: str, *, choices: tuple[str, ...] = (), several: tuple[str, ...] = ()
) -> list[models.Index]:
    """The orders in which a kind's list is read a page at a time; `short` begins their names.

    The key of a list is (what it is sorted by, local_id), so each index ends with local_id. `day`
    is the date that months are of, an unknown one before all others. `choices` are its own
    filters, `several` those of more than one key: a common choice is met on the way along a date,
    a rare one is found and sorted.
    """

    def index(name: str, *fields: Any) -> models.Index:
        return models.Index(*fields, "local_id", name=f"{short}_{name}")

    found = [
        index("org_id", "organisation"),
        index("commune_id", "commune"),
        index("org_commune", "organisation", "commune", "true_from"),
        *(index(choice[:20], choice, "true_from") for choice in choices),
        *(GinIndex(fields=[name], name=f"{short}_{name}") for name in several),
    ]
    for name, key in (("date", "true_from"), ("day", Coalesce(day, NO_DAY))):
        found += [
            index(name, key),
            index(f"org_{name}", "organisation", key),
            index(f"com_{name}", "commune", key),
        ]
    return [
        *found,
        models.Index(
            OpClass(Upper("internal_id"), name="text_pattern_ops"), name=f"{short}_internal"
        ),
        GinIndex(OpClass("village_name", name="gin_trgm_ops"), name=f"{short}_village"),
    ]


def not_negative(name: str, *columns: str) -> models.CheckConstraint:
    """Numbers that are absent, or not below zero."""
    condition = Q()
    for column in columns:
        condition &= Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__gte": 0})
    return models.CheckConstraint(name=name, condition=condition)


def day_of(value: Any) -> dt.date | None:
    """A date as values hold it."""
    return dt.date.fromisoformat(value) if value else None


def derived_of(current: Current) -> dict[str, Any]:
    """The commune: as named where the name is known, else where the ground lies."""
    code = current.values.get("commune_code") or ""
    commune, edition = commune_today(code, current.true_from)
    if commune is None:
        outline, position = looked_into(current.outline), looked_into(current.position)
        inside = outline.point_on_surface if outline else position
        unit = places.commune_at(inside, clock.today()) if isinstance(inside, Point) else None
        commune = unit.pk if unit else None
    return {
        "commune_id": commune,
        "derived_by": f"{ENGINE}, gazetteer {edition or '-'}",
    }


def row_of(row: ListRow) -> dict[str, Any]:
    """What names a row of a list: its report, and its place in it."""
    return {"report_id": row.report_id, "number": row.number}


def looked_into(shape: GEOSGeometry | bytes | None) -> Any:
    """A geometry object, whatever carried it."""
    return GEOSGeometry(memoryview(shape), srid=4326) if isinstance(shape, bytes) else shape


def multi_of(shape: Any) -> Any:
    """Polygons as the column wants them."""
    shape = looked_into(shape)
    return MultiPolygon(shape, srid=4326) if isinstance(shape, Polygon) else shape


class ColumnProjector:
    """The projector of a kind whose columns are told by `register.listing` columns alone."""

    child_models: tuple[type[models.Model], ...] = ()

    def __init__(self, kind: str, model: type[models.Model], columns: tuple[Column, ...]) -> None:
        self.kind, self.row_model, self.columns = kind, model, columns

    def row(self, current: Current) -> dict[str, Any]:
        """The kind's own columns."""
        return row_read(self.columns, current.values)

    def children(self, current: Current) -> dict[type[models.Model], list[dict[str, Any]]]:
        """No lists of its own."""
        return {}

    def derived(self, current: Current) -> dict[str, Any]:
        """The commune of today and by what it was found."""
        return derived_of(current)

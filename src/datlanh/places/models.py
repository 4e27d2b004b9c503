"""Administrative units with the time each was valid, their lineage, and villages."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.contrib.gis.geos import MultiPolygon
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models import F, Func, Q

from datlanh.places.rules import KINDS, unmarked


class Level(models.TextChoices):
    PROVINCE = "province"
    DISTRICT = "district"  # abolished on 1 July 2025
    COMMUNE = "commune"


class OutlineSource(models.TextChoices):
    OFFICIAL = "official"  # the state's map
    APPROXIMATE = "approximate"  # a cell around known positions, never a boundary
    NONE = "none"


class AdminUnit(models.Model):
    """One unit during one stretch of time.

    The key is (level, code, valid_from): after 1 July 2025 all 77 xã and phường carry the code of
    an older commune, 51 of them under another name.
    """

    id = models.BigAutoField(primary_key=True)
    level = models.CharField(max_length=12, choices=Level)
    kind = models.CharField(max_length=16)  # xã, phường, thị trấn, huyện … lower case
    code = models.CharField(max_length=8)  # GSO, text: leading zeros count
    imsma_code = models.CharField(max_length=8, null=True, blank=True)  # provinces only
    name_vi = models.CharField(max_length=120)  # without the kind, except "Phường 1"
    name_en = models.CharField(max_length=120)  # without diacritics
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)  # exclusive; None: valid today
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts_of"
    )
    centroid = models.PointField(srid=4326, null=True, blank=True)
    outline_source = models.CharField(
        max_length=12, choices=OutlineSource, default=OutlineSource.NONE
    )
    area_km2 = models.FloatField(null=True, blank=True)  # as the state declares it
    search_text = models.CharField(max_length=255)  # rules.search_text

    class Meta:
        constraints = [
            models.UniqueConstraint("level", "code", "valid_from", name="adminunit_key"),
            models.CheckConstraint(
                name="adminunit_level_known", condition=Q(level__in=Level.values)
            ),
            models.CheckConstraint(
                name="adminunit_outline_source_known",
                condition=Q(outline_source__in=OutlineSource.values),
            ),
            models.CheckConstraint(
                name="adminunit_ends_after_it_begins",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
            ExclusionConstraint(
                name="adminunit_one_at_a_time",
                expressions=[
                    (F("level"), RangeOperators.EQUAL),
                    (F("code"), RangeOperators.EQUAL),
                    (Func("valid_from", "valid_to", function="daterange"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="adminunit_search"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """`Xã Ái Tử`."""
        if self.name_vi.lower().startswith(self.kind + " "):
            return self.name_vi
        return f"{self.kind.capitalize()} {self.name_vi}"

    @property
    def full_name_en(self) -> str:
        """`Ai Tu commune`; `Ward 1`."""
        kind = KINDS.get(self.kind, "")
        name = self.name_en
        if self.name_vi.lower().startswith(self.kind + " "):
            return f"{kind.capitalize()} {name[len(unmarked(self.kind)) + 1 :]}"
        return f"{name} {kind}".strip()

    @property
    def is_current(self) -> bool:
        """Valid until further notice."""
        return self.valid_to is None

    @property
    def is_approximate(self) -> bool:
        """Its outline, if any, is no official boundary."""
        return self.outline_source != OutlineSource.OFFICIAL

    @property
    def outline(self) -> MultiPolygon | None:
        """The outline (EPSG:4326), read from its own table when asked for."""
        shape = UnitOutline.objects.filter(unit=self).first()
        return shape.outline if shape else None


class UnitOutline(models.Model):
    """The outline of a unit, apart from the unit: it is heavy, and lists never want it."""

    unit = models.OneToOneField(AdminUnit, models.CASCADE, primary_key=True, related_name="shape")
    outline = models.MultiPolygonField(srid=4326)
    is_imported = models.BooleanField(default=False)  # from a file, not derived from the others


class UnitPart(models.Model):
    """A piece of an outline of at most 128 corners: makes "which commune is this" one look-up."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(AdminUnit, models.CASCADE, related_name="parts")
    outline = models.PolygonField(srid=4326)  # GiST by default


class AdminSuccession(models.Model):
    """An old unit went into a new one on a day, by a legal act. May be chained."""

    id = models.BigAutoField(primary_key=True)
    from_unit = models.ForeignKey(AdminUnit, models.PROTECT, related_name="successions")
    to_unit = models.ForeignKey(AdminUnit, models.PROTECT, related_name="origins")
    on = models.DateField()
    act = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint("from_unit", "to_unit", name="adminsuccession_once"),
            models.CheckConstraint(
                name="adminsuccession_to_another", condition=~Q(from_unit=F("to_unit"))
            ),
        ]


class Village(models.Model):
    """A known village of a commune. What is not listed stays text in the report."""

    id = models.BigAutoField(primary_key=True)
    commune = models.ForeignKey(AdminUnit, models.PROTECT, related_name="villages")
    name = models.CharField(max_length=120)
    source = models.CharField(max_length=120, blank=True)
    search_text = models.CharField(max_length=120, db_index=True)  # rules.search_key(name)

    class Meta:
        constraints = [models.UniqueConstraint("commune", "name", name="village_once_in_a_commune")]

    def __str__(self) -> str:
        return self.name


class GazetteerEdition(models.Model):
    """The gazetteer as it stood; every report is pinned to one."""

    id = models.BigAutoField(primary_key=True)
    label = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    digest = models.CharField(max_length=64)  # SHA-256 of units, lineage and outlines
    note = models.TextField(blank=True)
    is_current = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "is_current", condition=Q(is_current=True), name="gazetteeredition_one_current"
            )
        ]

    def __str__(self) -> str:
        return self.label


class AirStrikeFile(models.Model):
    """Where the bombing records at hand come from; the newest is in force."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=160)
    digest = models.CharField(max_length=64)  # SHA-256 of the file
    records = models.IntegerField()  # taken
    elsewhere = models.IntegerField()  # left out: far from the province
    unreadable = models.IntegerField()  # left out: no year or no position
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]


class AirStrike(models.Model):
    """One record of bombing: a target's position as it was reported then, and the month.

    Says where to look. It never says that a place is safe, nor that it is contaminated.
    """

    id = models.BigAutoField(primary_key=True)
    year = models.SmallIntegerField()
    month = models.SmallIntegerField(null=True)
    position = models.PointField(srid=4326)


class AirStrikeCell(models.Model):
    """How many records of a year lie in one cell of 500 m on the UTM 48N grid."""

    id = models.BigAutoField(primary_key=True)
    year = models.SmallIntegerField()
    east = models.IntegerField()  # of the cell's corner, in cells: 500 m each
    north = models.IntegerField()
    records = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint("east", "north", "year", name="places_strike_cell_once"),
        ]

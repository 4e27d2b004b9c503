"""The Facts port, answered from the database for one report."""

from __future__ import annotations

import datetime as dt

from django.contrib.gis.geos import Point as GeosPoint
from shapely import Point

from datlanh.intake.models import Report, Setting
from datlanh.kernel import clock
from datlanh.kernel.checks import DEFAULT_SETTINGS
from datlanh.kernel.rules import CommuneRef, KnownReport, OperatorRef
from datlanh.ordnance.models import Ordnance
from datlanh.organisations import selectors as organisations
from datlanh.places import selectors as places
from datlanh.places.models import AdminUnit
from datlanh.register.models import Decision, Record

PROVINCE_CODE = "409"


def settings_now() -> dict[str, float]:
    """Every threshold as it stands: the defaults, and what the database unit changed."""
    changed = Setting.objects.order_by("name", "-id").distinct("name").values_list("name", "value")
    return DEFAULT_SETTINGS | dict(changed)


class DatabaseFacts:
    """What the rules may ask about the world around `report`."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self._settings: dict[str, float] | None = None

    def today(self) -> dt.date:
        """The province's date."""
        return clock.today()

    def province_code(self) -> str:
        """The IMSMA code of the province the ids carry, from the gazetteer."""
        return PROVINCE_CODE

    def operator(self, key: str) -> OperatorRef | None:
        """The organisation of that key with its range of running numbers."""
        found = organisations.organisation_by_key(key)
        if found is None:
            return None
        own = organisations.range_of(found)
        return OperatorRef(
            key, found.short_name, own.first if own else None, own.last if own else None
        )

    def commune(self, code: str, on: dt.date | None) -> CommuneRef | None:
        """The commune of that code on a day; today when no day is known."""
        return _ref(places.unit_by_code(code, on or self.today()))

    def commune_at(self, point: Point, on: dt.date | None) -> CommuneRef | None:
        """The commune around a point on a day."""
        return _ref(places.commune_at(_geos(point), on or self.today()))

    def in_province(self, point: Point) -> bool:
        """Whether the point lies in the province or its stated buffer."""
        return places.in_province(_geos(point), self.today())

    def record_exists(self, local_id: str) -> bool:
        """Whether the register has a record of that id."""
        return Record.objects.filter(local_id=local_id).exists()

    def approved_reports(self, local_id: str) -> list[KnownReport]:
        """Approved reports about that record, newest information first."""
        found = Report.objects.filter(
            record_id__in=Record.objects.filter(local_id=local_id).values("pk"), state="approved"
        ).exclude(pk=self.report.pk)
        return [
            KnownReport(r.receipt, r.date_of_information, r.state)
            for r in found.order_by("-date_of_information")[:50]
        ]

    def same_instance_elsewhere(self, report_id: str) -> list[KnownReport]:
        """Other undecided reports of the same report id."""
        found = Report.objects.filter(
            record_local_id=report_id.removeprefix("FR-"), state__in=["received", "verified"]
        ).exclude(pk=self.report.pk)
        return [KnownReport(r.receipt, r.date_of_information, r.state) for r in found[:10]]

    def ordnance_known(self, key: str) -> bool:
        """Whether the catalogue has that model."""
        return Ordnance.objects.filter(key=key).exists()

    def exception_granted(self, report_id: str, rule: str) -> bool:
        """Whether the database unit has excepted this report from a rule."""
        return Decision.objects.filter(
            report_id=self.report.pk, kind="exception", data__rule=rule
        ).exists()

    def setting(self, name: str) -> float:
        """A threshold. KeyError for a name no rule has."""
        if self._settings is None:
            self._settings = settings_now()
        return self._settings[name]


def _geos(point: Point) -> GeosPoint:
    return GeosPoint(point.x, point.y, srid=4326)


def _ref(unit: AdminUnit | None) -> CommuneRef | None:
    if unit is None:
        return None
    province = unit.parent.name_vi if unit.parent else ""
    return CommuneRef(unit.code, unit.full_name, province, unit.is_approximate)

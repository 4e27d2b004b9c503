"""The Facts port, answered from the database for one report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from shapely import Point

from datlanh.intake.models import Report, Setting
from datlanh.kernel import clock
from datlanh.kernel.checks import DEFAULT_SETTINGS
from datlanh.kernel.ids import record_id_of, spellings
from datlanh.kernel.rules import CommuneRef, KnownReport, OperatorRef
from datlanh.ordnance.models import Ordnance
from datlanh.organisations import selectors as organisations
from datlanh.places import selectors as places
from datlanh.places.models import AdminUnit
from datlanh.register.models import Decision, Record

PROVINCE_CODE = "409"
HIDDEN = "•••"  # as names of persons that one may not see

T = TypeVar("T")


def settings_now() -> dict[str, float]:
    """Every threshold as it stands: the defaults, and what the database unit changed."""
    changed = Setting.objects.order_by("name", "-id").distinct("name").values_list("name", "value")
    return DEFAULT_SETTINGS | dict(changed)


class DatabaseFacts:
    """What the rules may ask about the world around `report`; each question is asked once."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self._known: dict[Hashable, object] = {}

    def foresee(self, points: Iterable[Point]) -> None:
        """Ask at once for all the points that rules will ask `in_province` about."""
        wanted = list({(p.x, p.y): p for p in points if not p.is_empty}.values())
        found = places.in_province_each(wanted, self.today()) if wanted else []
        for point, inside in zip(wanted, found, strict=True):
            self._known["in_province", point.x, point.y] = inside

    def _once(self, ask: Callable[[], T], *question: Hashable) -> T:
        if question not in self._known:
            self._known[question] = ask()
        return self._known[question]  # type: ignore[return-value]  # by its own question

    def today(self) -> dt.date:
        """The province's date."""
        return clock.today()

    def province_code(self) -> str:
        """The IMSMA code of the province the ids carry, from the gazetteer."""
        return PROVINCE_CODE

    def operator(self, key: str) -> OperatorRef | None:
        """The organisation of that key with its range of running numbers."""
        return self._once(lambda: self._operator(key), "operator", key)

    def _operator(self, key: str) -> OperatorRef | None:
        sender = self.report.organisation
        found = sender if sender.key == key else organisations.organisation_by_key(key)
        if found is None:
            return None
        own = organisations.range_of(found)
        return OperatorRef(
            key, found.short_name, own.first if own else None, own.last if own else None
        )

    def commune(self, code: str, on: dt.date | None) -> CommuneRef | None:
        """The commune of that code on a day; today when no day is known."""
        day = on or self.today()
        return self._once(lambda: self._ref(places.unit_by_code(code, day)), "commune", code, day)

    def commune_at(self, point: Point, on: dt.date | None) -> CommuneRef | None:
        """The commune around a point on a day."""
        day = on or self.today()
        ask = places.commune_at
        return self._once(lambda: self._ref(ask(point, day)), "at", point.x, point.y, day)

    def in_province(self, point: Point) -> bool:
        """Whether the point lies in the province or its stated buffer."""
        return self._once(
            lambda: places.in_province(point, self.today()), "in_province", point.x, point.y
        )

    def record_exists(self, local_id: str) -> bool:
        """Whether the register has a record of that id."""
        found = Record.objects.filter(local_id__in=spellings(local_id))
        return self._once(found.exists, "record", local_id)

    def approved_reports(self, local_id: str) -> list[KnownReport]:
        """Approved reports about that record, newest information first."""
        found = Report.objects.filter(
            record_id__in=Record.objects.filter(local_id__in=spellings(local_id)).values("pk"),
            state="approved",
        ).exclude(pk=self.report.pk)
        return [self._told(r) for r in found.order_by("-date_of_information")[:50]]

    def same_instance_elsewhere(self, report_id: str) -> list[KnownReport]:
        """Other undecided reports of the same report id."""
        found = Report.objects.filter(
            record_local_id__in=spellings(record_id_of(report_id)),
            state__in=["received", "verified"],
        ).exclude(pk=self.report.pk)
        return [self._told(r) for r in found[:10]]

    def _told(self, known: Report) -> KnownReport:
        """Findings are read by who sent the report: another operator's receipt is not theirs."""
        is_own = known.organisation_id == self.report.organisation_id
        receipt = known.receipt if is_own else HIDDEN
        return KnownReport(receipt, known.date_of_information, known.state)

    def ordnance_known(self, key: str) -> bool:
        """Whether the catalogue has that model."""
        keys = Ordnance.objects.values_list("key", flat=True)
        return key in self._once(lambda: frozenset(keys), "ordnance")

    def exception_granted(self, report_id: str, rule: str) -> bool:
        """Whether the database unit has excepted this report from a rule."""
        return Decision.objects.filter(
            report_id=self.report.pk, kind="exception", data__rule=rule
        ).exists()

    def setting(self, name: str) -> float:
        """A threshold. KeyError for a name no rule has."""
        return self._once(settings_now, "settings")[name]

    def _ref(self, unit: AdminUnit | None) -> CommuneRef | None:
        if unit is None:
            return None
        parent = self._once(lambda: unit.parent, "unit", unit.parent_id)
        name = parent.name_vi if parent else ""
        return CommuneRef(unit.code, unit.full_name, name, unit.is_approximate)

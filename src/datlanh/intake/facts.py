"""The Facts port, answered from the database for one report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable
from functools import partial
from typing import Any, TypeVar

from django.contrib.gis.geos import GEOSGeometry
from shapely import Point, from_wkb

from datlanh.accounts.acting import SYSTEM
from datlanh.accounts.scope import Scope
from datlanh.hazards.selectors.neighbours import HIDDEN, common_ground, neighbours_of
from datlanh.intake.models import Payload, Report
from datlanh.intake.selectors.area_states import state_known
from datlanh.intake.selectors.settings import InForce, settings_in_force
from datlanh.kernel import clock, geometry
from datlanh.kernel.checks.parts import FORMS, is_sealed, outline
from datlanh.kernel.ids import record_id_of, spellings
from datlanh.kernel.rules import (
    CommuneRef,
    KnownRecord,
    KnownReport,
    KnownState,
    LikeReport,
    OperatorRef,
    ReportView,
)
from datlanh.ordnance.models import Ordnance
from datlanh.organisations import selectors as organisations
from datlanh.places import selectors as places
from datlanh.places.models import AdminUnit
from datlanh.register.models import Decision, Record, Version
from datlanh.register.persons import persons_read

PROVINCE_CODE = "409"
CHILDREN = {"INC": ("VIC", "victim"), "VIC": ("VA", "victim_assistance")}
LIVE = ("received", "verified", "approved")
LIKE = 20  # as many others as are compared with one report

T = TypeVar("T")


class DatabaseFacts:
    """What the rules may ask about the world around `report`; each question is asked once."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self._known: dict[Hashable, object] = {}

    def foresee(self, points: Iterable[Point], records: Iterable[str] = ()) -> None:
        """Ask at once for all the points and records that rules will ask about."""
        named = {name: spellings(name) for name in records}
        every = [one for spelt in named.values() for one in spelt]
        there = set(Record.objects.filter(local_id__in=every).values_list("local_id", flat=True))
        for name, spelt in named.items():
            self._known["record", name] = bool(there & set(spelt))
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

    def record_of(self, local_id: str) -> KnownRecord | None:
        """The record with what holds of it now."""
        ask = partial(_current, record__local_id__in=spellings(local_id))
        return next(iter(self._once(ask, "record_of", local_id)), None)

    def children_of(self, local_id: str) -> list[KnownRecord]:
        """The victims of an accident, the assistances of a victim: their ids begin with its."""
        prefix, _, number = local_id.partition("-")
        child = CHILDREN.get(prefix)
        if child is None:
            return []
        start = f"{child[0]}-{number}-"
        ask = partial(_current, kind=child[1], record__local_id__startswith=start)
        return self._once(ask, "children", local_id)

    def progress_of(self, clearance: str) -> list[KnownRecord]:
        """The progress reported for a clearance."""
        ask = partial(_current, kind="clearance_progress", values__clearance_id=clearance)
        return self._once(ask, "progress", clearance)

    def releases_of(self, area: str) -> list[KnownRecord]:
        """The land releases that name a hazardous area."""
        found = _current(kind="land_release", values__cha_ids__contains=area)
        return [r for r in found if area in str(r.values.get("cha_ids") or "").split()]

    def area_state(self, local_id: str, on: dt.date) -> KnownState | None:
        """Where an area stood on a day; of somebody else's area no more than the public state."""
        ask = partial(state_known, local_id, on, self.report.organisation_id)
        return self._once(ask, "area_state", local_id, on)

    def cleared_under(self, view: ReportView) -> list[tuple[str, float]]:
        """Releases of other records under the report's outline, with the m² in common."""
        area = outline(view)
        if area is None or not geometry.on_globe(area.representative_point()):
            return []
        under = Version.objects.filter(
            kind="land_release",
            known_to=None,
            true_to=None,
            outline__intersects=GEOSGeometry(area.wkb_hex, srid=4326),
        ).exclude(record__local_id=view.record_id)
        found = []
        for local_id, organisation, shape in under.values_list(
            "record__local_id", "organisation_id", "outline"
        )[:LIKE]:
            common = geometry.overlap_m2(area, from_wkb(bytes(shape.wkb))) if shape else 0.0
            is_own = organisation == self.report.organisation_id
            found.append((local_id if is_own else HIDDEN, common))
        return found

    def areas_under(self, view: ReportView) -> list[tuple[str, Any]]:
        """Areas of other records under the report's outline, with the common ground."""
        area = outline(view)
        if area is None or not geometry.on_globe(area):
            return []
        own = Scope(organisation_ids=frozenset({self.report.organisation_id}))
        near = neighbours_of(area, own, kinds=("hazardous_area",), without=view.record_id)
        pieces = ((n.local_id, common_ground(area, n.outline)) for n in near if n.common_m2)
        return [(local_id, piece) for local_id, piece in pieces if piece.area][:LIKE]

    def reports_like(self, view: ReportView) -> list[LikeReport]:
        """Live reports of the same form, organisation, day and commune about other records."""
        commune = str(view.answers.get("commune") or "")
        if view.date_of_information is None or not commune:
            return []
        found = (
            Report.objects.filter(
                form=view.form,
                date_of_information=view.date_of_information,
                organisation_id=self.report.organisation_id,
                commune_code=commune,
                state__in=LIVE,
            )
            .exclude(pk=self.report.pk)
            .exclude(record_local_id__in=spellings(view.record_id))
        )
        return likes_of(list(found.order_by("-pk")[:LIKE]), view.form)

    def years_to(self, sealed: Any, on: dt.date) -> int | None:
        """Whole years from a date of birth to a day. Opening it is audited like any reading."""
        born = sealed
        if is_sealed(sealed):
            ref = str(sealed["person"])
            born = persons_read([ref], by=SYSTEM, why="check").get(ref)
            born = born.get(sealed.get("field")) if isinstance(born, dict) else born
        try:
            day = born if isinstance(born, dt.date) else dt.date.fromisoformat(str(born))
        except ValueError:
            return None
        return on.year - day.year - ((on.month, on.day) < (day.month, day.day))

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
        return self.in_force.thresholds[name]

    def severity(self, rule: str, form: str) -> str | None:
        """What the database unit gave the rule on that form."""
        return self.in_force.severity(rule, form)

    @property
    def in_force(self) -> InForce:
        """The settings this check is made under."""
        return self._once(settings_in_force, "settings")

    def _ref(self, unit: AdminUnit | None) -> CommuneRef | None:
        if unit is None:
            return None
        parent = self._once(lambda: unit.parent, "unit", unit.parent_id)
        name = parent.name_vi if parent else ""
        return CommuneRef(unit.code, unit.full_name, name, unit.is_approximate)


def _current(**which: Any) -> list[KnownRecord]:
    """Records by what holds of them now."""
    found = Version.objects.filter(known_to=None, true_to=None, **which).order_by("record_id")
    return [
        KnownRecord(local_id, kind, since, values)
        for local_id, kind, since, values in found.values_list(
            "record__local_id", "kind", "true_from", "values"
        )
    ]


def likes_of(reports: list[Report], form: str) -> list[LikeReport]:
    """Where each report was and which team sent it, from the payloads that count, in one read."""
    expected = FORMS[form]
    newest = {(r.pk, r.revision): r for r in reports}
    payloads = Payload.objects.filter(report__in=[r.pk for r in reports])
    found = []
    for report_id, revision, answers in payloads.values_list("report_id", "revision", "answers"):
        report = newest.get((report_id, revision))
        if report is None:
            continue
        values, at = answers.get("values", {}), answers.get("points", {}).get(expected.point)
        found.append(
            LikeReport(
                receipt=report.receipt,
                record_id=report.record_local_id,
                team=str(values.get(expected.team) or ""),
                village=str(values.get("village") or ""),
                at=Point(at[0], at[1]) if isinstance(at, list) else None,
            )
        )
    return found

"""One record: what is known of it, from whom, since when; and its whole life."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has, scope_for
from datlanh.hazards.rules import public_status
from datlanh.hazards.selectors.sources import AREA, RELEASE
from datlanh.hazards.workflow import CAUSE_KINDS
from datlanh.intake.selectors.area_life import state_then
from datlanh.intake.selectors.causes import reopened_for
from datlanh.intake.selectors.consent import persons_reach_record
from datlanh.intake.selectors.life import LifeLine, record_life
from datlanh.intake.selectors.located import record_features
from datlanh.intake.selectors.people import person_cards, references_of, visits_of
from datlanh.intake.selectors.standing import (
    KINDS,
    decisions_about,
    reports_bound,
    reports_waiting,
)
from datlanh.intake.selectors.tables import record_tables
from datlanh.intake.selectors.values import names_of, record_facts, version_of, versions_of
from datlanh.kernel import clock
from datlanh.kernel.text import Text
from datlanh.organisations.models import Organisation
from datlanh.places import selectors as places
from datlanh.places.models import AdminUnit, Level
from datlanh.places.rules import MERGER
from datlanh.places.selectors import strike_years
from datlanh.register.models import Record, Version
from datlanh.register.selectors import AsOf, asof, day_read, known_read
from datlanh.web.areas.around import area_around
from datlanh.web.areas.filters import RELEASE_STATES
from datlanh.web.areas.life import area_life_shown
from datlanh.web.areas.surveyed import area_surveyed
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.links.shown import record_links
from datlanh.web.tools.shown import place_of

CAUSING = {kind for kinds in CAUSE_KINDS.values() for kind in kinds}


@dataclass(frozen=True)
class Where:
    """The commune of today, and what the ground belonged to before 1 July 2025."""

    now: Text | None = None
    code: str = ""
    before: Text | None = None


@opens(Permission.RECORD_READ)
def area(request: StaffRequest, local_id: str) -> HttpResponse:
    """`/areas/<local_id>/?on=&known=`: a hazardous area. 404 outside the scope."""
    listed = (_("Hazardous areas"), reverse("web:areas"))
    return record_shown(request, local_id, AREA, listed=listed)


@opens(Permission.RECORD_READ)
def release(request: StaffRequest, local_id: str) -> HttpResponse:
    """`/releases/<local_id>/?on=&known=`: released land. 404 outside the scope."""
    listed = (_("Released land"), reverse("web:releases"))
    return record_shown(request, local_id, RELEASE, listed=listed)


def moment_of(request: HttpRequest) -> AsOf:
    """The two times an address asks for."""
    return asof(day_read(request.GET.get("on")), known_read(request.GET.get("known")))


def record_shown(
    request: StaffRequest,
    local_id: str,
    kind: str,
    *,
    listed: tuple[Any, str],
    template: str = "web/areas/record.html",
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The page of a record of any kind; `listed` is its list's name and address."""
    who = request.user
    visible = scope_for(who, Permission.RECORD_READ).q("organisation_id")
    record = Record.objects.filter(visible).get(local_id=local_id, kind=kind)
    moment = moment_of(request)
    persons = "persons" in request.GET
    bound = reports_bound(record, moment.known)
    versions = list(versions_of(record, moment.known))
    version = version_of(record, moment.on, moment.known)
    visits = visits_of(bound, moment.on)
    names = names_of(record, versions, who, persons=persons, more=references_of(visits))
    past = [v for v in versions if v.true_from <= moment.on]
    is_area = kind == AREA
    features = record_features(version, moment.known, is_area=kind != RELEASE) if version else None
    where = where_of(version) if version else Where()
    context = {
        "record": record,
        "is_area": is_area,
        "version": version,
        "may_report": not moment.is_past and has(who, Permission.REPORT_CREATE),
        "asof": moment,
        "crumbs": _crumbs(record, where, listed),
        "where": where,
        "status": public_status(state_then(record, version, moment)) if version else "",
        "state": RELEASE_STATES.get(version.values.get("reported_status")) if version else None,
        "organisation": Organisation.objects.get(pk=record.organisation_id),
        "sections": record_facts(version, bound, names) if version else [],
        "tables": record_tables(version, bound, moment.known) if version else [],
        "life": _life(record_life(record, past, bound, names, moment.known), moment),
        "bound": list(bound.values())[::-1],
        "waiting": [] if moment.is_past else reports_waiting(record, who),
        "decisions": [
            (d, KINDS.get(d.kind), bound.get(d.report_id or 0))
            for d in decisions_about(record, bound, moment.known)
        ],
        "features": features,
        "roles": {f["properties"]["role"] for f in features["features"]} if features else set(),
        "basemap": reverse("api:basemap"),
        **_rights(who, record),
        "people": person_cards(visits, names),
        "place": place_of(version),
        "persons": persons,
        "reopened_for": reopened_for(record, who) if kind in CAUSING else [],
        **record_links(record, who, moment, counts=version is not None),
        **(_of_area(record, version, moment, request, features) if is_area else {}),
        **(more or {}),
    }
    return render(request, template, context)


def _life(lines: Iterable[LifeLine], moment: AsOf) -> list[LifeLine]:
    """The lines of a record's life that were true by then."""
    return [line for line in lines if line.true_since <= moment.on]


def _rights(who: User, record: Record) -> dict[str, Any]:
    return {
        "report_scope": scope_for(who, Permission.REPORT_READ),  # a record has others' reports too
        "named": {},  # ids that lists of the record name, with their addresses
        "may_see_persons": persons_reach_record(who, record),
        "may_erase_persons": has(who, Permission.PERSON_ERASE, record.organisation_id),
    }


def _of_area(
    record: Record,
    version: Version | None,
    moment: AsOf,
    request: StaffRequest,
    features: dict[str, Any] | None,
) -> dict[str, Any]:
    """What only an area's page has; what lies around is put beneath what is its own."""
    around = area_around(record, version, moment, request)
    surveyed = area_surveyed(record, version, moment, request.user)
    if features:
        features["features"][:0] = [*surveyed.get("boxes", ()), *around["around"]]
    return {
        **area_life_shown(record, version, moment, request),
        **around,
        **surveyed,
        "strike_years": strike_years(),
        "strikes_tiles": reverse("api:strikes", args=(0, 0, 0)).replace("0/0/0", "{z}/{x}/{y}"),
    }


def where_of(version: Version) -> Where:
    """Where the record lies: named as today, with the old names where they are known.

    As the projection does it: the commune as named, else the one around its position.
    """
    unit = _named(version)
    today = places.current_of(unit) if unit else _around(version)
    if today is None:
        return Where()
    old = unit if unit is not None and not unit.is_current else _before(version)
    before = None
    if old is not None:
        district = old.parent if old.parent and old.parent.level == Level.DISTRICT else None
        parts = [u for u in (old, district) if u is not None]
        before = Text(
            ", ".join(u.full_name for u in parts), ", ".join(u.full_name_en for u in parts)
        )
    elif district := places.former_district(today):
        before = Text(district.full_name, district.full_name_en)
    return Where(Text(today.full_name, today.full_name_en), today.code, before)


def _named(version: Version) -> AdminUnit | None:
    code = version.values.get("commune_code") or ""
    return places.unit_by_code(code, version.true_from) if code else None


def _point(version: Version) -> Any:
    if version.position is not None:
        return version.position
    return version.outline.point_on_surface if version.outline is not None else None


def _around(version: Version) -> AdminUnit | None:
    point = _point(version)
    return places.commune_at(point, clock.today()) if point is not None else None


def _before(version: Version) -> AdminUnit | None:
    """The unit around the record on the last day of the old map, where it has outlines."""
    point = _point(version)
    return places.commune_at(point, MERGER.replace(month=6, day=30)) if point is not None else None


def _crumbs(record: Record, where: Where, listed: tuple[Any, str]) -> list[tuple[Any, str]]:
    crumbs = [listed]
    if where.now is not None:
        crumbs.append((where.now, f"{listed[1]}?commune={where.code}"))
    crumbs.append((record.local_id, ""))
    return crumbs

"""A small invented province for rules to ask: no database, everything settable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shapely.geometry import Point, Polygon, box

from datlanh.kernel.checks import DEFAULT_SETTINGS
from datlanh.kernel.rules import (
    CommuneRef,
    KnownRecord,
    KnownReport,
    KnownState,
    LikeReport,
    OperatorRef,
    ReportView,
)

TODAY = dt.date(2026, 11, 23)
PROVINCE = box(106.0, 16.0, 108.0, 18.0)
WEST = CommuneRef("19001", "xã Đồi Tây", "44", approximate=False)
EAST = CommuneRef("19002", "xã Bãi Đông", "44", approximate=False)
OPERATOR = OperatorRef("npa", "NPA/RENEW", 600000, 699999)


@dataclass
class FakeFacts:
    """Facts by default of two communes, west and east of 107°E, and one operator."""

    day: dt.date = TODAY
    outlines: Mapping[CommuneRef, Polygon] = field(
        default_factory=lambda: {WEST: box(106, 16, 107, 18), EAST: box(107, 16, 108, 18)}
    )
    operators: tuple[OperatorRef, ...] = (OPERATOR,)
    records: frozenset[str] = frozenset()
    approved: tuple[KnownReport, ...] = ()
    undecided: tuple[KnownReport, ...] = ()
    known: tuple[KnownRecord, ...] = ()  # records with what the register says of them
    like: tuple[LikeReport, ...] = ()
    released: tuple[tuple[str, float], ...] = ()  # older releases underneath, m² in common
    areas: tuple[tuple[str, Any], ...] = ()  # other areas underneath, the common ground
    states: tuple[tuple[dt.date, KnownState], ...] = ()  # from which day an area stands where
    severities: Mapping[tuple[str, str], str] = field(default_factory=dict)
    catalogue: frozenset[str] = frozenset({"blu_26", "m79_40mm"})
    exceptions: frozenset[tuple[str, str]] = frozenset()
    settings: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_SETTINGS))

    def today(self) -> dt.date:
        return self.day

    def province_code(self) -> str:
        return "409"

    def operator(self, key: str) -> OperatorRef | None:
        return next((o for o in self.operators if o.key == key), None)

    def commune(self, code: str, on: dt.date | None) -> CommuneRef | None:
        return next((c for c in self.outlines if c.code == code), None)

    def commune_at(self, point: Point, on: dt.date | None) -> CommuneRef | None:
        return next((c for c, outline in self.outlines.items() if outline.covers(point)), None)

    def in_province(self, point: Point) -> bool:
        return bool(PROVINCE.covers(point))

    def record_exists(self, local_id: str) -> bool:
        return local_id in self.records or self.record_of(local_id) is not None

    def record_of(self, local_id: str) -> KnownRecord | None:
        return next((r for r in self.known if r.local_id == local_id), None)

    def children_of(self, local_id: str) -> list[KnownRecord]:
        start = f"VIC-{local_id.partition('-')[2]}-"
        return [r for r in self.known if r.local_id.startswith(start)]

    def progress_of(self, clearance: str) -> list[KnownRecord]:
        return [r for r in self.known if r.values.get("clearance_id") == clearance]

    def releases_of(self, area: str) -> list[KnownRecord]:
        named = (r for r in self.known if r.kind == "land_release")
        return [r for r in named if area in str(r.values.get("cha_ids") or "").split()]

    def area_state(self, local_id: str, on: dt.date) -> KnownState | None:
        since = [d for d, known in self.states if d <= on and known.local_id == local_id]
        found = [k for d, k in self.states if since and d == max(since) and k.local_id == local_id]
        return found[0] if found else None

    def cleared_under(self, view: ReportView) -> list[tuple[str, float]]:
        return list(self.released)

    def areas_under(self, view: ReportView) -> list[tuple[str, Any]]:
        return list(self.areas)

    def reports_like(self, view: ReportView) -> list[LikeReport]:
        return list(self.like)

    def years_to(self, sealed: Any, on: dt.date) -> int | None:
        if not isinstance(sealed, dt.date):
            return None
        return on.year - sealed.year - ((on.month, on.day) < (sealed.month, sealed.day))

    def approved_reports(self, local_id: str) -> list[KnownReport]:
        return list(self.approved)

    def same_instance_elsewhere(self, report_id: str) -> list[KnownReport]:
        return list(self.undecided)

    def ordnance_known(self, key: str) -> bool:
        return key in self.catalogue

    def exception_granted(self, report_id: str, rule: str) -> bool:
        return (report_id, rule) in self.exceptions

    def setting(self, name: str) -> float:
        return self.settings[name]

    def severity(self, rule: str, form: str) -> str | None:
        return self.severities.get((rule, form))

"""Steps in the lives of areas, offered beside the report that implies them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datlanh.hazards.models import HazardousArea
from datlanh.hazards.selectors.sources import AREA
from datlanh.intake.claims import claims_of
from datlanh.intake.models import Report
from datlanh.intake.relations import RELATIONS
from datlanh.intake.selectors.heirs import NAMING, unchosen
from datlanh.intake.selectors.implied import Implied, implied_by, step_words
from datlanh.intake.services.approving import said_in
from datlanh.intake.services.dividing import ground_of, outline_in
from datlanh.kernel.division import shares
from datlanh.kernel.mapping import Answers, FormMapping
from datlanh.register.models import Record
from datlanh.web.guards import StaffRequest
from datlanh.web.links.shown import Row

KEYS = "tyuiw"  # tick the first ways; the digits tick links


@dataclass(frozen=True)
class WayRow:
    """A way as a line of the desk: its steps in words, and whether it is ticked."""

    way: Implied
    key: str
    is_ticked: bool

    @property
    def steps(self) -> list[Any]:
        """What is done, what the area becomes, from which day."""
        return step_words(self.way)


def said_of(mapping: FormMapping, answers: Answers) -> dict[str, Any] | None:
    """What a report says of its record, by attribute; None: it is undated."""
    try:
        claims, _ = claims_of(mapping, answers)
    except ValueError:  # it cannot enter the register
        return None
    return said_in(claims)


def desk_ways(
    request: StaffRequest, report: Report, record: Record | None, values: dict[str, Any] | None
) -> dict[str, Any]:
    """What an approval may move at once. A refused attempt keeps what was ticked."""
    if report.state != "verified" or values is None:
        return {"way_rows": []}
    ways = implied_by(report, values, request.user, record)
    ticked = set(request.POST.getlist("life")) if request.method == "POST" else None
    keys = iter(KEYS)
    rows = []
    for way in ways:
        is_ticked = way.is_ticked if ticked is None else way.value in ticked
        key = next(keys, "") if way.refusal is None else ""
        rows.append(WayRow(way, key, is_ticked and way.refusal is None))
    return {"way_rows": rows}


@dataclass(frozen=True)
class PartRow:
    """An area in the place of one that gave way, as a choice: what of the report lies on it."""

    value: str
    heir: Record
    m2: float | None
    is_ticked: bool


def desk_parts(
    request: StaffRequest,
    report: Report,
    link_rows: Sequence[tuple[str, Row, bool]],
    values: dict[str, Any] | None,
) -> dict[str, Any]:
    """Which part is meant, where the report names areas that gave way; no link row says it twice.

    Nothing is ticked beforehand: that is the officer's choice.
    """
    kind = report.form_version.record_kind if report.form_version else ""
    if report.state != "verified" or kind not in NAMING or values is None:
        return {}
    gone = unchosen(kind, values)
    relation = next(r.key for r in RELATIONS if (r.a, r.b) == (kind, AREA))
    sent = set(request.POST.getlist("link")) if request.method == "POST" else set()
    parts, values_of = [], set()
    for one in gone:
        rows = []
        for heir, m2 in zip(one.heirs, _shares(values, one.heirs), strict=True):
            value = f"{relation}:{heir.pk}"
            rows.append(PartRow(value, heir, m2, value in sent))
            values_of.add(value)
        parts.append((one.area, rows))
    kept = [row for row in link_rows if row[0] not in values_of]
    return {"parts_asked": parts, "link_rows": kept} if parts else {}


def _shares(values: Mapping[str, Any], heirs: Sequence[Record]) -> list[float | None]:
    """How much of what the report draws lies on each, m²; None: one of them is not drawn."""
    outline = outline_in(values)
    stand = HazardousArea.objects.in_bulk([h.pk for h in heirs])
    grounds = [ground_of(stand.get(h.pk)) for h in heirs]
    drawn = [g for g in grounds if g is not None]
    if outline is None or not drawn:
        return [None for _ in heirs]
    found = iter(shares(outline, drawn))
    return [None if g is None else next(found) for g in grounds]

"""Steps in the lives of areas, offered beside the report that implies them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from datlanh.intake.models import Report
from datlanh.intake.selectors.implied import Implied, implied_by, step_words
from datlanh.intake.services.dividing import said_by
from datlanh.kernel.errors import DomainError
from datlanh.register.models import Record
from datlanh.web.guards import StaffRequest

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


def desk_ways(request: StaffRequest, report: Report, record: Record | None) -> dict[str, Any]:
    """What an approval may move at once. A refused attempt keeps what was ticked."""
    if report.state != "verified":
        return {"way_rows": []}
    try:
        values = said_by(report)
    except DomainError:  # undated: it cannot enter the register
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

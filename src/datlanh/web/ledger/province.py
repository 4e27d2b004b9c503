"""The province's ledger: by operator, commune or month, compared, and what is left to do."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import Scope, scope_for
from datlanh.hazards.selectors import AreaFilter, ReleaseFilter
from datlanh.kernel.text import Text
from datlanh.register.listing import month_word
from datlanh.register.selectors import AsOf
from datlanh.reporting.selectors import BY, narrowed
from datlanh.reporting.selectors.ledger import (
    AreasCell,
    LedgerFigures,
    LedgerLine,
    MonthLine,
    ReleasesCell,
    figures_ledger,
    ledger_months,
)
from datlanh.reporting.selectors.progress import progress_lines, progress_of, stalled_areas
from datlanh.web.areas.filters import Words, chips_of, choices_of
from datlanh.web.figures.views import Links, figure_tabs, group_switch
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.ledger.compare import before_of, compared
from datlanh.web.ledger.words import APART, DEPTH_LINES, SURFACE, UNDRAWN

SHARED = ("organisations", "communes")
MONTHS = 24  # lines of the table by month
BARS = 24


@dataclass(frozen=True)
class Asked:
    """What an address asks for."""

    by: str
    scope: Scope
    moment: AsOf
    wanted: AreaFilter
    areas: AreaFilter
    releases: ReleaseFilter


def _asked(request: StaffRequest) -> Asked:
    by = request.GET.get("by", "organisation")
    shared = AreaFilter.from_query(request.GET)
    own = {f: getattr(shared, f) for f in SHARED}
    areas = AreaFilter(**own)
    return Asked(
        by=by if by in BY else "organisation",
        scope=scope_for(request.user, Permission.FIGURE_READ),
        moment=shared.asof,
        wanted=replace(areas, as_of=shared.as_of, known=shared.known),
        areas=areas,
        releases=ReleaseFilter(**own),
    )


@opens(Permission.FIGURE_READ)
def ledger(request: StaffRequest) -> HttpResponse:
    """`/figures/ledger/?by=&on=&known=&from_on=&from_known=` and the shared filters."""
    asked = _asked(request)
    group = asked.by if asked.by != "month" else "organisation"
    found = figures_ledger(asked.scope, asked.moment, group, asked.areas, asked.releases)
    months = ledger_months(asked.scope, asked.moment, asked.areas).get(None, [])
    days, stalled = stalled_areas(asked.scope, asked.moment, asked.areas)
    words = Words(request.user, Permission.FIGURE_READ)
    context = {
        "by": asked.by,
        "group": group,
        "switch": group_switch(request, asked.by),
        "tabs": figure_tabs(request),
        "page": "ledger",
        "month_hint": "",
        "asof": asked.moment,
        "wanted": asked.wanted,
        "chips": chips_of(asked.wanted, words, by=asked.by),
        "options": {k: v for k, v in choices_of(asked.areas, words).items() if k in SHARED},
        "words": words,
        "found": found,
        "lines": [_line(line, asked) for line in found.lines],
        "union": _union(found),
        "months": [_month(m) for m in reversed(months[-MONTHS:])] if asked.by == "month" else [],
        "depths": [(word, getattr(found.areas, column)) for word, column in DEPTH_LINES],
        "surface": (SURFACE, found.areas.surface_m2),
        "apart": [(word, getattr(found.areas, column)) for column, word in APART],
        "undrawn": (UNDRAWN, found.areas.undrawn_m2),
        "outlook": progress_of(months, asked.moment),
        "progress": progress_lines(asked.scope, asked.moment, group, asked.areas),
        "bars": _bars(months[-BARS:]),
        "stalled": stalled,
        "stalled_days": days,
        "before": before_of(request),
        "moves": compared(request, asked.scope, asked.moment, asked.areas),
        "csv": f"{reverse('web:ledger_csv')}?{request.GET.urlencode()}",
    }
    return render(request, "web/ledger/province.html", context)


def _line(line: LedgerLine, asked: Asked) -> dict[str, Any]:
    """One group with the lists its numbers open."""
    by = asked.by if asked.by != "month" else "organisation"
    links = Links(asked.moment)
    return {
        "label": line.group.label,
        "areas": line.areas,
        "releases": line.releases,
        "areas_href": links.areas(narrowed(asked.areas, by, line.group.key)),
        "releases_href": links.releases(narrowed(asked.releases, by, line.group.key)),
    }


def _union(found: LedgerFigures) -> dict[str, float]:
    """The province's union as the ledger bar wants it: each square metre once."""
    parts = ("cleared", "reduced", "cancelled", "remaining")
    union = {f"{p}_m2": getattr(found.areas, f"own_{p}_m2") for p in parts}
    return {**union, "unlocated_m2": found.releases.unlocated_m2, "own_m2": found.areas.own_m2}


def _month(line: MonthLine) -> dict[str, Any]:
    return {"word": month_word(line.month), "line": line}


def _bars(months: list[MonthLine]) -> list[dict[str, Any]]:
    """What remained at the end of each month, in the chart's own units (100 high)."""
    most = max([m.remaining_m2 for m in months] + [1.0])
    width = 100 / max(len(months), 1)
    return [
        {
            "x": i * width + width * 0.12,
            "width": width * 0.76,
            "y": 100 - 100 * m.remaining_m2 / most,
            "height": 100 * m.remaining_m2 / most,
            "word": month_word(m.month),
            "remaining_m2": m.remaining_m2,
        }
        for i, m in enumerate(months)
    ]


Pick = Callable[[AreasCell, ReleasesCell], float]
COLUMNS: tuple[tuple[Text, Pick], ...] = (
    (Text("Số khu vực", "Areas"), lambda a, r: a.number),
    (Text("Ban đầu m²", "Initial m²"), lambda a, r: a.initial_m2),
    (Text("Khảo sát lại m²", "Re-survey m²"), lambda a, r: a.resurveyed_m2),
    (Text("Loại bỏ m²", "Cancelled m²"), lambda a, r: a.cancelled_m2),
    (Text("Thu hẹp m²", "Reduced m²"), lambda a, r: a.reduced_m2),
    (Text("Rà phá m²", "Cleared m²"), lambda a, r: a.cleared_m2),
    (Text("Còn lại m²", "Remaining m²"), lambda a, r: a.remaining_m2),
    (Text("Diện tích theo báo cáo m²", "Area as reported m²"), lambda a, r: a.reported_m2),
    (Text("Khu vực, hợp nhất m²", "Areas, union m²"), lambda a, r: a.own_m2),
    (Text("Còn lại, hợp nhất m²", "Remaining, union m²"), lambda a, r: a.own_remaining_m2),
    (Text("Số giải phóng", "Releases"), lambda a, r: r.number),
    (Text("Giải phóng theo báo cáo m²", "Released as reported m²"), lambda a, r: r.stated_m2),
    (Text("Tổng của tổ chức m²", "Operators' sum m²"), lambda a, r: r.net_m2),
    (Text("Hợp nhất của tỉnh m²", "Province's union m²"), lambda a, r: r.credited_m2),
    (Text("Rà mở rộng m²", "Fade-out m²"), lambda a, r: r.fadeout_m2),
    (Text("Ngoài mọi khu vực m²", "Outside any area m²"), lambda a, r: r.elsewhere_m2),
    (Text("Không định vị m²", "Unlocated m²"), lambda a, r: r.unlocated_m2),
)


@opens(Permission.FIGURE_READ)
def ledger_csv(request: StaffRequest) -> HttpResponse:
    """The ledger by operator or commune as a table for spreadsheets, whole square metres."""
    asked = _asked(request)
    group = asked.by if asked.by != "month" else "organisation"
    found = figures_ledger(asked.scope, asked.moment, group, asked.areas, asked.releases)
    language = get_language() or "vi"
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    name = f"ledger-{group}-{asked.moment.on.isoformat()}-{asked.moment.known}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerow([_("Group"), *(word.say(language) for word, _value in COLUMNS)])
    for line in found.lines:
        label = line.group.label.say(language)
        writer.writerow([_safe(label), *_values(line.areas, line.releases)])
    writer.writerow([_("All"), *_values(found.areas, found.releases)])
    return response


def _values(areas: AreasCell, releases: ReleasesCell) -> list[int]:
    return [round(value(areas, releases)) for _word, value in COLUMNS]


def _safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text

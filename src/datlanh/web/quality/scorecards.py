"""The scorecard for the monthly coordination meeting: operators, and the centre too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from datlanh.accounts.permissions import Permission
from datlanh.intake.selectors.clocks import month_read
from datlanh.kernel import clock
from datlanh.kernel.text import NBSP, number
from datlanh.reporting.selectors.scorecard import COUNTED, Line, Score, filter_of, scorecard
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.quality.clocks import list_of, months_offered
from datlanh.web.reports.filters import language

WIDTH, HEIGHT = 300, 92
LEFT, RIGHT, TOP, BOTTOM = 14, 286, 20, 74


@dataclass(frozen=True)
class Mark:
    """One month of a trend; `word` is empty where nothing was received."""

    x: float
    y: float
    month: dt.date
    word: str
    is_told: bool  # its figure stands beside it

    @property
    def is_high(self) -> bool:
        """Whether its figure stands below it, where the scale's own would be in the way."""
        return self.y < TOP + 12


@dataclass(frozen=True)
class Trend:
    """Twelve months of one measure as a small drawing, and as words."""

    title: str
    top: str  # what the highest line stands for
    marks: list[Mark]
    paths: list[str]  # one for each run of months without a gap

    @property
    def words(self) -> str:
        """The drawing for those who do not see it."""
        return "; ".join(f"{m.month:%m/%Y}: {m.word or '–'}" for m in self.marks)


@opens(Permission.REPORT_READ)
def card(request: StaffRequest) -> HttpResponse:
    """`/quality/scorecard/`: a month by operator; twelve months of one of them or of all."""
    month = month_read(request.GET.get("month", ""))
    found = scorecard(request.user, month)
    key = request.GET.get("organisation", "")
    chosen = next(
        (li for li in found.lines if li.organisation and li.organisation.key == key), None
    )
    if chosen is None and len(found.lines) == 1:
        chosen = found.lines[0]
    lines = [*found.lines, *([found.total] if len(found.lines) != 1 else [])]
    shown = chosen or found.total
    context = {
        "month": month,
        "months": months_offered(),
        "rows": [(li, li.score, _links(li, li.score)) for li in lines],
        "chosen": shown,
        "trends": _trends(shown),
        "year": [(s, _links(shown, s)) for s in reversed(shown.scores)],
        "today": clock.today(),
    }
    return render(request, "web/quality/scorecard.html", context)


def _links(line: Line, score: Score) -> dict[str, str]:
    """The list behind each count that is not nothing."""
    key = line.organisation.key if line.organisation else ""
    return {
        measure: list_of(filter_of(measure, key, score.month))
        for measure in COUNTED
        if score.counts.get(measure)
    }


def _trends(line: Line) -> list[Trend]:
    return [
        _drawn(_("Complete at first check"), line, lambda s: s.complete, share=True),
        _drawn(_("In time"), line, lambda s: s.in_time, share=True),
        _drawn(_("Returned"), line, lambda s: s.returned, share=True),
        _drawn(_("Findings per report"), line, lambda s: s.per_report),
        _drawn(_("Days from receipt to decision"), line, lambda s: s.days),
    ]


def _drawn(
    title: str, line: Line, value: Callable[[Score], float | None], *, share: bool = False
) -> Trend:
    values = [value(s) for s in line.scores]
    known = [v for v in values if v is not None]
    # Shares keep one scale, so that two drawings compare; others reach to their own highest.
    top = 1.0 if share else max([*known, 1.0])
    step = (RIGHT - LEFT) / (len(values) - 1)
    told = {next((i for i, v in reversed(list(enumerate(values))) if v is not None), -1)}
    told.add(next((i for i, v in enumerate(values) if v is not None), -1))
    marks, runs = [], [""]
    for i, (score, v) in enumerate(zip(line.scores, values, strict=True)):
        x = LEFT + i * step
        y = BOTTOM - (v or 0) / top * (BOTTOM - TOP)
        marks.append(Mark(round(x, 1), round(y, 1), score.month, _word(v, share), i in told))
        if v is None:
            runs.append("")
        else:
            runs[-1] += f"{'L' if runs[-1] else 'M'}{x:.1f} {y:.1f}"
    return Trend(title, _word(top, share), marks, [r for r in runs if "L" in r])


def _word(value: float | None, share: bool) -> str:
    if value is None:
        return ""
    if share:
        return f"{number(value * 100, language(), 0)}{NBSP}%"
    return number(value, language(), 1)

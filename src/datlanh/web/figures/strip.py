"""The figures in brief, for the first page."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.hazards.models import PublicStatus
from datlanh.hazards.selectors import AreaFilter, ReleaseFilter
from datlanh.register.selectors import AsOf, asof
from datlanh.reporting.selectors import AreaFigures, figures_areas, figures_released
from datlanh.reporting.selectors.groups import months_until
from datlanh.web.figures.views import Links

MONTHS = 12
HEIGHT, WIDTH, STEP = 150, 420, 34


@dataclass(frozen=True)
class Bar:
    """One month of the chart, in the chart's own units."""

    month: str
    word: str
    cleared_m2: float
    x: float
    y: float
    height: float
    href: str


@dataclass(frozen=True)
class Strip:
    """What `web/figures/_strip.html` shows; `moment` is its as-of."""

    moment: AsOf
    areas: AreaFigures
    states: list[tuple[str, int, float, str]]  # state, number, m², address
    bars: list[Bar]
    released_m2: float  # completed, of the twelve months, as reported
    href: str


def figures_strip(user: User) -> Strip | None:
    """Areas by state and a year of released land; None for who may not read figures."""
    scope = scope_for(user, Permission.FIGURE_READ)
    if scope.nothing:
        return None
    moment = asof()
    links = Links(moment)
    found = figures_areas(scope, moment, "organisation")
    released = figures_released(scope, moment, "month")
    by_month = {line.group.key: line.cells["completed"].cleared_m2 for line in released.lines}
    months = months_until(moment.on, MONTHS)
    most = max([by_month.get(m, 0.0) for m in months] + [1.0])
    bars = []
    for i, month in enumerate(months):
        area = by_month.get(month, 0.0)
        height = round(area / most * (HEIGHT - 30), 1)
        own = ReleaseFilter(month=month, state=("completed",))
        bars.append(
            Bar(
                month=month,
                word=month[5:].lstrip("0"),
                cleared_m2=area,
                x=float(i * STEP + 8),
                y=HEIGHT - 16 - height,
                height=height,
                href=links.releases(own) if area else "",
            )
        )
    states = [
        (s, found.totals[s].number, found.totals[s].area_m2, links.areas(AreaFilter(status=(s,))))
        for s in PublicStatus.values
    ]
    return Strip(
        moment, found, states, bars, sum(b.cleared_m2 for b in bars), reverse("web:statistics")
    )

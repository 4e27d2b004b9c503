"""Reports that agree and disagree with the state the register has of their area."""

from __future__ import annotations

import datetime as dt

from datlanh.kernel.rules import KnownState, Severity
from datlanh.kernel.text import Text
from support.facts import FakeFacts
from support.rule_cases import Case, fails, passes
from support.views import cha, progress, release

INFO, WARN = Severity.INFO, Severity.WARN
RULE, AREA = "area_state_differs", "HAZ-409-600001"
SPRING = dt.date(2026, 3, 1)
ENDED = dt.date(2026, 10, 1)  # the day of the release


def since(
    on: dt.date, state: str, *leads: str, by_steps: bool = True
) -> tuple[dt.date, KnownState]:
    return on, KnownState(AREA, state, Text(state, state), frozenset(leads), by_steps)


def area(*states: tuple[dt.date, KnownState]) -> FakeFacts:
    return FakeFacts(states=states)


TASKED = area(since(SPRING, "tasked", "ongoing", "suspended", "completed"))
ONGOING = area(since(SPRING, "ongoing", "suspended", "completed"))
CLOSED = area(since(SPRING, "closed"))

LIFE_CASES: tuple[Case, ...] = (
    passes(RULE, cha()),  # nothing is known of it
    passes(RULE, cha(status="open"), TASKED),
    fails(RULE, cha(status="open"), WARN, facts=ONGOING, says="not worked on yet"),
    passes(RULE, cha(status="worked_on"), ONGOING),
    fails(RULE, cha(status="worked_on"), INFO, facts=TASKED, says="tasked"),
    fails(RULE, cha(status="suspended"), INFO, facts=ONGOING),
    fails(RULE, cha(status="closed"), INFO, facts=ONGOING, says="cleared"),
    fails(RULE, cha(status="closed"), WARN, facts=area(since(SPRING, "split"))),
    passes(RULE, cha(status="closed"), area(since(SPRING, "inspected"))),
    passes(RULE, cha(status="closed"), CLOSED),
    # No step was taken: the area follows its reports.
    passes(RULE, cha(status="closed"), area(since(SPRING, "cha", by_steps=False))),
    passes(RULE, release(cha_ids=AREA), ONGOING),
    fails(RULE, release(cha_ids=AREA), INFO, facts=TASKED),
    fails(RULE, release(cha_ids=AREA), WARN, facts=CLOSED, says="closed"),
    fails(RULE, release(cha_ids=f"HAZ-409-699999, {AREA}", status="suspended"), WARN, facts=CLOSED),
    # What stood the day before counts: the step is of the report's very day.
    passes(RULE, release(cha_ids=AREA), area(since(SPRING, "ongoing"), since(ENDED, "inspected"))),
    fails(
        RULE,
        release(cha_ids=AREA),
        WARN,
        facts=area(since(SPRING, "ongoing"), since(ENDED - dt.timedelta(1), "inspected")),
    ),
    passes(RULE, progress(), ONGOING),
    fails(RULE, progress(), INFO, facts=TASKED, says="being worked on"),
    fails(RULE, progress(), WARN, facts=area(since(SPRING, "split"))),
    passes(RULE, progress(date_of_information=None), CLOSED),
)

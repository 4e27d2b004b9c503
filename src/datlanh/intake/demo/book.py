"""What every story of the year shares: the desk, the land, the ids, and which areas stand."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from random import Random

from shapely.geometry import Polygon

from datlanh.intake.demo.answers import Area, Task
from datlanh.intake.demo.desk import Desk
from datlanh.intake.demo.finds import Finds
from datlanh.intake.demo.ground import Ground
from datlanh.intake.demo.people import Operator
from datlanh.kernel import clock
from datlanh.kernel.ids import RecordId
from datlanh.organisations.rules import PROVINCE_CODE
from datlanh.register.models import Record


@dataclass
class Book:
    """Handed from story to story. `standing` are approved areas nobody works on yet."""

    seed: int
    now: dt.datetime
    start: dt.date
    operators: tuple[Operator, ...]
    desk: Desk
    ground: Ground
    finds: Finds
    standing: list[tuple[Area, Record]] = field(default_factory=list)
    astray: list[str] = field(default_factory=list)  # clearances whose months do not add up
    numbers: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    @property
    def end(self) -> dt.date:
        """The last day of the year: today."""
        return clock.local_date(self.now)

    def rng(self, name: str) -> Random:
        """A die of its own for each story, so that one story does not change another."""
        return Random(f"{self.seed} {name}")  # noqa: S311 - nothing here is secret

    def operator(self, rng: Random, work: str = "land") -> Operator:
        """An operator by its share of that kind of work."""
        able = [o for o in self.operators if work in o.shares]
        return rng.choices(able, [o.shares[work] for o in able])[0]

    def organisation(self, key: str) -> Operator:
        """One operator by its key."""
        return next(o for o in self.operators if o.key == key)

    def new_id(self, prefix: str, operator: Operator) -> tuple[str, int]:
        """The operator's next id of that prefix, and how many it has had."""
        self.numbers[prefix, operator.key] += 1
        count = self.numbers[prefix, operator.key]
        return str(RecordId(prefix, PROVINCE_CODE, operator.first + count)), count

    def new_area(self, rng: Random, size: float, survey: dt.date) -> Area:
        """A new area of about `size` m²."""
        operator = self.operator(rng)
        local_id, count = self.new_id("HAZ", operator)
        team = rng.choice(operator.survey_teams)
        return Area(local_id, operator, self.ground.plot(size), survey, team, f"TS-{count:04d}")

    def new_task(
        self, rng: Random, area: Area, ground: Polygon, ended: dt.date, prefix: str = "HR-CLC"
    ) -> Task:
        """A new piece of land to release on `area`."""
        local_id, count = self.new_id(prefix, area.operator)
        team = rng.choice(area.operator.clearance_teams)
        return Task(local_id, area, ground, ended, team, f"BAC-{prefix[-3:]}-{count:04d}")

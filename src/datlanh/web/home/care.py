"""For who administers: is what we have safe? Read from the audit trail and the heads outside."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from datlanh.audit import heads
from datlanh.audit.models import Event
from datlanh.audit.sealing import heads_folder
from datlanh.audit.selectors import Sealing, event_newest, sealing_now
from datlanh.kernel import clock

# Days until each is overdue: nightly ones may miss one night, the Friday copy a day.
NIGHTLY_DAYS, COPY_DAYS = 2, 8
# Sealing is every second; a minute behind, and the worker does not run.
WAITS_TOO_LONG = dt.timedelta(minutes=1)
PROBLEMS = 3


@dataclass(frozen=True)
class Aged:
    """Something that has to be done again and again. `at` None: never yet."""

    at: dt.datetime | None
    is_overdue: bool
    facts: dict[str, object]


@dataclass(frozen=True)
class Care:
    """What a home page says about it."""

    backup: Aged
    copy: Aged
    drill: Aged
    drill_failed: bool
    problems: list[str]
    sealing: Sealing
    sealing_stands: bool
    headed: int

    @property
    def is_well(self) -> bool:
        """Whether nothing needs anybody."""
        late = self.backup.is_overdue or self.copy.is_overdue or self.drill.is_overdue
        return not (late or self.drill_failed or self.sealing_stands)


def care_now() -> Care:
    """Backups, the Friday copy, the restore drill, the seals."""
    drill = event_newest("drill.pass", "drill.fail")
    sealing, head = sealing_now(), heads.newest(heads_folder())
    since = sealing.waiting_since
    found = (drill.after or {}).get("problems", []) if drill else []
    return Care(
        backup=_aged(event_newest("backup.make", "wal.base"), NIGHTLY_DAYS),
        copy=_aged(event_newest("backup.copy"), COPY_DAYS),
        drill=_aged(drill, NIGHTLY_DAYS),
        drill_failed=drill is not None and drill.action == "drill.fail",
        problems=[str(problem) for problem in found[:PROBLEMS]],
        sealing=sealing,
        sealing_stands=since is not None and clock.now() - since > WAITS_TOO_LONG,
        headed=head.number if head else 0,
    )


def _aged(event: Event | None, days: int) -> Aged:
    if event is None:
        return Aged(None, True, {})
    late = clock.now() - event.at > dt.timedelta(days=days)
    return Aged(event.at, late, event.after or {})

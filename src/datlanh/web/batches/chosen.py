"""The reports chosen for a batch, apart by what may be done with each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from datlanh.accounts.models import User
from datlanh.intake.batching import STEP, restated_by, seen_in_batch
from datlanh.intake.models import Report
from datlanh.intake.selectors.batches import proposed_among
from datlanh.intake.selectors.reports import clocks_told, reports_by_id
from datlanh.intake.services.moves import step_of
from datlanh.intake.workflow import REVIEW
from datlanh.kernel.text import Text
from datlanh.web.review.steps import SOME_NOTE, WAITING


@dataclass(frozen=True)
class Candidate:
    """A chosen report: `refusal` when it cannot be proposed, `correction` when it has one."""

    report: Report
    seen: str
    refusal: Text | None = None
    correction: Report | None = None

    @property
    def value(self) -> str:
        """What a form sends back for it."""
        return f"{self.report.receipt}|{self.seen}"


@dataclass(frozen=True)
class Candidates:
    """What was chosen, apart: free to go, to be looked at one by one, and not possible."""

    free: list[Candidate]
    corrected: list[Candidate]
    closed: list[Candidate]

    @property
    def anything(self) -> bool:
        """Whether there is something to propose."""
        return bool(self.free or self.corrected)


def candidates(who: User, reports: Sequence[Report]) -> Candidates:
    """Each chosen report with what speaks for looking at it alone, or against proposing it."""
    restated = restated_by(reports)
    corrections = reports_by_id(restated.values())
    waiting = proposed_among(reports)
    clocks_told(reports)
    found = Candidates([], [], [])
    for report in reports:
        trial = replace(step_of(report, who, SOME_NOTE), second_id=-1)
        refusal = REVIEW.refusal(STEP, report, report.state, trial)
        if refusal is None and report.pk in waiting:
            refusal = WAITING
        correction = corrections.get(restated.get(report.pk, 0))
        one = Candidate(report, seen_in_batch(report), refusal, correction)
        into = found.closed if refusal else found.corrected if correction else found.free
        into.append(one)
    return found

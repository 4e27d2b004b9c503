"""What a person may do with a report, and where not: why not."""

from __future__ import annotations

from dataclasses import dataclass, replace

from datlanh.accounts.models import User
from datlanh.accounts.scope import has
from datlanh.intake.models import Proposal, Report
from datlanh.intake.services.moves import step_of
from datlanh.intake.workflow import DECIDES, REVIEW
from datlanh.kernel.text import Text

DECISIONS = ("approve", "return", "refuse", "withdraw", "revoke")
SOME_NOTE = "…"  # the reason is asked for when the step is taken


@dataclass(frozen=True)
class Offer:
    """One step as a button: `refusal` None means it may be taken."""

    name: str
    label: Text
    refusal: Text | None
    two_persons: bool

    @property
    def is_open(self) -> bool:
        """Whether it may be taken."""
        return self.refusal is None


@dataclass(frozen=True)
class Steps:
    """The steps of one report for one person, by name; and an open proposal's answer."""

    offers: dict[str, Offer]
    confirm_refusal: Text | None = None
    may_confirm: bool = False

    @property
    def closed(self) -> list[Offer]:
        """Those that are shown shut, with their reason."""
        return [o for o in self.offers.values() if not o.is_open]


OWN_PROPOSAL = Text(
    "Đề nghị của chính bạn đang chờ người thứ hai xác nhận.",
    "Your own proposal waits for a second person.",
)
WAITING = Text(
    "Đang có một đề nghị chờ người thứ hai.", "A proposal is waiting for a second person."
)


def steps_for(report: Report, who: User, proposal: Proposal | None) -> Steps:
    """The decisions that leave the report's state and that `who` has the permission for."""
    trial = replace(step_of(report, who, SOME_NOTE), second_id=-1)
    offers = {}
    for transition in REVIEW.leaving(report.state):
        if transition.name not in DECISIONS:
            continue
        if not has(who, transition.permission, report.organisation_id):
            continue
        refusal = REVIEW.refusal(transition.name, report, report.state, trial)
        if refusal is None and proposal is not None and transition.two_persons:
            refusal = WAITING
        offers[transition.name] = Offer(
            transition.name, transition.label, refusal, transition.two_persons
        )
    if proposal is None:
        return Steps(offers)
    may = has(who, REVIEW[proposal.step].permission, report.organisation_id)
    refusal = OWN_PROPOSAL if proposal.by_id == who.pk else None
    if refusal is None:
        step = step_of(report, who, SOME_NOTE)
        refusal = next((text for guard in DECIDES if (text := guard(report, step))), None)
    return Steps(offers, confirm_refusal=refusal, may_confirm=may)

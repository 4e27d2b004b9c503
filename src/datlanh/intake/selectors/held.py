"""What phones that are shut out have sent, for who decides about it."""

from __future__ import annotations

from django.db.models import QuerySet

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.intake.models import Held
from datlanh.intake.workflow import HOLDING, Step
from datlanh.kernel.text import Text


def held_of(who: User) -> QuerySet[Held]:
    """Held submissions whose reports `who` would approve; those that wait first, oldest first."""
    within = scope_for(who, Permission.REPORT_APPROVE).q()
    found = Held.objects.filter(within)
    return found.select_related("organisation", "author", "device", "decided_by", "report")


def held_waiting(who: User) -> int:
    """How many wait for a decision."""
    return held_of(who).filter(state=HOLDING.initial).count()


def held_refusal(held: Held, who: User) -> Text | None:
    """Why `who` may not decide about it, or None."""
    step = Step(actor_id=who.id, actor_organisation_id=who.organisation_id)
    return HOLDING.refusal("release", held, held.state, step)

"""Reading one's notices."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.notices.kinds import KINDS
from datlanh.notices.models import Address, Mail, Notice, Wish

MANY = 99  # a longer count tells nobody more


def notices_of(who: User, *, shown_only: bool = True) -> QuerySet[Notice]:
    """One's own notices, but for those about data one may no longer see."""
    scope = scope_for(who, Permission.REPORT_READ)
    mine = Notice.objects.filter(user=who)
    if shown_only:
        mine = mine.filter(is_shown=True)
    if scope.everything:  # an empty Q or-ed with another is the other
        return mine
    return mine.filter(Q(organisation_id__isnull=True) | scope.q("organisation_id"))


def notices_unread(who: User) -> int:
    """How many are unread; more than 99 count as 100."""
    return notices_of(who).filter(read_at__isnull=True).values("pk")[: MANY + 1].count()


def addresses_reached() -> QuerySet[Address]:
    """The addresses e-mail goes to."""
    return Address.objects.filter(confirmed_at__isnull=False, refused="", user__is_active=True)


def address_of(who: User) -> Address | None:
    """Where a person wants e-mail."""
    return Address.objects.filter(user=who).first()


def wishes_of(who: User) -> dict[str, tuple[bool, str]]:
    """How a person wants each kind: (on the pages?, off, once or digest)."""
    kept = {w.kind: (w.is_shown, w.mail) for w in Wish.objects.filter(user=who)}
    return {key: kept.get(key, (True, kind.mail)) for key, kind in KINDS.items()}


def mail_stuck(who: User) -> Mail | None:
    """The oldest e-mail to a person that was tried and did not go."""
    stuck = Mail.objects.filter(user=who, sent_at=None, attempts__gt=0)
    return stuck.order_by("pk").first()

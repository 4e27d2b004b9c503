"""Making notices from the sealed trail, reading them, and saying how one wants them."""

from __future__ import annotations

import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Mapping

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from datlanh.accounts.models import User
from datlanh.audit.models import Event
from datlanh.audit.selectors import events_sealed
from datlanh.audit.services import record as audit_record
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError
from datlanh.kernel.text import Text
from datlanh.notices.concerned import RULES, Read, Told, told_of
from datlanh.notices.kinds import DIGEST, KINDS, MAILS, OFF, ONCE
from datlanh.notices.models import Address, Mail, Notice, Position, Wish
from datlanh.notices.selectors import addresses_reached, notices_of

AT_ONCE = 1000
OLD_DAYS = 30  # what happened before is not told any more: after a restore, or to a new page
CODE_HOURS, CODE_TRIES, CODES_A_DAY = 24, 8, 5

NO_ADDRESS = Text("Địa chỉ thư điện tử không đúng.", "This is no e-mail address.")
NO_MAIL = Text("Hệ thống chưa nối với máy chủ thư.", "No mail server is set up here.")
TOO_OFTEN = Text(
    "Đã gửi nhiều mã. Hãy thử lại vào ngày mai.", "Many codes were sent. Try again tomorrow."
)
NO_CHOICE = Text("Lựa chọn không có.", "There is no such choice.")


def notices_make() -> int:
    """Make the notices of everything sealed since; how many there were."""
    made = 0
    while True:
        round_made, is_last = _round()
        made += round_made
        if is_last:
            return made


@transaction.atomic
def _round() -> tuple[int, bool]:
    """One round: notices, their e-mails and the new position are written together, or not.

    So nothing is lost when the process is killed, and nothing is told twice.
    """
    position = Position.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    if position is None:  # somebody else is at it
        return 0, True
    found = events_sealed(position.number, AT_ONCE)
    if not found:
        return 0, True
    since = clock.now() - dt.timedelta(days=OLD_DAYS)
    events = [(n, e) for n, e in found if e.action in RULES and e.at >= since]
    made = _notices(events)
    kept = Notice.objects.bulk_create(made, ignore_conflicts=True)
    position.number = found[-1][0]
    position.save(update_fields=["number"])
    mails_compose(ONCE)
    return len(kept), len(found) < AT_ONCE


def _notices(events: list[tuple[int, Event]]) -> list[Notice]:
    read = Read.of(e for _, e in events)
    told = [(n, e, t) for n, e in events for t in told_of(e, read)]
    users = {u for _, _, t in told for u in t.users}
    active = set(User.objects.filter(pk__in=users, is_active=True).values_list("pk", flat=True))
    wishes = {(w.user_id, w.kind): w for w in Wish.objects.filter(user__in=users)}
    reached = set(addresses_reached().filter(user__in=users).values_list("user_id", flat=True))
    found = []
    for number, event, one in told:
        for user in sorted(active.intersection(one.users)):
            wish = wishes.get((user, one.kind))
            shown, mailing = (wish.is_shown, wish.mail) if wish else (True, KINDS[one.kind].mail)
            if user not in reached:
                mailing = OFF
            if shown or mailing != OFF:
                notice = _notice(number, event, one)
                notice.user_id, notice.is_shown, notice.mailing = user, shown, mailing
                found.append(notice)
    return found


def _notice(number: int, event: Event, one: Told) -> Notice:
    return Notice(
        kind=one.kind,
        key=one.key or f"event:{number}",
        at=event.at,
        label=one.label[:80],
        place=one.place,
        organisation_id=one.organisation_id,
        actor_name="" if event.actor_id is None else event.actor_name,
    )


@transaction.atomic
def mails_compose(mailing: str) -> int:
    """Put what waits for an e-mail into the outbox: one for each person; how many."""
    waiting = Notice.objects.select_for_update(skip_locked=True).filter(mailing=mailing, mail=None)
    mine: dict[int, list[int]] = defaultdict(list)
    for user, pk in waiting.values_list("user_id", "pk"):
        mine[user].append(pk)
    now = clock.now()
    for user, ids in mine.items():
        mail = Mail.objects.create(
            user_id=user, is_digest=mailing == DIGEST, made_at=now, next_at=now
        )
        Notice.objects.filter(pk__in=ids).update(mail=mail)
    return len(mine)


def notice_open(*, id: int, by: User) -> Notice:
    """Mark one's own notice as read. Raises Notice.DoesNotExist: another's, or out of scope."""
    notice = notices_of(by).get(pk=id)
    if notice.read_at is None:
        notice.read_at = clock.now()
        notice.save(update_fields=["read_at"])
    return notice


def notices_read(*, by: User, up_to: int) -> int:
    """Mark one's own notices as read, up to the newest that was seen."""
    unread = Notice.objects.filter(user=by, read_at__isnull=True, pk__lte=up_to)
    return unread.update(read_at=clock.now())


@transaction.atomic
def wishes_set(*, by: User, wanted: Mapping[str, tuple[bool, str]]) -> None:
    """How one wants each kind: (on the pages?, off, once or digest)."""
    before = {w.kind: w for w in Wish.objects.select_for_update().filter(user=by)}
    changed = {}
    for kind, (shown, mail) in wanted.items():
        if kind not in KINDS or mail not in MAILS:
            raise DomainError(NO_CHOICE)
        old = before.get(kind)
        if old is None and (shown, mail) == (True, KINDS[kind].mail):
            continue
        if old is None or (old.is_shown, old.mail) != (shown, mail):
            kept = {"is_shown": shown, "mail": mail}
            Wish.objects.update_or_create(user=by, kind=kind, defaults=kept)
            changed[kind] = kept
    if changed:
        audit_record("notices.wish", by, by=by, after=changed)


@transaction.atomic
def address_set(*, by: User, address: str) -> Address | None:
    """Ask for e-mail to an address, which is sent a code; "" forgets it.

    Raises DomainError: no address, no mail server, or too many codes today.
    """
    wanted = address.strip()
    Address.objects.select_for_update().filter(user=by).delete()
    if not wanted:
        Notice.objects.filter(user=by, mail=None).exclude(mailing=OFF).update(mailing=OFF)
        audit_record("notices.address_forget", by, by=by)
        return None
    if not settings.EMAIL_HOST:
        raise DomainError(NO_MAIL)
    try:
        validate_email(wanted)
    except ValidationError as error:
        raise DomainError(NO_ADDRESS) from error
    day = Mail.objects.filter(user=by, made_at__gte=clock.now() - dt.timedelta(days=1))
    if day.filter(is_digest=False, notices=None).count() >= CODES_A_DAY:
        raise DomainError(TOO_OFTEN)
    code, now = f"{secrets.randbelow(10**6):06d}", clock.now()
    kept = Address.objects.create(
        user=by,
        address=wanted,
        code=make_password(code),
        code_ends_at=now + dt.timedelta(hours=CODE_HOURS),
    )
    Mail.objects.create(user=by, is_digest=False, code=code, made_at=now, next_at=now)
    audit_record("notices.address", by, by=by)
    return kept


@transaction.atomic
def address_confirm(*, by: User, code: str) -> bool:
    """Use the address from now on. False: the code is wrong (which is counted) or too old."""
    kept = Address.objects.select_for_update().filter(user=by, confirmed_at=None).first()
    if kept is None or kept.code_ends_at is None or kept.code_ends_at < clock.now():
        return False
    kept.tries += 1
    if kept.tries > CODE_TRIES or not check_password(code.strip(), kept.code):
        kept.save(update_fields=["tries"])
        return False
    kept.confirmed_at, kept.code, kept.code_ends_at = clock.now(), "", None
    kept.save(update_fields=["confirmed_at", "code", "code_ends_at"])
    audit_record("notices.address_confirm", by, by=by)
    return True

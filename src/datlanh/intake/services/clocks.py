"""What is expected by when, exemptions from it, and reminders: kept for good, each told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db import transaction

from datlanh.accounts.models import Grant, User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import require, scope_for
from datlanh.audit.services import record as audit_record
from datlanh.intake.models import Exemption, Expectation, FormVersion, Reminder, Report
from datlanh.intake.selectors.clocks import due_on, duties, month_end, month_moved
from datlanh.intake.selectors.lateness import exemptions_live, with_due
from datlanh.kernel import clock
from datlanh.kernel.actor import Actor
from datlanh.kernel.errors import DomainError
from datlanh.kernel.text import Text
from datlanh.organisations.models import Organisation

NO_REASON = Text("Hãy ghi lý do.", "Give the reason.")
NO_FORM = Text("Không có mẫu «{form}».", "There is no form “{form}”.")
GIVEN = Text("Tháng đó đã được miễn.", "That month is exempted already.")
NOT_LATER = Text(
    "Hạn mới phải sau hạn đang áp dụng.", "The new due date must be after the one that holds."
)
NOT_TIMED = Text(
    "Chỉ dời hạn của báo cáo bị trả lại hoặc nộp muộn.",
    "Only a returned or a late report has a due date to move.",
)
TAKEN_BACK = Text("Miễn trừ này đã được rút lại.", "This exemption was taken back already.")


@transaction.atomic
def expectation_set(
    *, organisation: str, form: str, is_expected: bool, since: dt.date, note: str, by: User
) -> Expectation:
    """From a month on, expect a form of an organisation, or no longer. Earlier rows stay."""
    require(by, Permission.SETTINGS_MANAGE, None)
    _reasoned(note)
    _known(form)
    kept = Expectation.objects.create(
        organisation=Organisation.objects.get(key=organisation, is_centre=False),
        form=form,
        is_expected=is_expected,
        since_on=since.replace(day=1),
        note=note.strip(),
        by=by,
        at=clock.now(),
    )
    after = {"organisation": organisation, "form": form, "expected": is_expected}
    after["since"] = kept.since_on.isoformat()
    audit_record("expectation.set", kept, by=by, after=after, note=kept.note)
    return kept


@transaction.atomic
def exemption_give(
    *, organisation: str, month: dt.date, form: str, reason: str, by: User
) -> Exemption:
    """Excuse an organisation for a month, for one form or ("") for all of them."""
    require(by, Permission.SETTINGS_MANAGE, None)
    _reasoned(reason)
    if form:
        _known(form)
    # Locked, so that the same month is not exempted twice at one moment.
    found = Organisation.objects.select_for_update().get(key=organisation)
    first = month.replace(day=1)
    if exemptions_live().filter(organisation=found, first_on=first, form=form).exists():
        raise DomainError(GIVEN)
    return _kept(
        Exemption(organisation=found, first_on=first, last_on=month_end(first), form=form),
        reason,
        by,
    )


@transaction.atomic
def due_move(*, receipt: str, until: dt.date, reason: str, by: User) -> Exemption:
    """Give one report until the end of another day. Its own stamps stay as they are."""
    require(by, Permission.SETTINGS_MANAGE, None)
    _reasoned(reason)
    Report.objects.select_for_update().get(receipt=receipt)
    found = with_due(Report.objects.select_related("organisation")).get(receipt=receipt)
    if found.state != "returned" and not found.is_late:
        raise DomainError(NOT_TIMED)
    due_at = clock.local_midnight(until + dt.timedelta(days=1))
    if due_at <= (found.due_now or found.received_at):
        raise DomainError(NOT_LATER)
    return _kept(
        Exemption(organisation=found.organisation, report=found, due_at=due_at), reason, by
    )


@transaction.atomic
def exemption_take_back(*, id: int, reason: str, by: User) -> Exemption:
    """Take back an exemption given by mistake; both rows stay."""
    require(by, Permission.SETTINGS_MANAGE, None)
    _reasoned(reason)
    old = Exemption.objects.select_related("report").get(pk=id, takes_back__isnull=True)
    # What is only ever added to cannot be locked; its organisation can.
    Organisation.objects.select_for_update().get(pk=old.organisation_id)
    if Exemption.objects.filter(takes_back=old).exists():
        raise DomainError(TAKEN_BACK)
    back = Exemption(
        organisation=old.organisation,
        first_on=old.first_on,
        last_on=old.last_on,
        form=old.form,
        report=old.report,
        due_at=old.due_at,
        takes_back=old,
    )
    return _kept(back, reason, by)


def _reasoned(reason: str) -> None:
    if not reason.strip():
        raise DomainError(NO_REASON)


def _known(form: str) -> None:
    if not FormVersion.objects.filter(form=form).exists():
        raise DomainError(NO_FORM, form=form)


def _kept(exemption: Exemption, reason: str, by: User) -> Exemption:
    exemption.reason, exemption.by, exemption.at = reason.strip(), by, clock.now()
    exemption.save(force_insert=True)
    after = {
        "organisation": exemption.organisation.key,
        "month": f"{exemption.first_on:%Y-%m}" if exemption.first_on else None,
        "form": exemption.form,
        "report": exemption.report.receipt if exemption.report else None,
        "due_at": exemption.due_at.isoformat() if exemption.due_at else None,
    }
    action = "exemption.take_back" if exemption.takes_back_id else "exemption.give"
    audit_record(action, exemption, by=by, after=after, note=exemption.reason)
    return exemption


@transaction.atomic
def clocks_remind(*, by: Actor) -> int:
    """Remind information officers of what is due. Twice is once; the number of new reminders."""
    before = Reminder.objects.count()
    made = [*_of_months(), *_of_returned()]
    Reminder.objects.bulk_create(made, ignore_conflicts=True)
    count = Reminder.objects.count() - before
    if count:
        audit_record("clocks.remind", "reminder:", by=by, after={"reminders": count})
    return count


def _of_months() -> Iterator[Reminder]:
    """Of the month that ended last: some days before its due day, on it and after it."""
    today, month = clock.today(), month_moved(clock.today(), -1)
    due, step = due_on(month), Reminder.AFTER
    if today < due - dt.timedelta(days=settings.REMIND_DAYS_BEFORE):
        return
    if today <= due:
        step = Reminder.DUE if today == due else Reminder.BEFORE
    owing = {
        d.organisation.pk: d.organisation
        for d in duties(month, Organisation.objects.all())
        if d.state in ("missing", "waiting")
    }
    for user, organisation in _officers(owing):
        yield Reminder(
            user_id=user,
            organisation_id=organisation,
            subject=f"month:{month:%Y-%m}:{owing[organisation].key}",
            month_on=month,
            step=step,
            due_on=due,
            made_at=clock.now(),
        )


def _of_returned() -> Iterator[Reminder]:
    """Of returned reports: on the day before their last day, and once it has passed.

    A day on which the job did not run is made up for: until the last day is over one is before
    it. Returned again, or given more time, a report is a subject of its own.
    """
    today = clock.today()
    returned = Report.objects.filter(state="returned", due_at__isnull=False)
    waiting = list(with_due(returned).order_by("pk"))
    officers = list(_officers({r.organisation_id for r in waiting}))
    for report in waiting:
        if report.due_now is None:
            continue
        last = clock.local_date(report.due_now - dt.timedelta(microseconds=1))
        if today < last - dt.timedelta(days=1):
            continue
        for user, organisation in officers:
            if organisation == report.organisation_id:
                yield Reminder(
                    user_id=user,
                    organisation_id=organisation,
                    subject=f"report:{report.receipt}:{last.isoformat()}",
                    report=report,
                    step=Reminder.AFTER if today > last else Reminder.BEFORE,
                    due_on=last,
                    made_at=clock.now(),
                )


def _officers(organisations: Iterable[int]) -> Iterable[tuple[int, int]]:
    """Who vouches for an organisation's reports, as (user, organisation)."""
    grants = Grant.objects.filter(
        ended_at__isnull=True,
        organisation__in=list(organisations),
        user__is_active=True,
        role__permissions__contains=[str(Permission.REPORT_VERIFY)],
    )
    pairs = grants.order_by("user_id", "organisation_id").values_list("user_id", "organisation_id")
    return pairs.distinct()


@transaction.atomic
def reminder_dismiss(*, id: int, by: User) -> Reminder:
    """Put one's own reminder away; the next step reminds again. Twice is once."""
    within = scope_for(by, Permission.REPORT_VERIFY).q()
    kept = Reminder.objects.select_for_update().filter(within).get(pk=id, user=by)
    if kept.dismissed_at is None:
        kept.dismissed_at = clock.now()
        kept.save(update_fields=["dismissed_at"])
        audit_record("reminder.dismiss", kept, by=by, after={"subject": kept.subject})
    return kept

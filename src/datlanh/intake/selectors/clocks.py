"""What each organisation is to send by the 10th, what came of it, and reminders.

Source: procedure 2021, 3.3.2 (p. 6): reports of a month by the 10th of the following one.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.intake.models import Exemption, Expectation, Reminder, Report
from datlanh.intake.selectors.lateness import exempted, exemptions_live, overdue
from datlanh.kernel import clock
from datlanh.kernel.text import Text
from datlanh.organisations.models import Organisation

DUE_DAY = 10  # of the following month
LOOKS_BACK = 3  # months whose forms are expected again, unless somebody said otherwise
GONE = ("refused", "withdrawn")  # never counted as sent
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")

STATES = {
    "sent": Text("Đã gửi", "Sent"),
    "waiting": Text("Chưa đến hạn", "Not due yet"),
    "missing": Text("Thiếu, quá hạn", "Missing, overdue"),
    "exempted": Text("Thiếu, được miễn", "Missing, exempted"),
}


def month_read(text: str) -> dt.date:
    """ "2026-10" as its first day; anything else is the month that ended last."""
    if _MONTH.fullmatch(text):
        return dt.date.fromisoformat(f"{text}-01")
    return month_moved(clock.today(), -1)


def month_moved(on: dt.date, months: int) -> dt.date:
    """The first day of the month that many months from the one of `on`."""
    year, month = divmod(12 * on.year + on.month - 1 + months, 12)
    return dt.date(year, month + 1, 1)


def month_end(first: dt.date) -> dt.date:
    """The last day of a month."""
    return month_moved(first, 1) - dt.timedelta(days=1)


def due_on(month: dt.date) -> dt.date:
    """The last day on which a month's reports are in time."""
    return month_moved(month, 1).replace(day=DUE_DAY)


@dataclass(frozen=True)
class Duty:
    """One form that an organisation is expected to send for a month, and what came."""

    organisation: Organisation
    form: str
    month: dt.date
    is_configured: bool  # somebody said so; else it was sent in the months before
    sent: int
    late: int
    late_exempted: int
    exemption: Exemption | None

    @property
    def due_on(self) -> dt.date:
        """Its last day in time."""
        return due_on(self.month)

    @property
    def last_on(self) -> dt.date:
        """The last day of the month it is about."""
        return month_end(self.month)

    @property
    def state(self) -> str:
        """A key of STATES. The last day itself is still in time."""
        if self.sent:
            return "sent"
        if self.exemption:
            return "exempted"
        return "missing" if clock.today() > self.due_on else "waiting"

    @property
    def word(self) -> Text:
        """Its state in words."""
        return STATES[self.state]


def duties(month: dt.date, organisations: Iterable[Organisation]) -> list[Duty]:
    """What those organisations are expected to send for a month, by organisation and form.

    The centre itself owes nothing; an organisation that is no longer active neither.
    """
    asked = {o.pk: o for o in organisations if o.is_active and not o.is_centre}
    said = _said(month, asked)
    usual = _sent(month_moved(month, -LOOKS_BACK), month, asked)
    sent = _sent(month, month_moved(month, 1), asked)
    # What was sent is told, whether it was expected or not.
    wanted = {key for key in {*usual, *said} if said.get(key, True)} | set(sent)
    live = list(exemptions_live().filter(organisation__in=asked, first_on=month).order_by("pk"))
    found = [
        Duty(
            asked[organisation],
            form,
            month,
            (organisation, form) in said,
            *sent.get((organisation, form), (0, 0, 0)),
            next(
                (e for e in live if e.organisation_id == organisation and e.form in ("", form)),
                None,
            ),
        )
        for organisation, form in wanted
    ]
    return sorted(found, key=lambda d: (d.organisation.short_name, d.form))


def duties_of(who: User, month: dt.date, organisation: str = "") -> list[Duty]:
    """The duties of every organisation whose reports `who` may see, or of one of them."""
    seen = Organisation.objects.filter(scope_for(who, Permission.REPORT_READ).q("pk"))
    return duties(month, seen.filter(key=organisation) if organisation else seen)


def _said(month: dt.date, organisations: Iterable[int]) -> dict[tuple[int, str], bool]:
    rows = Expectation.objects.filter(organisation__in=list(organisations), since_on__lte=month)
    newest = rows.order_by("organisation", "form", "-pk").distinct("organisation", "form")
    return {(o, f): e for o, f, e in newest.values_list("organisation", "form", "is_expected")}


def _sent(
    since: dt.date, until: dt.date, organisations: Iterable[int]
) -> dict[tuple[int, str], tuple[int, int, int]]:
    """Reports about the days from `since` to before `until`: all, late, late and exempted."""
    rows = Report.objects.filter(
        organisation__in=list(organisations),
        date_of_information__gte=since,
        date_of_information__lt=until,
    ).exclude(state__in=GONE)
    counted = (
        rows.order_by()
        .values("organisation", "form")
        .annotate(
            sent=Count("pk"),
            late=Count("pk", filter=Q(is_late=True)),
            excused=Count("pk", filter=exempted()),
        )
    )
    return {
        (row["organisation"], row["form"]): (row["sent"], row["late"], row["excused"])
        for row in counted
    }


@dataclass
class Overdue:
    """What one organisation owes: forms of the newest month due, and returned reports."""

    organisation: Organisation
    forms: list[str]
    returned: int = 0


def overdue_by_operator(who: User) -> list[Overdue]:
    """Per organisation within the scope, what is overdue today; the most first."""
    month = month_due()
    found: dict[int, Overdue] = {}
    for duty in duties_of(who, month):
        if duty.state == "missing":
            place = found.setdefault(duty.organisation.pk, Overdue(duty.organisation, []))
            place.forms.append(duty.form)
    late = Report.objects.filter(scope_for(who, Permission.REPORT_READ).q()).filter(overdue())
    counts = dict(late.order_by().values_list("organisation").annotate(n=Count("pk")))
    for organisation in Organisation.objects.filter(pk__in=counts):
        found.setdefault(organisation.pk, Overdue(organisation, [])).returned = counts[
            organisation.pk
        ]
    return sorted(
        found.values(), key=lambda o: (-len(o.forms) - o.returned, o.organisation.short_name)
    )


def month_due() -> dt.date:
    """The newest month whose reports are due by now."""
    last = month_moved(clock.today(), -1)
    return last if clock.today() > due_on(last) else month_moved(last, -1)


def exemptions_of(who: User) -> QuerySet[Exemption]:
    """Exemptions within the scope, newest first, taken back or not."""
    return (
        Exemption.objects.filter(
            scope_for(who, Permission.REPORT_READ).q(), takes_back__isnull=True
        )
        .select_related("organisation", "report", "by", "taken_back", "taken_back__by")
        .order_by("-pk")
    )


def exemptions_of_report(report: Report) -> QuerySet[Exemption]:
    """What excuses this report: its month, or a due date of its own."""
    mine = Q(report=report)
    if on := report.date_of_information:
        mine |= Q(organisation=report.organisation_id, first_on__lte=on, last_on__gte=on) & (
            Q(form="") | Q(form=report.form)
        )
    return exemptions_live().filter(mine).select_related("by").order_by("pk")


def expectations_of(who: User) -> QuerySet[Expectation]:
    """What was said about expected forms within the scope, newest first."""
    return (
        Expectation.objects.filter(scope_for(who, Permission.REPORT_READ).q())
        .select_related("organisation", "by")
        .order_by("-pk")
    )


@dataclass(frozen=True)
class Reminded:
    """A reminder that still holds, with the forms that are missing where it is of a month."""

    reminder: Reminder
    forms: list[str]


def reminders_of(who: User) -> list[Reminded]:
    """What `who` is reminded of now: of each subject the last step, unless dismissed or done."""
    since = clock.now() - dt.timedelta(days=62)
    rows = (
        Reminder.objects.filter(
            scope_for(who, Permission.REPORT_VERIFY).q(), user=who, made_at__gte=since
        )
        .select_related("organisation", "report")
        .order_by("pk")
    )
    last: dict[str, Reminder] = {r.subject: r for r in rows}
    standing = [r for r in last.values() if r.dismissed_at is None]
    missing = _missing(standing)
    returned = Report.objects.filter(
        pk__in=[r.report.pk for r in standing if r.report], state="returned"
    )
    late = set(returned.filter(overdue()).values_list("pk", flat=True))
    open_ones = set(returned.values_list("pk", flat=True))
    told = []
    for reminder in standing:
        forms = missing.get((reminder.organisation_id, reminder.month_on), [])
        if reminder.report is None:
            still = bool(forms)
        else:
            among = late if reminder.step == Reminder.AFTER else open_ones
            still = reminder.report.pk in among
        if still:
            told.append(Reminded(reminder, forms))
    return sorted(told, key=lambda t: (t.reminder.due_on, t.reminder.pk))


def _missing(reminders: Iterable[Reminder]) -> dict[tuple[int, dt.date | None], list[str]]:
    found: dict[tuple[int, dt.date | None], list[str]] = defaultdict(list)
    months: dict[dt.date, list[Organisation]] = defaultdict(list)
    for reminder in reminders:
        if reminder.month_on:
            months[reminder.month_on].append(reminder.organisation)
    for month, organisations in months.items():
        for duty in duties(month, organisations):
            if duty.state in ("missing", "waiting"):
                found[duty.organisation.pk, month].append(duty.form)
    return found

"""What each organisation is expected to send by when, exemptions from it, and reminders."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q

from datlanh.accounts.models import User
from datlanh.intake.models.reports import Report
from datlanh.kernel import clock
from datlanh.organisations.models import Organisation


class Expectation(models.Model):
    """From a month on, an organisation is (not) expected to send a form. Append-only.

    Of the rows that begin by a month the newest holds. Without one the house looks at what the
    organisation sent in the three months before.
    """

    id: int
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    organisation_id: int
    form = models.CharField(max_length=64)
    is_expected = models.BooleanField()
    since_on = models.DateField()  # the first day of its first month
    note = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="intake_expectation_since_a_month", condition=Q(since_on__day=1)
            )
        ]


class Exemption(models.Model):
    """Lateness excused by the database unit, with its reason. Append-only.

    Either a month of an organisation (`form` "" is every form), or another due date for one
    report. The stamp on the report is not touched: an exemption stands beside it. One given by
    mistake is taken back by a later row that names it.
    """

    id: int
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    organisation_id: int
    first_on = models.DateField(null=True)  # the month of information, both ends included
    last_on = models.DateField(null=True)
    form = models.CharField(max_length=64, blank=True)
    report = models.ForeignKey(Report, models.PROTECT, null=True, related_name="exemptions")
    report_id: int | None
    due_at = models.DateTimeField(null=True)  # as `Report.due_at`: the whole last day counts
    takes_back = models.OneToOneField("self", models.PROTECT, null=True, related_name="taken_back")
    takes_back_id: int | None
    reason = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("organisation", "first_on", name="intake_exemption_month")]
        constraints = [
            models.CheckConstraint(
                name="intake_exemption_month_or_report",
                condition=Q(
                    first_on__isnull=False,
                    last_on__isnull=False,
                    report__isnull=True,
                    due_at__isnull=True,
                )
                | Q(
                    first_on__isnull=True,
                    last_on__isnull=True,
                    form="",
                    report__isnull=False,
                    due_at__isnull=False,
                ),
            ),
            models.CheckConstraint(name="intake_exemption_has_reason", condition=~Q(reason="")),
        ]

    @property
    def last_day(self) -> dt.date | None:
        """The last day in time of a report whose due date was moved."""
        return clock.local_date(self.due_at - dt.timedelta(microseconds=1)) if self.due_at else None


class Reminder(models.Model):
    """One person reminded of one thing once for each step: before, on the day, after."""

    BEFORE, DUE, AFTER = "before", "due", "after"
    STEPS = (BEFORE, DUE, AFTER)

    id: int
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    user_id: int
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    organisation_id: int
    subject = models.CharField(max_length=80)  # "month:2026-10:mag", "report:BC-2026-000123:2"
    report = models.ForeignKey(Report, models.PROTECT, null=True, related_name="+")
    month_on = models.DateField(null=True)  # the first day of the month reported
    step = models.CharField(max_length=8, choices=[(s, s) for s in STEPS])
    due_on = models.DateField()  # the last day in time
    made_at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("user", "subject", "step", name="intake_reminder_once"),
            models.CheckConstraint(
                name="intake_reminder_of_month_or_report",
                condition=Q(report__isnull=True, month_on__isnull=False)
                | Q(report__isnull=False, month_on__isnull=True),
            ),
        ]

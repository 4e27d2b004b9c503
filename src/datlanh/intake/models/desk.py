"""The desk: who looks at a report, what is said about it, and queues kept under a name."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datlanh.accounts.models import User
from datlanh.intake.models.reports import Report
from datlanh.organisations.models import Organisation


class Assignment(models.Model):
    """Who looks at a report. It locks nothing: whoever may decide still may."""

    id: int
    report = models.OneToOneField(Report, models.PROTECT, related_name="assignment")
    report_id: int
    to = models.ForeignKey(User, models.PROTECT, related_name="+")
    to_id: int
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    by_id: int
    at = models.DateTimeField()


class Remark(models.Model):
    """One entry in the thread between the centre and the reporting organisation. Append-only."""

    COMMENT, RETURN = "comment", "return"

    id: int
    report = models.ForeignKey(Report, models.PROTECT, related_name="remarks")
    report_id: int
    kind = models.CharField(
        max_length=8, default=COMMENT, choices=[(COMMENT, COMMENT), (RETURN, RETURN)]
    )
    text = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    by_id: int
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="intake_remark_says_something", condition=~Q(text=""))
        ]


class RemarkRead(models.Model):
    """How far a person has read a report's thread."""

    id: int
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    report = models.ForeignKey(Report, models.PROTECT, related_name="+")
    last_id = models.BigIntegerField()  # the newest remark the person saw

    class Meta:
        constraints = [models.UniqueConstraint("user", "report", name="intake_remark_read_once")]


class SavedQueue(models.Model):
    """A queue's filters under a name: one's own, or shared with one's organisation."""

    id: int
    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    owner_id: int
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=300)  # of the address: "stage=decide&findings=clean"
    at = models.DateTimeField()

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint("owner", "name", name="intake_saved_queue_once")]

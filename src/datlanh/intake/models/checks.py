"""What the checks found, of reports and of records, and the settings they were made under."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models import Q

from datlanh.accounts.models import User
from datlanh.intake.models.reports import Report
from datlanh.kernel.rules import Severity
from datlanh.organisations.models import Organisation


class Finding(models.Model):
    """What the last check of a report found."""

    id: int
    report = models.ForeignKey(Report, models.CASCADE, related_name="findings")
    rule = models.CharField(max_length=64)
    severity = models.CharField(max_length=8, choices=[(s.value, s.value) for s in Severity])
    question = models.CharField(max_length=64, blank=True)
    row = models.IntegerField(null=True)
    values = models.JSONField(default=dict)
    at = models.PointField(srid=4326, null=True)

    class Meta:
        ordering = ["id"]


class RecordFinding(models.Model):
    """What the nightly run found about a record of the register, for as long as it lasted.

    `key` tells two findings of one rule apart (the other record, the attribute). One row is
    open at a time; what comes back later is a new row, so that the past stays told.
    """

    id: int
    record_id = models.UUIDField(db_index=True)
    local_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=32)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    organisation_id: int
    commune_code = models.CharField(max_length=12, blank=True)
    rule = models.CharField(max_length=64)
    key = models.CharField(max_length=80, blank=True)
    severity = models.CharField(max_length=8, choices=[(s.value, s.value) for s in Severity])
    values = models.JSONField(default=dict)
    at = models.PointField(srid=4326, null=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index("organisation", "id", name="intake_recordfinding_org"),
            models.Index("rule", "id", name="intake_recordfinding_rule"),
        ]
        constraints = [
            models.UniqueConstraint(
                "record_id",
                "rule",
                "key",
                condition=Q(resolved_at__isnull=True),
                name="intake_recordfinding_one_open",
            )
        ]


class NightlyRun(models.Model):
    """One run of the checks over the whole register."""

    id: int
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    known = models.BigIntegerField()  # the newest decision it looked at
    under = models.BigIntegerField()  # the newest `Setting`
    records = models.IntegerField()
    found = models.IntegerField()
    appeared = models.IntegerField()
    resolved = models.IntegerField()


class Setting(models.Model):
    """One change of a threshold or of a rule's severity by the database unit. Append-only.

    The newest row of a name (and form) is in force; `id` numbers the changes, so that a check
    can say under which settings it was made.
    """

    id: int
    name = models.CharField(max_length=64)  # a threshold, or a rule
    form = models.CharField(max_length=48, blank=True)  # of a rule; "" is every form it looks at
    value = models.FloatField(null=True)
    severity = models.CharField(max_length=8, blank=True)  # "default" gives a rule its own back
    old = models.CharField(max_length=32)  # what held before
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="intake_setting_value_or_severity",
                condition=Q(value__isnull=False, severity="", form="")
                | (Q(value__isnull=True) & ~Q(severity="")),
            )
        ]

    @property
    def old_value(self) -> float | None:
        """What a threshold was before; None for a severity."""
        return None if self.severity else float(self.old)

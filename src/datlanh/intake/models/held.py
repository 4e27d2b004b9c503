"""Submissions of phones that are shut out: kept apart until the centre decides."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from datlanh.accounts.models import Device, User
from datlanh.intake.models.reports import Report
from datlanh.intake.workflow import HOLDING
from datlanh.organisations.models import Organisation


class Held(models.Model):
    """One submission of a phone that may no longer send. It is no report and counts nowhere.

    The text as it came is sealed in the person store (`original`), since nobody has read it yet
    to say what in it is personal; the header is what a decision needs.
    """

    id: int
    instance_id = models.CharField(max_length=128, unique=True)
    form = models.CharField(max_length=64)
    version = models.CharField(max_length=64)  # as sent
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    organisation_id: int
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    author_id: int
    device = models.ForeignKey(Device, models.PROTECT, related_name="+")
    device_id: int
    received_at = models.DateTimeField()
    record_local_id = models.CharField(max_length=40, blank=True)
    date_of_information = models.DateField(null=True)
    original = models.UUIDField()
    files: Any = models.JSONField(default=list)  # [{name, media_type, sha256, size}]
    refused: Any = models.JSONField(default=list)  # [{name, size, reason}]
    state = models.CharField(max_length=16, default=HOLDING.initial)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    report = models.OneToOneField(Report, models.PROTECT, null=True, related_name="held")
    report_id: int | None

    class Meta:
        ordering = ["received_at"]
        constraints = [
            models.CheckConstraint(
                name="intake_held_state_known", condition=Q(state__in=HOLDING.state_keys)
            ),
            models.CheckConstraint(
                name="intake_held_decided_as_a_pair",
                condition=Q(decided_by__isnull=True, decided_at__isnull=True, state="waiting")
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(state="waiting")),
            ),
            models.CheckConstraint(
                name="intake_held_released_has_a_report",
                condition=Q(state="released", report__isnull=False)
                | (~Q(state="released") & Q(report__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["device", "state"], name="intake_held_device")]

    def __str__(self) -> str:
        return self.receipt

    @property
    def receipt(self) -> str:
        """What the phone was told: "GL-000012"."""
        return f"GL-{self.pk:06d}"

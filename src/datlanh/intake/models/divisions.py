"""Areas to be split or merged, proposed by the first of two persons."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from datlanh.accounts.models import User


class Division(models.Model):
    """Areas that are to give way to others: one that is split, or some that are merged.

    What takes their place are ordinary reports, approved together with it. `residue_reason` says
    why the new outlines are not the old ones, where they are not.
    """

    SPLIT, MERGE = "split", "merge"

    id: int
    step = models.CharField(max_length=8)
    areas = ArrayField(models.UUIDField())  # records that leave the counts
    reports = ArrayField(models.BigIntegerField())  # about those that take their place
    note = models.TextField()
    residue_reason = models.TextField(blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    by_id: int
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True)  # confirmed, declined

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="intake_division_closed_with_outcome",
                condition=Q(closed_at__isnull=True, outcome="")
                | (Q(closed_at__isnull=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="intake_division_step_known", condition=Q(step__in=["split", "merge"])
            ),
        ]

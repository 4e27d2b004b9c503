"""What was decided about a doubtful drawing: a repair taken, or the drawing kept, and why."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datlanh.accounts.models import User
from datlanh.intake.models.reports import Report


class ShapeChoice(models.Model):
    """One decision about one problem of a report's drawing. Append-only.

    The register does not read it: a repair that was taken reaches it as a payload's revision.
    `revision` is the payload the person looked at; a repair that was taken made the next one.
    """

    REPAIRED, KEPT = "repaired", "kept"

    id: int
    report = models.ForeignKey(Report, models.PROTECT, related_name="shape_choices")
    revision = models.IntegerField()
    question = models.CharField(max_length=64)
    choice = models.CharField(max_length=8)
    problem = models.CharField(max_length=80)
    problem_said = models.JSONField()  # in both languages, as it was shown
    repair = models.CharField(max_length=80, blank=True)
    repair_said = models.JSONField(null=True)
    before_m2 = models.FloatField(null=True)  # None: it could not be measured
    after_m2 = models.FloatField(null=True)
    changed_m2 = models.FloatField(null=True)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="intake_shape_choice_whole",
                condition=Q(choice="repaired") & ~Q(repair="")
                | Q(choice="kept", repair="") & ~Q(reason=""),
            )
        ]

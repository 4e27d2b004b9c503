"""Exports people asked for: what, in which form, how far, and where the file is."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from datlanh.accounts.models import User


class Export(models.Model):
    """One file of a list. Only who asked for it may fetch it."""

    FORMATS = ("xlsx", "csv", "geojson", "gpkg")
    STATES = ("waiting", "running", "ready", "failed", "gone")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    by_id: int
    table = models.CharField(max_length=32)  # "areas", "victims" …: see `tables`
    format = models.CharField(max_length=8)
    query = models.TextField(blank=True)  # the list's filter, as its address carries it
    language = models.CharField(max_length=2)
    state = models.CharField(max_length=8, default="waiting")
    done = models.IntegerField(default=0)  # records written
    total = models.IntegerField(null=True)
    # What the file is of, once it is made: true on a day, known after a decision.
    on = models.DateField(null=True)
    known = models.BigIntegerField(null=True)
    size = models.BigIntegerField(null=True)  # bytes
    sha256 = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]
        indexes = [models.Index("by", F("asked_at").desc(), name="exchange_export_mine")]
        constraints = [
            models.CheckConstraint(
                name="exchange_export_state_known",
                condition=Q(
                    state__in=("waiting", "running", "ready", "failed", "gone"),
                    format__in=("xlsx", "csv", "geojson", "gpkg"),
                ),
            ),
            models.CheckConstraint(
                name="exchange_export_ready_is_whole",
                condition=~Q(state="ready")
                | Q(ended_at__isnull=False, known__isnull=False, total=F("done")),
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether something is still to come."""
        return self.state in {"waiting", "running"}

    @property
    def suffix(self) -> str:
        """How the file's name ends. A CSV travels with its dictionary."""
        return "csv.zip" if self.format == "csv" else self.format

    @property
    def filename(self) -> str:
        """What the file is called where it is saved."""
        return f"datlanh-{self.table}-{self.on:%Y-%m-%d}-{self.known}.{self.suffix}"

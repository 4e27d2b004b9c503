"""The ledger as it is kept: one row for each stretch of days, as known between two decisions.

Derived from versions (`lines`): thrown away and computed again at will. What the columns mean
stands in `kernel.ledger`.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q

from datlanh.register.models import Record


def _zero() -> models.FloatField[float, float]:
    return models.FloatField(default=0.0)


class LedgerRow(models.Model):
    """What both ledgers share: whose, and during which days and decisions."""

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, models.DO_NOTHING, related_name="+", db_index=False)
    record_id: UUID
    organisation_id = models.BigIntegerField()
    true_from = models.DateField()
    true_to = models.DateField(null=True)
    known_from = models.BigIntegerField()
    known_to = models.BigIntegerField(null=True)
    moved_by = ArrayField(models.TextField(), default=list)  # ids of what changed on `true_from`

    class Meta:
        abstract = True
        indexes = [
            models.Index("record", "known_to", name="%(class)s_record"),
            models.Index("known_from", name="%(class)s_known_from"),
            models.Index("known_to", name="%(class)s_known_to"),
        ]
        constraints = [
            models.CheckConstraint(
                name="%(class)s_true_forward",
                condition=Q(true_to__isnull=True) | Q(true_to__gt=models.F("true_from")),
            ),
            models.CheckConstraint(
                name="%(class)s_known_forward",
                condition=Q(known_to__isnull=True) | Q(known_to__gt=models.F("known_from")),
            ),
            models.UniqueConstraint(
                "record",
                "true_from",
                condition=Q(known_to__isnull=True),
                name="%(class)s_one_open",
            ),
        ]


class AreaLedger(LedgerRow):
    """The ledger of an area: initial + re-surveys = outline = released + remaining."""

    reported_m2 = models.FloatField(null=True)  # the size its report gives
    initial_m2 = _zero()
    adjustments = models.JSONField(default=list)  # [{on, gained_m2, lost_m2}] up to `true_from`
    outline_m2 = _zero()
    cancelled_m2 = _zero()
    reduced_m2 = _zero()
    cleared_m2 = _zero()
    remaining_m2 = _zero()
    cleared_7cm_m2 = _zero()
    cleared_30cm_m2 = _zero()
    cleared_3m_m2 = _zero()
    cleared_5m_m2 = _zero()
    cleared_deeper_m2 = _zero()
    cleared_unsaid_m2 = _zero()
    surface_m2 = _zero()
    uncleared_m2 = _zero()
    suspended_m2 = _zero()
    unclassified_m2 = _zero()
    earlier_m2 = _zero()
    undrawn_m2 = _zero()
    stated_m2 = _zero()
    unlocated_m2 = _zero()
    own_m2 = _zero()
    own_cancelled_m2 = _zero()
    own_reduced_m2 = _zero()
    own_cleared_m2 = _zero()
    own_remaining_m2 = _zero()


class ReleaseLedger(LedgerRow):
    """The ledger of a release: where its ground lies, beside what it says of itself."""

    since = models.DateField()
    release_class = models.CharField(max_length=16, blank=True)
    depth = models.CharField(max_length=16, blank=True)
    is_complete = models.BooleanField()
    stated_cleared_m2 = _zero()
    stated_surface_m2 = _zero()
    stated_uncleared_m2 = _zero()
    stated_fadeout_m2 = models.FloatField(null=True)
    drawn_m2 = _zero()
    pockets_m2 = _zero()
    net_m2 = _zero()
    credited_m2 = _zero()
    inside_m2 = _zero()
    fadeout_m2 = _zero()
    elsewhere_m2 = _zero()
    earlier_m2 = _zero()
    outside_m2 = _zero()
    other_depth_m2 = _zero()
    unlocated_m2 = _zero()

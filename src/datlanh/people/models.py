"""Typed current rows of accidents, victims and assistance: what screens and figures read.

Nobody's name, telephone, home, birth date or health stands here; see `register.persons`.
"""

from __future__ import annotations

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q

from datlanh.register.typed import Projected, ReportedRow, not_negative, reading

SEXES = ("male", "female", "unknown")
FATES = ("killed", "injured")
OLDEST = 130  # years; what is beyond was mistyped


class Accident(Projected):
    """An accident with explosive ordnance (form 1)."""

    survey_date = models.DateField(null=True)
    accident_date = models.DateField(null=True)
    accident_area_type = models.CharField(max_length=160, blank=True)
    accident_activity_type = models.CharField(max_length=160, blank=True)
    impact = ArrayField(models.TextField(), default=list)
    site_marked_dangerous = models.CharField(max_length=160, blank=True)
    ordnance_identified = models.CharField(max_length=160, blank=True)
    persons_involved = models.IntegerField(null=True)

    class Meta:
        indexes = reading(
            "peo_inc", "accident_date", choices=("accident_activity_type", "accident_area_type")
        )
        constraints = [not_negative("people_accident_not_negative", "persons_involved")]


class AccidentOrdnance(ReportedRow):
    """A type of ordnance that caused an accident, as one line of its report."""

    category = models.CharField(max_length=160, db_index=True)
    sub_category = models.CharField(max_length=160, blank=True)
    model = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("report_id", "number", name="people_ordnance_once")]


class Victim(Projected):
    """A person an accident hurt or killed, as statistics may know them (form 2)."""

    gender = models.CharField(max_length=16, blank=True)
    age_at_accident = models.IntegerField(null=True)  # whole years
    ethnicity = models.CharField(max_length=160, blank=True)
    education = models.CharField(max_length=160, blank=True)
    occupation_before = models.CharField(max_length=160, blank=True)
    activity_at_time = models.CharField(max_length=160, blank=True)
    killed_or_injured = models.CharField(max_length=16, blank=True)
    verification_date = models.DateField(null=True)

    class Meta:
        indexes = reading(
            "peo_vic",
            "verification_date",
            choices=("killed_or_injured", "gender", "activity_at_time", "occupation_before"),
        )
        constraints = [
            models.CheckConstraint(
                name="people_victim_sex_known", condition=Q(gender__in=("", *SEXES))
            ),
            models.CheckConstraint(
                name="people_victim_fate_known", condition=Q(killed_or_injured__in=("", *FATES))
            ),
            models.CheckConstraint(
                name="people_victim_age_possible",
                condition=Q(age_at_accident__isnull=True)
                | (Q(age_at_accident__gte=0) & Q(age_at_accident__lte=OLDEST)),
            ),
        ]


class Assistance(Projected):
    """Help given once to one victim (form 3)."""

    assistance_date = models.DateField(null=True)
    assistance_type = models.CharField(max_length=160, blank=True)
    assistance_given_by = models.CharField(max_length=160, blank=True)
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=160, blank=True)
    local_partners = ArrayField(models.TextField(), default=list)

    class Meta:
        indexes = reading("peo_va", "assistance_date", choices=("assistance_type",))
        constraints = [not_negative("people_assistance_not_negative", "amount")]

"""Typed current rows of risk education: what screens and figures read."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField

from datlanh.register.typed import Projected, not_negative, reading

# 18 and over, 18 and over, 6 to 17, 6 to 17; of the youngest the sex is not asked.
TURNS = ("men", "women", "boys", "girls", "under_6")
OF_WHICH = ("ethnic", "pwd")


class RiskEducation(Projected):
    """One session of risk education (form 4).

    Participants are turns: who came to two sessions is counted twice; those who came for the
    first time are persons. Ethnic minority and disability cut across the turns and are never
    added to them.
    """

    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    campaign_level = models.CharField(max_length=160, blank=True)
    activity_types = ArrayField(models.TextField(), default=list)
    target_population = ArrayField(models.TextField(), default=list)
    participants_men = models.IntegerField(null=True)
    participants_women = models.IntegerField(null=True)
    participants_boys = models.IntegerField(null=True)
    participants_girls = models.IntegerField(null=True)
    participants_under_6 = models.IntegerField(null=True)
    participants_ethnic = models.IntegerField(null=True)
    participants_pwd = models.IntegerField(null=True)
    first_time_participants = models.IntegerField(null=True)
    informants_total = models.IntegerField(null=True)

    class Meta:
        indexes = reading(
            "edu_mre",
            "end_date",
            choices=("campaign_level",),
            several=("activity_types", "target_population"),
        )
        constraints = [
            not_negative(
                "education_counts_not_negative",
                *(f"participants_{who}" for who in (*TURNS, *OF_WHICH)),
                "first_time_participants",
                "informants_total",
            )
        ]

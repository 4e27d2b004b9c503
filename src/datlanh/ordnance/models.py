"""The ordnance catalogue: category, sub-category, model, and the names people use."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Ordnance(models.Model):
    """One model of explosive ordnance, as forms offer it."""

    id: int
    key = models.SlugField(max_length=64, unique=True)
    category = models.CharField(max_length=48, db_index=True)
    sub_category = models.CharField(max_length=48)
    model = models.CharField(max_length=80)
    name_vi = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    aliases = ArrayField(models.CharField(max_length=80), default=list)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["category", "sub_category", "model"]

    def __str__(self) -> str:
        return self.key

    def label(self, language: str) -> str:
        """The name in `language`."""
        return self.name_en if language == "en" else self.name_vi

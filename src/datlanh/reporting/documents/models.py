"""Papers that were issued: which, of what moment, by whom, and the digests of their files."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datlanh.accounts.models import User
from datlanh.register.models import Record

KINDS = ("completion", "handover")
PEOPLE = ("men", "women", "boys", "girls")


class IssuedDocument(models.Model):
    """One paper with its number. Written once: a later truth is another paper.

    `on` and `known` say of what moment its figures are; with `issued_on`, `people` and `address`
    they are all that its files are made of, so the same files can be made again.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=16)
    year = models.SmallIntegerField()
    number = models.IntegerField()  # runs within kind and year
    code = models.CharField(max_length=16, unique=True)  # without its dashes
    record = models.ForeignKey(Record, models.DO_NOTHING, related_name="+")
    organisation_id = models.BigIntegerField(db_index=True)
    on = models.DateField()
    known = models.BigIntegerField()
    released_m2 = models.FloatField()  # cancelled, reduced and cleared, as the paper says
    people = models.JSONField(default=dict)  # men, women, boys, girls who took part: numbers only
    address = models.CharField(max_length=200)  # of the page that confirms the code
    sha256_vi = models.CharField(max_length=64)
    sha256_en = models.CharField(max_length=64)
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-issued_at", "-id"]
        constraints = [
            models.UniqueConstraint("kind", "year", "number", name="reporting_document_number"),
            models.CheckConstraint(
                name="reporting_document_kind_known", condition=Q(kind__in=KINDS)
            ),
        ]

    @property
    def numbered(self) -> str:
        """`12/2026/BB-QTMAC`."""
        return f"{self.number}/{self.year}/{'BC' if self.kind == 'completion' else 'BB'}-QTMAC"

    @property
    def code_shown(self) -> str:
        """`7KQ2-M4XD-9TWA`."""
        return "-".join(self.code[i : i + 4] for i in range(0, len(self.code), 4))

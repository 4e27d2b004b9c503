"""The register's tables: decisions and claims go in, versions come out. Knows no domain."""

from __future__ import annotations

import uuid
from uuid import UUID

from django.contrib.gis.db import models
from django.db.models import Q


class Decision(models.Model):
    """What a person did with a report or a record. Append-only, one global order.

    `seq` has no gaps and follows commit order: it is drawn under one lock, as the last step
    of a transaction. `at` never runs backwards along it. Register time ("known") is this
    sequence, never the clock.
    """

    KINDS = (
        "verified",
        "returned",
        "approved",
        "refused",
        "reassigned",
        "chosen",
        "withdrawn",
        "revoked",
        "exception",
        "linked",
        "unlinked",
        "moved",
        "remapped",
    )

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=16)
    report_id = models.BigIntegerField(null=True, db_index=True)
    record_id = models.UUIDField(null=True, db_index=True)
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=160)
    by_organisation_id = models.BigIntegerField()
    second_id = models.BigIntegerField(null=True)
    second_name = models.CharField(max_length=160, blank=True)
    note = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="register_decision_two_persons",
                condition=~Q(kind__in=["withdrawn", "revoked", "refused", "remapped"])
                | (Q(second_id__isnull=False) & ~Q(second_id=models.F("by_id"))),
            )
        ]


class Record(models.Model):
    """One thing in the register. Its id derives from the report whose approval created it."""

    id = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(max_length=32)  # "hazardous_area", "land_release"
    local_id = models.CharField(max_length=40, unique=True)  # "HAZ-409-600001"; never used twice
    organisation_id = models.BigIntegerField(db_index=True)  # of the report that created it
    created_seq = models.BigIntegerField(unique=True)
    is_live = models.BooleanField(default=True)  # False while no report about it counts

    class Meta:
        indexes = [models.Index("kind", "local_id", name="register_record_kind_id")]

    NAMESPACE = uuid.UUID("6f0e7b1e-8a54-5d0c-9b61-0a3f6d7c1e42")

    @classmethod
    def id_from(cls, report_id: int) -> uuid.UUID:
        """The id of the record that the approval of a report creates (one at most, ever)."""
        return uuid.uuid5(cls.NAMESPACE, f"report:{report_id}")


class Claim(models.Model):
    """What an approved report says about its record as of one date. Derived: can be rebuilt."""

    id = models.BigAutoField(primary_key=True)
    report_id = models.BigIntegerField()
    record = models.ForeignKey(Record, models.DO_NOTHING, related_name="claims")
    part = models.CharField(max_length=64)  # the question that dates these answers
    on = models.DateField()
    atoms = models.JSONField(default=dict)  # atom → digest of its value
    values = models.JSONField(default=dict)  # atom → {attribute: value} or null (cleared)
    lists = models.JSONField(default=dict)  # list → "replace" | "combine"

    class Meta:
        constraints = [
            models.UniqueConstraint("report_id", "part", name="register_claim_once"),
        ]


class Row(models.Model):
    """One row of a report's list (an ordnance item, an evidence point). Belongs to the report.

    Known during [known_from, known_to), decision numbers: a corrected mapping may read the row
    otherwise. As read first it is known from 0, since versions say when its report counted.
    """

    id = models.BigAutoField(primary_key=True)
    report_id = models.BigIntegerField()
    record = models.ForeignKey(Record, models.DO_NOTHING, related_name="rows")
    list = models.CharField(max_length=64)
    number = models.IntegerField()  # position in the report, from 0
    values = models.JSONField(default=dict)
    shape = models.GeometryField(srid=4326, null=True)
    known_from = models.BigIntegerField(default=0)
    known_to = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "report_id", "list", "number", "known_from", name="register_row_known_once"
            ),
            models.CheckConstraint(
                name="register_row_known_forward",
                condition=Q(known_to__isnull=True) | Q(known_to__gt=models.F("known_from")),
            ),
        ]


class Version(models.Model):
    """What was true during [true_from, true_to), as known during [known_from, known_to).

    Known bounds are decision numbers. `values` holds attributes but geometry, which has its
    own columns; `sources` says for each atom which report won and what date it speaks of.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, models.DO_NOTHING, related_name="versions")
    kind = models.CharField(max_length=32)
    organisation_id = models.BigIntegerField()
    true_from = models.DateField()
    true_to = models.DateField(null=True)
    known_from = models.BigIntegerField()
    known_to = models.BigIntegerField(null=True)
    fingerprint = models.CharField(max_length=16)
    values = models.JSONField(default=dict)
    sources = models.JSONField(default=dict)  # atom → [report, ISO date]
    lists = models.JSONField(default=dict)  # list → [report, …]
    outline = models.MultiPolygonField(srid=4326, null=True)
    position = models.PointField(srid=4326, null=True)
    area_m2 = models.FloatField(null=True)  # of `outline`, in the local equal-area plane

    class Meta:
        indexes = [
            models.Index("record", "known_to", name="register_version_record"),
            models.Index("kind", "known_from", name="register_version_known"),
            # Lists of the past are read in the order of their dates, a page at a time.
            models.Index("kind", "true_from", name="register_version_true"),
            models.Index("organisation_id", "kind", "true_from", name="register_version_org_true"),
        ]
        constraints = [
            models.CheckConstraint(
                name="register_version_true_forward",
                condition=Q(true_to__isnull=True) | Q(true_to__gt=models.F("true_from")),
            ),
            models.CheckConstraint(
                name="register_version_known_forward",
                condition=Q(known_to__isnull=True) | Q(known_to__gt=models.F("known_from")),
            ),
            models.UniqueConstraint(
                "record",
                "true_from",
                condition=Q(known_to__isnull=True),
                name="register_version_one_open",
            ),
        ]


class Link(models.Model):
    """What was decided about two records, as known during [known_from, known_to).

    `a` is related to `b` as `relation` says (a victim to their accident). `holds` False: the two
    do not belong together, and are not proposed again. Derived from decisions: can be rebuilt.
    """

    id = models.BigAutoField(primary_key=True)
    relation = models.CharField(max_length=32)
    a = models.ForeignKey(Record, models.DO_NOTHING, related_name="+")
    a_id: UUID
    b = models.ForeignKey(Record, models.DO_NOTHING, related_name="+")
    b_id: UUID
    holds = models.BooleanField()
    known_from = models.BigIntegerField()
    known_to = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="register_link_of_two", condition=~Q(a=models.F("b"))),
            models.CheckConstraint(
                name="register_link_known_forward",
                condition=Q(known_to__isnull=True) | Q(known_to__gt=models.F("known_from")),
            ),
            models.UniqueConstraint(
                "a",
                "b",
                "relation",
                condition=Q(known_to__isnull=True),
                name="register_link_one_open",
            ),
        ]


class State(models.Model):
    """In what state a record was during [true_from, true_to), known during [known_from, known_to).

    Only records of which somebody decided a step have any. Derived from decisions: can be rebuilt.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, models.DO_NOTHING, related_name="+")
    record_id: UUID
    state = models.CharField(max_length=24)  # as the workflow of its kind names it
    true_from = models.DateField()
    true_to = models.DateField(null=True)
    known_from = models.BigIntegerField()
    known_to = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="register_state_true_forward",
                condition=Q(true_to__isnull=True) | Q(true_to__gt=models.F("true_from")),
            ),
            models.CheckConstraint(
                name="register_state_known_forward",
                condition=Q(known_to__isnull=True) | Q(known_to__gt=models.F("known_from")),
            ),
            models.UniqueConstraint(
                "record",
                "true_from",
                condition=Q(known_to__isnull=True),
                name="register_state_one_open",
            ),
        ]


class Person(models.Model):
    """The narrow store of personal data: a reference elsewhere leads here, and only here.

    `sealed` is encrypted with the person's own key. Forced row-level security: without the
    acting user's right the table is empty.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation_id = models.BigIntegerField(db_index=True)
    purpose = models.CharField(max_length=32)  # "verifier", "payload"
    sealed = models.BinaryField()
    kept_at = models.DateTimeField()


class PersonKey(models.Model):
    """A person's key, wrapped by the master key. Destroying the row erases the person."""

    person_id = models.UUIDField(primary_key=True)
    wrapped = models.BinaryField()

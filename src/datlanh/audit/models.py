"""Who did what, when, from where. Append-only; no foreign keys, so it never hinders the living."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """One write (or one reading of personal data). Values are references, never personal data."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    actor_id = models.BigIntegerField(null=True)  # None: the system itself
    actor_name = models.CharField(max_length=160, blank=True)
    action = models.CharField(max_length=64, db_index=True)  # entity.verb
    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    note = models.TextField(blank=True)
    via = models.CharField(max_length=32, blank=True)  # web, openrosa, command, job
    origin = models.CharField(max_length=64, blank=True, default="")  # address, phone, login
    # The database's own clock: an event put in later under an earlier `at` shows by it.
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index("subject_type", "subject_id", name="audit_event_subject"),
            models.Index(fields=["actor_id", "id"], name="audit_event_actor"),
            models.Index(fields=["action", "id"], name="audit_event_action"),
        ]


class Seal(models.Model):
    """The event's place in the chain (`audit.chain`). Numbers run from 1 without gaps."""

    number = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    digest = models.BinaryField()  # of the event's content
    link = models.BinaryField()  # over the link before, the number, the event and its digest
    sealed_at = models.DateTimeField()


class Unsealed(models.Model):
    """An event that waits for its seal. A trigger puts it here, the sealer takes it away."""

    event_id = models.BigIntegerField(primary_key=True)

"""Who did what, when, from where. Append-only; no foreign keys, so it never hinders the living."""

from __future__ import annotations

from django.db import models


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

    class Meta:
        indexes = [models.Index("subject_type", "subject_id", name="audit_event_subject")]

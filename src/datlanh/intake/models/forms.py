"""Versions of forms, those proposed, work on corrections, and files that travel along."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models import Q

from datlanh.accounts.models import User
from datlanh.kernel.mapping import FormMapping


class FormVersion(models.Model):
    """One published version of a form. Never changed; retired versions stay readable.

    `mapping_json` is the mapping as published, revision 1. Where it was corrected, the later
    ones are `FormRevision`s, and `mapping_revision` is the newest.
    """

    id: int
    form = models.SlugField(max_length=48)
    version = models.CharField(max_length=32)
    title_vi = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    record_kind = models.CharField(max_length=32)
    xlsform = models.BinaryField()
    xform = models.BinaryField()
    xform_md5 = models.CharField(max_length=32)
    mapping_json = models.JSONField()
    mapping_revision = models.IntegerField(default=1)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)  # why it was published
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("form", "version", name="intake_form_version_once"),
            models.UniqueConstraint(
                "form", condition=Q(retired_at__isnull=True), name="intake_form_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.version}"

    @property
    def mapping(self) -> FormMapping:
        """What each question becomes in the register, as published."""
        return FormMapping.from_json(self.mapping_json)


class FormRevision(models.Model):
    """A corrected mapping of a published version, in force from its decision on. Append-only.

    The questions of `xlsform` are those of the version; only what they become differs.
    """

    id = models.BigAutoField(primary_key=True)
    form_version = models.ForeignKey(FormVersion, models.PROTECT, related_name="revisions")
    form_version_id: int
    revision = models.IntegerField()
    xlsform = models.BinaryField()
    mapping_json = models.JSONField()
    reason = models.TextField()
    decision = models.BigIntegerField(unique=True)  # of kind "remapped"
    made_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint("form_version", "revision", name="intake_form_revision_once"),
            models.CheckConstraint(
                name="intake_form_revision_after_the_first", condition=Q(revision__gt=1)
            ),
            models.CheckConstraint(
                name="intake_form_revision_two_persons",
                condition=~Q(confirmed_by=models.F("proposed_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form_version}.{self.revision}"

    @property
    def mapping(self) -> FormMapping:
        """What each question becomes in the register from this revision on."""
        return FormMapping.from_json(self.mapping_json)


class FormProposal(models.Model):
    """An uploaded workbook that compiles and may become a form's next version; not published.

    Or it `corrects` the mapping of a version that is; a second person puts that in force.
    """

    PUBLISHED, WITHDRAWN, REPLACED, CORRECTED = "published", "withdrawn", "replaced", "corrected"

    id: int
    form = models.SlugField(max_length=48)
    version = models.CharField(max_length=32)
    title_vi = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    xlsform = models.BinaryField()
    mapping_json = models.JSONField()
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=16, blank=True)
    corrects = models.ForeignKey(FormVersion, models.PROTECT, null=True, related_name="+")
    corrects_id: int | None
    reason = models.TextField(blank=True, default="")  # of a correction, told by who proposes it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "form", condition=Q(closed_at__isnull=True), name="intake_form_proposal_one_open"
            ),
            models.CheckConstraint(
                name="intake_form_proposal_closed_whole",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, outcome="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.version}"

    @property
    def mapping(self) -> FormMapping:
        """What each question would become in the register."""
        return FormMapping.from_json(self.mapping_json)


class MappingRun(models.Model):
    """A correction the second person confirmed, on its way: a job reads its reports anew.

    Whether it is in force says the proposal alone; this says how far the work is.
    """

    WAITING, RUNNING, DONE, REFUSED, FAILED = "waiting", "running", "done", "refused", "failed"
    OPEN = (WAITING, RUNNING)
    STEPS = ("", "reading", "planning", "writing")

    id = models.BigAutoField(primary_key=True)
    proposal = models.ForeignKey(FormProposal, models.PROTECT, related_name="runs")
    proposal_id: int
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")  # the second person
    asked_at = models.DateTimeField()
    seen = models.CharField(max_length=40)  # the revision it was held against
    state = models.CharField(max_length=8, default=WAITING)
    step = models.CharField(max_length=8, blank=True)
    done = models.IntegerField(default=0)  # reports read, records planned
    total = models.IntegerField(null=True)
    alive_at = models.DateTimeField()  # when the work was last heard of
    ended_at = models.DateTimeField(null=True)
    refusal = models.JSONField(default=dict)  # language → sentence
    result = models.JSONField(default=dict)  # reports, records, decision

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "proposal",
                condition=Q(state__in=["waiting", "running"]),
                name="intake_mapping_run_one_open",
            ),
            models.CheckConstraint(
                name="intake_mapping_run_known",
                condition=Q(
                    state__in=["waiting", "running", "done", "refused", "failed"],
                    step__in=["", "reading", "planning", "writing"],
                ),
            ),
            models.CheckConstraint(
                name="intake_mapping_run_ended_whole",
                condition=Q(state__in=["waiting", "running"], ended_at__isnull=True)
                | Q(state__in=["done", "refused", "failed"], ended_at__isnull=False),
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether something is still to come."""
        return self.state in self.OPEN


class FormMedia(models.Model):
    """A file that travels with a form version (choice lists)."""

    id: int
    form_version = models.ForeignKey(FormVersion, models.PROTECT, related_name="media")
    name = models.CharField(max_length=120)
    md5 = models.CharField(max_length=32)
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint("form_version", "name", name="intake_form_media_once")
        ]

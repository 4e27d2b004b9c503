"""Reports as they arrived, what became of them, and steps that need two persons."""

from __future__ import annotations

import datetime as dt

from django.contrib.gis.db import models
from django.db.models import Q

from datlanh.accounts.models import Device, User
from datlanh.intake.models.forms import FormVersion
from datlanh.intake.workflow import REVIEW
from datlanh.organisations.models import Organisation
from datlanh.places.models import GazetteerEdition


class Report(models.Model):
    """One report as it arrived. Evidence: its payload is never edited; `state` moves by REVIEW."""

    id: int
    receipt = models.CharField(max_length=24, unique=True)  # "BC-2026-000123"
    instance_id = models.CharField(max_length=128, unique=True)
    form = models.CharField(max_length=64)
    version = models.CharField(max_length=64)  # as sent
    form_version = models.ForeignKey(FormVersion, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    organisation_id: int
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    author_id: int
    device = models.ForeignKey(Device, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=16)  # openrosa, web
    received_at = models.DateTimeField(db_index=True)
    is_late = models.BooleanField(default=False)  # after the 10th of the following month
    gazetteer = models.ForeignKey(GazetteerEdition, models.PROTECT, null=True, related_name="+")
    record_local_id = models.CharField(max_length=40, blank=True, db_index=True)
    date_of_information = models.DateField(null=True)
    commune_code = models.CharField(max_length=12, blank=True)
    state = models.CharField(max_length=16, default=REVIEW.initial)
    state_at = models.DateTimeField()
    revision = models.IntegerField(default=0)  # of the payload that counts
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    supersedes_id: int | None
    # The first report of a chain of corrections names itself; so a chain is one index scan.
    chain_id = models.BigIntegerField(db_index=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="resubmissions")
    replaces_id: int | None
    # The instance it says it was edited from, and the one whose id it bears with other content.
    edited_from = models.CharField(max_length=128, blank=True, default="")
    twin_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="twins")
    twin_of_id: int | None
    record_id = models.UUIDField(null=True, db_index=True)
    approved_once = models.BooleanField(default=False)  # from then on its payload is fixed
    checked_at = models.DateTimeField(null=True)
    checked_under = models.BigIntegerField(default=0)  # the newest `Setting` when it was checked
    blocks = models.IntegerField(default=0)
    warns = models.IntegerField(default=0)
    infos = models.IntegerField(default=0)
    # What blocked it as it was received; None: checked before this was kept, or not yet.
    first_blocks = models.IntegerField(null=True)
    returned_note = models.TextField(blank=True)
    due_at = models.DateTimeField(null=True)  # a returned report is due again by then
    resubmitted_late = models.BooleanField(default=False)

    # Where a selector looked them up (`reports_clocked`): exemptions stand in rows of their own.
    is_exempted: bool
    due_now: dt.datetime | None
    unread: int  # entries of its thread, where a selector counted them

    class Meta:
        indexes = [
            models.Index("state", "id", name="intake_report_queue"),
            models.Index("organisation", "id", name="intake_report_organisation"),
            models.Index("date_of_information", "form", name="intake_report_day"),
            models.Index(
                "edited_from", condition=~Q(edited_from=""), name="intake_report_edited_from"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="intake_report_state_known", condition=Q(state__in=REVIEW.state_keys)
            ),
            models.CheckConstraint(
                name="intake_report_corrects_an_earlier_one",
                condition=Q(supersedes__isnull=True) | Q(supersedes__lt=models.F("id")),
            ),
            models.CheckConstraint(
                name="intake_report_bound_when_approved",
                condition=~Q(state="approved") | Q(record_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.receipt

    @property
    def report_local_id(self) -> str:
        """The form's id: FR- and the record's id."""
        return f"FR-{self.record_local_id}" if self.record_local_id else ""


class Payload(models.Model):
    """A report's answers: revision 0 as received, later ones as its information officer put them.

    Append-only, under forced row-level security. Names stand in the person store; `answers`
    holds references to them. `original` leads to the sealed text as received.
    """

    id: int
    report = models.ForeignKey(Report, models.PROTECT, related_name="payloads")
    revision = models.IntegerField()
    organisation_id = models.BigIntegerField()
    answers = models.JSONField()
    original = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("report", "revision", name="intake_payload_once")]


class Attachment(models.Model):
    """A file that came with a report, kept under its own SHA-256."""

    id: int
    report = models.ForeignKey(Report, models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("report", "name", "sha256", name="intake_attachment_once")
        ]


class RefusedFile(models.Model):
    """A file that came with a report and was not kept; the report was. It flags the report."""

    KIND, SIZE = "kind", "size"

    id: int
    report = models.ForeignKey(Report, models.PROTECT, related_name="refused_files")
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    reason = models.CharField(max_length=16, choices=[(KIND, KIND), (SIZE, SIZE)])
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint("report", "name", "reason", name="intake_refused_file_once")
        ]


class Batch(models.Model):
    """Reports of one act: proposed for withdrawal with one reason, or approved together."""

    WITHDRAW, APPROVE = "withdraw", "approve"

    id: int
    step = models.CharField(
        max_length=8, default=WITHDRAW, choices=[(WITHDRAW, WITHDRAW), (APPROVE, APPROVE)]
    )
    note = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    by_id: int
    at = models.DateTimeField()


class BatchRun(models.Model):
    """A large batch that the second person confirmed, on its way: a job withdraws its reports."""

    WAITING, RUNNING, DONE, REFUSED, FAILED = "waiting", "running", "done", "refused", "failed"
    OPEN = (WAITING, RUNNING)

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="runs")
    batch_id: int
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")  # the second person
    asked_at = models.DateTimeField()
    note = models.TextField(blank=True)
    state = models.CharField(max_length=8, default=WAITING)
    alive_at = models.DateTimeField()  # when it was taken up
    ended_at = models.DateTimeField(null=True)
    refusal = models.JSONField(default=dict)  # language → sentence

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "batch",
                condition=Q(state__in=["waiting", "running"]),
                name="intake_batch_run_one_open",
            ),
            models.CheckConstraint(
                name="intake_batch_run_ended_whole",
                condition=Q(state__in=["waiting", "running"], ended_at__isnull=True)
                | Q(state__in=["done", "refused", "failed"], ended_at__isnull=False),
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether something is still to come."""
        return self.state in self.OPEN


class Proposal(models.Model):
    """A step that needs two persons, proposed by the first."""

    id: int
    report = models.ForeignKey(Report, models.PROTECT, related_name="proposals")
    report_id: int
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="proposals")
    batch_id: int | None
    step = models.CharField(max_length=16)  # refuse, withdraw, revoke
    note = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    by_id: int
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True)  # confirmed, declined

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "report", condition=Q(closed_at__isnull=True), name="intake_proposal_one_open"
            ),
            models.CheckConstraint(
                name="intake_proposal_closed_with_outcome",
                condition=Q(closed_at__isnull=True, outcome="")
                | (Q(closed_at__isnull=False) & ~Q(outcome="")),
            ),
        ]


class BatchMember(models.Model):
    """One report of a batch, as it was chosen, and what became of it."""

    WAITING, DONE, DECLINED, LEFT_OUT = "waiting", "done", "declined", "left_out"
    RESULTS = (WAITING, DONE, DECLINED, LEFT_OUT)

    id: int
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="members")
    report = models.ForeignKey(Report, models.PROTECT, related_name="+")
    report_id: int
    proposal = models.OneToOneField(Proposal, models.PROTECT, null=True, related_name="member")
    proposal_id: int | None
    seen = models.CharField(max_length=64)  # state, revision and record when it was chosen
    corrected_by = models.ForeignKey(Report, models.PROTECT, null=True, related_name="+")
    corrected_by_id: int | None
    result = models.CharField(max_length=16, default=WAITING)
    why = models.JSONField(default=dict)  # {"vi": …, "en": …} where it was left out
    decision = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint("batch", "report", name="intake_batch_member_once"),
            models.CheckConstraint(
                name="intake_batch_member_result_known",
                condition=Q(result__in=["waiting", "done", "declined", "left_out"]),
            ),
            models.CheckConstraint(
                name="intake_batch_member_done_by_decision",
                condition=~Q(result="done") | Q(decision__isnull=False),
            ),
        ]

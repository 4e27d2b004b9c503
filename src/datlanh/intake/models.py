"""Forms, reports as received, their payloads, findings, and what waits for a second person."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models import Q

from datlanh.accounts.models import Device, User
from datlanh.intake.workflow import REVIEW
from datlanh.kernel.mapping import FormMapping
from datlanh.kernel.rules import Severity
from datlanh.organisations.models import Organisation
from datlanh.places.models import GazetteerEdition


class FormVersion(models.Model):
    """One published version of a form. Never changed; retired versions stay readable."""

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
        """What each question becomes in the register."""
        return FormMapping.from_json(self.mapping_json)


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
    record_id = models.UUIDField(null=True, db_index=True)
    approved_once = models.BooleanField(default=False)  # from then on its payload is fixed
    checked_at = models.DateTimeField(null=True)
    checked_under = models.BigIntegerField(default=0)  # the newest `Setting` when it was checked
    blocks = models.IntegerField(default=0)
    warns = models.IntegerField(default=0)
    infos = models.IntegerField(default=0)
    returned_note = models.TextField(blank=True)
    due_at = models.DateTimeField(null=True)  # a returned report is due again by then
    resubmitted_late = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index("state", "id", name="intake_report_queue"),
            models.Index("organisation", "id", name="intake_report_organisation"),
            models.Index("date_of_information", "form", name="intake_report_day"),
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


class Finding(models.Model):
    """What the last check of a report found."""

    id: int
    report = models.ForeignKey(Report, models.CASCADE, related_name="findings")
    rule = models.CharField(max_length=64)
    severity = models.CharField(max_length=8, choices=[(s.value, s.value) for s in Severity])
    question = models.CharField(max_length=64, blank=True)
    row = models.IntegerField(null=True)
    values = models.JSONField(default=dict)
    at = models.PointField(srid=4326, null=True)

    class Meta:
        ordering = ["id"]


class RecordFinding(models.Model):
    """What the nightly run found about a record of the register, for as long as it lasted.

    `key` tells two findings of one rule apart (the other record, the attribute). One row is
    open at a time; what comes back later is a new row, so that the past stays told.
    """

    id: int
    record_id = models.UUIDField(db_index=True)
    local_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=32)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    organisation_id: int
    commune_code = models.CharField(max_length=12, blank=True)
    rule = models.CharField(max_length=64)
    key = models.CharField(max_length=80, blank=True)
    severity = models.CharField(max_length=8, choices=[(s.value, s.value) for s in Severity])
    values = models.JSONField(default=dict)
    at = models.PointField(srid=4326, null=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index("organisation", "id", name="intake_recordfinding_org"),
            models.Index("rule", "id", name="intake_recordfinding_rule"),
        ]
        constraints = [
            models.UniqueConstraint(
                "record_id",
                "rule",
                "key",
                condition=Q(resolved_at__isnull=True),
                name="intake_recordfinding_one_open",
            )
        ]


class NightlyRun(models.Model):
    """One run of the checks over the whole register."""

    id: int
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    known = models.BigIntegerField()  # the newest decision it looked at
    under = models.BigIntegerField()  # the newest `Setting`
    records = models.IntegerField()
    found = models.IntegerField()
    appeared = models.IntegerField()
    resolved = models.IntegerField()


class Proposal(models.Model):
    """A step that needs two persons, proposed by the first."""

    id: int
    report = models.ForeignKey(Report, models.PROTECT, related_name="proposals")
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


class Setting(models.Model):
    """One change of a threshold or of a rule's severity by the database unit. Append-only.

    The newest row of a name (and form) is in force; `id` numbers the changes, so that a check
    can say under which settings it was made.
    """

    id: int
    name = models.CharField(max_length=64)  # a threshold, or a rule
    form = models.CharField(max_length=48, blank=True)  # of a rule; "" is every form it looks at
    value = models.FloatField(null=True)
    severity = models.CharField(max_length=8, blank=True)  # "default" gives a rule its own back
    old = models.CharField(max_length=32)  # what held before
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="intake_setting_value_or_severity",
                condition=Q(value__isnull=False, severity="", form="")
                | (Q(value__isnull=True) & ~Q(severity="")),
            )
        ]

    @property
    def old_value(self) -> float | None:
        """What a threshold was before; None for a severity."""
        return None if self.severity else float(self.old)

"""Forms, reports as received, their payloads, findings, clocks, and steps for two persons."""

from __future__ import annotations

from datlanh.intake.models.checks import Finding, NightlyRun, RecordFinding, Setting
from datlanh.intake.models.clocks import Exemption, Expectation, Reminder
from datlanh.intake.models.forms import FormMedia, FormProposal, FormRevision, FormVersion
from datlanh.intake.models.reports import (
    Attachment,
    Batch,
    BatchMember,
    Payload,
    Proposal,
    RefusedFile,
    Report,
)

__all__ = [
    "Attachment",
    "Batch",
    "BatchMember",
    "Exemption",
    "Expectation",
    "Finding",
    "FormMedia",
    "FormProposal",
    "FormRevision",
    "FormVersion",
    "NightlyRun",
    "Payload",
    "Proposal",
    "RecordFinding",
    "RefusedFile",
    "Reminder",
    "Report",
    "Setting",
]

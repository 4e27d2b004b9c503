"""Forms, reports as received, payloads, findings, clocks, the desk, steps for two persons."""

from __future__ import annotations

from datlanh.intake.models.checks import Finding, NightlyRun, RecordFinding, Setting
from datlanh.intake.models.clocks import Exemption, Expectation, Reminder
from datlanh.intake.models.desk import Assignment, Remark, RemarkRead, SavedQueue
from datlanh.intake.models.divisions import Division
from datlanh.intake.models.forms import (
    FormMedia,
    FormProposal,
    FormRevision,
    FormVersion,
    MappingRun,
)
from datlanh.intake.models.held import Held
from datlanh.intake.models.reports import (
    Attachment,
    Batch,
    BatchMember,
    BatchRun,
    Payload,
    Proposal,
    RefusedFile,
    Report,
)
from datlanh.intake.models.shapes import ShapeChoice

__all__ = [
    "Assignment",
    "Attachment",
    "Batch",
    "BatchMember",
    "BatchRun",
    "Division",
    "Exemption",
    "Expectation",
    "Finding",
    "FormMedia",
    "FormProposal",
    "FormRevision",
    "FormVersion",
    "Held",
    "MappingRun",
    "NightlyRun",
    "Payload",
    "Proposal",
    "RecordFinding",
    "RefusedFile",
    "Remark",
    "RemarkRead",
    "Reminder",
    "Report",
    "SavedQueue",
    "Setting",
    "ShapeChoice",
]

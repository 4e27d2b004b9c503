"""What a submission has to do with those before it: corrections, resubmissions, edits, twins.

An *edit* names the instance it was made from (`deprecatedID`, as form programs write it). A *twin*
bears the instance id of a report we have, and says something else: both are kept, and told apart
by people.
"""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.intake.models import Payload, Report
from datlanh.intake.selectors.lateness import in_time_still
from datlanh.intake.services.arriving import returned_of
from datlanh.kernel.mapping import Answers
from datlanh.organisations.models import Organisation
from datlanh.register.persons import persons_read

EDITS_FOLLOWED = 20  # an edit of an edit of …


def follow_up(report: Report, answers: Answers) -> Report | None:
    """Tie a report to what it restates, what was returned, or what it was edited from.

    A report whose place it takes comes back as replaced, not saved yet.
    """
    named = str(answers.values.get("correction_of") or "").strip()
    if named and (old := _own_receipt(report.organisation, named.upper())):
        _supersede(report, old)
        return None
    if report.edited_from and (old := _edited(report)):
        if old.state == "returned" or (old.state == "received" and not old.revision):
            return _replace(report, old)
        _supersede(report, old)
        return None
    if report.record_local_id and (old := returned_of(report)):
        return _replace(report, old)
    return None


def _supersede(report: Report, old: Report) -> None:
    report.supersedes, report.chain_id = old, old.chain_id


def _replace(report: Report, old: Report) -> Report:
    report.replaces = old
    if old.state == "returned":
        report.resubmitted_late = not in_time_still(old, report.received_at)
    old.state, old.state_at = "replaced", report.received_at
    return old


def _own_receipt(organisation: Organisation, receipt: str) -> Report | None:
    return Report.objects.filter(organisation=organisation, receipt=receipt).first()


def _edited(report: Report) -> Report | None:
    """The report it was edited from, locked: the newest that took its place, if any did."""
    own = Report.objects.select_for_update().filter(organisation=report.organisation)
    old = own.filter(instance_id=report.edited_from).first()
    for _ in range(EDITS_FOLLOWED):
        if old is None or old.state != "replaced":
            break
        later = own.filter(replaces=old).order_by("-pk").first()
        if later is None:
            break
        old = later
    return old


def edit_waiting_for(report: Report) -> Report | None:
    """An edit of this report that came before it: phones send in any order."""
    edits = Report.objects.select_for_update().filter(
        organisation=report.organisation,
        edited_from=report.instance_id,
        replaces=None,
        supersedes=None,
    )
    return edits.exclude(pk=report.pk).order_by("-pk").first()


# ── Twins ───────────────────────────────────────────────────────────────────────────────────


def says_otherwise(known: Report, xml: bytes) -> bool:
    """Whether a submission differs from what first came under its instance id.

    What was erased since cannot be compared, and what came is taken for the same.
    """
    with acting(SYSTEM):
        first = Payload.objects.filter(report=known, revision=0).first()
        if first is None or first.original is None:
            return False
        texts = persons_read([first.original], by=SYSTEM, why="compare")
    text = texts.get(str(first.original))
    return text is not None and text != xml.decode("utf-8", "replace")


def twin_id(instance_id: str, xml: bytes) -> str:
    """The instance id under which other content is kept; the same content has the same."""
    key = hashlib.sha256(settings.SECRET_KEY.encode()).digest()
    return "twin:" + hmac.new(key, instance_id.encode() + b"\0" + xml, hashlib.sha256).hexdigest()

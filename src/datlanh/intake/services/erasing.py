"""Erasing the people of a record: every key that opens them, in every report about it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has
from datlanh.audit.services import record as audit_record
from datlanh.intake.models import Payload, Report
from datlanh.intake.selectors.forms import mapping_of
from datlanh.kernel.actor import Actor
from datlanh.kernel.errors import DomainError
from datlanh.kernel.ids import RecordId
from datlanh.kernel.sealed import references_in
from datlanh.kernel.text import Text
from datlanh.register.models import PersonKey, Record
from datlanh.register.persons import mark_id, persons_erase

NO_REASON = Text("Cần ghi lý do xoá.", "Say why the person is erased.")
OF_PERSONS = ("VIC", "VA")  # records of one person each


@dataclass(frozen=True)
class Erasure:
    """What erasing reaches: the reports, how many rows open now, and records beside it.

    `beside` are records whose id repeats this one's number (the victims of an accident, the
    assistance to a victim): they are erased by themselves, one after the other.
    """

    local_id: str
    receipts: tuple[str, ...]
    persons: int
    beside: tuple[str, ...]


def erasure_of(local_id: str, *, by: Actor) -> Erasure:
    """What `persons_of_record_erase` would reach now; changes nothing.

    Raises:
        Record.DoesNotExist: no report names that record, or `by` may not erase in all of them.
    """
    with transaction.atomic():
        reports = _reports(local_id, by)
        return _reach(local_id, reports, _references(local_id, reports))


@transaction.atomic
def persons_of_record_erase(*, local_id: str, by: Actor, reason: str) -> Erasure:
    """Destroy the keys of everything personal in every report about a record.

    Gone are all bundles of all revisions, the texts as received and the marking key. Claims,
    versions and figures stay as they are, so the register is the same as before, live and
    rebuilt. Asking twice is harmless. Returns what was erased.

    Raises:
        DomainError: no reason is given.
        Record.DoesNotExist: as `erasure_of`.
    """
    if not reason.strip():
        raise DomainError(NO_REASON, code="reason_missing")
    reports = _reports(local_id, by, lock=True)
    refs = _references(local_id, reports)
    done = _reach(local_id, reports, refs)
    with acting(SYSTEM):  # `by` may erase in all of these organisations: checked
        persons_erase(refs, by=by, reason=reason.strip())
    audit_record(
        "record.erase_persons",
        f"record:{local_id}",
        by=by,
        note=reason.strip(),
        after={"persons": done.persons, "reports": list(done.receipts)},
    )
    return done


def _reports(local_id: str, by: Actor, *, lock: bool = False) -> list[Report]:
    """Every report about the record: bound to it now, or naming it, whatever became of it.

    One that names it and was bound to another record is about that one's people.
    """
    record = Record.objects.filter(local_id=local_id).first()
    about = Q(record_local_id=local_id, record_id=None)
    if record is not None:
        about |= Q(record_id=record.pk)
    found = Report.objects.filter(about).order_by("pk")
    # A correction at work now has sealed its new row first, or waits and finds nothing to open.
    reports = list(found.select_for_update() if lock else found)
    owners = {r.organisation_id for r in reports} | ({record.organisation_id} if record else set())
    if not reports or not all(has(by, Permission.PERSON_ERASE, owner) for owner in owners):
        raise Record.DoesNotExist
    return reports


def _references(local_id: str, reports: list[Report]) -> set[uuid.UUID]:
    """Everything in the person store that those reports lead to, and their marking keys."""
    refs, subjects = set[str](), {local_id} | {r.record_local_id for r in reports}
    with acting(SYSTEM):
        for payload in Payload.objects.filter(report__in=reports).select_related("report"):
            refs |= set(references_in(payload.answers))
            if payload.original is not None:
                refs.add(str(payload.original))
            if payload.report.form_version_id is not None:
                key = mapping_of(payload.report.form_version_id).id_question
                subjects.add(str(payload.answers.get("values", {}).get(key) or ""))
    return {uuid.UUID(ref) for ref in refs} | {mark_id(s) for s in subjects if s}


def _reach(local_id: str, reports: list[Report], refs: set[uuid.UUID]) -> Erasure:
    marks = {mark_id(local_id)} | {mark_id(r.record_local_id) for r in reports}
    with acting(SYSTEM):
        persons = PersonKey.objects.filter(person_id__in=refs - marks).count()
    receipts = tuple(r.receipt for r in reports)
    return Erasure(local_id, receipts, persons, tuple(_beside(local_id)))


def _beside(local_id: str) -> list[str]:
    """Victims of the accident, assistance to the victim, the victim assisted: by the number."""
    try:
        own = RecordId.parse(local_id)
    except DomainError:
        return []
    if own.prefix not in ("INC", *OF_PERSONS):
        return []
    like = f"^({'|'.join(OF_PERSONS)})-{own.province}-{own.number:06d}-"
    named = Report.objects.filter(record_local_id__regex=like).exclude(record_local_id=local_id)
    found = set(named.values_list("record_local_id", flat=True))
    core = local_id.removeprefix(own.prefix)
    return sorted(i for i in found if _digits(i).startswith(core) or core.startswith(_digits(i)))


def _digits(local_id: str) -> str:
    return local_id[local_id.index("-") :]

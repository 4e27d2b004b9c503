"""Whom a person's consent reaches: the one place that says so.

The victim's form asks whether data may be shared with the authorities and with organisations.
Who reported it, and the centre that keeps the register, work with it in any case. Nobody else
sees a person unless the person said yes; no answer is no.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has
from datlanh.intake.models import Report
from datlanh.kernel.actor import Actor
from datlanh.kernel.mapping import Answers, FormMapping
from datlanh.organisations.models import Kind
from datlanh.register.models import Record, Version

AUTHORITIES = "consent_authorities"  # attributes of the victim's form, open
NGOS = "consent_ngos"


class Reader(StrEnum):
    """What the one who reads is to the person."""

    KEEPER = "keeper"  # the organisation that reported, or the centre
    AUTHORITY = "authority"
    NGO = "ngo"
    STRANGER = "stranger"


# Reader → the attribute that must say yes; None: needs none; a reader left out sees nothing.
REACHES: Mapping[Reader, str | None] = {
    Reader.KEEPER: None,
    Reader.AUTHORITY: AUTHORITIES,
    Reader.NGO: NGOS,
}
READERS = {
    Kind.CENTRE: Reader.KEEPER,
    Kind.AUTHORITY: Reader.AUTHORITY,
    Kind.MILITARY: Reader.AUTHORITY,
    Kind.OPERATOR: Reader.NGO,
}


def consent_reaches(reader: Reader, consent: Mapping[str, Any]) -> bool:
    """Whether a reader may see the person who answered so (`consent`: attribute → answer)."""
    if reader not in REACHES:
        return False
    asked = REACHES[reader]
    return asked is None or consent.get(asked) in ("yes", True)


def reader_of(who: Actor, organisation_id: int) -> Reader:
    """What `who` is to the persons that organisation reported.

    An officer who may approve its reports works for the centre, wherever he is at home.
    """
    if not isinstance(who, User):
        return Reader.KEEPER if who.is_system else Reader.STRANGER
    if who.organisation_id == organisation_id:
        return Reader.KEEPER
    if has(who, Permission.REPORT_APPROVE, organisation_id):
        return Reader.KEEPER
    return READERS.get(Kind(who.organisation.kind), Reader.STRANGER)


def persons_reach_record(who: Actor, record: Record) -> bool:
    """Whether `who` may see the persons of a record, by what it says about consent now."""
    if not has(who, Permission.PERSON_READ, record.organisation_id):
        return False
    reader = reader_of(who, record.organisation_id)
    return consent_reaches(reader, _now(record.pk) if REACHES.get(reader) else {})


def persons_reach_report(
    who: Actor, report: Report, mapping: FormMapping, answers: Answers
) -> bool:
    """The same for one report: its own answer, and the record's where it is bound to one.

    Both must say yes: consent withdrawn later holds for what was said before.
    """
    if not has(who, Permission.PERSON_READ, report.organisation_id):
        return False
    reader = reader_of(who, report.organisation_id)
    if not REACHES.get(reader):
        return consent_reaches(reader, {})
    said = {q.attribute: answers.values.get(q.key) for q in mapping.questions if q.attribute}
    agreed = consent_reaches(reader, said)
    if agreed and report.record_id is not None and (now := _now(report.record_id)):
        agreed = consent_reaches(reader, now)
    return agreed


def _now(record_id: Any) -> Mapping[str, Any]:
    newest = Version.objects.filter(record=record_id, known_to=None, true_to=None)
    return newest.values_list("values", flat=True).first() or {}

"""Links between records: confirmed, refused or undone by a person, one decision for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.audit.services import record as audit_record
from datlanh.intake.linking import Subject, why_linked
from datlanh.intake.models import Payload, Report
from datlanh.intake.relations import BY_KEY
from datlanh.intake.selectors.link_proposals import (
    proposals_of_report,
    subject_of_report,
    subjects_load,
)
from datlanh.intake.workflow import LINKING, Step
from datlanh.kernel.errors import DomainError, TransitionError
from datlanh.kernel.links import LINKED, UNLINKED, Pair
from datlanh.kernel.text import Text
from datlanh.organisations.models import Organisation
from datlanh.register import services as register
from datlanh.register.models import Decision, Link, Record

NOT_RELATED_SO = Text(
    "Hai hồ sơ này không có kiểu liên kết đó.", "These two records have no such relation."
)
DECISION_OF = {"link": LINKED, "part": UNLINKED, "unlink": UNLINKED}


@dataclass(frozen=True)
class Both:
    """Two records, as the guards of LINKING ask about them."""

    authors: frozenset[int]
    organisations: frozenset[int]
    both_count: bool


@dataclass(frozen=True)
class Due:
    """A link that passed every check and waits for its number."""

    pair: Pair
    step: str
    why: Mapping[str, Any]


@transaction.atomic
def links_decide(*, step: str, pairs: Sequence[Pair], by: User, note: str = "") -> list[Decision]:
    """Take one step of LINKING with each pair: all of them, or none.

    Raises:
        Record.DoesNotExist: a record is absent, or out of scope.
        TransitionError: not possible now (somebody decided before), or not by this person.
    """
    wanted = list(dict.fromkeys(pairs))
    locked = {r.pk: r for r in register.records_lock(i for p in wanted for i in (p.a, p.b))}
    scope = scope_for(by, Permission.REPORT_APPROVE)
    if not all(scope.allows(r.organisation_id) for r in locked.values()):
        raise Record.DoesNotExist
    subjects = subjects_load(locked)
    boths = _boths(wanted)
    due = [
        _due(step, pair, boths[pair], locked=locked, subjects=subjects, by=by, note=note)
        for pair in wanted
    ]
    return _numbered(due, locked=locked, by=by, note=note)


def _due(
    step: str,
    pair: Pair,
    both: Both,
    *,
    locked: Mapping[UUID, Record],
    subjects: Mapping[UUID, Subject],
    by: User,
    note: str = "",
    becomes: UUID | None = None,
) -> Due:
    """The step with one pair, checked; `becomes` counts from now on whatever it did before."""
    relation = BY_KEY.get(pair.relation)
    a, b = locked.get(pair.a), locked.get(pair.b)
    if a is None or b is None:
        raise Record.DoesNotExist
    if relation is None or (a.kind, b.kind) != (relation.a, relation.b):
        raise DomainError(NOT_RELATED_SO, code="not_related_so")
    if step not in LINKING:
        raise TransitionError(NOT_RELATED_SO)
    both = replace(both, both_count=all(r.is_live or r.pk == becomes for r in (a, b)))
    LINKING.check(step, both, link_state(pair), _step(by, note))
    first, second = subjects.get(pair.a), subjects.get(pair.b)
    why = why_linked(relation, first, second).data if first and second else {}
    return Due(pair, step, why)


def link_state(pair: Pair) -> str:
    """What was decided last about a pair: a state of LINKING."""
    stands = Link.objects.filter(relation=pair.relation, a=pair.a, b=pair.b, known_to=None)
    holds = stands.values_list("holds", flat=True).first()
    return "open" if holds is None else "linked" if holds else "apart"


def _step(by: User, note: str) -> Step:
    return Step(actor_id=by.id, actor_organisation_id=by.organisation_id, note=note)


def _boths(pairs: Sequence[Pair]) -> dict[Pair, Both]:
    """What the guards ask about each pair, in three questions for all of them."""
    ids = {i for p in pairs for i in (p.a, p.b)}
    authors: dict[UUID | None, set[int]] = defaultdict(set)
    reports = Report.objects.filter(record_id__in=ids, state="approved")
    homes = {}
    for pk, record_id, author in reports.values_list("pk", "record_id", "author_id"):
        homes[pk] = record_id
        authors[record_id].add(author)
    wrote = Payload.objects.filter(report_id__in=homes, revision__gt=0)
    for pk, writer in wrote.values_list("report_id", "made_by_id"):
        authors[homes[pk]].add(writer)
    outside = Organisation.objects.filter(is_centre=False).values("pk")
    told = Record.objects.filter(pk__in=ids, organisation_id__in=outside)
    organisations = dict(told.values_list("pk", "organisation_id"))
    return {
        p: Both(
            authors=frozenset(authors[p.a] | authors[p.b]),
            organisations=frozenset(organisations[i] for i in p[1:] if i in organisations),
            both_count=True,
        )
        for p in pairs
    }


def link_refusals(pairs: Sequence[Pair], *, by: User) -> dict[Pair, Text]:
    """Of pairs that are proposed, those that `by` may not decide about, and why."""
    found = {}
    for pair, both in _boths(pairs).items():
        if refusal := LINKING.refusal("link", both, LINKING.initial, _step(by, "")):
            found[pair] = refusal
    return found


def links_named(*, report: Report, by: User, record: Record | None = None) -> list[Pair]:
    """What a report names itself and the register has, as far as `by` may decide about it.

    These an approval may confirm unseen; nearness and shared ground want a look.
    """
    found, _ = proposals_of_report(report, by, record)
    named = [p.pair for p in found if p.why.is_named]
    refused = link_refusals(named, by=by)
    return [pair for pair in named if pair not in refused]


def _numbered(
    due: Iterable[Due],
    *,
    locked: Mapping[UUID, Record],
    by: User,
    note: str = "",
    report_id: int | None = None,
) -> list[Decision]:
    """Number and keep each: nothing is asked any more, since all who decide wait meanwhile."""
    made = []
    for one in due:
        data = {"relation": one.pair.relation, "other": str(one.pair.b), **one.why}
        audit_record(f"record.{one.step}", locked[one.pair.a], by=by, after=data, note=note)
        decision = register.decision_add(
            kind=DECISION_OF[one.step],
            by=by,
            report_id=report_id,
            record_id=one.pair.a,
            note=note,
            data=data,
        )
        register.link_set(pair=one.pair, holds=one.step == "link", seq=decision.seq)
        made.append(decision)
    return made


def links_promised(
    *,
    report: Report,
    record: Record,
    claims: Sequence[register.NewClaim],
    pairs: Iterable[Pair],
    locked: Mapping[UUID, Record],
    by: User,
) -> list[Due]:
    """The links that an approval is to make, checked; those that stand already are left out.

    `record` need not be kept yet; the others are locked.
    """
    wanted = [p for p in dict.fromkeys(pairs) if link_state(p) != "linked"]
    if not wanted:
        return []
    scope = scope_for(by, Permission.REPORT_APPROVE)
    others = {i for p in wanted for i in (p.a, p.b)} - {record.pk}
    if not all(i in locked and scope.allows(locked[i].organisation_id) for i in others):
        raise Record.DoesNotExist
    if not all(record.pk in (p.a, p.b) for p in wanted):
        raise DomainError(NOT_RELATED_SO, code="not_related_so")
    subject = subject_of_report(report, claims, record)
    subjects = {**subjects_load(others), subject.id: subject}
    known, boths = {**locked, record.pk: record}, _boths(wanted)
    return [
        _due("link", p, boths[p], locked=known, subjects=subjects, by=by, becomes=record.pk)
        for p in wanted
    ]


def links_kept(
    *, due: Iterable[Due], record: Record, locked: Mapping[UUID, Record], by: User, report_id: int
) -> None:
    """Number the links of an approval, after its own decision."""
    _numbered(due, locked={**locked, record.pk: record}, by=by, report_id=report_id)

"""Links that are proposed: found, measured, explained, within what a person may decide."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Q
from shapely import from_wkb

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.intake.claims import claims_of
from datlanh.intake.linking import Subject, Why, why_linked
from datlanh.intake.models import Payload, Report
from datlanh.intake.relations import ATTRIBUTES, BY_KEY, LINKED_KINDS, RELATIONS, Named, Relation
from datlanh.intake.selectors.forms import mapping_of
from datlanh.intake.selectors.link_pairs import pairs_around
from datlanh.kernel.errors import DomainError
from datlanh.kernel.ids import propose, readable, spellings
from datlanh.kernel.links import Pair
from datlanh.kernel.mapping import Answers
from datlanh.kernel.text import Text
from datlanh.register.models import Link, Record
from datlanh.register.services import NewClaim

MOST = 8  # of one relation beside one record that nothing names: the nearest
WINDOW = 400  # records looked at in one step of the work list, the newest first
STEPS = 5
PAGE = 30


@dataclass(frozen=True)
class LinkProposal:
    """Two records that may belong together, and what speaks for it."""

    relation: Relation
    a: Subject
    b: Subject
    why: Why

    @property
    def pair(self) -> Pair:
        """What a decision is about."""
        return Pair(self.relation.key, self.a.id, self.b.id)

    @property
    def key(self) -> str:
        """The pair as pages send it."""
        return ":".join(map(str, self.pair))

    @property
    def completed(self) -> int:
        """The decision since which both are there."""
        return max(self.a.created_seq, self.b.created_seq)

    def other(self, id: UUID) -> Subject:
        """The one of the two that is not `id`."""
        return self.b if self.a.id == id else self.a


@dataclass(frozen=True)
class LinkPage:
    """Some proposals; `after` continues with older records, None at the end."""

    proposals: list[LinkProposal]
    after: int | None


def pair_read(key: str) -> Pair | None:
    """A pair as pages send it; None for anything else."""
    relation, _, ids = key.partition(":")
    a, _, b = ids.partition(":")
    try:
        return Pair(relation, UUID(a), UUID(b)) if relation in BY_KEY else None
    except ValueError:
        return None


def subject_of(record: Record) -> Subject | None:
    """A record as links see it; None where no report counts."""
    return subjects_load([record.pk]).get(record.pk)


def subject_of_report(report: Report, claims: Sequence[NewClaim], record: Record) -> Subject:
    """A report as the record it becomes or updates: what it says itself, nothing more.

    `record` need not be kept yet.
    """
    said = [value or {} for claim in claims for value in claim.values.values()]
    values = {name: value for found in said for name, value in found.items()}
    outline, position = (values.get(name) for name in ("outline", "position"))
    return Subject(
        *(record.pk, record.kind, record.local_id, record.organisation_id),
        created_seq=record.created_seq or 0,
        values={name: values[name] for name in ATTRIBUTES if values.get(name)},
        outline=from_wkb(bytes.fromhex(outline)) if outline else None,
        position=from_wkb(bytes.fromhex(position)) if position else None,
    )


def subjects_load(ids: Collection[UUID]) -> dict[UUID, Subject]:
    """Live records as links see them, as they stand now."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_SUBJECTS, {"ids": list(ids), "attributes": ATTRIBUTES})
        rows = cursor.fetchall()
    return {
        pk: Subject(
            *(pk, kind, local_id, organisation, created, json.loads(values or "{}")),
            outline=from_wkb(bytes(outline)) if outline else None,
            position=from_wkb(bytes(position)) if position else None,
        )
        for pk, kind, local_id, organisation, created, values, outline, position in rows
    }


_SUBJECTS = """
select r.id, r.kind, r.local_id, r.organisation_id, r.created_seq,
       (select jsonb_object_agg(k, v.values->>k) filter (where v.values ? k)
          from unnest(%(attributes)s::text[]) as k)::text,
       st_asbinary(v.outline), st_asbinary(v.position)
  from register_record r
  join register_version v on v.record_id = r.id and v.known_to is null and v.true_to is null
 where r.id = any(%(ids)s::uuid[])
"""


def proposals_for_subjects(subjects: Sequence[Subject], who: User) -> list[LinkProposal]:
    """Undecided links of these with records that `who` may decide about, the surest first."""
    mine = {s.id: s for s in subjects}
    pairs = pairs_around(subjects)
    pairs -= _decided(mine) if pairs else set()
    others = subjects_load({i for p in pairs for i in (p.a, p.b)} - mine.keys())
    scope = scope_for(who, Permission.REPORT_APPROVE)
    known = {pk: s for pk, s in others.items() if scope.allows(s.organisation_id)} | mine
    found = []
    for pair in pairs:
        a, b = known.get(pair.a), known.get(pair.b)
        if a is None or b is None:
            continue
        relation = BY_KEY[pair.relation]
        why = why_linked(relation, a, b)
        if why.is_proof:
            found.append(LinkProposal(relation, a, b, why))
    return _nearest(sorted(found, key=_order), mine)


def _decided(mine: Mapping[UUID, Subject]) -> set[Pair]:
    """Pairs somebody has decided about, whichever way."""
    about = Q(a__in=list(mine)) | Q(b__in=list(mine))
    made = Link.objects.filter(about, known_to=None)
    return {Pair(*found) for found in made.values_list("relation", "a_id", "b_id")}


_PLACE = {relation.key: place for place, relation in enumerate(RELATIONS)}


def _order(p: LinkProposal) -> tuple[object, ...]:
    why = p.why
    return (
        not why.is_named,
        _PLACE[p.relation.key],
        -(why.share or 0),
        why.distance_m or 0,
        p.a.local_id,
        p.b.local_id,
    )


def _nearest(found: Iterable[LinkProposal], mine: Mapping[UUID, Subject]) -> list[LinkProposal]:
    """Of what no report names, the first few beside each record."""
    count: dict[tuple[UUID, str], int] = defaultdict(int)
    kept = []
    for proposal in found:
        key = (proposal.a.id if proposal.a.id in mine else proposal.b.id, proposal.relation.key)
        count[key] += not proposal.why.is_named
        if proposal.why.is_named or count[key] <= MOST:
            kept.append(proposal)
    return kept


def proposals_of_record(record: Record, who: User) -> list[LinkProposal]:
    """What the page of a record proposes to one who may decide about it."""
    if not scope_for(who, Permission.REPORT_APPROVE).allows(record.organisation_id):
        return []
    subject = subject_of(record)
    return proposals_for_subjects([subject], who) if subject else []


def proposals_of_report(
    report: Report, who: User, record: Record | None = None
) -> tuple[list[LinkProposal], list[str]]:
    """What a report that enters the register is proposed to be linked with, and ids it names
    that no record has yet. `record` None: it becomes a record of its own.
    """
    if report.form_version is None or report.form_version.record_kind not in LINKED_KINDS:
        return [], []
    payload = Payload.objects.filter(report=report, revision=report.revision).first()
    if payload is None:
        return [], []
    try:
        mapping = mapping_of(report.form_version.pk)
        claims, _ = claims_of(mapping, Answers.from_json(payload.answers))
    except ValueError:  # undated: it cannot enter the register
        return [], []
    subject = subject_of_report(report, claims, record or record_promised(report))
    return proposals_for_subjects([subject], who), _absent(subject)


def record_promised(report: Report) -> Record:
    """The record that the approval of a report would create; not kept."""
    return Record(
        id=Record.id_from(report.pk),
        kind=report.form_version.record_kind if report.form_version else "",
        local_id=report.record_local_id,
        organisation_id=report.organisation_id,
    )


def _absent(subject: Subject) -> list[str]:
    hows = [h for r in RELATIONS if r.a == subject.kind for h in r.how if isinstance(h, Named)]
    named = dict.fromkeys(i for how in hows for i in subject.names(how) if readable(i))
    known = set(Record.objects.filter(local_id__in=named).values_list("local_id", flat=True))
    return [i for i in named if i not in known]


def pairs_ticked(ticked: Iterable[str], record_id: UUID) -> list[Pair]:
    """Links as the desk sends them ("relation:the other's id"), of a record to be.

    Raises Record.DoesNotExist where there is no such other record.
    """
    wanted = []
    for text in ticked:
        relation, _, other = text.partition(":")
        try:
            wanted.append((BY_KEY[relation], UUID(other)))
        except (KeyError, ValueError) as error:
            raise Record.DoesNotExist from error
    kinds = dict(Record.objects.filter(pk__in=[i for _, i in wanted]).values_list("pk", "kind"))
    pairs = []
    for found, other_id in wanted:
        if other_id not in kinds:
            raise Record.DoesNotExist
        ends = (other_id, record_id) if kinds[other_id] == found.a else (record_id, other_id)
        pairs.append(Pair(found.key, *ends))
    return pairs


NO_SUCH_RECORD = Text("Sổ đăng ký không có hồ sơ «{id}».", "The register has no record “{id}”.")
NO_RELATION = Text(
    "Không có kiểu liên kết nào giữa hồ sơ này và «{id}».",
    "There is no kind of link between this record and “{id}”.",
)


def pair_by_id(record: Record, local_id: str, who: User) -> Pair:
    """A record and the one of that id, in the one relation their kinds have.

    Raises DomainError where there is no such record within the scope, or no such relation.
    """
    meant = propose(local_id)
    named = spellings(str(meant) if meant else local_id.strip())
    visible = scope_for(who, Permission.REPORT_APPROVE).q("organisation_id")
    other = Record.objects.filter(visible, local_id__in=named).first()
    if other is None:
        raise DomainError(NO_SUCH_RECORD, code="no_such_record", id=local_id.strip()[:40])
    for relation in RELATIONS:
        for a, b in ((record, other), (other, record)):
            if (a.kind, b.kind) == (relation.a, relation.b):
                return Pair(relation.key, a.pk, b.pk)
    raise DomainError(NO_RELATION, code="no_relation", id=other.local_id)


def links_waiting(who: User, after: int | None = None) -> LinkPage:
    """The work list: proposals in the order in which their second record came, newest first.

    A page looks at so many records and no further, however few proposals it found.
    """
    scope = scope_for(who, Permission.REPORT_APPROVE).q("organisation_id")
    records = Record.objects.filter(scope, kind__in=LINKED_KINDS, is_live=True)
    found: list[LinkProposal] = []
    for _ in range(STEPS):
        older = records.filter(created_seq__lt=after) if after is not None else records
        newest = older.order_by("-created_seq").values_list("pk", "created_seq")
        window = dict(newest[:WINDOW])
        if not window:
            return LinkPage(found, None)
        subjects = list(subjects_load(window).values())
        seen = {p.pair: p for p in proposals_for_subjects(subjects, who)}
        # A pair stands under the newer of its two records, so that no page shows it again.
        due = [p for p in seen.values() if p.completed in window.values()]
        for proposal in sorted(due, key=lambda p: -p.completed):
            if len(found) >= PAGE and proposal.completed != found[-1].completed:
                return LinkPage(found, found[-1].completed)
            found.append(proposal)
        after = min(window.values())
    return LinkPage(found, after)

"""A correction of a mapping worked out beforehand: readings, claims and plans, nothing kept.

Each part names what it rests on. Looked at again, only what rests on something else by now is
worked out anew; under the locks that is next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from datlanh.intake.form_corrections import (
    Carried,
    Chosen,
    Said,
    atoms_carried,
    choices_carried,
)
from datlanh.intake.models import FormRevision, FormVersion, Report
from datlanh.intake.projectors import PROJECTORS
from datlanh.intake.selectors.corrections import CHUNK, Read, reports_read
from datlanh.intake.selectors.forms import mapping_of
from datlanh.intake.standing import counting_of_many
from datlanh.kernel.errors import DomainError
from datlanh.kernel.fold import Choice
from datlanh.kernel.mapping import FormMapping
from datlanh.kernel.text import Text
from datlanh.places.selectors.lineage import one_edition
from datlanh.register import services as register
from datlanh.register.models import Claim, Decision, Record

Progress = Callable[[str, int, int], None]  # step, done, of how many

LEFT_UNDATED = Text(
    "Với cách đọc này, {count} báo cáo đã duyệt không còn ngày thông tin: {receipts}.",
    "Read so, {count} approved report(s) have no date of information any more: {receipts}.",
)
CHOICES_LOST = Text(
    "Có {count} lựa chọn giữa các giá trị cùng ngày không chuyển sang cách đọc mới được, vì các "
    "câu hỏi gộp chung đã khác: {records}. Hãy giữ nguyên nhóm gộp của chúng.",
    "{count} choice(s) between values of one date cannot be carried over, because the questions "
    "that fold together differ: {records}. Keep their groups as they were.",
)
NAMED = 8  # ids in one sentence
COMPARED = 1000  # reports whose claims are held against the stored ones at once

Home = tuple[int, UUID]  # a report's revision of answers, and its record
Ground = tuple[frozenset[tuple[int, int]], register.Ground]  # who counts, and what stands


def nobody(step: str, done: int, total: int) -> None:
    """Nobody wants to know how far it is."""


class Foreseen:
    """What a correction will write but for its decision's number, and what that rests on."""

    def __init__(self, version: FormVersion, mapping: FormMapping) -> None:
        self.version, self.mapping = version, mapping
        self.read: dict[int, Read] = {}
        self.homes: dict[int, Home] = {}
        self.grounds: dict[UUID, Ground] = {}
        self.remapped = 0  # the newest correction of any form
        self.changes: dict[int, register.Change] = {}
        self.plans: dict[UUID, register.Plan] = {}
        self.carried = Carried((), ())

    def look(self, told: Progress = nobody) -> int:
        """Work out whatever is new, or rests on something else than now; how many records.

        Raises:
            DomainError: a report would be undated, or a choice between values be lost.
        """
        homes = _homes(self.version)
        moved = {pk for pk, home in homes.items() if self.homes.get(pk) != home}
        self._reread(sorted(moved), told)
        records = {record for _, record in homes.values()}
        counting = counting_of_many(records)
        grounds = register.grounds_of(records)
        now = {pk: (counting[pk], grounds[pk]) for pk in records}
        stale = {pk for pk in records if self.grounds.get(pk) != now[pk]}
        stale |= {homes[pk][1] for pk in moved}
        if self.remapped != (newest := _remapped_newest()):
            stale, self.remapped = records, newest
        self.homes, self.grounds = homes, now
        if stale:
            self.carried = _carried(self.version, self.mapping, self.read)
            self._compare(stale)
            self._plan(stale, told)
        return len(stale)

    def records_now(self) -> set[UUID]:
        """The records of all its reports, as they are bound now."""
        return {record for _, record in _homes(self.version).values()}

    @property
    def changed(self) -> set[UUID]:
        """The records that something is written for."""
        return {c.record_id for c in self.changes.values()}

    def _reread(self, reports: list[int], told: Progress) -> None:
        undated: list[int] = []
        for start in range(0, len(reports), CHUNK):
            for pk, said in reports_read(reports[start : start + CHUNK], self.mapping):
                if said is None:
                    undated.append(pk)
                else:
                    self.read[pk] = said
            told("reading", min(start + CHUNK, len(reports)), len(reports))
        if undated:
            found = Report.objects.filter(pk__in=undated[:NAMED])
            receipts = ", ".join(found.values_list("receipt", flat=True))
            raise DomainError(LEFT_UNDATED, count=len(undated), receipts=receipts)

    def _anew(self, records: Collection[UUID]) -> dict[int, register.Reread]:
        return {
            pk: register.Reread(pk, record, *self.read[pk])
            for pk, (_, record) in self.homes.items()
            if record in records
        }

    def _compare(self, records: Collection[UUID]) -> None:
        wanted = list(self._anew(records).values())
        for one in wanted:
            self.changes.pop(one.report_id, None)
        for start in range(0, len(wanted), COMPARED):
            for change in register.claims_compared(wanted[start : start + COMPARED]):
                self.changes[change.report_id] = change

    def _plan(self, records: Collection[UUID], told: Progress) -> None:
        changed = self.changed
        self.plans = {
            pk: plan for pk, plan in self.plans.items() if pk in changed and pk not in records
        }
        found = Record.objects.filter(pk__in=changed & set(records)).order_by("pk")
        wanted = [self._foresee(record) for record in found]
        with one_edition():
            plans = register.plans_foreseen(wanted, self._anew(records))
            for done, plan in enumerate(plans, 1):
                self.plans[plan.record.pk] = plan
                if done % 100 == 0 or done == len(wanted):
                    told("planning", done, len(wanted))

    def _foresee(self, record: Record) -> register.Foresee:
        counting, ground = self.grounds[record.pk]
        more = tuple(
            Choice(atom, choice.on, choice.report)
            for choice, atom in self.carried.anew
            if choice.record == record.pk
        )
        return register.Foresee(
            record,
            PROJECTORS[record.kind],
            frozenset(pk for pk, _ in counting),
            register.Ground((*ground.choices, *more), ground.spans, ground.state),
        )


def _homes(version: FormVersion) -> dict[int, Home]:
    """Every report that was ever approved; fixed while the mapping is taken."""
    found = Report.objects.filter(form_version=version, approved_once=True)
    rows = found.values_list("pk", "revision", "record_id")
    return {pk: (revision, record) for pk, revision, record in rows if record}


def _remapped_newest() -> int:
    found = FormRevision.objects.order_by("-decision").values_list("decision", flat=True)
    return found.first() or 0


def _carried(version: FormVersion, mapping: FormMapping, read: Mapping[int, Read]) -> Carried:
    """The choices about these reports under the new atoms. DomainError when one would be lost."""
    decided = Decision.objects.filter(kind="chosen", report_id__in=list(read)).order_by("seq")
    made = [
        Chosen(seq, record, one.report, one.atom, one.on)
        for seq, record, data in decided.values_list("seq", "record_id", "data")
        for one in [register.choice_from(data)]
    ]
    if not made:
        return Carried((), ())
    chosen = {c.report for c in made}
    stored = Claim.objects.filter(report_id__in=chosen)
    before = _said((c.report_id, c) for c in stored)
    after = _said((pk, c) for pk in chosen & read.keys() for c in read[pk][0])
    atoms = atoms_carried(mapping_of(version.pk, version.mapping_revision), mapping)
    carried = choices_carried(made, atoms, before, after)
    if carried.lost:
        lost = {c.record for c in carried.lost if c.record}
        records = Record.objects.filter(pk__in=lost).order_by("local_id")
        named = ", ".join(records.values_list("local_id", flat=True)[:NAMED])
        raise DomainError(CHOICES_LOST, count=len(carried.lost), records=named)
    return carried


def _said(claims: Iterable[tuple[int, Any]]) -> dict[int, Said]:
    found: dict[int, Said] = {}
    for pk, claim in claims:
        found[pk] = found.get(pk, frozenset()) | {(atom, claim.on) for atom in claim.atoms}
    return found

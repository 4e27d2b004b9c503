"""A proposed correction of a mapping: what differs, whom it touches, records before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Max
from shapely import from_wkb

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.intake.attached import attached_rows, digests_kept
from datlanh.intake.claims import claims_of
from datlanh.intake.form_changes import Changes, compare
from datlanh.intake.form_faces import face_of
from datlanh.intake.models import FormProposal, FormVersion, Payload, Report
from datlanh.intake.selectors.forms import mapping_of, workbook_of
from datlanh.intake.selectors.saying import Names, said_value
from datlanh.intake.selectors.values import metres
from datlanh.intake.standing import counting_of
from datlanh.kernel import geometry
from datlanh.kernel.fold import Claim as FoldClaim
from datlanh.kernel.fold import Folded, Segment, fold
from datlanh.kernel.mapping import Answers, FormMapping
from datlanh.kernel.sealed import is_reference
from datlanh.kernel.text import LANGUAGES, Text
from datlanh.organisations.models import Organisation
from datlanh.register import services as register
from datlanh.register.models import Claim, Record
from datlanh.register.selectors import rows_known

SAMPLE = 12  # records looked at before and after
SHOWN = 4  # of these stand open
CHUNK = 400  # reports whose answers are in memory at once

ROWS = Text("{count} dòng", "{count} rows")
ROWS_ANEW = Text("{count} dòng, đọc khác trước", "{count} rows, read otherwise")
POINT = Text("một điểm", "a point")
SEALED = Text("kín", "sealed")
UNDATED = Text("không còn ngày thông tin", "no date of information any more")

Read = tuple[list[register.NewClaim], list[register.NewRow]]


@dataclass(frozen=True)
class Effect:
    """One value of a record that would change."""

    label: Text
    before: Text | None
    after: Text | None
    name: str = ""  # of the attribute or list: a question read into another one changes two


@dataclass(frozen=True)
class RecordEffect:
    """A record before and after; `disputes` are values of one day nobody has chosen between."""

    record: Record
    effects: tuple[Effect, ...]
    disputes: int = 0


@dataclass(frozen=True)
class Correction:
    """A correction beside the mapping in force of the version it corrects."""

    version: FormVersion
    changes: Changes
    reports: int  # ever approved: they are read anew
    records: int
    waiting: int  # not decided yet: they are read so when they are approved
    looked_at: int
    sample: tuple[RecordEffect, ...]

    @property
    def shown(self) -> tuple[RecordEffect, ...]:
        """The first of the sample; the rest opens on demand."""
        return self.sample[:SHOWN]

    @property
    def rest(self) -> tuple[RecordEffect, ...]:
        """The others."""
        return self.sample[SHOWN:]

    @property
    def seen(self) -> str:
        """The revision it was held against, as a form sends it back."""
        return f"{self.version.pk}.{self.version.mapping_revision}"


def correction_of(proposal: FormProposal, who: User) -> Correction:
    """What confirming `proposal` now would change; the sample is of records `who` may see."""
    version = FormVersion.objects.get(pk=proposal.corrects_id or 0)
    changes = compare(face_of(workbook_of(version)), face_of(bytes(proposal.xlsform)))
    approved = Report.objects.filter(form_version=version, approved_once=True)
    homes = approved.exclude(record_id=None)
    visible = Record.objects.filter(scope_for(who, Permission.RECORD_READ).q("organisation_id"))
    ids = list(
        homes.filter(record_id__in=visible.values("pk"))
        .values("record_id")
        .annotate(newest=Max("pk"))
        .order_by("-newest")
        .values_list("record_id", flat=True)[:SAMPLE]
    )
    effects = [_effect(pk, version, proposal.mapping) for pk in ids if pk is not None]
    return Correction(
        version=version,
        changes=changes,
        reports=approved.count(),
        records=homes.values("record_id").distinct().count(),
        waiting=Report.objects.filter(
            form_version=version, approved_once=False, state__in=["received", "verified"]
        ).count(),
        looked_at=len(ids),
        sample=tuple(e for e in effects if e.effects or e.disputes),
    )


def reports_read(reports: Sequence[int], mapping: FormMapping) -> Iterator[tuple[int, Read | None]]:
    """What reports say under a mapping; None where nothing dates them any more."""
    with acting(SYSTEM):
        for start in range(0, len(reports), CHUNK):
            some = reports[start : start + CHUNK]
            told = Payload.objects.filter(report_id__in=some, revision=F("report__revision"))
            digests = digests_kept(some)
            for pk, said in told.values_list("report_id", "answers"):
                try:
                    files = attached_rows(digests.get(pk, ""))
                    yield pk, claims_of(mapping, Answers.from_json(said), files)
                except ValueError:
                    yield pk, None


def _effect(record_id: UUID, version: FormVersion, mapping: FormMapping) -> RecordEffect:
    record = Record.objects.get(pk=record_id)
    counting = counting_of(record_id)
    bound = Report.objects.filter(pk__in=counting, form_version=version)
    read = dict(reports_read(list(bound.values_list("pk", flat=True)), mapping))
    if any(told is None for told in read.values()):
        return RecordEffect(record, (Effect(UNDATED, None, None),))
    stored = Claim.objects.filter(record_id=record_id, report_id__in=counting)
    before = [(c.report_id, c) for c in stored]
    after: list[tuple[int, Any]] = [(pk, c) for pk, c in before if pk not in read]
    after += [(pk, c) for pk, told in read.items() if told for c in told[0]]
    choices = register.choices_of(record_id)
    was, now = _Side(before, choices), _Side(after, choices)
    names = Names(organisations=dict(Organisation.objects.values_list("key", "short_name")))
    tell = _Teller(mapping_of(version.pk), mapping, names)
    rows = {pk: told[1] for pk, told in read.items() if told}
    effects = [*tell.values(was.values, now.values), *tell.lists(was, now, rows)]
    return RecordEffect(
        record, tuple(effects), max(len(now.folded.conflicts) - len(was.folded.conflicts), 0)
    )


class _Side:
    """A record folded from some claims, as it stands now."""

    def __init__(self, claims: Sequence[tuple[int, Any]], choices: Any) -> None:
        self.folded: Folded = fold(
            (FoldClaim(pk, c.on, c.atoms, tuple(c.lists)) for pk, c in claims), choices
        )
        said = {(pk, atom): value for pk, c in claims for atom, value in c.values.items()}
        now: Segment | None = self.folded.now
        self.values, self.lists = register.values_of(now, said) if now else ({}, {})


class _Teller:
    """Values in words, by the mapping before and the one after."""

    def __init__(self, old: FormMapping, new: FormMapping, names: Names) -> None:
        self.names = names
        self.questions = {q.attribute: q for m in (old, new) for q in m.questions if q.attribute}
        self.order = {name: i for i, name in enumerate(self.questions)}
        self.repeats = {r.list: r for m in (old, new) for r in m.repeats if r.list}

    def values(self, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Effect]:
        """Every attribute that differs, in the order of the form."""
        changed = {a for a in {*was, *now} if was.get(a) != now.get(a)}
        for name in sorted(changed, key=lambda a: self.order.get(a, len(self.order))):
            question = self.questions.get(name)
            label = question.label if question else Text(name, name)
            before, after = self._said(name, was.get(name)), self._said(name, now.get(name))
            yield Effect(label, before, after, name)

    def _said(self, name: str, value: Any) -> Text | None:
        question = self.questions.get(name)
        if value in (None, "", [], {}) or question is None:
            return None if value in (None, "", [], {}) else Text(str(value), str(value))
        if is_reference(value):
            return SEALED
        if question.kind == "point":
            return POINT
        if question.kind == "polygon":
            return metres(geometry.area_m2(from_wkb(bytes.fromhex(value))))
        return said_value(question, value, self.names)

    def lists(
        self, was: _Side, now: _Side, rows: Mapping[int, list[register.NewRow]]
    ) -> Iterator[Effect]:
        """Every list whose rows differ, by their number."""
        for name in sorted({*was.lists, *now.lists}):
            label = self.repeats[name].label if name in self.repeats else Text(name, name)
            before = _stood(was.lists.get(name, ()), name)
            told = now.lists.get(name, ())
            after = _stood([r for r in told if r not in rows], name)
            after += [
                (pk, r.number, r.values) for pk in told for r in rows.get(pk, ()) if r.list == name
            ]
            if sorted(before, key=_place) != sorted(after, key=_place):
                same = len(before) == len(after)
                anew = _count(ROWS_ANEW if same else ROWS, after)
                yield Effect(label, _count(ROWS, before), anew, name)


def _stood(reports: Sequence[int], name: str) -> list[tuple[int, int, Any]]:
    found = rows_known().filter(report_id__in=list(reports), list=name)
    return list(found.values_list("report_id", "number", "values"))


def _place(row: tuple[int, int, Any]) -> tuple[int, int]:
    return row[:2]


def _count(saying: Text, rows: Sequence[Any]) -> Text | None:
    if not rows:
        return None
    return Text(*(saying.say(v, count=len(rows)) for v in LANGUAGES))

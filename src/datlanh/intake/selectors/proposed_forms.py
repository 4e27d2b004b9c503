"""Proposed versions of forms: what they would change, whom that touches, what is doubtful."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from django.db import connection
from django.db.models import QuerySet

from datlanh.intake.form_changes import Changes, compare
from datlanh.intake.form_faces import Face, face_of
from datlanh.intake.form_lint import BLOCK, Doubt, Subject, Touched, lint
from datlanh.intake.form_needs import asked_by_rules, read_by_columns
from datlanh.intake.minimum_data_rows import TOPICS
from datlanh.intake.models import FormProposal, FormVersion, Report
from datlanh.intake.projectors import PROJECTORS
from datlanh.intake.selectors.forms import mapping_of, workbook_of
from datlanh.intake.selectors.reports import UNDECIDED

COUNTED = 60  # conditions in one statement
STANDING = (*UNDECIDED, "approved")
OF_ITSELF = ("group", "mode")  # doubts about what the corrected version said itself


@dataclass(frozen=True)
class ReviewOfForm:
    """A proposal beside the version in force."""

    current: FormVersion | None
    changes: Changes
    touched: dict[str, Touched]
    doubts: list[Doubt]

    @property
    def blocks(self) -> list[Doubt]:
        """What forbids publishing."""
        return [d for d in self.doubts if d.severity == BLOCK]

    @property
    def warnings(self) -> list[Doubt]:
        """What may be meant."""
        return [d for d in self.doubts if d.severity != BLOCK]

    @property
    def seen(self) -> str:
        """The version this was held against, as a form sends it back."""
        return str(self.current.pk) if self.current else ""


def form_proposals() -> QuerySet[FormProposal]:
    """Open proposals, newest first, without their workbooks."""
    found = FormProposal.objects.filter(closed_at=None).defer("xlsform", "mapping_json")
    return found.select_related("proposed_by").order_by("-pk")


def form_proposal_get(id: int) -> FormProposal:
    """One proposal with its workbook. Raises FormProposal.DoesNotExist."""
    return FormProposal.objects.select_related("proposed_by", "closed_by").get(pk=id)


def form_current(form: str) -> FormVersion | None:
    """The version of a form in force, with its workbook."""
    return FormVersion.objects.filter(form=form, retired_at=None).first()


def form_review(proposal: FormProposal) -> ReviewOfForm:
    """What publishing `proposal` now would change, touch and put in doubt."""
    current = proposal.corrects or form_current(proposal.form)
    face = face_of(bytes(proposal.xlsform))
    before = face_of(workbook_of(current)) if current else Face({}, {}, {})
    changes = compare(before, face)
    touched = reports_touched(proposal.form, changes) if current else {}
    mapping = proposal.mapping
    # Not through `mapping_of`: old versions would push out of memory what reports are read with.
    published = FormVersion.objects.filter(form=proposal.form).order_by("-published_at")
    earlier = {v.pk: v.mapping for v in published.only("mapping_json")}
    beside = FormVersion.objects.filter(retired_at=None).exclude(form=proposal.form)
    subject = Subject(
        face=face,
        mapping=mapping,
        current=mapping_of(current.pk) if current else None,
        earlier=list(earlier.values()),
        elsewhere=[mapping_of(pk) for pk in beside.values_list("pk", flat=True)],
        changes=changes,
        touched=touched,
        has_reports=Report.objects.filter(form=proposal.form, state__in=STANDING).exists(),
        rules=asked_by_rules(proposal.form),
        columns=read_by_columns(mapping.record_kind),
        kinds=frozenset(PROJECTORS),
        minimum=TOPICS,
    )
    doubts = lint(subject)
    if proposal.corrects_id is not None:
        # Its reports are read anew, so it may fold otherwise than it did itself; others do not.
        others = [m for pk, m in earlier.items() if pk != proposal.corrects_id]
        apart = set(lint(replace(subject, earlier=others)))
        doubts = [d for d in doubts if d.code not in OF_ITSELF or d in apart]
        doubts = [d for d in doubts if d.code != "version"]
    return ReviewOfForm(current, changes, touched, doubts)


def changes_between(old: FormVersion, new: FormVersion) -> Changes:
    """The same side by side for two published versions."""
    return compare(face_of(bytes(old.xlsform)), face_of(bytes(new.xlsform)))


def form_history(form: str) -> list[FormVersion]:
    """Every version of a form, newest first. Raises FormVersion.DoesNotExist when there is none."""
    found = FormVersion.objects.filter(form=form).defer("xlsform", "xform", "mapping_json")
    versions = list(found.select_related("published_by").order_by("-published_at", "-pk"))
    if not versions:
        raise FormVersion.DoesNotExist
    return versions


# ── Whom a change touches ───────────────────────────────────────────────────────────────────

# Answers are read where they count: the revision in force. One pass for many conditions.
_FROM = """
  from intake_report r
  join intake_payload p on p.report_id = r.id and p.revision = r.revision
 where r.form = %s and r.state = any(%s)
"""
_ANSWERED = """(coalesce(p.answers->'values', '{}') ? %s or coalesce(p.answers->'points', '{}') ? %s
  or coalesce(p.answers->'polygons', '{}') ? %s)"""
_IN_ROWS = """exists (select from jsonb_array_elements(coalesce(p.answers->'rows'->%s, '[]')) e
  where coalesce(e->'values', '{}') ? %s or coalesce(e->'points', '{}') ? %s
     or coalesce(e->'polygons', '{}') ? %s)"""
_HAS_ROWS = "jsonb_array_length(coalesce(p.answers->'rows'->%s, '[]')) > 0"
_CHOSEN = "coalesce(p.answers->'values'->%s, '[]') ? %s"
_CHOSEN_IN_ROWS = """exists (
  select from jsonb_array_elements(coalesce(p.answers->'rows'->%s, '[]')) e
   where coalesce(e->'values'->%s, '[]') ? %s)"""

Condition = tuple[str, str, list[str]]  # name, SQL, its values


def reports_touched(form: str, changes: Changes) -> dict[str, Touched]:
    """Waiting and approved reports that answered what changes, by item or choice."""
    found: dict[str, Touched] = {}
    waiting = iter(_conditions(changes))
    while some := list(islice(waiting, COUNTED)):
        found |= _counted(form, some)
    return found


def _conditions(changes: Changes) -> Iterator[Condition]:
    for change in changes.items:
        if change.old is None or change.old.type in ("group", "note"):
            continue  # nobody has answered it yet
        repeat, slash, name = change.key.partition("/")
        if change.old.type == "repeat":
            yield change.key, _HAS_ROWS, [repeat]
        elif slash:
            yield change.key, _IN_ROWS, [repeat, name, name, name]
        else:
            yield change.key, _ANSWERED, [change.key] * 3
    for choice in changes.choices:
        if choice.old is None or not choice.questions:
            continue
        clauses, values = [], []
        for key in choice.questions:
            repeat, slash, name = key.partition("/")
            clauses.append(_CHOSEN_IN_ROWS if slash else _CHOSEN)
            values += [repeat, name, choice.key] if slash else [key, choice.key]
        yield choice.id, f"({' or '.join(clauses)})", values


def _counted(form: str, some: Sequence[Condition]) -> dict[str, Touched]:
    columns, values = [], list[str | list[str]]()
    for _, condition, told in some:
        for state in ("r.state <> 'approved'", "r.state = 'approved'"):
            columns.append(f"count(*) filter (where {state} and {condition})")
            values += told
    with connection.cursor() as cursor:
        statement = f"select {', '.join(columns)} {_FROM}"  # our own words only
        cursor.execute(statement, [*values, form, list(STANDING)])
        row = cursor.fetchone()
    return {name: Touched(row[2 * i], row[2 * i + 1]) for i, (name, _, _) in enumerate(some)}

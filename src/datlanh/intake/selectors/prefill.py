"""Forms that open filled in: from a record, to report a change; from a report, to send it anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point, Polygon

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has, scope_for
from datlanh.intake.instance import form_filled
from datlanh.intake.models import FormVersion, Report
from datlanh.intake.selectors.differences import version_now
from datlanh.intake.selectors.forms import form_title
from datlanh.intake.selectors.offered import form_version_get
from datlanh.intake.selectors.reports import report_get
from datlanh.intake.selectors.sheets import answers_of_report
from datlanh.kernel.errors import DomainError
from datlanh.kernel.fold import COMBINE
from datlanh.kernel.mapping import Answers, FormMapping, Question, Repeat
from datlanh.kernel.sealed import is_reference
from datlanh.kernel.text import Text
from datlanh.register.models import Record, Version
from datlanh.register.selectors import rows_known

CORRECTION = "correction_of"
# What one may send anew: the others are corrected by the operator, or decided first.
SENT_ANEW = ("returned", "approved")

NOT_NOW = Text(
    "Chỉ gửi lại được báo cáo của tổ chức mình đã được duyệt hoặc bị trả lại; {receipt} thì không.",
    "Only your organisation's reports that were returned or approved are sent anew; not {receipt}.",
)
NO_FORM = Text(
    "Hiện không có biểu mẫu nào cho loại hồ sơ này.",
    "There is no form for records of this kind now.",
)


@dataclass(frozen=True)
class Prefill:
    """A form with answers in place, and the labels of what was there and is not filled in."""

    version: FormVersion
    xform: bytes
    subject: str  # the record's id or the report's receipt
    left_out: tuple[Text, ...]

    @property
    def title(self) -> Text:
        """The form's title."""
        return form_title(self.version)


@dataclass(frozen=True)
class _Blank:
    mapping: FormMapping
    xform: bytes


def forms_for(kind: str) -> list[FormVersion]:
    """The forms in use that report on records of that kind."""
    found = FormVersion.objects.filter(record_kind=kind, retired_at=None)
    return list(found.defer("xlsform", "xform", "mapping_json").order_by("form"))


def may_send_anew(report: Report, who: User) -> bool:
    """Whether `who` may send another report in the place of this one.

    What a browser sends is of its person's own organisation, so only its reports are meant.
    """
    is_own = report.organisation_id == who.organisation_id
    return (
        is_own
        and report.state in SENT_ANEW
        and has(who, Permission.REPORT_CREATE, report.organisation_id)
    )


def prefill_record(who: User, kind: str, local_id: str) -> Prefill:
    """The form that reports on a record, with what the register holds of it now.

    The date of information is left to be given. What has a date of its own (a priority and its
    assessment) stays empty, since it was not found anew; so does what adds up from report to
    report, and would count twice. An empty answer erases nothing. Personal data are left out.

    Raises Record.DoesNotExist (absent, or outside the scope), DomainError.
    """
    within = scope_for(who, Permission.RECORD_READ).q("organisation_id")
    record = Record.objects.filter(within).get(kind=kind, local_id=local_id)
    forms = forms_for(record.kind)
    if not forms:
        raise DomainError(NO_FORM)
    version = form_version_get(forms[0].form)
    mapping = version.mapping
    known = version_now(record.pk)
    answers = _answers_known(mapping, known) if known else Answers()
    answers.values[mapping.id_question] = record.local_id
    kept, _ = _kept(mapping, answers)
    return _prefill(version, mapping, kept, (), subject=record.local_id)


def prefill_report(who: User, receipt: str) -> Prefill:
    """The form in use, with the answers of a report that came back or has to be corrected.

    Raises Report.DoesNotExist (absent, or outside the scope), DomainError.
    """
    report = report_get(who, receipt)
    if not has(who, Permission.REPORT_CREATE, report.organisation_id):
        raise Report.DoesNotExist
    if not may_send_anew(report, who):
        raise DomainError(NOT_NOW, receipt=receipt)
    try:
        version = form_version_get(report.form)
    except FormVersion.DoesNotExist as error:
        raise DomainError(NO_FORM) from error
    mapping = version.mapping
    answers, left_out = _kept(mapping, answers_of_report(report))
    if report.state == "approved" and mapping.question(CORRECTION):
        answers.values[CORRECTION] = receipt
    return _prefill(version, mapping, answers, left_out, subject=receipt)


def _prefill(
    version: FormVersion,
    mapping: FormMapping,
    answers: Answers,
    left_out: Iterable[Text],
    *,
    subject: str,
) -> Prefill:
    xform = form_filled(_Blank(mapping, bytes(version.xform)), answers)
    return Prefill(version, xform, subject, tuple(dict.fromkeys(left_out)))


def _kept(mapping: FormMapping, answers: Answers) -> tuple[Answers, list[Text]]:
    """The answers this form can open with, and the labels of those it cannot."""
    left_out: list[Text] = []
    values, points, polygons = _fitting(mapping.questions, vars(answers), left_out)
    rows = {}
    for repeat in mapping.repeats:
        found = [
            _fitting(repeat.questions, row, left_out) for row in answers.rows.get(repeat.key, [])
        ]
        kept = [dict(zip(("values", "points", "polygons"), row, strict=True)) for row in found]
        rows[repeat.key] = [row for row in kept if any(row.values())]
    return replace(Answers(), values=values, points=points, polygons=polygons, rows=rows), left_out


Holder = dict[str, Any]


def _fitting(
    questions: Iterable[Question], said: Mapping[str, Any], left_out: list[Text]
) -> tuple[Holder, Holder, Holder]:
    """Of one row, or of the whole: what can be filled in."""
    values, points, polygons = (dict(said.get(k) or {}) for k in ("values", "points", "polygons"))
    kept: tuple[Holder, Holder, Holder] = ({}, {}, {})
    for question in questions:
        key = question.key
        for holder, into in zip((values, points, polygons), kept, strict=True):
            if key not in holder:
                continue
            if _fits(question, holder[key]):
                into[key] = holder[key]
            else:
                left_out.append(question.label)
    return kept


def _fits(question: Question, value: Any) -> bool:
    if question.is_sealed or is_reference(value) or question.kind in ("file", "note"):
        return False
    if question.kind == "polygon":
        return len(value) == 1  # a form draws one ring
    if question.choices and question.kind in ("choice", "choices"):
        offered = {c.key for c in question.choices}
        return offered.issuperset(value if isinstance(value, list) else [value])
    return True


def _answers_known(mapping: FormMapping, version: Version) -> Answers:
    """What a version says, as answers to this form's questions."""
    answers = Answers()
    dating = {mapping.date, *(q.date for q in mapping.questions)}
    dating |= {repeat.date for repeat in mapping.repeats}
    for question in mapping.questions:
        is_dated = question.date not in (None, mapping.date)
        if question.attribute is None or is_dated or question.key in dating:
            continue
        if question.kind in ("point", "polygon"):
            shape = getattr(version, question.attribute, None)
            _put_shape(question, shape, answers.points, answers.polygons)
        elif (value := version.values.get(question.attribute)) not in (None, "", []):
            answers.values[question.key] = value
    for repeat in mapping.repeats:
        is_whole = repeat.mode != COMBINE and repeat.date in (None, mapping.date)
        if repeat.list and is_whole and version.lists.get(repeat.list):
            answers.rows[repeat.key] = _rows_known(repeat, version)
    return answers


def _rows_known(repeat: Repeat, version: Version) -> list[dict[str, Any]]:
    name = repeat.list or ""
    found = rows_known().filter(
        record=version.record_id, report_id__in=version.lists[name], list=name
    )
    rows = []
    for row in found.order_by("report_id", "number"):
        made: dict[str, Any] = {"values": {}, "points": {}, "polygons": {}}
        for question in repeat.questions:
            if question.kind in ("point", "polygon"):
                _put_shape(question, row.shape, made["points"], made["polygons"])
            elif question.attribute and (value := row.values.get(question.attribute)) is not None:
                made["values"][question.key] = value
        rows.append(made)
    return rows


def _put_shape(
    question: Question, shape: GEOSGeometry | None, points: Holder, polygons: Holder
) -> None:
    if question.kind == "point" and isinstance(shape, Point):
        points[question.key] = [shape.x, shape.y]
    if question.kind == "polygon" and isinstance(shape, Polygon | MultiPolygon):
        parts: Any = (shape.tuple,) if isinstance(shape, Polygon) else shape.tuple
        rings = [[list(at[:2]) for at in ring] for part in parts for ring in part]
        polygons[question.key] = rings

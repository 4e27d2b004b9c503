"""What a workbook may send to the person store, and what the register must be able to read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from datlanh.intake import xlsform_texts as say
from datlanh.kernel.mapping import Question
from datlanh.kernel.text import Text

if TYPE_CHECKING:
    from datlanh.intake.xlsform_mapping import Survey

_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
TAKEN = ("payload", "mark")  # purposes of the store itself
# Read by queues, maps and lists, or kept as a file of its own.
NEVER_SEALED = ("id", "commune", "polygon", "file", "note")
PLACES = ("position", "outline")  # attributes that a version holds as geometry
CORRECTION = "correction_of"


def bundle_problems(number: int, question: Question, *, in_repeat: bool) -> list[Text]:
    """What is wrong with sealing one question, row `number` of the workbook."""
    if not question.is_sealed:
        return []
    row, name, bundle = str(number), question.key, question.person
    found = []
    if in_repeat:
        found.append(say.PERSON_IN_REPEAT.bind(row=row, name=name))
    if bundle is not None and (bundle in TAKEN or not _NAME.fullmatch(bundle)):
        found.append(say.PERSON_BUNDLE.bind(row=row, bundle=bundle))
    if question.kind in NEVER_SEALED:
        found.append(say.PERSON_KIND.bind(row=row, name=name, kind=question.kind))
    if question.attribute in PLACES:
        found.append(say.PERSON_POSITION.bind(row=row, name=name))
    return found


def told_by_sealed(survey: Survey, needed: Iterable[str | None]) -> list[Text]:
    """Sealed questions that the form itself reads: its id, its dates, what is cleared."""
    sealed = {q.key for q in survey.questions if q.is_sealed}
    dates = {survey.date} | {q.date for q in survey.questions} | {r.date for r in survey.repeats}
    for_dates = ("biết ngày thông tin", "to date its answers")
    for_itself = ("nhận biết báo cáo", "to tell what the report is about")
    uses = [(key, for_dates) for key in sorted(sealed & dates)]
    uses += [(key, for_itself) for key in sorted(sealed & {*needed, CORRECTION})]
    return [
        say.PERSON_NEEDED_OPEN.bind(name=key, use_vi=use[0], use_en=use[1]) for key, use in uses
    ]

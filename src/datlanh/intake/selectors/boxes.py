"""The boxes of a survey report as the rules see them: how many, and what is doubtful."""

from __future__ import annotations

from datlanh.hazards.rules import BoxFound, box_read
from datlanh.hazards.selectors.boxes import box_table
from datlanh.intake.attached import BOXES, boxes_digest, boxes_in, has_boxes
from datlanh.intake.claims import list_rows
from datlanh.intake.models import Report
from datlanh.kernel.boxes import BoxProblem
from datlanh.kernel.mapping import Answers, FormMapping
from datlanh.kernel.rules import BoxesSeen


def boxes_seen(report: Report, mapping: FormMapping, answers: Answers) -> BoxesSeen | None:
    """What came, from the form and from its file; None where no box came at all."""
    if not has_boxes(mapping):
        return None
    digest = boxes_digest(report, mapping, answers)
    typed = [row for r in mapping.repeats if r.list == BOXES for row in list_rows(r, answers)]
    if not digest and not typed:
        return None
    file = boxes_in(digest)
    own = [box_read(row.values, row.shape) for row in typed]
    found = own + [box_read(row.values(), row.shape) for row in file.rows]
    problems = (*file.problems, *_nowhere(own), *_twice(own, found[len(own) :]), *_unknown(found))
    different = {f.box.id for f in found if f.box} | {
        str(n) for n, f in enumerate(found) if not f.box
    }
    return BoxesSeen(len(different), problems)


def _nowhere(own: list[BoxFound]) -> list[BoxProblem]:
    lost = [f for f in own if f.box is None]
    return [BoxProblem("box_unnamed", len(lost))] if lost else []


def _twice(own: list[BoxFound], filed: list[BoxFound]) -> list[BoxProblem]:
    """Boxes that the form names twice, or beside the file."""
    seen = {f.box for f in filed}
    again = []
    for found in own:
        if found.box is not None and found.box in seen:
            again.append(found.box.id)
        seen.add(found.box)
    return [BoxProblem("doubled", len(again), again[0])] if again else []


def _unknown(found: list[BoxFound]) -> list[BoxProblem]:
    """Results that the table in force does not know."""
    table = box_table().results
    odd = [f.written for f in found if table.of(f.written) is None]
    return [BoxProblem("result_unknown", len(odd), odd[0] or "–")] if odd else []

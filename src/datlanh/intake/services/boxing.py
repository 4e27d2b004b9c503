"""Boxes entered on the map become an ordinary report on form 6, sent through the front door."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datlanh.accounts.models import User
from datlanh.hazards.selectors.boxes import box_table, surveyed_boxes
from datlanh.intake.boxpack import boxes_packed
from datlanh.intake.instance import instance_of
from datlanh.intake.models import FormVersion, Report
from datlanh.intake.selectors.offered import form_version_get
from datlanh.intake.services.attaching import Incoming
from datlanh.intake.services.receiving import report_receive
from datlanh.intake.services.surveys import Blank, pair_written
from datlanh.kernel import clock
from datlanh.kernel.boxes import BoxRow
from datlanh.kernel.errors import DomainError
from datlanh.kernel.grid import BOX_M2, Box, box_of_id, polygon_of
from datlanh.kernel.mapping import Answers, FormMapping
from datlanh.kernel.text import Text
from datlanh.places import selectors as places
from datlanh.register.models import Record, Version

MOST = 10_000  # boxes of one report
MOST_ITEMS = 10_000  # in one box
NOT_RESTATED = ("person", "file", "point", "polygon")
NOTHING = Text("Chưa có ô nào thay đổi.", "No box has changed.")
NO_BOX = Text("«{box}» không phải mã ô của lưới 50 m.", "“{box}” is no box of the 50 m grid.")
NO_RESULT = Text("Kết quả «{result}» không có trong bảng.", "The table has no result “{result}”.")
FAR = Text("Ô {box} nằm ngoài tỉnh.", "Box {box} lies outside the province.")
TOO_MANY = Text("Mỗi báo cáo tối đa {most} ô.", "At most {most} boxes in one report.")
NO_DAY = Text(
    "Ngày khảo sát phải là một ngày không ở tương lai.",
    "The day of the search must be a day that is not in the future.",
)


@dataclass(frozen=True)
class Entered:
    """What was entered for one box: the key of a result, and items found."""

    result: str
    items: int = 0


def boxes_compose(
    *,
    survey: Record,
    version: Version,
    entered: Mapping[str, Entered],
    on: dt.date | None,
    note: str,
    by: User,
) -> Report:
    """Send a survey report (form 6) that restates the survey with its boxes as they now are.

    The boxes go along as the zipped shapefile that the procedure asks for. Boxes that were not
    entered keep what the register has; those off the grid stay with the reports that brought them.

    Raises:
        DomainError: nothing entered, a box or result nobody knows, a day to come, or the account
            may not send.
    """
    today = clock.today()
    if on is None or on > today:
        raise DomainError(NO_DAY)
    changed = _checked(entered, on)
    known = surveyed_boxes(version, box_table().results)
    rows = {
        b.found.box: BoxRow(
            box=b.found.box.id, result=b.found.written, on=b.found.on, items=b.found.items
        )
        for b in known
        if b.found.box is not None
    }
    rows |= changed
    if len(rows) > MOST:
        raise DomainError(TOO_MANY, most=MOST)
    form = FormVersion.objects.get(pk=form_version_get("cmrs").pk)
    name = f"{survey.local_id}.zip"
    off_grid = sum(b.found.box is None for b in known)
    said = {
        "survey_boxes": name,
        "surveyed_area_total": round((len(rows) + off_grid) * BOX_M2),
        "end_date": max(on.isoformat(), str(version.values.get("end_date") or "")),
        "additional_information": note.strip(),
    }
    answers = _restated(form.mapping, survey, version, said)
    content = boxes_packed(survey.local_id, [rows[box] for box in sorted(rows)])
    return report_receive(
        xml=instance_of(Blank(form.mapping, bytes(form.xform)), answers, f"uuid:{uuid.uuid4()}"),
        by=by,
        organisation=by.organisation,
        channel="web",
        attachments=[Incoming(name, "application/zip", [content], len(content))],
    ).report


def _checked(entered: Mapping[str, Entered], on: dt.date) -> dict[Box, BoxRow]:
    """What was entered as rows, once it is known to be sensible."""
    if not entered:
        raise DomainError(NOTHING)
    if len(entered) > MOST:
        raise DomainError(TOO_MANY, most=MOST)
    table = box_table().results
    rows: dict[Box, BoxRow] = {}
    for name, one in entered.items():
        box = box_of_id(name)
        if box is None:
            raise DomainError(NO_BOX, box=name[:40])
        if table.by_key(one.result) is None:
            raise DomainError(NO_RESULT, result=one.result[:40])
        items = min(max(one.items, 0), MOST_ITEMS)
        rows[box] = BoxRow(box=box.id, result=one.result, on=on.isoformat(), items=items)
    middles = [polygon_of(box).centroid for box in rows]
    inside = places.in_province_each(middles, clock.today())
    for box, is_in in zip(rows, inside, strict=True):
        if not is_in:
            raise DomainError(FAR, box=box.id)
    return rows


def _restated(
    mapping: FormMapping, survey: Record, version: Version, said: Mapping[str, Any]
) -> Answers:
    """The answers that the register has of a survey, and what is said anew.

    Persons and the day of verification are left out: whoever vouches for the report gives them.
    """
    values: dict[str, Any] = {}
    points: dict[str, Any] = {}
    for question in mapping.questions:
        value = version.values.get(question.attribute or "")
        if question.kind == "point" and version.position is not None:
            points[question.key] = pair_written(version.position.coords)
        elif question.kind in NOT_RESTATED or question.key == "verification_date":
            continue
        elif value is not None:
            values[question.key] = value
    values |= {"cmrs_id": survey.local_id, **said}
    return Answers(values={k: v for k, v in values.items() if v not in ("", [])}, points=points)

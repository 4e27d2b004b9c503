"""How a report gets into the register: by the straight way, or returned and corrected once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator
from dataclasses import dataclass
from random import Random

from datlanh.intake.demo.answers import Draft
from datlanh.intake.demo.book import Book
from datlanh.intake.demo.calendar import later
from datlanh.intake.demo.people import Operator
from datlanh.intake.models import Report
from datlanh.kernel import clock
from datlanh.register.models import Record

Steps = Generator[dt.datetime, None, None]
Entered = Generator[dt.datetime, None, tuple[Report, Record]]


@dataclass(frozen=True)
class Slip:
    """What is easily mistyped in a form, and what desk and operator say about it."""

    key: str
    returned: str
    corrected: str


_MEASURED = "Sửa diện tích theo khoanh vùng."
_AREA_OFF = "Diện tích ghi lệch hơn 20 % so với khoanh vùng. Đề nghị kiểm tra lại và nộp lại."
_TURNS = "Số lượt người cao bất thường so với các buổi khác. Đề nghị đối chiếu danh sách."
SLIPS = {
    "cha": Slip("area_size", _AREA_OFF, _MEASURED),
    "land_release": Slip("cleared_area", _AREA_OFF, _MEASURED),
    "clearance_progress": Slip(
        "cleared_area", "Diện tích tháng này không khớp với nhật ký đội.", "Sửa theo nhật ký đội."
    ),
    "cmrs": Slip(
        "surveyed_area_total", "Diện tích không khớp với số ô khảo sát.", "Sửa theo số ô khảo sát."
    ),
    "eod_spot": Slip(
        "cleared_area", "Diện tích rà tại điểm chưa hợp lý. Đề nghị kiểm tra.", "Sửa diện tích rà."
    ),
    "eore": Slip("participants_women", _TURNS, "Sửa theo danh sách tham gia."),
    "victim": Slip("age_at_accident", "Tuổi không khớp với ngày sinh.", "Sửa tuổi."),
    "victim_assistance": Slip("amount", "Số tiền không khớp với chứng từ.", "Sửa theo chứng từ."),
}


def any_trouble(rng: Random) -> str:
    """What goes wrong on the way of one report: mostly nothing."""
    return rng.choices(("", "corrected", "returned", "resubmitted"), (88, 7, 3, 2))[0]


def entered(
    book: Book,
    rng: Random,
    operator: Operator,
    draft: Draft,
    *,
    record: Record | None = None,
    trouble: str = "",
) -> Entered:
    """Sent, vouched for and approved, by the straight way or with one detour."""
    desk, slip = book.desk, SLIPS.get(draft.form)
    right = draft.answers.values.get(slip.key) if slip else None
    if not trouble or slip is None or not right:
        report = desk.send(draft, operator)
        yield later(rng, clock.now(), (0.1, 2.0))
        desk.verify(report, operator)
    elif trouble == "corrected":
        report = desk.send(_mistyped(rng, draft, slip.key), operator)
        yield later(rng, clock.now(), (0.1, 2.0))
        desk.verify(report, operator, note=slip.corrected, **{slip.key: right})
    else:
        report = desk.send(_mistyped(rng, draft, slip.key), operator)
        yield later(rng, clock.now(), (0.1, 1.5))
        desk.verify(report, operator)
        yield later(rng, clock.now(), (0.2, 2.0))
        desk.send_back(report, operator, slip.returned)
        yield later(rng, clock.now(), (4.4, 6.0) if trouble == "late" else (0.4, 1.8))
        if trouble == "returned":
            desk.verify(report, operator, note=slip.corrected, **{slip.key: right})
        else:
            report = desk.send(draft, operator)
            yield later(rng, clock.now(), (0.05, 0.4))
            desk.verify(report, operator)
    yield later(rng, clock.now(), (0.3, 4.5))
    return report, desk.approve(report, operator, record)


def _mistyped(rng: Random, draft: Draft, key: str) -> Draft:
    return draft.but(**{key: round(draft.answers.values[key] * rng.uniform(1.24, 1.5))})

"""LIFE: a hazardous area from the first indication to land handed over, as a table.

The states stand over the four public ones (procedure 2021, pages 3-4); `hazards.rules` says
which is which. An area of which nobody took a step is in the state its newest report names.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from datlanh.kernel.text import Text
from datlanh.kernel.workflow import State, Transition, Workflow

CAUSES = {
    "missed_item": Text("Phát hiện vật nổ còn sót", "An item was missed"),
    "accident": Text("Xảy ra tai nạn", "An accident happened"),
    "inspection": Text("Kiểm tra sau bàn giao", "Found on an inspection"),
    "other": Text("Lý do khác", "Another cause"),
}
# These are chosen with the thing itself: the record of that item or accident.
CAUSE_KINDS = {"missed_item": ("eod_task", "land_release"), "accident": ("accident",)}


class Area(Protocol):
    """What the guards ask about an area."""

    @property
    def organisations(self) -> frozenset[int]: ...  # that reported it or released land on it
    @property
    def last_on(self) -> dt.date | None: ...  # the day of its newest step
    @property
    def known_since(self) -> dt.date | None: ...  # its first date of information
    @property
    def completed(self) -> bool: ...  # a completion report about it counts
    @property
    def released(self) -> bool: ...  # some release about it counts, complete or not
    @property
    def is_live(self) -> bool: ...  # some report about it counts


@dataclass(frozen=True)
class AreaStep:
    """One attempt at a step: by whom, true from which day, why, and on which paper."""

    actor_organisation_id: int
    on: dt.date
    today: dt.date
    note: str = ""
    cause: str = ""
    cause_kind: str = ""  # of the record that is the cause
    paper: str = ""  # number of the record of inspection, of the handover certificate
    is_of_two: bool = False  # a second person confirmed it


def some_report_counts(area: Area, step: AreaStep) -> Text | None:
    if not area.is_live:
        return Text(
            "Không còn báo cáo nào về khu vực này có hiệu lực.",
            "No report about this area counts any more.",
        )
    return None


def day_is_possible(area: Area, step: AreaStep) -> Text | None:
    if step.on > step.today:
        return Text("Ngày không được ở tương lai.", "The day must not lie in the future.")
    if area.known_since is not None and step.on < area.known_since:
        return Text(
            f"Khu vực chỉ được biết từ {area.known_since:%d/%m/%Y}.",
            f"The area is known since {area.known_since:%d/%m/%Y} only.",
        )
    if area.last_on is not None and step.on < area.last_on:
        return Text(
            f"Bước gần nhất là ngày {area.last_on:%d/%m/%Y}; bước mới không được trước đó.",
            f"The newest step is of {area.last_on:%d/%m/%Y}; a new one must not lie before it.",
        )
    return None


def reason_is_given(area: Area, step: AreaStep) -> Text | None:
    return None if step.note.strip() else Text("Hãy ghi lý do.", "Give the reason.")


def cause_is_given(area: Area, step: AreaStep) -> Text | None:
    if step.cause not in CAUSES:
        return Text("Hãy chọn nguyên nhân mở lại.", "Choose the cause of reopening.")
    return reason_is_given(area, step) if step.cause == "other" else None


def cause_is_the_thing_itself(area: Area, step: AreaStep) -> Text | None:
    kinds = CAUSE_KINDS.get(step.cause)
    if kinds and step.cause_kind not in kinds:
        return Text(
            "Hãy chọn chính vụ tai nạn, hoặc báo cáo xử lý hay giải phóng đất có vật nổ còn sót.",
            "Choose the accident itself, or the EOD task or release with the missed item.",
        )
    return None


def paper_is_named(area: Area, step: AreaStep) -> Text | None:
    if not step.paper.strip():
        return Text(
            "Hãy ghi số biên bản hoặc giấy chứng nhận.",
            "Give the number of the record or the certificate.",
        )
    return None


def completion_was_reported(area: Area, step: AreaStep) -> Text | None:
    if not area.completed:
        return Text(
            "Chưa có báo cáo hoàn thành (CLC) nào được duyệt cho khu vực này.",
            "No completion report (CLC) about this area is approved yet.",
        )
    return None


def nothing_was_released(area: Area, step: AreaStep) -> Text | None:
    if area.released:
        return Text(
            "Đã có báo cáo giải phóng đất cho khu vực này: phần còn lại được huỷ bỏ bằng báo cáo.",
            "Land of it was released already: what remains is cancelled by a release report.",
        )
    return None


def not_who_worked_there(area: Area, step: AreaStep) -> Text | None:
    if step.actor_organisation_id in area.organisations:
        return Text(
            "Người của tổ chức đã khảo sát hoặc rà phá khu vực này không tự nghiệm thu hay bàn "
            "giao.",
            "Nobody of an organisation that surveyed or cleared this area accepts it or hands it "
            "over.",
        )
    return None


def second_person_confirmed(area: Area, step: AreaStep) -> Text | None:
    if not step.is_of_two:
        return Text(
            "Bước này cần người thứ hai xác nhận.", "This step needs a second person to confirm."
        )
    return None


ALWAYS = (some_report_counts, day_is_possible)
DIVIDES = (*ALWAYS, reason_is_given, second_person_confirmed)
AT_WORK = frozenset({"sha", "cha", "tasked", "ongoing", "suspended"})  # not done with yet
DIVIDED = ("split", "merged")  # whatever comes in about such an area wants a choice
MOVE = "area:move"

LIFE: Workflow[Area, AreaStep] = Workflow(
    name="hazards.area",
    initial="indication",
    states=(
        State("indication", Text("Dấu hiệu", "Indication")),
        State("sha", Text("Nghi ngờ ô nhiễm (SHA)", "Suspected (SHA)")),
        State("cha", Text("Khẳng định ô nhiễm (CHA)", "Confirmed (CHA)")),
        State("tasked", Text("Đã giao nhiệm vụ", "Tasked")),
        State("ongoing", Text("Đang tiến hành", "Ongoing")),
        State("suspended", Text("Tạm dừng", "Suspended")),
        State("completed", Text("Hoàn thành, chờ nghiệm thu", "Completed, to be inspected")),
        State("inspected", Text("Đã nghiệm thu, chờ bàn giao", "Accepted, to be handed over")),
        State("closed", Text("Đã bàn giao, đóng", "Handed over, closed")),
        State("discredited", Text("Không xác nhận", "Discredited"), final=True),
        State("split", Text("Đã chia thành các khu vực con", "Split into parts"), final=True),
        State("merged", Text("Đã gộp vào khu vực khác", "Merged into another"), final=True),
    ),
    transitions=(
        Transition(
            "suspect",
            Text("Xác định nghi ngờ (SHA)", "Make it an SHA"),
            frozenset({"indication"}),
            "sha",
            MOVE,
            ALWAYS,
        ),
        Transition(
            "confirm",
            Text("Khẳng định (CHA)", "Make it a CHA"),
            frozenset({"indication", "sha"}),
            "cha",
            MOVE,
            ALWAYS,
        ),
        Transition(
            "discredit",
            Text("Không xác nhận", "Discredit"),
            frozenset({"indication", "sha", "cha"}),
            "discredited",
            MOVE,
            (*ALWAYS, reason_is_given, paper_is_named, nothing_was_released),
        ),
        Transition(
            "task", Text("Giao nhiệm vụ", "Task"), frozenset({"cha"}), "tasked", MOVE, ALWAYS
        ),
        Transition(
            "untask",
            Text("Rút nhiệm vụ", "Take the task back"),
            frozenset({"tasked"}),
            "cha",
            MOVE,
            (*ALWAYS, reason_is_given),
        ),
        Transition(
            "start",
            Text("Bắt đầu rà phá", "Begin the work"),
            frozenset({"cha", "tasked"}),
            "ongoing",
            MOVE,
            ALWAYS,
        ),
        Transition(
            "suspend",
            Text("Tạm dừng", "Suspend"),
            frozenset({"ongoing"}),
            "suspended",
            MOVE,
            (*ALWAYS, reason_is_given),
        ),
        Transition(
            "resume",
            Text("Tiếp tục", "Resume"),
            frozenset({"suspended"}),
            "ongoing",
            MOVE,
            ALWAYS,
        ),
        Transition(
            "complete",
            Text("Hoàn thành rà phá", "Complete the work"),
            frozenset({"cha", "tasked", "ongoing", "suspended"}),
            "completed",
            MOVE,
            (*ALWAYS, completion_was_reported),
        ),
        Transition(
            "accept",
            Text("Nghiệm thu đạt", "Accept after inspection"),
            frozenset({"completed"}),
            "inspected",
            MOVE,
            (*ALWAYS, completion_was_reported, paper_is_named, not_who_worked_there),
        ),
        Transition(
            "reject",
            Text("Nghiệm thu không đạt", "Reject: work again"),
            frozenset({"completed"}),
            "ongoing",
            MOVE,
            (*ALWAYS, reason_is_given, not_who_worked_there),
        ),
        Transition(
            "hand_over",
            Text("Bàn giao, đóng", "Hand over and close"),
            frozenset({"inspected"}),
            "closed",
            MOVE,
            (*ALWAYS, completion_was_reported, paper_is_named, not_who_worked_there),
        ),
        Transition(
            "reopen",
            Text("Mở lại", "Reopen"),
            frozenset({"completed", "inspected", "closed"}),
            "cha",
            MOVE,
            (*ALWAYS, cause_is_given, cause_is_the_thing_itself),
        ),
        Transition(
            "split",
            Text("Chia khu vực", "Split"),
            AT_WORK,
            "split",
            MOVE,
            DIVIDES,
            two_persons=True,
        ),
        Transition(
            "merge",
            Text("Gộp khu vực", "Merge"),
            AT_WORK,
            "merged",
            MOVE,
            DIVIDES,
            two_persons=True,
        ),
    ),
)

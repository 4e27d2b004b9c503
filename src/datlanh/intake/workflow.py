"""REVIEW: from receipt to the register, and who may move a report along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from datlanh.kernel.text import Text
from datlanh.kernel.workflow import State, Transition, Workflow


class Authored(Protocol):
    """What the guards ask about whatever somebody of an organisation sent."""

    @property
    def author_id(self) -> int: ...
    @property
    def organisation_id(self) -> int: ...


class Reviewed(Authored, Protocol):
    """What the guards ask about a report."""

    @property
    def blocks(self) -> int: ...
    @property
    def approved_once(self) -> bool: ...


@dataclass(frozen=True)
class Step:
    """One attempt at a transition: by whom (and the second person), with what note."""

    actor_id: int
    actor_organisation_id: int
    note: str = ""
    from_centre: bool = False  # the report is the centre's own entry
    second_id: int | None = None
    second_organisation_id: int | None = None
    corrected_by: frozenset[int] = frozenset()  # who wrote later revisions of the payload


def not_the_author(report: Authored, step: Step) -> Text | None:
    people = {step.actor_id, step.second_id} - {None}
    if report.author_id in people or people & step.corrected_by:
        return Text(
            "Người lập hoặc sửa báo cáo không tự quyết định báo cáo đó.",
            "A report is decided by someone other than its author or corrector.",
        )
    return None


def not_of_the_reporting_organisation(report: Authored, step: Step) -> Text | None:
    if step.from_centre:
        return None  # the centre's own entries: a second officer (not_the_author) is enough
    if report.organisation_id in {step.actor_organisation_id, step.second_organisation_id}:
        return Text(
            "Người của tổ chức báo cáo (kể cả cán bộ biệt phái) không quyết định báo cáo này.",
            "Nobody of the reporting organisation, seconded officers included, "
            "decides on this report.",
        )
    return None


def reason_is_given(report: Authored, step: Step) -> Text | None:
    return None if step.note.strip() else Text("Hãy ghi lý do.", "Give the reason.")


def nothing_blocks(report: Reviewed, step: Step) -> Text | None:
    if report.blocks:
        return Text(
            f"Còn {report.blocks} lỗi chặn.",
            f"{report.blocks} blocking finding(s) remain.",
        )
    return None


def never_approved(report: Reviewed, step: Step) -> Text | None:
    if report.approved_once:
        return Text(
            "Báo cáo đã từng được duyệt nên nội dung không đổi nữa; hãy nộp báo cáo đính chính.",
            "This report was approved once, so its content is fixed; send a correction instead.",
        )
    return None


def two_persons(report: Reviewed, step: Step) -> Text | None:
    if step.second_id is None or step.second_id == step.actor_id:
        return Text(
            "Bước này cần người thứ hai xác nhận.", "This step needs a second person to confirm."
        )
    return None


DECIDES = (not_the_author, not_of_the_reporting_organisation)

REVIEW: Workflow[Reviewed, Step] = Workflow(
    name="intake.review",
    initial="received",
    states=(
        State("received", Text("Đã nhận", "Received")),
        State("verified", Text("Chờ duyệt", "Awaiting review")),
        State("returned", Text("Trả lại", "Returned")),
        State("approved", Text("Đã duyệt", "Approved")),
        State("refused", Text("Từ chối", "Refused"), final=True),
        State("withdrawn", Text("Thu hồi", "Withdrawn"), final=True),
        State("replaced", Text("Đã nộp lại", "Resubmitted"), final=True),
    ),
    transitions=(
        Transition(
            "verify",
            Text("Xác nhận và gửi Trung tâm", "Verify and send to the centre"),
            frozenset({"received", "returned"}),
            "verified",
            "report:verify",
        ),
        Transition(
            "approve",
            Text("Phê duyệt", "Approve"),
            frozenset({"verified"}),
            "approved",
            "report:approve",
            (*DECIDES, nothing_blocks),
        ),
        Transition(
            "return",
            Text("Trả lại", "Return"),
            frozenset({"verified"}),
            "returned",
            "report:approve",
            (reason_is_given, never_approved, *DECIDES),
        ),
        Transition(
            "refuse",
            Text("Từ chối", "Refuse"),
            frozenset({"verified", "returned"}),
            "refused",
            "report:approve",
            (reason_is_given, *DECIDES, two_persons),
            two_persons=True,
        ),
        Transition(
            "withdraw",
            Text("Thu hồi", "Withdraw"),
            frozenset({"approved"}),
            "withdrawn",
            "report:withdraw",
            (reason_is_given, *DECIDES, two_persons),
            two_persons=True,
        ),
        Transition(
            "revoke",
            Text("Huỷ phê duyệt", "Revoke the approval"),
            frozenset({"approved"}),
            "verified",
            "report:withdraw",
            (reason_is_given, *DECIDES, two_persons),
            two_persons=True,
        ),
        Transition(
            "replace",
            Text("Nộp lại", "Resubmit"),
            frozenset({"received", "returned"}),
            "replaced",
            "report:create",
        ),
    ),
)


class Linkable(Protocol):
    """What the guards ask about two records that are linked."""

    @property
    def authors(self) -> frozenset[int]: ...  # of what counts for either, correctors too
    @property
    def organisations(self) -> frozenset[int]: ...  # that reported either, the centre left out
    @property
    def both_count(self) -> bool: ...


def no_author_of_either(link: Linkable, step: Step) -> Text | None:
    if step.actor_id in link.authors:
        return Text(
            "Người lập hoặc sửa báo cáo của một trong hai hồ sơ không tự quyết định liên kết này.",
            "A link is decided by someone who wrote or corrected no report about either record.",
        )
    return None


def not_of_either_organisation(link: Linkable, step: Step) -> Text | None:
    if step.actor_organisation_id in link.organisations:
        return Text(
            "Người của tổ chức báo cáo một trong hai hồ sơ không quyết định liên kết này.",
            "Nobody of an organisation that reported either record decides on this link.",
        )
    return None


def both_records_count(link: Linkable, step: Step) -> Text | None:
    if not link.both_count:
        return Text(
            "Một trong hai hồ sơ không còn báo cáo nào có hiệu lực.",
            "No report about one of the two records counts any more.",
        )
    return None


def link_reason_is_given(link: Linkable, step: Step) -> Text | None:
    return None if step.note.strip() else Text("Hãy ghi lý do.", "Give the reason.")


LINK_DECIDES = (no_author_of_either, not_of_either_organisation)

LINKING: Workflow[Linkable, Step] = Workflow(
    name="intake.linking",
    initial="open",
    states=(
        State("open", Text("Chưa quyết định", "Not decided")),
        State("linked", Text("Đã liên kết", "Linked")),
        State("apart", Text("Không liên quan", "Not related")),
    ),
    transitions=(
        Transition(
            "link",
            Text("Liên kết", "Link"),
            frozenset({"open", "apart"}),
            "linked",
            "report:approve",
            (both_records_count, *LINK_DECIDES),
        ),
        Transition(
            "part",
            Text("Không liên quan", "Not related"),
            frozenset({"open"}),
            "apart",
            "report:approve",
            LINK_DECIDES,
        ),
        Transition(
            "unlink",
            Text("Bỏ liên kết", "Unlink"),
            frozenset({"linked"}),
            "apart",
            "report:approve",
            (link_reason_is_given, *LINK_DECIDES),
        ),
    ),
)


HOLDING: Workflow[Authored, Step] = Workflow(
    name="intake.holding",
    initial="waiting",
    states=(
        State("waiting", Text("Đang giữ lại", "Held back")),
        State("released", Text("Đã cho vào", "Let in"), final=True),
        State("refused", Text("Từ chối", "Refused"), final=True),
    ),
    transitions=(
        Transition(
            "release",
            Text("Cho vào", "Let in"),
            frozenset({"waiting"}),
            "released",
            "report:approve",
            DECIDES,
        ),
        Transition(
            "refuse",
            Text("Từ chối", "Refuse"),
            frozenset({"waiting"}),
            "refused",
            "report:approve",
            (reason_is_given, *DECIDES),
        ),
    ),
)

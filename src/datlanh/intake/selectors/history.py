"""What happened to a report, in order: decisions and events told as sentences."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has
from datlanh.audit.models import Event
from datlanh.intake.models import Report
from datlanh.intake.selectors.people import bundle_label
from datlanh.kernel.text import Text

EVENTS = {
    "report.receive": Text("Đã nhận báo cáo", "Report received"),
    "report.attach": Text("Nhận thêm tệp đính kèm", "More files received"),
    "report.verify": Text("Tổ chức xác nhận, gửi Trung tâm", "Verified and sent to the centre"),
    "report.approve": Text("Phê duyệt, đưa vào sổ đăng ký", "Approved into the register"),
    "report.return": Text("Trả lại kèm lý do", "Returned with a reason"),
    "report.replace": Text("Đã nộp lại bằng báo cáo khác", "Resubmitted by another report"),
    "report.refuse_proposed": Text("Đề nghị từ chối", "Refusal proposed"),
    "report.refuse_declined": Text("Không đồng ý từ chối", "Refusal declined"),
    "report.refuse": Text("Từ chối, người thứ hai xác nhận", "Refused, second person confirmed"),
    "report.withdraw_proposed": Text("Đề nghị thu hồi", "Withdrawal proposed"),
    "report.withdraw_declined": Text("Không đồng ý thu hồi", "Withdrawal declined"),
    "report.withdraw": Text(
        "Thu hồi, người thứ hai xác nhận", "Withdrawn, second person confirmed"
    ),
    "report.revoke_proposed": Text("Đề nghị huỷ phê duyệt", "Revocation proposed"),
    "report.revoke_declined": Text("Không đồng ý huỷ phê duyệt", "Revocation declined"),
    "report.revoke": Text(
        "Huỷ phê duyệt, người thứ hai xác nhận", "Approval revoked, second person confirmed"
    ),
    "report.reassign": Text("Gắn sang hồ sơ khác", "Bound to another record"),
    "report.shape_repaired": Text("Sửa khoanh vùng theo đề xuất", "A proposed repair was taken"),
    "report.shape_kept": Text("Giữ nguyên khoanh vùng", "The drawing was kept as it is"),
    "report.except": Text("Cho phép ngoại lệ", "Exception granted"),
    "person.read": Text("Xem thông tin cá nhân", "Personal data read"),
}
DOORS = {
    "web": Text("trang web", "web page"),
    "openrosa": Text("máy hiện trường", "phone"),
    "command": Text("dòng lệnh", "command line"),
    "job": Text("việc nền", "background job"),
}


@dataclass(frozen=True)
class Happening:
    """One line of a report's history. `decision` is its number in the register's sequence."""

    at: dt.datetime
    what: Text
    who: str
    note: str = ""
    decision: int | None = None
    door: Text | None = None
    is_reading: bool = False


def report_history(report: Report, who: User) -> list[Happening]:
    """What happened to a report, oldest first; who read names only for `audit:read`."""
    wanted = Q(subject_type="report", subject_id=str(report.pk))
    if has(who, Permission.AUDIT_READ, report.organisation_id):
        wanted |= Q(subject_type="person", subject_id=report.receipt, action="person.read")
    events = Event.objects.filter(wanted).order_by("pk")
    return [
        Happening(
            at=event.at,
            what=_told(event),
            who=event.actor_name,
            note=event.note,
            decision=(event.after or {}).get("decision"),
            door=DOORS.get(event.via),
            is_reading=event.action == "person.read",
        )
        for event in events
    ]


def _told(event: Event) -> Text:
    """What happened, in words; of a reading, whose data."""
    what = EVENTS.get(event.action, Text(event.action, event.action))
    purpose = (event.after or {}).get("purpose") if event.action == "person.read" else None
    if not purpose:
        return what
    whose = bundle_label(purpose)
    return Text(f"{what.vi}: {whose.vi}", f"{what.en}: {whose.en}")

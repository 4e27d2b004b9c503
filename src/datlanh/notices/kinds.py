"""What people are told of, and how unless they choose otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from datlanh.kernel.text import Text

OFF, ONCE, DIGEST = "off", "once", "digest"
MAILS = (OFF, DIGEST, ONCE)


@dataclass(frozen=True)
class Kind:
    """One kind of notice: its name in the settings, and the sentence of one.

    The sentence names {label}, the subject's id.
    """

    key: str
    name: Text
    sentence: Text
    mail: str = DIGEST


KINDS = {
    kind.key: kind
    for kind in (
        Kind(
            "returned",
            Text("Báo cáo của tổ chức tôi bị trả lại", "A report of my organisation is returned"),
            Text("Báo cáo {label} bị trả lại", "Report {label} was returned"),
            ONCE,
        ),
        Kind(
            "approved",
            Text(
                "Báo cáo của tổ chức tôi được phê duyệt", "A report of my organisation is approved"
            ),
            Text("Báo cáo {label} được phê duyệt", "Report {label} was approved"),
        ),
        Kind(
            "ended",
            Text(
                "Báo cáo của tổ chức tôi bị từ chối hoặc thu hồi",
                "A report of my organisation is refused or withdrawn",
            ),
            Text(
                "Báo cáo {label} bị từ chối hoặc thu hồi", "Report {label} was refused or withdrawn"
            ),
            ONCE,
        ),
        Kind(
            "remark",
            Text("Có trao đổi mới về một báo cáo", "Something new in the discussion of a report"),
            Text("Trao đổi mới về báo cáo {label}", "New in the discussion of report {label}"),
        ),
        Kind(
            "assigned",
            Text("Một báo cáo được giao cho tôi", "A report is given to me"),
            Text("Báo cáo {label} được giao cho bạn", "Report {label} was given to you"),
            ONCE,
        ),
        Kind(
            "proposal",
            Text(
                "Một đề nghị chờ người thứ hai xác nhận", "A proposal waits for a second person"
            ),
            Text(
                "{label}: một đề nghị chờ bạn hoặc đồng nghiệp xác nhận",
                "{label}: a proposal waits for you or a colleague",
            ),
        ),
        Kind(
            "reminder",
            Text("Hạn nộp đến gần hoặc đã qua", "A due date is near or has passed"),
            Text("Đến hạn hoặc quá hạn: {label}", "Due or overdue: {label}"),
            ONCE,
        ),
        Kind(
            "file",
            Text("Tệp tôi yêu cầu đã xong", "A file I asked for is ready"),
            Text("Tệp {label} đã xong", "The file {label} is ready"),
            OFF,
        ),
    )
}  # fmt: skip

"""Nightly rules of the ledger of land: contradictions between releases and areas."""

from __future__ import annotations

from datlanh.kernel.text import Text

# key → (title, message, advice)
DONE_UNCOMPLETED = (
    Text("Khu vực hoàn thành có báo cáo hoàn thành", "What is completed has its completion"),
    Text(
        "Tình trạng: {state}, nhưng không còn báo cáo hoàn thành nào có hiệu lực.",
        "The area is: {state}, but no completion report about it counts any more.",
    ),
    Text(
        "Báo cáo đã bị thu hồi hoặc đính chính: mở lại khu vực, hoặc duyệt báo cáo thay thế.",
        "It was withdrawn or corrected: reopen the area, or approve what takes its place.",
    ),
)
CONTRADICTS = (
    Text("Loại giải phóng phù hợp với việc đã làm", "The class of a release fits what was done"),
    Text(
        "Khoanh vùng ghi «{class}», không phù hợp với loại và phương pháp của báo cáo.",
        "The polygon is called {class}, which its type and methods cannot give.",
    ),
    Text(
        "Loại bỏ chỉ từ điều tra phi kỹ thuật, thu hẹp chỉ từ khảo sát kỹ thuật; sửa báo cáo.",
        "Land is cancelled by non-technical survey only, reduced by technical survey only; "
        "correct the report.",
    ),
)
CLASS_MISSING = (
    Text("Báo cáo ghi cách giải phóng đất", "A release says how land was released"),
    Text(
        "Không ghi tình trạng khoanh vùng, loại hay phương pháp: đất này chưa được tính là giải "
        "phóng.",
        "Neither the polygon's status nor type or method is given: the land does not count as "
        "released.",
    ),
    Text("Gửi bản cập nhật với mục 1.10 hoặc 3.1.", "Send an update that answers 1.10 or 3.1."),
)
MORE_THAN_DRAWN = (
    Text("Không giải phóng nhiều hơn đã khoanh", "No more is released than was drawn"),
    Text(
        "Báo cáo ghi {reported} m², khoanh vùng trừ phần chưa rà chỉ có {computed} m².",
        "It reports {reported} m², its polygon without pockets measures only {computed} m².",
    ),
    Text(
        "Kiểm tra khoanh vùng và các phần không rà phá được.",
        "Check the polygon and the pockets that could not be cleared.",
    ),
)
MORE_THAN_AREA = (
    Text("Không giải phóng nhiều hơn diện tích khu vực", "No more is released than there was"),
    Text(
        "Các báo cáo cộng lại {reported} m² đã giải phóng, khu vực chỉ có {computed} m².",
        "The reports come to {reported} m² released, the area measures only {computed} m².",
    ),
    Text(
        "Tìm báo cáo gửi hai lần, hoặc phần rà mở rộng chưa ghi riêng.",
        "Look for a report sent twice, or fade-out that was not given apart.",
    ),
)
BEFORE_AREA = (
    Text("Giải phóng sau khi có khu vực", "Land is released after the area was known"),
    Text(
        "{other} giải phóng đất ở đây ngày {date}, trước khi có khu vực này; không được tính.",
        "{other} released land here on {date}, before the area was known; it is not counted.",
    ),
    Text(
        "Nếu khu vực đã có từ trước, sửa ngày xác định; nếu không, đất này còn phải rà lại.",
        "If the area was known before, correct its date of identification; if not, this land "
        "has to be worked on again.",
    ),
)
STALLED = (
    Text("Khu vực đang làm thì có tiến triển", "An area at work makes progress"),
    Text(
        "Từ {date} ({days} ngày) không có tiến triển nào được duyệt; còn {remaining} m².",
        "No progress was approved since {date} ({days} days); {remaining} m² remain.",
    ),
    Text(
        "Hỏi tổ chức; gửi báo cáo tiến trình, hoặc ghi tạm dừng.",
        "Ask the operator; send a progress report, or have it suspended.",
    ),
)

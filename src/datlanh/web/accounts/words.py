"""What a permission lets one do, in words for the page of an account."""

from __future__ import annotations

from datlanh.accounts.permissions import Permission
from datlanh.kernel.text import Text

WORDS_OF_PERMISSION: dict[str, Text] = {
    Permission.AUDIT_READ: Text("xem nhật ký hệ thống", "read the audit trail"),
    Permission.DEVICE_MANAGE: Text("quản lý điện thoại", "manage phones"),
    Permission.EXCEPTION_GRANT: Text("cho phép ngoại lệ kiểm tra", "grant exceptions to checks"),
    Permission.FIGURE_READ: Text("xem thống kê", "see statistics"),
    Permission.FORM_PUBLISH: Text("ban hành mẫu báo cáo", "publish forms"),
    Permission.FORM_READ: Text("xem mẫu báo cáo", "see forms"),
    Permission.GAZETTEER_MANAGE: Text("quản lý địa danh", "manage the gazetteer"),
    Permission.GAZETTEER_READ: Text("xem địa danh", "see the gazetteer"),
    Permission.MAP_READ: Text("xem bản đồ", "see the map"),
    Permission.NUMBER_MANAGE: Text("cấp và huỷ mã số", "give out and void numbers"),
    Permission.ORGANISATION_MANAGE: Text("quản lý tổ chức", "manage organisations"),
    Permission.PERSON_ERASE: Text("xoá dữ liệu cá nhân", "erase personal data"),
    Permission.PERSON_READ: Text("xem dữ liệu cá nhân", "see personal data"),
    Permission.RECORD_READ: Text("xem hồ sơ", "see records"),
    Permission.REPORT_APPROVE: Text("phê duyệt báo cáo", "approve reports"),
    Permission.REPORT_CREATE: Text("nộp báo cáo", "send reports"),
    Permission.REPORT_READ: Text("xem báo cáo", "see reports"),
    Permission.REPORT_VERIFY: Text("xác nhận báo cáo", "verify reports"),
    Permission.REPORT_WITHDRAW: Text("thu hồi báo cáo", "withdraw reports"),
    Permission.SETTINGS_MANAGE: Text("đổi cài đặt", "change settings"),
    Permission.USER_MANAGE: Text("quản lý tài khoản", "manage accounts"),
}

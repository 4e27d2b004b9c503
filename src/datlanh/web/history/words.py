"""What events are called on the page, by kind; every action the house writes stands here."""

from __future__ import annotations

from datlanh.intake.selectors.history import EVENTS
from datlanh.kernel.text import Text

# The kinds one filters by, each with its actions. A test holds that no action is missing.
KINDS: dict[str, tuple[Text, dict[str, Text]]] = {
    "people": (
        Text("Dữ liệu cá nhân", "Personal data"),
        {
            "person.read": EVENTS["person.read"],
            "person.erase": Text("Xoá khoá của một người", "A person's key destroyed"),
            "record.erase_persons": Text("Xoá dữ liệu cá nhân", "Personal data erased"),
            "report.read_file": Text("Mở tệp có thể có người", "File opened that may show people"),
        },
    ),
    "reports": (
        Text("Báo cáo", "Reports"),
        {
            **{key: text for key, text in EVENTS.items() if key != "person.read"},
            "report.correct": Text("Sửa báo cáo", "Report corrected"),
            "report.reread": Text("Đọc lại báo cáo", "Report read anew"),
            "report.assign": Text("Giao báo cáo", "Report assigned"),
            "report.unassign": Text("Thôi giao báo cáo", "Report no longer assigned"),
            "report.remark": Text("Viết vào trao đổi", "Wrote in the discussion"),
            "value.choose": Text("Chọn giữa hai giá trị", "Chose between two values"),
            "held.keep": Text("Giữ riêng báo cáo từ máy bị thu hồi", "Kept apart, phone shut out"),
            "held.attach": Text("Thêm tệp cho báo cáo giữ riêng", "File added to one kept apart"),
            "held.release": Text("Cho nhận báo cáo giữ riêng", "Report kept apart let in"),
            "held.refuse": Text("Từ chối báo cáo giữ riêng", "Report kept apart refused"),
            "batch.propose": Text("Đề nghị thu hồi hàng loạt", "Withdrawals proposed together"),
            "batch.confirm": Text("Xác nhận thu hồi hàng loạt", "Withdrawals together confirmed"),
            "batch.decline": Text("Không đồng ý thu hồi hàng loạt", "Withdrawals declined"),
            "batch.begin": Text("Bắt đầu phê duyệt hàng loạt", "Approving many begun"),
            "batch.approve": Text("Phê duyệt hàng loạt", "Many approved"),
            "queue.save": Text("Lưu hàng đợi", "Queue kept"),
            "queue.drop": Text("Bỏ hàng đợi", "Queue dropped"),
            "expectation.set": Text("Đổi báo cáo phải nộp", "Reports to expect changed"),
            "exemption.give": Text("Miễn trễ hạn", "Exemption given"),
            "exemption.take_back": Text("Rút lại việc miễn trễ hạn", "Exemption taken back"),
            "clocks.remind": Text("Nhắc hạn nộp", "Reminders made"),
            "reminder.dismiss": Text("Cất lời nhắc", "Reminder put away"),
        },
    ),
    "records": (
        Text("Hồ sơ", "Records"),
        {
            "area.move": Text("Chuyển trạng thái khu vực", "Area took a step"),
            "area.split_proposed": Text("Đề nghị tách khu vực", "Splitting proposed"),
            "area.split_declined": Text("Không đồng ý tách", "Splitting declined"),
            "area.merge_proposed": Text("Đề nghị gộp khu vực", "Merging proposed"),
            "area.merge_declined": Text("Không đồng ý gộp", "Merging declined"),
            "record.link": Text("Liên kết hồ sơ", "Records linked"),
            "record.part": Text("Bác liên kết đề xuất", "Proposed link refused"),
            "record.unlink": Text("Bỏ liên kết", "Link taken away"),
            "document.issue": Text("Phát hành giấy tờ", "Paper issued"),
            "number.reserve": Text("Giữ mã số", "Number reserved"),
            "number.use": Text("Dùng mã số", "Number used"),
            "number.void": Text("Huỷ mã số", "Number voided"),
            "register.check": Text("Kiểm tra toàn bộ sổ", "Whole register checked"),
            "register.rebuild": Text("Dựng lại sổ đăng ký", "Register rebuilt"),
            "register.ledger": Text("Tính lại sổ diện tích", "Ledger computed anew"),
        },
    ),
    "access": (
        Text("Đăng nhập, tài khoản", "Signing in, accounts"),
        {
            "session.begin": Text("Đăng nhập", "Signed in"),
            "session.end": Text("Kết thúc phiên", "Session ended"),
            "session.refuse": Text("Đăng nhập sai", "Sign-in refused"),
            "user.add": Text("Thêm tài khoản", "Account added"),
            "user.deactivate": Text("Khoá tài khoản", "Account closed"),
            "user.set_password": Text("Đổi mật khẩu", "Password changed"),
            "user.set_language": Text("Đổi ngôn ngữ", "Language changed"),
            "user.add_second_step": Text("Bật đăng nhập hai bước", "Second step set up"),
            "user.drop_second_step": Text("Tắt đăng nhập hai bước", "Second step removed"),
            "user.reset_second_step": Text("Đặt lại đăng nhập hai bước", "Second step reset"),
            "grant.give": Text("Giao vai trò", "Role given"),
            "grant.end": Text("Kết thúc vai trò", "Role ended"),
            "role.seed": Text("Ghi bảng vai trò", "Roles written"),
            "device.add": Text("Thêm điện thoại", "Phone added"),
            "device.revoke": Text("Thu hồi điện thoại", "Phone shut out"),
        },
    ),
    "files": (
        Text("Xuất dữ liệu, sao lưu", "Exports, backups"),
        {
            "export.ask": Text("Yêu cầu xuất tệp", "File asked for"),
            "export.made": Text("Lập tệp xuất", "File made"),
            "export.fetch": Text("Tải tệp xuất", "File fetched"),
            "export.clear": Text("Xoá tệp cũ", "Old files removed"),
            "audit.accept": Text("Ghi nhận đã khôi phục", "A restore was acknowledged"),
        },
    ),
    "settings": (
        Text("Cài đặt, mẫu, danh mục", "Settings, forms, lists"),
        {
            "setting.change": Text("Đổi cài đặt kiểm tra", "Check setting changed"),
            "setting.recheck": Text("Yêu cầu kiểm tra lại", "Checks asked for again"),
            "form.publish": Text("Ban hành mẫu", "Form published"),
            "form.propose": Text("Đề xuất mẫu", "Form proposed"),
            "form.proposal_published": Text("Đề xuất mẫu được ban hành", "Proposal published"),
            "form.proposal_withdrawn": Text("Rút đề xuất mẫu", "Proposal withdrawn"),
            "form.proposal_replaced": Text("Thay đề xuất mẫu", "Proposal replaced"),
            "form.proposal_corrected": Text(
                "Xác nhận sửa cách đọc", "Mapping correction confirmed"
            ),
            "form.remap_proposed": Text("Đề nghị sửa cách đọc", "Mapping correction proposed"),
            "form.remap": Text("Sửa cách đọc", "Mapping corrected"),
            "organisation.add": Text("Thêm tổ chức", "Organisation added"),
            "organisation.activate": Text("Mở hoặc đóng tổ chức", "Organisation opened or closed"),
            "number_range.add": Text("Thêm dãy mã số", "Range of numbers added"),
            "team.add": Text("Thêm đội", "Team added"),
            "team.activate": Text("Mở hoặc đóng đội", "Team opened or closed"),
            "donor.add": Text("Thêm nhà tài trợ", "Donor added"),
            "gazetteer.seed": Text("Ghi địa danh", "Gazetteer written"),
            "gazetteer.import_outlines": Text("Nhập ranh giới xã", "Commune outlines imported"),
            "villages.import": Text("Nhập thôn", "Villages imported"),
            "strikes.import": Text("Nhập dữ liệu ném bom", "Bombing records imported"),
            "ordnance.seed": Text("Ghi danh mục vật nổ", "Ordnance catalogue written"),
        },
    ),
}
ACTIONS = {key: text for _title, actions in KINDS.values() for key, text in actions.items()}

# What stands before the name of what an event is about.
SUBJECTS = {
    "batch": Text("Đợt", "Batch"),
    "device": Text("Điện thoại", "Phone"),
    "document": Text("Giấy tờ", "Paper"),
    "grant": Text("Vai trò của", "Role of"),
    "held": Text("Giữ riêng", "Kept apart"),
    "organisation": Text("Tổ chức", "Organisation"),
    "person": Text("Người trong", "People of"),
    "record": Text("Hồ sơ", "Record"),
    "report": Text("Báo cáo", "Report"),
    "runningnumber": Text("Mã số", "Number"),
    "team": Text("Đội", "Team"),
    "user": Text("Tài khoản", "Account"),
}

# Readings without a reader: for what the house opened a bundle by itself.
READ_BY_THE_HOUSE = {
    "check": Text("báo cáo, khi kiểm tra tự động", "a report, while it was checked"),
    "reread": Text("báo cáo, khi đọc lại theo mẫu mới", "a report, while it was read anew"),
}
NUMBER_STATES = {
    "reserved": Text("đã giữ", "reserved"),
    "used": Text("đã dùng", "used"),
    "void": Text("đã huỷ", "void"),
}

# Names of values that people ask about; others are shown as they are kept.
VALUES = {
    "batch": Text("đợt", "batch"),
    "channel": Text("đường gửi", "channel"),
    "decision": Text("quyết định số", "decision no."),
    "format": Text("định dạng", "format"),
    "grants_ended": Text("vai trò kết thúc", "roles ended"),
    "is_active": Text("hoạt động", "active"),
    "kind": Text("loại", "kind"),
    "language": Text("ngôn ngữ", "language"),
    "local_id": Text("mã số", "id"),
    "name": Text("tên", "name"),
    "on": Text("ngày", "day"),
    "organisation": Text("tổ chức", "organisation"),
    "persons": Text("số người", "persons"),
    "purpose": Text("của ai", "whose"),
    "questions": Text("câu hỏi", "questions"),
    "receipt": Text("biên nhận", "receipt"),
    "record": Text("hồ sơ", "record"),
    "records": Text("số hồ sơ", "records"),
    "reports": Text("số báo cáo", "reports"),
    "revision": Text("bản", "revision"),
    "role": Text("vai trò", "role"),
    "rule": Text("quy tắc", "rule"),
    "sessions": Text("số phiên", "sessions"),
    "state": Text("trạng thái", "state"),
    "table": Text("danh sách", "list"),
    "to": Text("cho", "to"),
    "user": Text("tài khoản", "account"),
    "username": Text("tên đăng nhập", "user name"),
    "value": Text("giá trị", "value"),
}

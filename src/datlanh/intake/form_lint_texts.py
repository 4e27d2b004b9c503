"""What is said about a doubtful version of a form."""

from __future__ import annotations

from datlanh.intake.xlsform_texts import Saying
from datlanh.kernel.text import Text

__all__ = ["Saying"]

VERSION_LOW = Saying(
    Text(
        "Phiên bản {key} không mới hơn phiên bản đang dùng ({now}); hãy tăng số phiên bản.",
        "Version {key} is not above the one in force ({now}); raise it.",
    )
)
KIND_UNKNOWN = Saying(
    Text(
        "Hệ thống không biết loại hồ sơ “{key}”; báo cáo sẽ không vào được sổ đăng ký.",
        "The system knows no kind of record “{key}”; reports could not enter the register.",
    )
)
KIND_CHANGED = Saying(
    Text(
        "Biểu mẫu này lập hồ sơ loại “{old}”, không đổi sang “{key}” được.",
        "This form makes records of kind “{old}”; it cannot change to “{key}”.",
    )
)
ID_CHANGED = Saying(
    Text(
        "Mã hồ sơ lấy từ “{key}” thay cho “{old}”.",
        "The record’s id is taken from “{key}” instead of “{old}”.",
    )
)
CONTRADICTS = Saying(
    Text(
        "“{key}”: tên có “{part}” nhưng nhãn nói “{word}”.",
        "“{key}”: the name says “{part}”, the label says “{word}”.",
    )
)
UNTRANSLATED = Saying(
    Text(
        "“{key}”: nhãn hai ngôn ngữ giống hệt nhau (“{label}”).",
        "“{key}”: the label is the same in both languages (“{label}”).",
    )
)
ALIKE = Saying(
    Text(
        "“{key}” và “{other}” hỏi cùng một điều (“{label}”) nhưng ghi vào hai thuộc tính.",
        "“{key}” and “{other}” ask the same (“{label}”) and go to two attributes.",
    )
)
UNIT_WRONG = Saying(
    Text(
        "“{key}” hỏi bằng {unit} nhưng thuộc tính “{attribute}” giữ đơn vị khác.",
        "“{key}” asks in {unit}, but the attribute “{attribute}” holds another unit.",
    )
)
UNIT_MISSING = Saying(
    Text("“{key}” là một số đo mà thiếu đơn vị.", "“{key}” is an amount without a unit.")
)
EXPRESSION = Saying(
    Text(
        "“{key}”: máy hiện trường không đọc được biểu thức “{expression}”.",
        "“{key}”: phones cannot read the expression “{expression}”.",
    )
)
PERSONAL = Saying(
    Text(
        "“{key}” có vẻ là thông tin cá nhân nhưng không được niêm phong (register::kind person).",
        "“{key}” looks like personal data and is not sealed (register::kind person).",
    )
)
OPENED = Saying(
    Text(
        "“{key}” trước đây là thông tin cá nhân được niêm phong; không được mở ra. "
        "Hãy dùng tên khác.",
        "“{key}” was personal data and sealed; it cannot be opened. Use another name.",
    )
)
KEY_KIND = Saying(
    Text(
        "“{key}” trước đây là “{old}”, nay là “{new}”: một tên không dùng cho hai nghĩa.",
        "“{key}” was of kind “{old}” and is “{new}” now: a name is not used for two meanings.",
    )
)
KEY_LIST = Saying(
    Text(
        "“{key}” chọn từ một danh sách gần như khác hẳn: có còn cùng nghĩa không?",
        "“{key}” asks from an almost entirely different list: does it still mean the same?",
    )
)
STORED = Saying(
    Text(
        "Thuộc tính “{key}” đang giữ “{old}”, không thể nhận “{new}”. Hãy dùng thuộc tính mới.",
        "The attribute “{key}” holds “{old}” and cannot take “{new}”. Use a new attribute.",
    )
)
UNIT_CHANGED = Saying(
    Text(
        "Thuộc tính “{key}” đang tính bằng {old}, không đổi sang {new} được. "
        "Hãy dùng thuộc tính mới.",
        "The attribute “{key}” is in {old} and cannot change to {new}. Use a new attribute.",
    )
)
GROUP_CHANGED = Saying(
    Text(
        "Thuộc tính “{key}” chuyển từ nhóm “{old}” sang “{new}”: giá trị cũ có thể che giá trị "
        "mới.",
        "The attribute “{key}” moves from the group “{old}” to “{new}”: old values could hide "
        "newer ones.",
    )
)
MODE_CHANGED = Saying(
    Text(
        "Danh sách “{key}” đổi từ {old} sang {new}: các báo cáo cũ sẽ làm mất dòng của báo cáo "
        "mới.",
        "The list “{key}” changes from {old} to {new}: older reports would make rows of newer "
        "ones vanish.",
    )
)
REBOUND = Saying(
    Text(
        "Thuộc tính “{key}” lấy từ “{new}” thay cho “{old}”: có cùng nghĩa không?",
        "The attribute “{key}” is taken from “{new}” instead of “{old}”: is it the same?",
    )
)
DATE_CHANGED = Saying(
    Text(
        "Ngày thông tin của “{key}” theo “{new}” thay cho “{old}”.",
        "“{key}” is dated by “{new}” instead of “{old}”.",
    )
)
ELSEWHERE = Saying(
    Text(
        "Biểu mẫu “{form}” hiểu thuộc tính “{key}” khác (kiểu hoặc đơn vị).",
        "The form “{form}” understands the attribute “{key}” otherwise (kind or unit).",
    )
)
RULE_NEEDS = Saying(
    Text(
        "Quy tắc kiểm tra cần câu hỏi “{key}” mà biểu mẫu mới không còn.",
        "A check rule needs the question “{key}”, which the new form has no more.",
    )
)
COLUMN_NEEDS = Saying(
    Text(
        "Danh sách và bản đồ cần “{key}” mà biểu mẫu mới không còn ghi.",
        "Lists and map need “{key}”, which the new form says no more.",
    )
)
CHOICE_USED = Saying(
    Text(
        "Lựa chọn “{key}” bị bỏ nhưng đang có trong {waiting} báo cáo chờ và {approved} báo cáo "
        "đã duyệt.",
        "The choice “{key}” is gone, but {waiting} waiting and {approved} approved reports use it.",
    )
)
MINIMUM = Text(
    "Dữ liệu tối thiểu “{datum}” cần “{key}”: {gap}.",
    "The minimum datum “{datum}” needs “{key}”: {gap}.",
)


def minimum(datum: Text, key: str, gap: Text) -> Text:
    """That a datum of the minimum data is not asked for as it was."""
    return Text(
        MINIMUM.say("vi", datum=datum.vi, key=key, gap=gap.vi),
        MINIMUM.say("en", datum=datum.en, key=key, gap=gap.en),
    )

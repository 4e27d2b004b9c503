"""What is said to the person whose form workbook cannot be used."""

from __future__ import annotations

from dataclasses import dataclass

from datlanh.kernel.text import Text


@dataclass(frozen=True)
class Saying:
    """A sentence with marks; `bind` fills them in both languages at once."""

    text: Text

    def bind(self, **values: object) -> Text:
        """The filled sentence."""
        return Text(self.text.say("vi", **values), self.text.say("en", **values))


COLUMNS_MISSING = Text(
    "Biểu mẫu thiếu cột hoặc thiết lập: {columns}.",
    "The workbook lacks columns or settings: {columns}.",
)
NOT_COMPILED = Text(
    "Không dịch được biểu mẫu XLSForm: {why}", "The XLSForm cannot be compiled: {why}"
)
FILE_UNKNOWN = Saying(
    Text(
        "Biểu mẫu cần tệp “{file}” mà hệ thống không có.",
        "The form asks for the file “{file}”, which the system does not have.",
    )
)
LABEL_MISSING = Saying(
    Text(
        "Trang {sheet}, dòng {row}: “{name}” thiếu nhãn hoặc lời nhắc bằng {tongue}.",
        "Sheet {sheet}, row {row}: “{name}” lacks a label or message in {tongue}.",
    )
)
NAME_MISSING = Saying(
    Text("Trang survey, dòng {row}: thiếu tên.", "Sheet survey, row {row}: the name is missing.")
)
NAME_TWICE = Saying(
    Text(
        "Dòng {row}: tên “{name}” đã được dùng cho một câu hỏi khác.",
        "Row {row}: the name “{name}” is already that of another question.",
    )
)
TYPE_UNKNOWN = Saying(
    Text(
        "Dòng {row}: loại câu hỏi “{type}” chưa được hỗ trợ.",
        "Row {row}: the question type “{type}” is not supported.",
    )
)
KIND_UNKNOWN = Saying(
    Text(
        "Dòng {row}: register::kind “{kind}” không có trong danh sách: {kinds}.",
        "Row {row}: register::kind “{kind}” is not one of {kinds}.",
    )
)
KIND_MISFIT = Saying(
    Text(
        "Dòng {row}: câu hỏi loại “{type}” không thể là “{kind}”.",
        "Row {row}: a question of type “{type}” cannot be a “{kind}”.",
    )
)
ATTRIBUTE_TWICE = Saying(
    Text(
        "Dòng {row}: thuộc tính “{attribute}” đã gắn với một câu hỏi khác.",
        "Row {row}: the attribute “{attribute}” already belongs to another question.",
    )
)
LIST_MISSING = Saying(
    Text(
        "Dòng {row}: danh sách lựa chọn “{list}” không có trong trang choices.",
        "Row {row}: the choice list “{list}” is not in the sheet choices.",
    )
)
MODE_UNKNOWN = Saying(
    Text(
        "Dòng {row}: register::mode phải là replace hoặc combine, không phải “{mode}”.",
        "Row {row}: register::mode must be replace or combine, not “{mode}”.",
    )
)
REPEAT_IN_REPEAT = Saying(
    Text(
        "Dòng {row}: nhóm lặp trong nhóm lặp chưa được hỗ trợ.",
        "Row {row}: a repeat inside a repeat is not supported.",
    )
)
UNBALANCED = Text(
    "Các dòng begin và end của nhóm không khớp nhau.", "The begin and end rows do not match."
)
DATE_UNKNOWN = Saying(
    Text(
        "“{name}” ghi ngày thông tin theo “{date}”, nhưng đó không phải là câu hỏi ngày.",
        "“{name}” is dated by “{date}”, which is not a date question of the form.",
    )
)
ID_UNKNOWN = Saying(
    Text(
        "datlanh::id_question “{name}” không phải là câu hỏi loại id.",
        "datlanh::id_question “{name}” is not a question of kind id.",
    )
)
CLEAR_UNKNOWN = Saying(
    Text(
        "Câu hỏi xóa thông tin “{name}” có lựa chọn không thuộc hồ sơ: {keys}.",
        "The clearing question “{name}” offers what is no attribute, group, list or question: "
        "{keys}.",
    )
)
PERSON_BUNDLE = Saying(
    Text(
        "Dòng {row}: register::person “{bundle}” phải là một tên ngắn bằng chữ thường không dấu,"
        " ví dụ victim, và không được là payload hay mark.",
        "Row {row}: register::person “{bundle}” must be a short name in small letters, such as"
        " victim, and neither payload nor mark.",
    )
)
PERSON_KIND = Saying(
    Text(
        "Dòng {row}: “{name}” là “{kind}” nên không thể niêm phong trong phần riêng tư.",
        "Row {row}: “{name}” is a “{kind}” and cannot be sealed with a person.",
    )
)
PERSON_POSITION = Saying(
    Text(
        "Dòng {row}: “{name}” là vị trí của hồ sơ nên không thể niêm phong trong phần riêng tư.",
        "Row {row}: “{name}” is the record's position and cannot be sealed with a person.",
    )
)
PERSON_IN_REPEAT = Saying(
    Text(
        "Dòng {row}: “{name}” thuộc một người nên không thể nằm trong nhóm lặp. Hãy dùng một biểu"
        " mẫu cho mỗi người.",
        "Row {row}: “{name}” belongs to a person and cannot stand in a repeat. Use one form for"
        " each person.",
    )
)
PERSON_NEEDED_OPEN = Saying(
    Text(
        "“{name}” được niêm phong với một người, nhưng biểu mẫu cần đọc câu này để {use_vi}.",
        "“{name}” is sealed with a person, but the form needs it open {use_en}.",
    )
)

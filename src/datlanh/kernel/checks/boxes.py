"""The boxes of a survey: a file that can be read, on the grid, once each, with known results."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from shapely.geometry import Point

from datlanh.kernel.checks.parts import SOP, SURVEY, amount, whole
from datlanh.kernel.checks.survey import BOX_M2, BOXES_FILE
from datlanh.kernel.rules import Facts, Hit, ReportView, Rule, Severity
from datlanh.kernel.text import Text

FILE = "survey_boxes"
WHY = {
    "no_zip": Text("không phải tệp nén zip đọc được", "it is no readable zip file"),
    "no_layer": Text("không có lớp shapefile đọc được", "it holds no readable shapefile"),
    "too_large": Text("tệp quá lớn khi giải nén", "it is too large when unpacked"),
    "absent": Text("tệp không còn trong kho", "the file is no longer in the store"),
}
GRID = f"{SOP}, App. 01 §2.1 (p. 17); CMRS practice: boxes of 50 m on UTM 48N"


def _told(*kinds: str) -> Callable[[ReportView, Facts], Iterator[Hit]]:
    """One hit for each problem of these kinds."""

    def look(view: ReportView, facts: Facts) -> Iterator[Hit]:
        for problem in view.boxes.problems if view.boxes else ():
            if problem.kind in kinds:
                values = {
                    "count": problem.count,
                    "example": WHY.get(problem.example, problem.example or "–"),
                }
                yield Hit(FILE, values, at=Point(problem.at) if problem.at else None)

    return look


def counted(view: ReportView, facts: Facts) -> Iterator[Hit]:
    stated = amount(view.answers.get("surveyed_area_total"))
    if view.boxes is None or not view.boxes.count or not stated or stated < 0:
        return
    computed = view.boxes.count * BOX_M2
    if abs(stated - computed) > facts.setting("area_warn") * max(stated, computed):
        values = {"stated": whole(stated), "boxes": view.boxes.count, "computed": whole(computed)}
        yield Hit("surveyed_area_total", values)


RULES = (
    Rule(
        key="boxes_unreadable",
        severity=Severity.WARN,
        title=Text("Đọc được tệp ô khảo sát", "The file of boxes can be read"),
        message=Text("Không đọc được ô nào: {example}.", "No box could be read: {example}."),
        advice=Text(
            "Nén đủ các tệp .shp, .shx, .dbf, .prj vào một tệp zip và gửi lại.",
            "Zip the files .shp, .shx, .dbf and .prj together and send it again.",
        ),
        source=BOXES_FILE,
        forms=SURVEY,
        look=_told("unreadable"),
    ),
    Rule(
        key="boxes_shapeless",
        severity=Severity.WARN,
        title=Text("Mỗi ô có vị trí", "Every box has a place"),
        message=Text(
            "{count} dòng không có hình vuông hoặc vị trí đọc được.",
            "{count} row(s) have no readable square or place.",
        ),
        advice=Text(
            "Kiểm tra lớp dữ liệu: mỗi ô là một hình vuông trên lưới 50 m.",
            "Check the layer: each box is a square of the 50 m grid.",
        ),
        source=GRID,
        forms=SURVEY,
        look=_told("no_shape", "nowhere", "box_unnamed"),
    ),
    Rule(
        key="boxes_off_grid",
        severity=Severity.WARN,
        title=Text("Ô nằm trên lưới 50 m", "Boxes lie on the 50 m grid"),
        message=Text(
            "{count} ô không trùng lưới UTM 48N 50 m, ví dụ «{example}».",
            "{count} box(es) are not on the UTM 48N grid of 50 m, for example “{example}”.",
        ),
        advice=Text(
            "Kiểm tra hệ tọa độ của tệp; ô ngoài lưới được giữ nguyên hình.",
            "Check the file's coordinate system; boxes off the grid are kept as they were drawn.",
        ),
        source=GRID,
        forms=SURVEY,
        look=_told("off_grid"),
    ),
    Rule(
        key="boxes_doubled",
        severity=Severity.WARN,
        title=Text("Mỗi ô một lần", "Each box once"),
        message=Text(
            "{count} ô được ghi hơn một lần, ví dụ {example}.",
            "{count} box(es) are given more than once, for example {example}.",
        ),
        advice=Text(
            "Bỏ dòng thừa; kết quả khác nhau thì kết quả nặng nhất được tính.",
            "Drop what is too much; where results differ the gravest one counts.",
        ),
        source=GRID,
        forms=SURVEY,
        look=_told("doubled"),
    ),
    Rule(
        key="boxes_result_unknown",
        severity=Severity.WARN,
        title=Text("Kết quả ô có trong bảng", "The result of a box is in the table"),
        message=Text(
            "{count} ô có kết quả không có trong bảng, ví dụ «{example}».",
            "{count} box(es) have a result that the table does not know, for example “{example}”.",
        ),
        advice=Text(
            "Ghi đỏ, vàng, xanh dương, xanh lá hoặc xám; hoặc đề nghị Trung tâm thêm cách ghi.",
            "Write red, yellow, blue, green or grey; or ask the centre to add the spelling.",
        ),
        source=GRID,
        forms=SURVEY,
        look=_told("result_unknown"),
    ),
    Rule(
        key="boxes_system",
        severity=Severity.INFO,
        title=Text("Tệp ghi hệ tọa độ", "The file states its coordinate system"),
        message=Text(
            "Tệp không ghi hệ tọa độ đọc được (.prj); ô được đọc theo {example}.",
            "The file states no readable coordinate system (.prj); read as {example}.",
        ),
        advice=Text(
            "Kiểm tra vị trí các ô trên bản đồ và kèm tệp .prj.",
            "Check on the map where the boxes lie, and add the .prj.",
        ),
        source=GRID,
        forms=SURVEY,
        look=_told("system_guessed", "system_unknown"),
    ),
    Rule(
        key="boxes_area",
        severity=Severity.WARN,
        title=Text("Diện tích khớp với số ô", "The area agrees with the boxes"),
        message=Text(
            "Diện tích ghi {stated} m²; {boxes} ô là {computed} m².",
            "The stated area is {stated} m²; {boxes} box(es) are {computed} m².",
        ),
        advice=Text(
            "Sửa diện tích hoặc gửi đủ các ô đã khảo sát.",
            "Correct the area, or send every box that was surveyed.",
        ),
        source=f"{SOP}, App. 02 form 6, 3.1 and 3.2 (p. 34)",
        forms=SURVEY,
        look=counted,
        settings=("area_warn",),
    ),
)

"""The minimum data the GICHD drafted for IMAS 05.10, and which of our questions answer them.

The words are ours, short; the draft is read as a list of what to collect. A reason says what is
missing or only partly there. When a form learns to ask it, the place is added and the reason goes,
then `tools/domain_docs.py` is run.
"""

from __future__ import annotations

from datlanh.intake.minimum_data import Datum, Place, Topic
from datlanh.kernel.text import Text


def _places(*ways: str) -> tuple[Place, ...]:
    """Places written "form/question" or "form/repeat.question"."""
    return tuple(Place(form, key) for form, _, key in (way.partition("/") for way in ways))


CONTAMINATED = (
    Datum(
        "area_benchmark",
        Text("tọa độ điểm mốc", "coordinates of the benchmark"),
        _places("cha/coordinates"),
    ),
    Datum(
        "area_perimeter",
        Text("tọa độ khoanh vùng", "coordinates of the perimeter"),
        _places("cha/polygon_points"),
    ),
    Datum(
        "area_status",
        Text("tình trạng: mở, đóng, đã bàn giao", "status: open, closed, handed over"),
        (Place("cha", "status", ("open", "closed")),),
        Text(
            "Mẫu 5 không có tình trạng “đã bàn giao”.", "Form 5 has no status for handed over land."
        ),
    ),
    Datum(
        "area_type",
        Text("loại khu vực: SHA hay CHA", "kind of area: SHA or CHA"),
        (Place("cha", "area_type", ("cha",)),),
        Text(
            "Chỉ có CHA; quy trình không có mẫu cho khu vực nghi ngờ nguy hiểm.",
            "Only CHA; the procedure has no form for suspected areas.",
        ),
    ),
    Datum(
        "area_devices",
        Text("nhóm vật nổ nghi ngờ hoặc khẳng định", "category of devices suspected or confirmed"),
        _places("cha/found_items.category"),
        Text(
            "Ghi vật nổ đã tìm thấy; không hỏi vật nổ mới chỉ nghi ngờ.",
            "Items found are asked for; those only suspected are not.",
        ),
    ),
    Datum(
        "area_evidence",
        Text("loại và vị trí bằng chứng trực tiếp", "type and location of direct evidence"),
        _places(
            "cha/evidence_points.evidence_kind",
            "cha/evidence_points.position",
            "cha/found_items.geolink",
        ),
        Text(
            "Bằng chứng không phải là vật nổ chỉ được mô tả ở phần ghi chú.",
            "Evidence other than an item is told only in the remark.",
        ),
    ),
    Datum(
        "area_beneficiaries",
        Text("người hưởng lợi dự kiến và thực tế", "beneficiaries, expected and confirmed"),
        _places("cha/beneficiaries"),
        Text(
            "Chỉ ghi cá nhân hay cộng đồng; không có số người, không hỏi lại khi giải phóng đất.",
            "Only individual or community; no number of people, and not asked again at release.",
        ),
    ),
)

RELEASED = (
    Datum(
        "release_benchmark",
        Text("tọa độ điểm mốc", "coordinates of the benchmark"),
        _places("land_release/coordinates"),
    ),
    Datum(
        "release_perimeter",
        Text(
            "khoanh vùng loại bỏ, thu hẹp, rà phá", "perimeter of cancelled, reduced, cleared areas"
        ),
        (
            Place("land_release", "polygon_points"),
            Place("land_release", "polygon_status", ("cancelled", "reduced", "cleared")),
        ),
        Text(
            "Mỗi báo cáo vẽ một vùng với một trạng thái; các phần khác nhau cần nhiều báo cáo.",
            "A report draws one area with one status; parts that differ need several reports.",
        ),
    ),
    Datum(
        "release_depth",
        Text("độ sâu đã rà phá", "depth cleared"),
        _places("land_release/clearance_depth", "clearance_progress/clearance_depth"),
    ),
    Datum(
        "found_position",
        Text("tọa độ vật nổ tìm thấy", "coordinates of devices found"),
        _places(
            "land_release/found_items.position",
            "cmrs/found_items.position",
            "eod_spot/found_items.position",
            "clearance_progress/found_items.position",
        ),
    ),
    Datum(
        "found_model",
        Text("nhóm và kiểu vật nổ tìm thấy, tiêu hủy", "category and model found and destroyed"),
        _places(
            "land_release/found_items.category",
            "land_release/found_items.model",
            "cmrs/found_items.model",
            "cmrs/found_items.disposal",
            "eod_spot/found_items.model",
            "eod_spot/found_items.disposal",
            "clearance_progress/found_items.model",
            "clearance_progress/found_items.disposal",
        ),
        Text(
            "Mẫu 8 ghi vật nổ tìm thấy nhưng không ghi kết quả xử lý từng vật nổ.",
            "Form 8 lists items found, not what became of each.",
        ),
    ),
    Datum(
        "found_condition",
        Text("hiện trạng vật nổ tìm thấy", "condition of devices found"),
        (),
        Text(
            "Không mẫu nào hỏi hiện trạng vật nổ (còn ngòi, đã bắn, hư hỏng).",
            "No form asks in what condition an item is (fuzed, fired, damaged).",
        ),
    ),
    Datum(
        "found_depth",
        Text("độ sâu tìm thấy vật nổ", "depth at which devices were found"),
        _places(
            "land_release/found_items.depth",
            "cmrs/found_items.depth",
            "eod_spot/found_items.depth",
            "clearance_progress/found_items.depth",
        ),
    ),
)

ACTIVITIES = (
    Datum(
        "activity_position",
        Text("tọa độ điểm tham chiếu", "coordinates of the reference point"),
        _places(
            "cha/coordinates",
            "cmrs/survey_point",
            "land_release/coordinates",
            "eod_spot/point_coordinates",
        ),
        Text(
            "Báo cáo tiến trình rà phá chỉ ghi mã khu vực và xã, không có tọa độ riêng.",
            "Clearance progress names areas and commune, without a point of its own.",
        ),
    ),
    Datum(
        "activity_organisation",
        Text("tổ chức thực hiện", "organisation performing it"),
        _places(
            "cha/survey_organisation",
            "cmrs/reporting_organisation",
            "land_release/reporting_organisation",
            "eod_spot/responding_organisation",
            "clearance_progress/reporting_organisation",
        ),
    ),
    Datum(
        "activity_method",
        Text("phương pháp thực hiện", "method used"),
        _places(
            "cha/survey_method",
            "cmrs/survey_method",
            "land_release/method",
            "clearance_progress/method",
        ),
        Text(
            "Mẫu 7 không hỏi phương pháp, chỉ ghi kết quả xử lý từng vật nổ.",
            "Form 7 asks no method, only what became of each item.",
        ),
    ),
    Datum(
        "activity_dates",
        Text("ngày bắt đầu và kết thúc", "start and end date"),
        _places(
            "cmrs/start_date",
            "cmrs/end_date",
            "land_release/start_date",
            "land_release/end_date",
            "eod_spot/respond_date",
            "eod_spot/end_date",
            "clearance_progress/start_date",
            "clearance_progress/end_date",
        ),
        Text(
            "Điều tra phi kỹ thuật chỉ có ngày phát hiện khu vực, không có thời gian thực hiện.",
            "Non-technical survey has the day an area was identified, not its own period.",
        ),
    ),
    Datum(
        "activity_status",
        Text("tình trạng hoạt động", "status of the activity"),
        _places("cmrs/status", "land_release/status", "eod_spot/status"),
        Text(
            "Mẫu 6 chỉ ghi hoàn thành; điều tra phi kỹ thuật và tiến trình rà phá không ghi.",
            "Form 6 tells only completion; non-technical survey and progress reports tell none.",
        ),
    ),
)

EDUCATION = (
    Datum(
        "education_position",
        Text("tọa độ nơi giáo dục", "coordinates of the place"),
        _places("eore/activity_point"),
    ),
    Datum("education_date", Text("ngày", "date"), _places("eore/start_date", "eore/end_date")),
    Datum(
        "education_organisation",
        Text("tổ chức thực hiện", "organisation performing it"),
        _places("eore/reporting_organisation"),
    ),
    Datum(
        "education_method",
        Text("hình thức giáo dục", "method of delivery"),
        _places("eore/activity_types"),
    ),
    Datum(
        "education_beneficiaries",
        Text("người hưởng lợi", "beneficiaries"),
        _places(
            "eore/participants_men",
            "eore/participants_women",
            "eore/participants_boys",
            "eore/participants_girls",
            "eore/participants_under_6",
            "eore/target_population",
        ),
    ),
)

ACCIDENT = (
    Datum(
        "accident_position",
        Text("tọa độ nơi xảy ra", "coordinates of the place"),
        _places("accident/accident_point"),
    ),
    Datum("accident_date", Text("ngày xảy ra", "date"), _places("accident/accident_date")),
    Datum(
        "accident_device",
        Text("nhóm vật nổ gây tai nạn", "category of the device"),
        _places("accident/ordnance_types.category"),
    ),
    Datum(
        "accident_kind",
        Text("tai nạn khi rà phá hay tai nạn bom mìn", "demining accident or mine accident"),
        (
            Place(
                "accident",
                "accident_activity_type",
                ("non_technical_survey", "technical_survey", "clearance"),
            ),
        ),
        Text(
            "Suy ra từ hoạt động lúc xảy ra tai nạn; không có câu hỏi riêng.",
            "Told only by the activity it happened in; there is no question of its own.",
        ),
    ),
)

VICTIM = (
    Datum("victim_name", Text("họ và tên", "name"), _places("victim/full_name")),
    Datum("victim_gender", Text("giới tính", "gender"), _places("victim/gender")),
    Datum("victim_birth", Text("ngày sinh", "date of birth"), _places("victim/date_of_birth")),
    Datum(
        "victim_address",
        Text("địa chỉ", "address"),
        _places("victim/address_commune", "victim/address_village", "victim/address_line"),
    ),
    Datum(
        "victim_status",
        Text("tử vong hay bị thương", "killed or injured"),
        (Place("victim", "killed_or_injured", ("killed", "injured")),),
    ),
    Datum(
        "victim_activity",
        Text("hoạt động lúc tai nạn", "activity at the time"),
        _places("victim/activity_at_time"),
    ),
    Datum(
        "victim_tampered",
        Text("có tác động vào vật nổ không", "whether the device was tampered with"),
        (
            Place("victim", "activity_at_time", ("tampering", "dismantling")),
            Place("victim", "saw_ordnance", ("yes_touched", "yes_not_touched")),
        ),
    ),
)

NO_VISIT = Text(
    "Quy trình không có mẫu báo cáo đợt kiểm tra chất lượng.",
    "The procedure has no form for an inspection visit.",
)

QUALITY = (
    Datum("visit_date", Text("ngày kiểm tra", "date of the visit"), (), NO_VISIT),
    Datum(
        "visit_activity",
        Text("hoạt động được kiểm tra", "activity inspected"),
        _places("land_release/internal_qa_qc", "land_release/external_qa_qc"),
        Text(
            "Mẫu 8 chỉ ghi đã kiểm tra; các hoạt động khác không ghi.",
            "Form 8 tells only that it was done; other activities tell nothing.",
        ),
    ),
    Datum(
        "visit_inspected",
        Text("tổ chức được kiểm tra", "organisation inspected"),
        _places("land_release/reporting_organisation"),
        Text(
            "Suy ra từ báo cáo giải phóng đất có ghi kiểm tra; không ghi theo từng đợt.",
            "Told by a release that says it was inspected; not visit by visit.",
        ),
    ),
    Datum(
        "visit_inspector",
        Text("tổ chức kiểm tra", "organisation performing the inspection"),
        _places(
            "cha/qm_organisation",
            "cmrs/qm_organisation",
            "eod_spot/qm_organisation",
            "land_release/qm_organisation",
        ),
        Text(
            "Ghi cơ quan chịu trách nhiệm giám sát, không ghi theo từng đợt kiểm tra.",
            "The body in charge is named, not who came to each visit.",
        ),
    ),
    Datum(
        "visit_nonconformities",
        Text("loại và mức độ không phù hợp", "type and severity of nonconformities"),
        (),
        NO_VISIT,
    ),
    Datum(
        "visit_measures", Text("biện pháp sau kiểm tra", "measures taken after it"), (), NO_VISIT
    ),
)

TOPICS = (
    Topic("contaminated", Text("Khu vực ô nhiễm", "Contaminated area"), CONTAMINATED),
    Topic("activities", Text("Hoạt động", "Activities"), ACTIVITIES),
    Topic("released", Text("Kết quả giải phóng đất", "Land release product"), RELEASED),
    Topic("education", Text("Giáo dục phòng tránh bom mìn", "Risk education"), EDUCATION),
    Topic("accident", Text("Tai nạn bom mìn", "Accident"), ACCIDENT),
    Topic("victim", Text("Nạn nhân", "Victim"), VICTIM),
    Topic("quality", Text("Kiểm tra chất lượng", "Quality assurance visit"), QUALITY),
)

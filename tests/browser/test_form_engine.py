"""The province's forms in a real browser: filled in, sent, and read again.

The built page is served by a few lines of http.server, without Django.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from datlanh.intake.instance import answers_of, attachment_names, read_instance, unknown_elements
from support.engine import (
    Handler,
    chosen,
    drawn,
    picture,
    question,
    sent,
    ticked,
    typed,
)

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("form", "language", "words"),
    [
        ("cha", "vi", ("Mã KV KĐNH", "Gửi")),
        ("cha", "en", ("CHA ID", "Send")),
        ("land_release", "vi", ("Mã Nhiệm vụ", "Gửi")),
        ("land_release", "en", ("LR ID", "Send")),
        ("accident", "vi", ("Mã tai nạn", "Gửi")),
        ("accident", "en", ("Accident ID", "Send")),
        ("victim", "vi", ("Mã nạn nhân", "Gửi")),
        ("victim", "en", ("Victim ID", "Send")),
        ("victim_assistance", "vi", ("Mã hoạt động hỗ trợ", "Gửi")),
        ("victim_assistance", "en", ("Assistance ID", "Send")),
        ("eore", "vi", ("Mã HĐ GDPTBM", "Gửi")),
        ("eore", "en", ("MRE ID", "Send")),
        ("cmrs", "vi", ("Mã nhiệm vụ", "Gửi")),
        ("cmrs", "en", ("CMRS ID", "Send")),
        ("eod_spot", "vi", ("Mã nhiệm vụ", "Gửi")),
        ("eod_spot", "en", ("EOD ID", "Send")),
        ("clearance_progress", "vi", ("Mã tiến trình rà phá", "Gửi")),
        ("clearance_progress", "en", ("Clearance progress ID", "Send")),
    ],
)
def test_a_form_opens_in_the_pages_language(visit, troubles, form, language, words):
    page = visit(form, language)
    expect(question(page, words[0])).to_be_visible()
    expect(page.get_by_role("button", name=words[1], exact=True)).to_be_visible()
    assert troubles == []


def test_a_form_without_id_or_date_is_not_sent(visit):
    page = visit("cha")
    Handler.posted.clear()
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.get_by_text("2 câu hỏi cần sửa.")).to_be_visible()
    expect(page.get_by_text("Ghi ngày xác nhận: đây là ngày của thông tin")).to_be_visible()
    assert Handler.posted == []


def test_a_hazardous_area_is_filled_in_sent_and_read(visit, troubles, forms, tmp_path):
    page = visit("cha")
    typed(page, "Mã KV KĐNH", "HAZ-409-600123")
    chosen(page, "Tổ chức", "MAG")
    typed(page, "Đội trưởng", "Hồ Thị Mẫu")
    typed(page, "Đội trưởng: điện thoại", "+84 900 000 001")
    typed(page, "Ngày xác định khu vực CHA", "01/10/2026")
    ticked(page, "Tình trạng", "Chưa rà")
    chosen(page, "Xã, phường, đặc khu", "Xã Cam Lộ")
    typed(page, "Thôn, bản, khu phố", "Thôn Bãi Hà")
    drawn(page, "Thông tin tọa độ", (0.5, 0.5))
    drawn(
        page,
        "Điểm khoanh vùng Khu vực Khẳng định Nguy hiểm",
        (0.3, 0.3),
        (0.6, 0.3),
        (0.6, 0.6),
        (0.3, 0.6),
    )
    typed(page, "Diện tích Khu vực Khẳng định Nguy hiểm (m²)", "61947")
    typed(page, "Số lượng", "3")
    chosen(page, "Nhóm", "Bom chùm")
    chosen(page, "Chủng loại", "Bom con (bom bi)")
    chosen(page, "Tên vật nổ", "Bom bi BLU-26 (bom ổi)")
    typed(page, "Mã điểm bằng chứng (Geolink)", "EV001")
    ticked(page, "Loại thảm thực vật", "Đồng cỏ", "Tre")
    typed(page, "Quản lý thông tin (IM): ngày xác nhận", "07/10/2026")
    chosen(page, "Thông tin cần xóa khỏi hồ sơ", "Tình trạng")
    photo = {"name": "hiện trường.png", "mimeType": "image/png", "buffer": picture()}
    question(page, "Ảnh chụp").locator("input[type=file]").last.set_input_files(photo)
    sketch = tmp_path / "so-do.pdf"
    sketch.write_bytes(b"%PDF-1.7 sketch")
    question(page, "Tệp đính kèm").locator("input[type=file]").set_input_files(sketch)

    parts = sent(page)
    instance = read_instance(parts[0][1])
    mapping = forms["cha"].mapping
    answers = answers_of(instance, mapping)
    assert answers.problems == {}
    assert unknown_elements(instance, mapping) == []
    names = attachment_names(instance, mapping)
    assert parts[0][0] == "submission.xml"
    assert sorted(name for name, _ in parts[1:]) == sorted(names)
    assert dict(parts)[answers.values["attachment"]] == b"%PDF-1.7 sketch"
    assert dict(parts)[answers.rows["photos"][0]["values"]["photo"]][:4] == b"\x89PNG"
    given = {k: v for k, v in answers.values.items() if k != "attachment"}
    assert given == {
        "cha_id": "HAZ-409-600123",
        "organisation": "mag",
        "team_leader": "Hồ Thị Mẫu",
        "team_leader_phone": "+84 900 000 001",
        "identification_date": "2026-10-01",
        "status": "open",
        "commune": "19597",
        "village": "Thôn Bãi Hà",
        "area_size": 61947.0,
        "vegetation_type": ["grass", "bamboo"],
        "information_manager_date": "2026-10-07",
        "clear_answers": ["status"],
    }
    assert answers.points["coordinates"] == pytest.approx([107.0, 16.8], abs=0.02)
    ring = answers.polygons["polygon_points"][0]
    assert ring[0] == ring[-1]
    assert len(ring) == 5
    assert answers.rows["found_items"][0]["values"] == {
        "quantity": 3,
        "category": "cluster_munition",
        "sub_category": "submunition",
        "model": "blu_26",
        "geolink": "EV001",
    }
    assert troubles == []


def test_a_land_release_is_filled_in_sent_and_read(visit, troubles, forms):
    page = visit("land_release")
    typed(page, "Mã Nhiệm vụ", "HR-CLC-409-600007")
    typed(page, "Ngày bắt đầu", "01/09/2026")
    typed(page, "Ngày kết thúc", "01/10/2026")
    ticked(page, "Phương pháp", "Rà bom chùm", "Chó dò thuốc nổ")
    typed(page, "Độ sâu Rà phá (cm)", "30")
    typed(page, "Diện tích thực rà (m²)", "482500")
    typed(page, "Hoàn thành giải phóng (%)", "100")
    chosen(page, "Tên vật nổ", "Tên khác hoặc chưa rõ")
    typed(page, "Tên vật nổ (ghi tay)", "Đạn lạ")
    chosen(page, "Lý do", "Ao, hồ")
    drawn(page, "Khoanh vùng", (0.3, 0.3), (0.6, 0.3), (0.6, 0.6))

    instance = read_instance(sent(page)[0][1])
    mapping = forms["land_release"].mapping
    answers = answers_of(instance, mapping)
    assert answers.problems == {}
    assert answers.values == {
        "lr_id": "HR-CLC-409-600007",
        "start_date": "2026-09-01",
        "end_date": "2026-10-01",
        "method": ["cluster_munition_clearance", "explosive_detecting_dog"],
        "clearance_depth": 30.0,
        "cleared_area": 482500.0,
        "release_completion": 100,
    }
    assert answers.rows["found_items"][0]["values"] == {"model": "other", "model_other": "Đạn lạ"}
    pocket = answers.rows["uncleared_pockets"][0]
    assert pocket["values"] == {"pocket_reason": "pond_lake"}
    assert len(pocket["polygons"]["pocket_outline"][0]) == 4
    assert troubles == []


def test_an_eod_task_with_its_three_dates_is_filled_in_sent_and_read(visit, troubles, forms):
    """Section B asks for its date once something in it is answered, section C likewise."""
    page = visit("eod_spot")
    typed(page, "Mã nhiệm vụ", "HR-EOD-409-200123")
    typed(page, "Ngày giao nhiệm vụ", "01/10/2026")
    ticked(page, "Nguồn thông tin", "Đường dây nóng")
    typed(page, "Tên", "Hồ Thị Mẫu")
    ticked(page, "Người cung cấp thông tin đã nhìn thấy vật nổ chưa", "Không")
    typed(page, "Tên, Điện thoại, Địa chỉ", "Hồ Văn Thử, Thôn Mẫu")
    chosen(page, "Tổ chức tiếp nhận", "MAG")
    chosen(page, "Nhóm", "Bom chùm")
    ticked(page, "Kết quả xử lý", "Hủy nổ tại chỗ")
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.get_by_text("Ghi ngày tiếp nhận: đây là ngày của thông tin")).to_be_visible()
    typed(page, "Ngày tiếp nhận", "02/10/2026")
    typed(page, "Ngày hủy nổ", "03/10/2026")

    answers = answers_of(read_instance(sent(page)[0][1]), forms["eod_spot"].mapping)
    assert answers.problems == {}
    assert answers.values == {
        "eod_id": "HR-EOD-409-200123",
        "tasking_date": "2026-10-01",
        "information_source": "hotline",
        "informant_name": "Hồ Thị Mẫu",
        "informant_saw_item": "no",
        "first_informant": "Hồ Văn Thử, Thôn Mẫu",
        "responding_organisation": "mag",
        "respond_date": "2026-10-02",
        "disposal_date": "2026-10-03",
    }
    assert answers.rows["found_items"][0]["values"] == {
        "category": "cluster_munition",
        "disposal": "destroyed_in_situ",
    }
    assert troubles == []


def test_a_victim_is_filled_in_sent_and_read(visit, troubles, forms):
    page = visit("victim")
    typed(page, "Mã nạn nhân", "VIC-409-000123-01")
    typed(page, "Họ tên", "Hồ Thị Mẫu")
    typed(page, "Tuổi khi xảy ra tai nạn", "34")
    ticked(page, "Giới tính", "Nữ")
    chosen(page, "Xã phường", "Xã Cam Lộ")
    chosen(page, "Hoạt động gây tai nạn", "Canh tác")
    ticked(page, "Bị thương hay tử vong", "Bị thương")
    expect(question(page, "Địa điểm tử vong")).not_to_be_visible()
    ticked(page, "Trái", "Chân")
    ticked(page, "Tổn thương, Ảnh hưởng", "Bỏng", "Gãy xương")
    ticked(page, "Nạn nhân có biết KV nguy hiểm", "Có")
    ticked(page, "Nếu biết, sao vẫn đi vào", "Áp lực kinh tế")
    ticked(page, "Chia sẻ thông tin cá nhân với cơ quan nhà nước", "Đồng ý")
    typed(page, "Ngày xác nhận", "07/10/2026")

    answers = answers_of(read_instance(sent(page)[0][1]), forms["victim"].mapping)
    assert answers.problems == {}
    assert answers.values == {
        "victim_id": "VIC-409-000123-01",
        "full_name": "Hồ Thị Mẫu",
        "age_at_accident": 34,
        "gender": "female",
        "address_commune": "19597",
        "activity_at_time": "farming",
        "killed_or_injured": "injured",
        "loss_amputation_left": ["leg"],
        "injuries": ["fractures", "burns"],
        "aware_area_dangerous": "yes",
        "reason_entered": "economic_necessity",
        "consent_authorities": "yes",
        "verification_date": "2026-10-07",
    }
    assert troubles == []


def test_the_page_may_take_a_submission_over(visit):
    """The offline queue listens for the event and keeps what it carries."""
    page = visit("land_release")
    page.evaluate("""addEventListener("datlanh:submission", (event) => {
        event.preventDefault();
        window.kept = { xml: event.detail.xml, id: event.detail.instanceId };
        event.detail.received();
    })""")
    Handler.posted.clear()
    typed(page, "Mã Nhiệm vụ", "HR-CLS-409-600008")
    typed(page, "Ngày kết thúc", "01/10/2026")
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.locator("#form-engine[data-state=received]")).to_be_attached()
    kept = page.evaluate("window.kept")
    assert read_instance(kept["xml"].encode()).instance_id == kept["id"]
    assert Handler.posted == []

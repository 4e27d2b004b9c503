"""Thresholds by name; the database unit may change each. Shares are parts of 1."""

from __future__ import annotations

from dataclasses import dataclass

from datlanh.kernel.text import Text


@dataclass(frozen=True)
class Threshold:
    """One threshold: its name with the unit in it, what it comes with, and how it is called."""

    name: str
    default: float
    word: Text


THRESHOLDS = (
    # Reported against measured area: from here a person looks, from there it goes back.
    Threshold("area_warn", 0.05, Text("Diện tích lệch: cảnh báo từ", "Area differs: warn from")),
    Threshold("area_block", 0.20, Text("Diện tích lệch: chặn từ", "Area differs: block from")),
    # Coordinates are written dd.ddddd: half a step is 0.55 m, so an area is uncertain by about
    # this much per metre of boundary.
    Threshold(
        "area_tolerance_per_perimeter_m",
        0.6,
        Text("Sai số cho mỗi mét ranh giới (m)", "Uncertainty per metre of boundary (m)"),
    ),
    # Half a step of dd.ddddd in both directions: nearer than this is on the edge.
    Threshold(
        "inside_tolerance_m",
        0.8,
        Text("Coi như nằm trên ranh giới (m)", "Counts as on the boundary (m)"),
    ),
    # A ruler in the ground is read to some 5 cm.
    Threshold(
        "item_depth_tolerance_cm",
        5.0,
        Text("Sai số đo độ sâu vật nổ (cm)", "Uncertainty of an item's depth (cm)"),
    ),
    # GICHD geocheck: parts of one polygon overlapping by more than 0.9 %.
    Threshold("part_overlap", 0.009, Text("Các phần chồng lên nhau", "Parts that overlap")),
    # GICHD geocheck: consecutive points farther apart than 5,000 m.
    Threshold(
        "point_gap_m", 5000.0, Text("Hai điểm liền nhau (m)", "Between consecutive points (m)")
    ),
    # The reference point or benchmark stands a short way outside the boundary.
    Threshold(
        "reference_distance_m",
        1000.0,
        Text("Điểm tham chiếu cách khu vực (m)", "Reference point from the area (m)"),
    ),
    # An item deeper than this was typed in another unit: deep bombs are found at some 5 m.
    Threshold("item_depth_cm", 1000.0, Text("Độ sâu vật nổ (cm)", "Depth of an item (cm)")),
    # Caches of 100–495 items occur in one call of the province.
    Threshold("item_quantity_many", 500.0, Text("Số lượng vật nổ", "Quantity of items")),
    # Around the spot of an EOD task.
    Threshold(
        "item_distance_m",
        200.0,
        Text("Vật nổ cách điểm xử lý (m)", "Item from the spot of the task (m)"),
    ),
    Threshold(
        "disposal_distance_m",
        50_000.0,
        Text("Nơi hủy nổ cách điểm xử lý (m)", "Disposal place from the spot (m)"),
    ),
    Threshold(
        "eod_respond_days",
        14.0,
        Text("Tiếp nhận sau giao việc (ngày)", "Response time (days)"),
    ),
    Threshold(
        "eod_cleared_m2",
        10_000.0,
        Text("Diện tích rà tại điểm (m²)", "Area at a spot (m²)"),
    ),
    Threshold(
        "accident_survey_days",
        60.0,
        Text("Điều tra sau tai nạn (ngày)", "Survey after an accident (days)"),
    ),
    # One act of help in Vietnamese dong: less was written in thousands, more in another currency.
    Threshold("assistance_vnd_low", 10_000.0, Text("Hỗ trợ ít nhất (đồng)", "Help, least (VND)")),
    Threshold(
        "assistance_vnd_high", 500_000_000.0, Text("Hỗ trợ nhiều nhất (đồng)", "Help, most (VND)")
    ),
    Threshold(
        "education_participants_many",
        500.0,
        Text("Người tham gia một hoạt động", "Participants of an activity"),
    ),
    Threshold(
        "education_household_many",
        30.0,
        Text("Người tham gia khi thăm hộ", "Participants of a household visit"),
    ),
    Threshold(
        "education_days_many",
        31.0,
        Text("Hoạt động kéo dài (ngày)", "Length of an activity (days)"),
    ),
    # Survey boxes are 50 m × 50 m; a team searches 4–10 a day, and several teams work together.
    Threshold("survey_m2", 10_000_000.0, Text("Diện tích khảo sát (m²)", "Surveyed area (m²)")),
    Threshold(
        "survey_boxes_per_day", 60.0, Text("Số ô khảo sát một ngày", "Boxes surveyed in a day")
    ),
    # Two teams clear some 73,000 m² a month.
    Threshold(
        "progress_month_m2", 500_000.0, Text("Diện tích rà một tháng (m²)", "Area of a month (m²)")
    ),
    # All progress against the completion, as a share of the larger.
    Threshold(
        "progress_sum", 0.05, Text("Tổng tiến trình lệch hoàn thành", "Progress off the completion")
    ),
    Threshold("release_days", 730.0, Text("Thời gian rà phá (ngày)", "Length of the work (days)")),
    # The operators agreed on areas of up to several hundred hectares.
    Threshold("cha_limit_m2", 5_000_000.0, Text("Giới hạn khu vực (m²)", "Limit of an area (m²)")),
    # Share of a release that lies under an older one.
    Threshold("cleared_again", 0.05, Text("Phần đã giải phóng trước", "Share released before")),
    # Two reports of a day this near to each other speak of one place.
    Threshold(
        "duplicate_distance_m", 30.0, Text("Coi là cùng nơi (m)", "Counts as the same place (m)")
    ),
    Threshold(
        "duplicate_days", 14.0, Text("Coi là cùng lúc (ngày)", "Counts as the same time (days)")
    ),
    # Nightly: areas of one kind that share more than this part of the smaller one.
    Threshold("areas_overlap", 0.05, Text("Khu vực chồng lên nhau", "Areas that overlap")),
    # Nightly, and the ledger's page: an area at work of which nothing was heard so long.
    Threshold(
        "stalled_days",
        35.0,
        Text("Khu vực không có tiến triển (ngày)", "Area without progress (days)"),
    ),
    # Nightly: a release, or all on an area, more than the ground there was, as a share of it.
    Threshold(
        "released_more",
        0.05,
        Text("Giải phóng nhiều hơn diện tích", "Released more than there was"),
    ),
    # Nightly: so many times what 99 of 100 records have.
    Threshold("outlier_times", 5.0, Text("Gấp bao nhiêu lần thông thường", "Times the usual")),
)
BY_NAME = {t.name: t for t in THRESHOLDS}
DEFAULT_SETTINGS: dict[str, float] = {t.name: t.default for t in THRESHOLDS}

"""What stands on papers, in both languages."""

from __future__ import annotations

from datlanh.kernel.text import Text

PROVINCE = Text("ỦY BAN NHÂN DÂN TỈNH QUẢNG TRỊ", "PEOPLE’S COMMITTEE OF QUẢNG TRỊ PROVINCE")
CENTRE = Text(
    "Trung tâm Hành động bom mìn tỉnh Quảng Trị (QTMAC)", "Quảng Trị Mine Action Center (QTMAC)"
)
CENTRE_HEAD = Text("TRUNG TÂM HÀNH ĐỘNG BOM MÌN", "MINE ACTION CENTER (QTMAC)")
REPUBLIC = Text("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SOCIALIST REPUBLIC OF VIET NAM")
MOTTO = Text("Độc lập - Tự do - Hạnh phúc", "Independence - Freedom - Happiness")
DATED = Text("{place}, ngày {day} tháng {month} năm {year}", "{place}, {day} {month} {year}")
MONTHS_EN = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

# The printed map

MAP_TITLE = Text("Bản đồ giải phóng đất", "Land release map")
AROUND = Text("quanh điểm {place}", "around {place}")
SCALE = Text("Tỷ lệ 1:{scale}", "Scale 1:{scale}")
LEGEND = Text("Chú giải", "Legend")
INFORMATION = Text("Ngày thông tin", "Date of information")
KNOWN = Text("Tình trạng hồ sơ", "State of the register")
KNOWN_AS = Text("theo quyết định số {seq}", "as known after decision {seq}")
SYSTEM = Text("Hệ tọa độ của lưới", "Coordinate system of the grid")
SOURCE = Text("Nguồn", "Source")
SOURCE_LINE = Text(
    "Sổ đăng ký của QTMAC; kinh, vĩ độ ở mép trên và mép phải: WGS 84",
    "QTMAC’s register; longitude and latitude at the upper and right edge: WGS 84",
)
BOUNDARIES = Text("Ranh giới hành chính", "Administrative boundaries")
APPROXIMATE = Text(
    "gần đúng, không có giá trị pháp lý về địa giới",
    "approximate; they express no opinion on the legal status of any boundary",
)
CONVERGENCE = Text(
    "N: bắc lưới, mép trên của bản đồ. ★: bắc thật. Bắc lưới lệch {angle} về phía {side} so với "
    "bắc thật (vẽ đúng góc).",
    "N: grid north, the map’s upper edge. ★: true north. Grid north lies {angle} {side} of true "
    "north (drawn at its angle).",
)
NO_CONVERGENCE = Text(
    "N: bắc lưới, mép trên của bản đồ, ở đây trùng với bắc thật (★).",
    "N: grid north, the map’s upper edge, here the same as true north (★).",
)
EAST, WEST = Text("đông", "east"), Text("tây", "west")
SAFETY_HEAD = Text(
    "«Không ghi nhận nguy hiểm» không có nghĩa là «an toàn».",
    "“No hazard recorded” does not mean “safe”.",
)
SAFETY = Text(
    "Bản đồ chỉ cho biết những gì đã được báo cáo và phê duyệt đến ngày thông tin. Thấy vật nổ: "
    "không chạm vào, đánh dấu từ xa, rời khỏi theo lối đã đi và báo cho trung tâm.",
    "The map shows only what was reported and approved up to the date of information. If you see "
    "explosive ordnance: do not touch it, leave the way you came, and report it to the centre.",
)

"""What stands on papers, in both languages."""

from __future__ import annotations

from datlanh.kernel.text import Text

PROVINCE = Text("ỦY BAN NHÂN DÂN TỈNH QUẢNG TRỊ", "QUẢNG TRỊ PEOPLE’S COMMITTEE")
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

# The completion report and the handover certificate

NUMBER = Text("Số: {number}", "No. {number}")
REPORT_TITLE = Text("BÁO CÁO HOÀN THÀNH GIẢI PHÓNG ĐẤT", "LAND RELEASE COMPLETION REPORT")
HANDOVER_TITLE = Text(
    "BIÊN BẢN BÀN GIAO ĐẤT ĐÃ GIẢI PHÓNG", "HANDOVER CERTIFICATE OF RELEASED LAND"
)
TITLES = {"completion": REPORT_TITLE, "handover": HANDOVER_TITLE}
NAMES = {
    "completion": Text("Báo cáo hoàn thành", "Completion report"),
    "handover": Text("Biên bản bàn giao", "Handover certificate"),
}
OF_AREA = Text("Khu vực {area}", "Area {area}")
HANDED = Text(
    "Bằng biên bản này, đất đã giải phóng của khu vực nêu dưới đây được bàn giao cho chính quyền "
    "và người sử dụng đất, với các số liệu, giới hạn về độ sâu và cảnh báo ghi trong biên bản.",
    "By this certificate the released land of the area named below is handed over to the local "
    "authority and the users of the land, with the figures, limits of depth and the warning it "
    "states.",
)
THE_AREA = Text("Khu vực", "The area")
AREA_ID = Text("Mã khu vực", "Area ID")
INTERNAL_ID = Text("Mã nội bộ", "Internal ID")
PLACE = Text("Địa điểm", "Place")
OPERATORS = Text("Tổ chức thực hiện", "Operators")
WORK = Text("Thời gian thực hiện", "Dates of work")
FROM_TO = Text("từ {first} đến {last}", "{first} to {last}")
AS_OF = Text("Số liệu đến ngày", "Figures as of")
AS_OF_SAID = Text("{on}, theo quyết định số {seq}", "{on}, as known after decision {seq}")
LEDGER = Text("Sổ diện tích", "Land ledger")
IN_M2, IN_HA = Text("m²", "m²"), Text("ha", "ha")
INITIAL = Text("Diện tích ban đầu", "Initial area")
RESURVEY = Text("Điều chỉnh do khảo sát lại", "Change by re-survey")
CANCELLED = Text("Loại bỏ", "Cancelled")
REDUCED = Text("Thu hẹp", "Reduced")
CLEARED = Text("Rà phá", "Cleared")
TO_DEPTH = Text("trong đó đến độ sâu {depth}", "of which to a depth of {depth}")
UNSAID = Text("trong đó không ghi độ sâu", "of which depth not recorded")
SURFACE = Text("trong đó chỉ rà quan sát mặt đất", "of which surface only")
REMAINING = Text("Còn lại, chưa giải phóng", "Remaining, not released")
UNCLEARED = Text("trong đó không rà phá được", "of which could not be cleared")
RELEASES = Text("Báo cáo giải phóng đất", "Land release reports")
RELEASE_HEADS = (
    Text("Mã", "ID"),
    Text("Tổ chức", "Operator"),
    Text("Ngày", "Date"),
    Text("Cách giải phóng", "Released by"),
    Text("Độ sâu", "Depth"),
    Text("Tính cho khu vực (m²)", "Counted here (m²)"),
)
CLASSES = {
    "cleared": Text("rà phá", "clearance"),
    "reduced": Text("thu hẹp", "reduction"),
    "cancelled": Text("loại bỏ", "cancellation"),
    "": Text("không ghi", "not said"),
}
DEPTHS = {
    "d7cm": Text("7 cm", "7 cm"),
    "d30cm": Text("30 cm", "30 cm"),
    "d3m": Text("3 m", "3 m"),
    "d5m": Text("5 m", "5 m"),
    "over_5m": Text("hơn 5 m", "more than 5 m"),
    "": Text("không ghi", "not said"),
}
ITEMS = Text("Vật nổ đã tìm thấy và báo cáo", "Explosive ordnance found and reported")
ITEM_HEADS = (Text("Nhóm", "Category"), Text("Số lượng", "Quantity"))
NO_ITEMS = Text("Không có vật nổ nào được báo cáo.", "No explosive ordnance was reported.")
SMALL_ARMS = Text(
    "Đạn súng bộ binh được ghi riêng, không cộng vào tổng.",
    "Small arms ammunition is counted apart and not added to the total.",
)
TOTAL = Text("Tổng", "Total")
MAP = Text("Bản đồ khu vực", "Map of the area")
TURNING = Text("Bảng tọa độ điểm khoanh vùng", "Table of turning points")
TURNING_NOTE = Text(
    "X là tọa độ bắc, Y là tọa độ đông. Khoảng cách tính đến điểm kế tiếp.",
    "X is northing, Y is easting. Distances lead to the next point.",
)
POINT = Text("Điểm", "Point")
DISTANCE = Text("Cách (m)", "Distance (m)")
PART = Text("Mảnh {number}", "Part {number}")
HOLE = Text(", vòng trong {number}", ", inner ring {number}")
RISK = Text("Nguy cơ còn lại", "Residual risk")
RISK_DEPTH = Text(
    "Đất ghi là rà phá đã được rà đến độ sâu nêu trong sổ diện tích ({depths}). Dưới độ sâu đó và "
    "ngoài ranh giới trên bản đồ vẫn có thể còn vật nổ.",
    "Land recorded as cleared was cleared to the depths stated in the land ledger ({depths}). "
    "Explosive ordnance may remain below that depth and outside the boundary on the map.",
)
RISK_LEFT = Text(
    "Còn {left} m² chưa giải phóng: không sử dụng phần đất này.",
    "{left} m² are not released: this part of the land must not be used.",
)
RISK_SURFACE = Text(
    "{surface} m² chỉ được rà quan sát mặt đất; không đào, cày hoặc xây dựng ở đó khi chưa rà phá.",
    "{surface} m² were cleared on the surface only; no digging, ploughing or building there before "
    "clearance.",
)
RISK_PLAIN = Text(
    "Không hoạt động giải phóng đất nào loại trừ hết nguy cơ. Thấy vật nổ hoặc vật nghi ngờ: không "
    "chạm vào, rời khỏi theo lối đã đi, ngăn người khác đến gần và báo ngay cho trung tâm. «Không "
    "ghi nhận nguy hiểm» không có nghĩa là «an toàn».",
    "No land release removes all risk. If you see explosive ordnance or something suspicious: do "
    "not touch it, leave the way you came, keep others away and report it to the centre at once. "
    "“No hazard recorded” does not mean “safe”.",
)
PEOPLE = Text("Người tham gia bàn giao, nhận thông tin", "People who took part in the handover")
PEOPLE_HEADS = {
    "men": Text("Nam giới", "Men"),
    "women": Text("Phụ nữ", "Women"),
    "boys": Text("Trẻ em trai", "Boys"),
    "girls": Text("Trẻ em gái", "Girls"),
}
SIGNATURES = Text("Chữ ký", "Signatures")
SIGNED = Text("(ký, ghi rõ họ tên, đóng dấu)", "(signature, full name, seal)")
SIGNED_PLAIN = Text("(ký, ghi rõ họ tên)", "(signature, full name)")
SIGN_OPERATOR = Text("ĐẠI DIỆN TỔ CHỨC THỰC HIỆN", "FOR THE OPERATOR")
SIGN_QUALITY = Text("KIỂM TRA CHẤT LƯỢNG", "QUALITY MANAGEMENT")
SIGN_CENTRE = Text("GIÁM ĐỐC TRUNG TÂM", "DIRECTOR OF THE CENTRE")
SIGN_GIVING = Text("BÊN GIAO", "HANDED OVER BY")
SIGN_COMMUNE = Text("BÊN NHẬN: CHÍNH QUYỀN XÃ", "RECEIVED BY: COMMUNE AUTHORITY")
SIGN_USERS = Text("ĐẠI DIỆN NGƯỜI SỬ DỤNG ĐẤT", "FOR THE USERS OF THE LAND")
SIGNERS = {
    "completion": (
        (SIGN_OPERATOR, SIGNED),
        (SIGN_QUALITY, SIGNED_PLAIN),
        (SIGN_CENTRE, SIGNED),
    ),
    "handover": (
        (SIGN_GIVING, SIGNED),
        (SIGN_COMMUNE, SIGNED),
        (SIGN_USERS, SIGNED_PLAIN),
        (SIGN_CENTRE, SIGNED),
    ),
}
CODE = Text("Mã xác nhận", "Verification code")
CODE_NOTE = Text(
    "Nhập mã này tại địa chỉ bên cạnh, hoặc quét hình, để biết giấy này có do trung tâm cấp và còn "
    "đúng hay không.",
    "Enter this code at the address given, or scan the picture, to learn whether the centre issued "
    "this paper and whether it still stands.",
)
PAGE = Text("Trang {page}/{of}", "Page {page} of {of}")
PROVINCE_NAME = Text("Quảng Trị", "Quảng Trị")

"""What the ledger's lines are called."""

from __future__ import annotations

from datlanh.kernel.ledger import DEPTH_COLUMN
from datlanh.kernel.ledger_shares import COUNTED, EARLIER, SUSPENDED, UNCLASSIFIED, UNLOCATED
from datlanh.kernel.text import Text

DEPTH_WORDS = {
    "d7cm": Text("7 cm", "7 cm"),
    "d30cm": Text("30 cm", "30 cm"),
    "d3m": Text("3 m", "3 m"),
    "d5m": Text("5 m", "5 m"),
    "over_5m": Text("Sâu hơn 5 m", "Deeper than 5 m"),
    "": Text("Không ghi độ sâu", "Depth not said"),
}
SHALLOW_FIRST = ("d7cm", "d30cm", "d3m", "d5m", "over_5m", "")
DEPTH_LINES = [(DEPTH_WORDS[d], DEPTH_COLUMN[d]) for d in SHALLOW_FIRST]
SURFACE = Text("Chỉ rà quan sát", "Surface only")

# Parts of what remains, each with its reason.
APART = (
    ("uncleared_m2", Text("Không rà phá được, đã khoanh", "Could not be cleared, drawn")),
    ("suspended_m2", Text("Rà phá bị đình chỉ", "Clearance suspended")),
    ("unclassified_m2", Text("Báo cáo không ghi cách giải phóng", "Report does not say how")),
    ("earlier_m2", Text("Giải phóng trước khi có khu vực", "Released before the area was known")),
)
UNDRAWN = Text(
    "Ghi là không rà phá được nhưng chưa khoanh (nằm trong phần rà phá)",
    "Said to be uncleared and not drawn (lies within cleared)",
)

STANDING = {
    COUNTED: Text("được tính", "counted"),
    SUSPENDED: Text("đình chỉ, không tính", "suspended, not counted"),
    UNCLASSIFIED: Text("không ghi cách giải phóng, không tính", "does not say how, not counted"),
    EARLIER: Text("trước khi có khu vực, không tính", "before the area, not counted"),
    UNLOCATED: Text("không có khoanh vùng, để riêng", "not drawn, apart"),
}

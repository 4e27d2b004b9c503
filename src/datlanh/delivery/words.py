"""Words the pages share: states, severities and classes of land, in both languages."""

from __future__ import annotations

from datlanh.hazards.rules import PUBLIC_STATES
from datlanh.intake.workflow import REVIEW
from datlanh.kernel.text import Text

AREA_STATES = PUBLIC_STATES
REPORT_STATES = {s.key: s.label for s in REVIEW.states} | {
    "superseded": Text("Bị thay", "Superseded"),
    "draft": Text("Nháp", "Draft"),
}
SEVERITIES = {
    "block": Text("Chặn", "Block"),
    "warn": Text("Cảnh báo", "Warning"),
    "info": Text("Lưu ý", "Note"),
}
# What a rule may be given by the centre; "default" is its own severity.
GIVEN = SEVERITIES | {
    "off": Text("Tắt", "Off"),
    "default": Text("Mức riêng của quy tắc", "The rule's own"),
}
LAND = {  # in the order of the ledger bar
    "cleared": Text("Rà phá", "Cleared"),
    "reduced": Text("Thu hẹp", "Reduced"),
    "cancelled": Text("Loại bỏ", "Cancelled"),
    "remaining": Text("Còn lại", "Remaining"),
}
KINDS = {
    "unlocated": Text("Không định vị", "Unlocated"),
    "sha": Text("SHA, nghi ngờ", "SHA, suspected"),
    "cha": Text("CHA, khẳng định", "CHA, confirmed"),
}
STATES = AREA_STATES | REPORT_STATES | SEVERITIES | LAND | KINDS

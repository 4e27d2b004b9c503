"""How the pages of forms call what happens to a question, and what became of a proposal."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from datlanh.kernel.text import Text

register = template.Library()

CHANGES = {
    "added": Text("Thêm", "Added"),
    "removed": Text("Bỏ", "Removed"),
    "moved": Text("Chuyển chỗ", "Moved"),
    "changed": Text("Sửa", "Changed"),
}
OUTCOMES = {
    "published": Text("Đã công bố", "Published"),
    "withdrawn": Text("Đã rút", "Withdrawn"),
    "corrected": Text("Đã sửa cách đọc", "Mapping corrected"),
    "replaced": Text("Bị thay bằng tệp khác", "Replaced by another upload"),
}


@register.filter
def change_word(kind: str) -> str:
    """`added` → `Thêm`."""
    return CHANGES[kind].say(get_language() or "vi")


@register.filter
def outcome_word(outcome: str) -> str:
    """`withdrawn` → `Đã rút`."""
    return OUTCOMES[outcome].say(get_language() or "vi")

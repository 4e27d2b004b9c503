"""How records belong together: every relation there is, as data, and what speaks for one.

A pair is proposed for what it shares (an id, ground, nearness, dates); a person confirms it. A new
kind of record (calls, tasks) joins by a line in `RELATIONS`.
"""

from __future__ import annotations

from dataclasses import dataclass

from datlanh.kernel.text import Text


@dataclass(frozen=True)
class Named:
    """The first names the second: in its own id (none given), or in an attribute that holds ids."""

    attribute: str = ""


@dataclass(frozen=True)
class Near:
    """The first has a point this near to the second's ground; where days count, these dates too."""

    metres: float
    days: int | None = None
    a_day: str = ""
    b_day: str = ""


@dataclass(frozen=True)
class Overlaps:
    """The two share at least this part of the smaller one's ground."""

    share: float


@dataclass(frozen=True)
class Relation:
    """One way in which a record of kind `a` belongs to one of kind `b`.

    `b_word` is what the page of an `a` calls its `b`s, `a_word` what that of a `b` calls its `a`s.
    """

    key: str
    a: str
    b: str
    b_word: Text
    a_word: Text
    how: tuple[Named | Near | Overlaps, ...]

    def word_on(self, kind: str) -> Text:
        """What a page of that kind calls the others."""
        return self.b_word if kind == self.a else self.a_word


AREA_NEAR, AREA_OF = Text("Khu vực gần đó", "Area nearby"), Text("Khu vực", "Area")

RELATIONS = (
    Relation(
        "victim_accident",
        "victim",
        "accident",
        Text("Tai nạn", "Accident"),
        Text("Nạn nhân", "Victim"),
        (Named(),),
    ),
    Relation(
        "assistance_victim",
        "victim_assistance",
        "victim",
        Text("Nạn nhân được hỗ trợ", "Victim helped"),
        Text("Hỗ trợ", "Assistance"),
        (Named(),),
    ),
    Relation(
        "accident_area",
        "accident",
        "hazardous_area",
        AREA_NEAR,
        Text("Tai nạn", "Accident"),
        (Near(500),),
    ),
    Relation(
        "eod_area",
        "eod_task",
        "hazardous_area",
        AREA_NEAR,
        Text("Xử lý lưu động", "EOD spot task"),
        (Near(100),),
    ),
    Relation(
        "survey_area",
        "survey_task",
        "hazardous_area",
        Text("Khu vực đã khoanh", "Area confirmed"),
        Text("Khảo sát kỹ thuật", "Technical survey"),
        (Named("cha_ids"), Near(500, 90, "end_date", "identification_date")),
    ),
    Relation(
        "area_boxes",
        "hazardous_area",
        "survey_task",
        Text("Khoanh từ các ô của khảo sát", "Drawn from the boxes of"),
        Text("Khu vực khoanh từ các ô", "Area drawn from its boxes"),
        (Named("survey_ids"),),
    ),
    Relation(
        "release_area",
        "land_release",
        "hazardous_area",
        AREA_OF,
        Text("Giải phóng đất", "Land release"),
        (Named("cha_ids"), Overlaps(0.01)),
    ),
    Relation(
        "progress_release",
        "clearance_progress",
        "land_release",
        Text("Hoàn thành rà phá", "Clearance completion"),
        Text("Tiến trình rà phá", "Clearance in progress"),
        (Named("clearance_id"),),
    ),
    Relation(
        "progress_area",
        "clearance_progress",
        "hazardous_area",
        AREA_OF,
        Text("Tiến trình rà phá", "Clearance in progress"),
        (Named("cha_ids"),),
    ),
)
BY_KEY = {r.key: r for r in RELATIONS}
LINKED_KINDS = frozenset(k for r in RELATIONS for k in (r.a, r.b))
# What of a record's values speaks for a link.
ATTRIBUTES = sorted(
    {h.attribute for r in RELATIONS for h in r.how if isinstance(h, Named) and h.attribute}
    | {d for r in RELATIONS for h in r.how if isinstance(h, Near) for d in (h.a_day, h.b_day) if d}
)

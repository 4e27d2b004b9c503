"""Running numbers and their gaps: plain arithmetic, and the list of organisations.

Source: QTMAC information management procedure 2021, appendix 01, section 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from datlanh.kernel.ids import KINDS, RecordId

PROVINCE_CODE = "409"  # IMSMA's code of Quảng Trị

# Each prefix counts by itself: HAZ-409-600001 and HR-CLC-409-600001 may both exist. Victims
# and assistances repeat the accident's number and have none of their own.
PREFIXES = tuple(kind.prefix for kind in KINDS if not kind.suffixes)


def numbered(record_id: RecordId) -> RecordId:
    """The record whose running number this is: the accident of a victim, else itself.

    Under the prefix of the rules: an alias counts no numbers of its own.
    """
    while parent := record_id.parent():
        record_id = parent
    return record_id.canonical


def next_number(taken: Iterable[int], first: int, last: int) -> int | None:
    """The number to give out next in `first`…`last`, or None when all are taken.

    Counts on from the highest taken, because a gap may stand on a paper form that has not
    arrived; gaps are filled only when the end is reached. Counting begins at `first` + 1,
    as in the procedure's examples (600001).
    """
    spoken_for = {n for n in taken if first <= n <= last}
    following = max(spoken_for, default=first) + 1
    if following <= last:
        return following
    return next((n for n in range(first, last + 1) if n not in spoken_for), None)


def gaps(taken: Iterable[int], first: int) -> tuple[tuple[int, int], ...]:
    """Runs of numbers nobody accounts for, from `first` + 1 to the highest taken."""
    found: list[tuple[int, int]] = []
    expected = first + 1
    for number in sorted(set(taken)):
        if number > expected:
            found.append((expected, number - 1))
        expected = max(expected, number + 1)
    return tuple(found)


@dataclass(frozen=True)
class Known:
    """An organisation of the procedure, with its range of running numbers."""

    key: str
    short_name: str
    name_vi: str
    name_en: str
    kind: str
    first: int
    is_active: bool = True

    @property
    def last(self) -> int:
        """The end of the range: each has a hundred thousand numbers."""
        return self.first + RANGE_SIZE - 1


RANGE_SIZE = 100_000
RESERVE_FIRST = 900_000

KNOWN = (
    Known(
        "qtmac",
        "QTMAC",
        "Trung tâm Hành động bom mìn tỉnh Quảng Trị",
        "Quảng Trị Mine Action Center",
        "centre",
        0,
    ),
    Known(
        "military",
        "Quân đội",
        "Bộ Chỉ huy Quân sự tỉnh Quảng Trị",
        "Quảng Trị Provincial Military Command",
        "military",
        100_000,
    ),
    Known("ptvn", "PTVN", "PeaceTrees Vietnam", "PeaceTrees Vietnam", "operator", 200_000),
    Known(
        "cpi",
        "CPI",
        "Clear Path International",
        "Clear Path International",
        "operator",
        300_000,
        is_active=False,
    ),
    Known(
        "sodi",
        "SODI",
        "Tổ chức Đoàn kết Quốc tế SODI (Đức)",
        "Solidarity Service International (SODI)",
        "operator",
        400_000,
        is_active=False,
    ),
    Known(
        "mag", "MAG", "Nhóm Cố vấn bom mìn MAG", "Mines Advisory Group (MAG)", "operator", 500_000
    ),
    Known(
        "npa_renew",
        "NPA/RENEW",
        "Viện trợ Nhân dân Na Uy và Dự án RENEW",
        "Norwegian People’s Aid and Project RENEW",
        "operator",
        600_000,
    ),
    Known(
        "crs", "CRS", "Catholic Relief Services", "Catholic Relief Services", "operator", 700_000
    ),
    Known(
        "red_cross",
        "Chữ thập đỏ",
        "Hội Chữ thập đỏ tỉnh Quảng Trị",
        "Quảng Trị Red Cross Society",
        "operator",
        800_000,
    ),
)

"""What the pages of organisations show: rows of the list, and numbers accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from datlanh.accounts.models import Device, User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.intake.models import Report
from datlanh.kernel.ids import KINDS
from datlanh.kernel.text import Text
from datlanh.organisations.models import (
    NumberRange,
    NumberState,
    Organisation,
    RunningNumber,
    Team,
)
from datlanh.organisations.rules import PREFIXES
from datlanh.organisations.selectors import Accounted, number_proposed, numbers_accounted

KIND_WORDS = {
    "centre": Text("Trung tâm", "Centre"),
    "military": Text("Quân đội", "Military"),
    "operator": Text("Tổ chức thực hiện", "Operator"),
    "authority": Text("Cơ quan quản lý", "Authority"),
    "donor": Text("Nhà tài trợ", "Donor"),
    "other": Text("Khác", "Other"),
}
TEAM_WORDS = {
    "nts": Text("Khảo sát phi kỹ thuật", "Non-technical survey"),
    "ts": Text("Khảo sát kỹ thuật", "Technical survey"),
    "bac": Text("Rà phá khu vực", "Battle area clearance"),
    "eod": Text("Xử lý lưu động", "EOD spot tasks"),
    "mre": Text("Giáo dục phòng tránh", "Risk education"),
}
RUNS_SHOWN = 3
SOME = 50  # ids of one kind on the page; more are counted


@dataclass(frozen=True)
class Row:
    """One organisation in the list. A count is None where `who` may not know it."""

    organisation: Organisation
    kind: Text
    ranges: list[NumberRange]
    teams: int
    devices: int | None
    reports: int | None
    numbers: Mapping[str, int]  # state → how many

    @property
    def used(self) -> int:
        """Running numbers that records carry."""
        return self.numbers.get(NumberState.USED, 0)

    @property
    def reserved(self) -> int:
        """Running numbers given out and not used yet."""
        return self.numbers.get(NumberState.RESERVED, 0)

    @property
    def void(self) -> int:
        """Running numbers that will never be a record."""
        return self.numbers.get(NumberState.VOID, 0)


@dataclass(frozen=True)
class Prefix:
    """One kind of id: what became of its numbers, and the one to give out next."""

    prefix: str
    word: Text
    accounted: Accounted
    proposed: str  # "" when the range is full, or there is none

    @property
    def runs(self) -> list[str]:
        """Runs of numbers nobody accounts for: `500003–500007`, `500011`."""
        return [
            f"{first:06d}" if first == last else f"{first:06d}–{last:06d}"
            for first, last in self.accounted.gaps
        ]

    @property
    def runs_shown(self) -> list[str]:
        """The first of them."""
        return self.runs[:RUNS_SHOWN]

    @property
    def runs_more(self) -> list[str]:
        """The others."""
        return self.runs[RUNS_SHOWN:]


def organisations_seen(who: User) -> QuerySet[Organisation]:
    """The organisations whose records `who` may read, by short name."""
    return Organisation.objects.filter(scope_for(who, Permission.RECORD_READ).q("pk"))


def rows_of(who: User) -> list[Row]:
    """The list: organisations in the scope, those that work now first."""
    seen = list(organisations_seen(who).order_by("-is_active", "short_name"))
    ids = [o.pk for o in seen]
    ranges: dict[int | None, list[NumberRange]] = {}
    for one in NumberRange.objects.filter(organisation__in=ids):
        ranges.setdefault(one.organisation_id, []).append(one)
    teams = _counts(Team.objects.filter(organisation__in=ids, is_active=True))
    phones, sent = scope_for(who, Permission.DEVICE_MANAGE), scope_for(who, Permission.REPORT_READ)
    devices = _counts(Device.objects.filter(phones.q(), revoked_at=None))
    reports = _counts(Report.objects.filter(sent.q()))
    numbers: dict[int, dict[str, int]] = {}
    told = RunningNumber.objects.filter(organisation__in=ids).order_by()
    for pk, state, count in told.values_list("organisation", "state").annotate(Count("pk")):
        numbers.setdefault(pk, {})[state] = count
    return [
        Row(
            o,
            KIND_WORDS[o.kind],
            ranges.get(o.pk, []),
            teams.get(o.pk, 0),
            devices.get(o.pk, 0) if phones.allows(o.pk) else None,
            reports.get(o.pk, 0) if sent.allows(o.pk) else None,
            numbers.get(o.pk, {}),
        )
        for o in seen
    ]


def _counts(found: QuerySet[Team] | QuerySet[Device] | QuerySet[Report]) -> dict[int, int]:
    return dict(found.order_by().values_list("organisation").annotate(Count("pk")))


def prefixes_of(organisation: Organisation) -> list[Prefix]:
    """Every kind of id with its numbers accounted for."""
    words = {kind.prefix: kind.label for kind in KINDS}
    return [
        Prefix(
            prefix,
            words[prefix],
            numbers_accounted(organisation, prefix),
            str(number_proposed(organisation, prefix) or ""),
        )
        for prefix in PREFIXES
    ]


def names_of(numbers: Iterable[RunningNumber]) -> dict[int, str]:
    """Who changed each number last, by account."""
    ids = {n.by_id for n in numbers if n.by_id}
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "full_name"))

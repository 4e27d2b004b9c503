"""The work list: what the nightly run found about records, within a person's scope."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import Scope, scope_for
from datlanh.intake.models import NightlyRun, RecordFinding
from datlanh.intake.selectors.paging import Cursor, Page, page_of
from datlanh.kernel import clock
from datlanh.kernel.checks.nightly import GROUP_OF, NIGHTLY
from datlanh.kernel.checks.stored import from_json
from datlanh.kernel.text import LANGUAGES, Text

HIDDEN = "•••"  # another organisation's record, to those who may not see it
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_TEXT_MAX_CHARS = 40


@dataclass(frozen=True)
class WorkFilter:
    """What the list is narrowed to; empty fields narrow nothing, resolved ones stay out."""

    organisation: str = ""
    group: str = ""
    rule: str = ""
    kind: str = ""
    severity: str = ""
    month: str = ""  # first seen in it
    text: str = ""
    resolved: bool = False

    def q(self) -> Q:
        """The filter as a condition on findings."""
        wanted = Q(resolved_at__isnull=not self.resolved)
        if self.organisation:
            wanted &= Q(organisation__key=self.organisation)
        if self.group:
            wanted &= Q(rule__in=[r for r, g in GROUP_OF.items() if g == self.group])
        for name in ("rule", "kind", "severity"):
            if value := getattr(self, name):
                wanted &= Q(**{name: value})
        if _MONTH.fullmatch(self.month):
            first = dt.date.fromisoformat(f"{self.month}-01")
            following = (first + dt.timedelta(days=32)).replace(day=1)
            wanted &= Q(first_seen_at__gte=clock.local_midnight(first))
            wanted &= Q(first_seen_at__lt=clock.local_midnight(following))
        if text := self.text.strip()[:_TEXT_MAX_CHARS]:
            wanted &= Q(local_id__icontains=text.upper().removeprefix("FR-"))
        return wanted


@dataclass(frozen=True)
class Work:
    """One finding as a person reads it."""

    finding: RecordFinding
    title: Text
    what: Text
    how: Text
    group: str


def findings_seen(who: User) -> QuerySet[RecordFinding]:
    """Findings about records within the scope."""
    return RecordFinding.objects.filter(scope_for(who, Permission.RECORD_READ).q())


def work_list(who: User, wanted: WorkFilter, cursor: Cursor, *, size: int) -> Page[RecordFinding]:
    """A page of findings, newest first."""
    found = findings_seen(who).filter(wanted.q()).select_related("organisation")
    return page_of(found, cursor, size=size)


def work_told(who: User, found: list[RecordFinding]) -> list[Work]:
    """Findings as sentences; another organisation's record is named to who may see it only."""
    scope = scope_for(who, Permission.RECORD_READ)
    return [_told(f, scope) for f in found]


def _told(finding: RecordFinding, scope: Scope) -> Work:
    values = from_json(finding.values)
    owner = values.get("other_of")
    if owner is not None and not scope.allows(owner):
        values["other"] = HIDDEN
    if finding.rule not in NIGHTLY:  # dropped since
        gone = Text(finding.rule, finding.rule)
        return Work(finding, gone, gone, Text("", ""), "")
    rule = NIGHTLY[finding.rule]
    what = Text(*(rule.message.say(language, **values) for language in LANGUAGES))
    return Work(finding, rule.title, what, rule.advice, GROUP_OF[rule.key])


@dataclass
class OperatorCount:
    """Open findings about one organisation's records, by group."""

    key: str
    name: str
    groups: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.groups.values())


def work_counts(who: User) -> list[OperatorCount]:
    """Open findings of each organisation within the scope, the most first."""
    counts: dict[str, OperatorCount] = {}
    open_ones = findings_seen(who).filter(resolved_at=None).order_by()
    rows = open_ones.values_list("organisation__key", "organisation__short_name", "rule")
    for key, name, rule, count in rows.annotate(Count("pk")):
        groups = counts.setdefault(key, OperatorCount(key, name)).groups
        group = GROUP_OF.get(rule, "")
        groups[group] = groups.get(group, 0) + count
    return sorted(counts.values(), key=lambda c: (-c.total, c.name))


def kinds_found(who: User) -> list[str]:
    """The kinds of records that have findings now."""
    open_ones = findings_seen(who).filter(resolved_at=None).order_by("kind")
    return list(open_ones.values_list("kind", flat=True).distinct())


def run_newest() -> NightlyRun | None:
    """The last nightly run."""
    return NightlyRun.objects.order_by("-pk").first()

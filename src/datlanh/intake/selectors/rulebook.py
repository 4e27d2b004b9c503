"""The rules with their settings in force, their history and how often they found something."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.intake.models import Finding, RecordFinding, Report, Setting
from datlanh.intake.selectors.reports import UNDECIDED
from datlanh.intake.selectors.settings import InForce, settings_in_force
from datlanh.kernel import clock
from datlanh.kernel.checks import RULES, rule_of
from datlanh.kernel.checks.nightly import NIGHTLY
from datlanh.kernel.checks.thresholds import BY_NAME
from datlanh.kernel.rules import Rule
from datlanh.kernel.text import Text

_VALUE = re.compile(r"\{\w+\}")


@dataclass(frozen=True)
class Threshold:
    """One threshold as it stands."""

    name: str
    value: float

    @property
    def default(self) -> float:
        """What the program came with."""
        return BY_NAME[self.name].default

    @property
    def word(self) -> Text:
        """How it is called."""
        return BY_NAME[self.name].word


@dataclass(frozen=True)
class RuleLine:
    """One rule as the centre has set it. Hits are reports, not findings."""

    rule: Rule
    severities: Mapping[str, str]  # form → severity in force
    thresholds: tuple[Threshold, ...]
    hits: int
    hits_before: int

    @property
    def severity(self) -> str:
        """The severity on most forms; "" where forms differ."""
        found = set(self.severities.values())
        return found.pop() if len(found) == 1 else ""

    @property
    def sentence(self) -> Text:
        """Its message with a mark where a finding has its values."""
        message = self.rule.message
        return Text(_VALUE.sub("…", message.vi), _VALUE.sub("…", message.en))

    @property
    def advice(self) -> Text:
        """What it advises, marked likewise."""
        advice = self.rule.advice
        return Text(_VALUE.sub("…", advice.vi), _VALUE.sub("…", advice.en))

    @property
    def is_nightly(self) -> bool:
        """Whether the rule looks at the register, not at reports."""
        return self.rule.key in NIGHTLY

    @property
    def is_changed(self) -> bool:
        """Whether anything differs from what the program came with."""
        given = any(s != self.rule.severity for s in self.severities.values())
        return given or any(t.value != t.default for t in self.thresholds)


@dataclass(frozen=True)
class RuleFilter:
    """What the page is narrowed to; empty fields narrow nothing."""

    form: str = ""
    severity: str = ""
    changed: bool = False

    def keeps(self, line: RuleLine) -> bool:
        """Whether the line belongs on the page."""
        if self.form and self.form not in line.rule.forms:
            return False
        seen = {line.severities[self.form]} if self.form else set(line.severities.values())
        if self.severity and self.severity not in seen:
            return False
        return line.is_changed or not self.changed


def months() -> tuple[str, str]:
    """This month and the one before, "2026-11" and "2026-10"."""
    today = clock.today()
    before = today.replace(day=1) - dt.timedelta(days=1)
    return f"{today:%Y-%m}", f"{before:%Y-%m}"


def rules_told(who: User, wanted: RuleFilter = RuleFilter()) -> list[RuleLine]:
    """Every rule the filter keeps, with its hits in `who`'s scope in the two months."""
    force = settings_in_force()
    now, before = (hits_in(who, month) for month in months())
    lines = (_line(r, force, now, before) for r in (*RULES, *NIGHTLY))
    return [line for line in lines if wanted.keeps(line)]


def rule_told(who: User, key: str) -> RuleLine:
    """One rule. KeyError: there is none of that key."""
    rule, force = rule_of(key), settings_in_force()
    now, before = (hits_in(who, month, key) for month in months())
    return _line(rule, force, now, before)


Hits = Mapping[str, int]


def _line(rule: Rule, force: InForce, now: Hits, before: Hits) -> RuleLine:
    given = {f: force.severity(rule.key, f) or rule.severity.value for f in sorted(rule.forms)}
    return RuleLine(
        rule,
        dict.fromkeys(given, rule.severity.value) if rule.fixed else given,
        tuple(Threshold(n, force.thresholds[n]) for n in rule.settings),
        now.get(rule.key, 0),
        before.get(rule.key, 0),
    )


def hits_in(who: User, month: str, rule: str = "") -> dict[str, int]:
    """How often each rule found something in a month.

    Of reports: those received in it, as of their last check. Of the nightly rules: records whose
    finding was first seen in it.
    """
    first = dt.date.fromisoformat(f"{month}-01")
    following = (first + dt.timedelta(days=32)).replace(day=1)
    found = Finding.objects.filter(
        scope_for(who, Permission.REPORT_READ).q("report__organisation"),
        report__received_at__gte=clock.local_midnight(first),
        report__received_at__lt=clock.local_midnight(following),
    )
    found = found.filter(rule=rule) if rule else found
    hits = dict(found.order_by().values_list("rule").annotate(Count("report", distinct=True)))
    nightly = RecordFinding.objects.filter(
        scope_for(who, Permission.RECORD_READ).q(),
        first_seen_at__gte=clock.local_midnight(first),
        first_seen_at__lt=clock.local_midnight(following),
    )
    nightly = nightly.filter(rule=rule) if rule else nightly
    counts = nightly.order_by().values_list("rule").annotate(Count("record_id", distinct=True))
    return hits | dict(counts)


def changes_of(rule: Rule) -> QuerySet[Setting]:
    """Every change of a rule's severities and thresholds, newest first."""
    names = [rule.key, *rule.settings]
    return Setting.objects.filter(name__in=names).select_related("by").order_by("-pk")


def settings_newest() -> int:
    """The number of the newest change."""
    return Setting.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def checked_before(who: User) -> QuerySet[Report]:
    """Undecided reports of `who`'s scope whose findings were made under older settings."""
    within = scope_for(who, Permission.REPORT_READ).q()
    return Report.objects.filter(
        within,
        state__in=UNDECIDED,
        checked_at__isnull=False,
        checked_under__lt=settings_newest(),
    )

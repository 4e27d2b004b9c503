"""The sheet with which centre and operator compare what was sent and what was approved.

Source: SOP 2021, §6.2 (p. 10): compare and collate approved data with the information units of
the organisations, monthly and quarterly.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Count, QuerySet

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.intake.models import Finding, FormVersion, RecordFinding, Report
from datlanh.intake.selectors.lateness import exempted
from datlanh.intake.selectors.reports import UNDECIDED, form_titles
from datlanh.kernel import clock
from datlanh.kernel.checks.parts import FORMS
from datlanh.kernel.text import Text
from datlanh.organisations.models import Organisation

_PERIOD = re.compile(r"(?P<year>20[0-9]{2})-(?:(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4]))")
ORDER = {form: number for number, form in enumerate(FORMS)}  # as the procedure numbers them
WAITING = ("received", "verified")
GONE = ("refused", "withdrawn")


@dataclass(frozen=True)
class Period:
    """A month or a quarter of reception, from its first day to before `following`."""

    key: str
    first: dt.date
    following: dt.date

    @classmethod
    def read(cls, text: str) -> Period:
        """ "2026-10" or "2026-Q3"; anything else is the month that ended last."""
        found = _PERIOD.fullmatch(text)
        if found is None:
            last = clock.today().replace(day=1) - dt.timedelta(days=1)
            return cls.read(f"{last:%Y-%m}")
        year = int(found["year"])
        if found["month"]:
            first, months = dt.date(year, int(found["month"]), 1), 1
        else:
            first, months = dt.date(year, 3 * int(found["quarter"]) - 2, 1), 3
        following = first
        for _ in range(months):
            following = (following + dt.timedelta(days=32)).replace(day=1)
        return cls(text, first, following)

    @property
    def word(self) -> Text:
        """How the period is called."""
        if "Q" in self.key:
            quarter = self.key[-1]
            return Text(
                f"Quý {quarter} năm {self.first.year}", f"Quarter {quarter} of {self.first.year}"
            )
        return Text(f"Tháng {self.first:%m/%Y}", f"{self.first:%B %Y}")

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return self.following - dt.timedelta(days=1)


@dataclass
class Line:
    """One form: what became of the reports received in the period, and what is open."""

    form: str
    title: Text
    sent: int = 0
    approved: int = 0
    returned: int = 0
    waiting: int = 0
    replaced: int = 0
    gone: int = 0
    late: int = 0  # by the stamp, exempted or not
    exempted: int = 0  # of the late ones
    findings: int = 0  # blocks and warnings of its undecided reports
    records: int = 0  # open findings of the nightly run about records of its kind

    def add(self, state: str, count: int) -> None:
        """Count reports of one state."""
        self.sent += count
        if state == "approved":
            self.approved += count
        elif state == "returned":
            self.returned += count
        elif state in WAITING:
            self.waiting += count
        elif state in GONE:
            self.gone += count
        else:
            self.replaced += count


@dataclass(frozen=True)
class Sheet:
    """The sheet of one organisation and period."""

    organisation: Organisation
    period: Period
    lines: list[Line]
    total: Line = field(default_factory=lambda: Line("", Text("Tổng cộng", "Total")))


def sheet_of(who: User, organisation: str, period: Period) -> Sheet:
    """The sheet of an organisation. Raises Organisation.DoesNotExist outside the scope."""
    within = scope_for(who, Permission.REPORT_READ).q("pk")
    found = Organisation.objects.filter(within).get(key=organisation)
    titles = form_titles()
    ordered = sorted(titles, key=lambda f: ORDER.get(f, len(ORDER)))
    lines = {form: Line(form, titles[form]) for form in ordered}
    received = Report.objects.filter(
        organisation=found,
        received_at__gte=clock.local_midnight(period.first),
        received_at__lt=clock.local_midnight(period.following),
    )
    counts = received.order_by().values_list("form", "state").annotate(Count("pk"))
    for form, state, count in counts:
        lines.setdefault(form, Line(form, Text(form, form))).add(state, count)
    _late(lines, received.filter(is_late=True))
    _findings(lines, received.filter(state__in=UNDECIDED).values("pk"))
    _records(lines, found)
    sheet = Sheet(found, period, list(lines.values()))
    for line in sheet.lines:
        for name in COUNTED:
            setattr(sheet.total, name, getattr(sheet.total, name) + getattr(line, name))
    return sheet


COUNTED = (
    "sent",
    "approved",
    "returned",
    "waiting",
    "replaced",
    "gone",
    "late",
    "exempted",
    "findings",
    "records",
)


def _late(lines: Mapping[str, Line], late: QuerySet[Report]) -> None:
    told = late.order_by().values_list("form")
    counts = told.annotate(late=Count("pk"), excused=Count("pk", filter=exempted()))
    for form, count, excused in counts:
        lines[form].late, lines[form].exempted = count, excused


def _findings(lines: Mapping[str, Line], undecided: object) -> None:
    found = Finding.objects.filter(report__in=undecided, severity__in=["block", "warn"])  # type: ignore[misc]
    for form, count in found.order_by().values_list("report__form").annotate(Count("pk")):
        if form in lines:
            lines[form].findings = count


def _records(lines: Mapping[str, Line], organisation: Organisation) -> None:
    forms = dict(FormVersion.objects.filter(retired_at=None).values_list("record_kind", "form"))
    found = RecordFinding.objects.filter(organisation=organisation, resolved_at=None)
    for kind, count in found.order_by().values_list("kind").annotate(Count("pk")):
        if (line := lines.get(forms.get(kind, ""))) is not None:
            line.records = count

"""Reports a person may see: lists, one by its receipt, files, and the names beside them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.intake.models import Attachment, Finding, FormVersion, Report
from datlanh.intake.selectors.lateness import course, exempted, overdue, with_due
from datlanh.intake.selectors.paging import Cursor, Page, page_of
from datlanh.intake.workflow import REVIEW
from datlanh.kernel import clock
from datlanh.kernel.ids import spellings
from datlanh.kernel.text import Text
from datlanh.organisations.models import Organisation
from datlanh.places import selectors as places
from datlanh.places.models import AdminUnit, Level

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_TEXT_MAX_CHARS = 60
UNDECIDED = ("received", "returned", "verified")


@dataclass(frozen=True)
class ReportFilter:
    """What a list is narrowed to; empty fields narrow nothing.

    `month` ("2026-11") is the month of receipt. `late` is "late" (came after the due day),
    "exempted" (of these), "unexcused" (the others), "in_time", "open" (late and not decided yet)
    or "overdue" (returned, and not back in time). `first` is "clean" or "blocked", by the first
    check; `course` what the centre did (see `lateness.course`); `found` has findings now.
    `proposal` keeps what waits for a second person, but for batches. `sender` is a part of the
    name of who sent it, or an account; `since` and `until` are dates of information. `rule` keeps
    what a check rule objected to.
    """

    state: str = ""
    form: str = ""
    version: str = ""
    organisation: str = ""
    sender: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    month: str = ""
    late: str = ""
    text: str = ""
    mine: bool = False
    proposal: bool = False
    rule: str = ""  # the last check found something by it
    first: str = ""
    course: str = ""
    found: bool = False

    def q(self, who: User) -> Q:
        """The filter as a condition on reports."""
        wanted = self._origin()
        if self.state in REVIEW.state_keys:
            wanted &= Q(state=self.state)
        if _MONTH.fullmatch(self.month):
            wanted &= _received_in(self.month)
        wanted &= self._clock()
        if self.mine:
            wanted &= Q(author=who)
        if self.proposal:
            wanted &= Q(
                proposals__closed_at__isnull=True,
                proposals__isnull=False,
                proposals__batch__isnull=True,
            )
        if self.rule:
            found = Finding.objects.filter(report=OuterRef("pk"), rule=self.rule)
            wanted &= Q(Exists(found))
        if text := self.text.strip()[:_TEXT_MAX_CHARS]:
            known_as = text.upper().removeprefix("FR-")
            named = Q(record_local_id__icontains=known_as)
            named |= Q(record_local_id__in=spellings(known_as))
            wanted &= Q(receipt__icontains=text) | named
        return wanted

    def _clock(self) -> Q:
        """What is asked of deadlines and of the report's course."""
        late = {
            "late": Q(is_late=True),
            "open": Q(is_late=True, state__in=UNDECIDED),
            "overdue": overdue(),
            "exempted": exempted(),
            "unexcused": Q(is_late=True) & ~exempted(),
            "in_time": Q(is_late=False),
        }
        wanted = late.get(self.late, Q())
        if self.first == "clean":
            wanted &= Q(first_blocks=0)
        if self.first == "blocked":
            wanted &= Q(first_blocks__gt=0)
        if self.found:
            wanted &= Q(blocks__gt=0) | Q(warns__gt=0)
        return wanted & course(self.course)

    def _origin(self) -> Q:
        """What is asked of where a report comes from and of when it speaks."""
        plain = {
            "form": self.form,
            "version": self.version,
            "organisation__key": self.organisation,
            "date_of_information__gte": self.since,
            "date_of_information__lte": self.until,
        }
        wanted = Q(**{name: value for name, value in plain.items() if value})
        if sender := self.sender.strip()[:_TEXT_MAX_CHARS]:
            wanted &= Q(author__username=sender) | Q(author__full_name__icontains=sender)
        return wanted


def _received_in(month: str) -> Q:
    first = dt.date.fromisoformat(f"{month}-01")
    following = (first + dt.timedelta(days=32)).replace(day=1)
    return Q(
        received_at__gte=clock.local_midnight(first),
        received_at__lt=clock.local_midnight(following),
    )


def reports_of(who: User, permission: str = Permission.REPORT_READ) -> QuerySet[Report]:
    """Every report `who` may see (or may act on by another permission)."""
    return Report.objects.filter(scope_for(who, permission).q()).select_related(
        "organisation", "form_version", "author"
    )


def report_list(who: User, wanted: ReportFilter, cursor: Cursor, *, size: int = 50) -> Page[Report]:
    """Reports newest first."""
    rows = reports_clocked(reports_of(who).filter(wanted.q(who)).defer(*HEAVY))
    return page_of(rows, cursor, size=size)


def reports_clocked(reports: QuerySet[Report]) -> QuerySet[Report]:
    """Reports that also know `is_exempted` and when they are `due_now`."""
    # Only what is late or returned is looked up.
    excused = Case(When(is_late=True, then=exempted()), default=Value(value=False))
    known: dict[str, Any] = {"is_exempted": excused}
    return with_due(reports.annotate(**known))


def clocks_told(reports: Iterable[Report]) -> None:
    """Let reports that were read otherwise know `is_exempted` too."""
    reports = list(reports)
    late = [r.pk for r in reports if r.is_late]
    excused = set(Report.objects.filter(exempted(), pk__in=late).values_list("pk", flat=True))
    for report in reports:
        report.is_exempted = report.pk in excused


# The compiled form stands in the version's row: lists do without it.
HEAVY = ("form_version__xlsform", "form_version__xform", "form_version__mapping_json")


def report_get(who: User, receipt: str, permission: str = Permission.REPORT_READ) -> Report:
    """One report. Raises Report.DoesNotExist: absent, or outside the scope."""
    return (
        reports_clocked(reports_of(who, permission))
        .select_related("supersedes", "replaces", "twin_of", "device", "gazetteer")
        .select_related("assignment__to", "assignment__by")
        .defer(*HEAVY)
        .get(receipt=receipt)
    )


def reports_by_id(ids: Iterable[int]) -> dict[int, Report]:
    """Reports to be named beside others; whoever sees those may see these of the same chain."""
    return Report.objects.only("receipt", "record_local_id").in_bulk(set(ids))


def attachment_get(who: User, receipt: str, number: int) -> Attachment:
    """A report's file. Raises Attachment.DoesNotExist: absent, or outside the scope."""
    visible = scope_for(who, Permission.REPORT_READ).q("report__organisation")
    found = Attachment.objects.filter(visible, report__receipt=receipt)
    return found.select_related("report").get(pk=number)


def attachments_of(report: Report) -> QuerySet[Attachment]:
    """The files that came with a report, in their order."""
    return Attachment.objects.filter(report=report).order_by("pk")


def findings_of(report: Report) -> list[Finding]:
    """What the last check found, worst first."""
    order = {"block": 0, "warn": 1, "info": 2}
    return sorted(Finding.objects.filter(report=report), key=lambda f: (order[f.severity], f.pk))


def corrections_of(who: User, report: Report) -> QuerySet[Report]:
    """Later reports that restate this one or were sent in its place."""
    return (
        reports_of(who)
        .filter(Q(supersedes=report) | Q(replaces=report) | Q(twin_of=report))
        .order_by("pk")
    )


def form_titles() -> dict[str, Text]:
    """The current title of each form, by its key."""
    rows = FormVersion.objects.order_by("form", "-published_at").distinct("form")
    return {form: Text(vi, en) for form, vi, en in rows.values_list("form", "title_vi", "title_en")}


def organisations_seen(who: User, permission: str = Permission.REPORT_READ) -> list[Organisation]:
    """The organisations whose reports `who` may see, by short name."""
    return list(Organisation.objects.filter(scope_for(who, permission).q("pk")))


def communes_named(codes: Iterable[str]) -> dict[str, Text]:
    """The newest name of each commune code, with its kind: `xã Gio Linh`."""
    units = AdminUnit.objects.filter(level=Level.COMMUNE, code__in={c for c in codes if c})
    newest = units.order_by("code", "-valid_from").distinct("code")
    return {u.code: Text(u.full_name, u.full_name_en) for u in newest}


def communes_today() -> list[tuple[str, Text]]:
    """The communes of today, code and name, in Vietnamese order."""
    found = places.communes(clock.today())
    return [(u.code, Text(u.full_name, u.full_name_en)) for u in found]

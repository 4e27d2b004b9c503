"""The filters of a list, as the address holds them and as words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from datlanh.accounts.models import User
from datlanh.delivery.words import REPORT_STATES
from datlanh.intake.selectors.reports import ReportFilter, form_titles, organisations_seen
from datlanh.intake.workflow import REVIEW
from datlanh.kernel.checks import RULES
from datlanh.kernel.text import Text
from datlanh.kernel.text import day as written_day

PAGING = ("after", "before")


@dataclass(frozen=True)
class Chip:
    """One filter in force; `href` is the address without it."""

    word: str
    value: str | Text
    href: str


@dataclass(frozen=True)
class Option:
    """One choice of a filter."""

    key: str
    label: str | Text
    is_chosen: bool


def without(query: QueryDict, *names: str) -> str:
    """The address's question without `names` and without its page."""
    kept = query.copy()
    for name in (*names, *PAGING):
        kept.pop(name, None)
    return f"?{kept.urlencode()}"


def report_filter(request: HttpRequest) -> ReportFilter:
    """The filter an address asks for."""
    get = request.GET.get
    return ReportFilter(
        state=get("state", ""),
        form=get("form", ""),
        version=get("version", ""),
        organisation=get("organisation", ""),
        sender=get("sender", ""),
        since=_day(get("since", "")),
        until=_day(get("until", "")),
        month=get("month", ""),
        late=get("late", ""),
        text=get("q", ""),
        mine=bool(get("mine")),
        proposal=bool(get("proposal")),
        rule=get("rule", ""),
        first=get("first", ""),
        course=get("course", ""),
        found=bool(get("found")),
    )


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def report_options(who: User, wanted: ReportFilter) -> dict[str, list[Option]]:
    """What may be chosen, by filter; organisations only where several are seen."""
    states = [Option(k, REPORT_STATES[k], k == wanted.state) for k in REVIEW.state_keys]
    forms = [Option(k, title, k == wanted.form) for k, title in form_titles().items()]
    seen = organisations_seen(who)
    organisations = [Option(o.key, o.short_name, o.key == wanted.organisation) for o in seen]
    late = [
        Option("late", _("Received after the due day"), wanted.late == "late"),
        Option("exempted", _("Late, exempted"), wanted.late == "exempted"),
        Option("unexcused", _("Late, not exempted"), wanted.late == "unexcused"),
        Option("in_time", _("Received in time"), wanted.late == "in_time"),
        Option("open", _("Came late, still open"), wanted.late == "open"),
        Option("overdue", _("Returned and overdue"), wanted.late == "overdue"),
    ]
    return {
        "state": states,
        "form": forms,
        "organisation": organisations if len(organisations) > 1 else [],
        "late": late,
    }


def report_chips(request: HttpRequest, options: dict[str, list[Option]]) -> list[Chip]:
    """The filters in force, as words."""
    words = {
        "state": _("State"),
        "form": _("Form"),
        "organisation": _("Organisation"),
        "late": _("Deadline"),
    }
    chips = [
        Chip(words[name], option.label, without(request.GET, name))
        for name, found in options.items()
        for option in found
        if option.is_chosen
    ]
    wanted = report_filter(request)
    if wanted.month:
        year, _dash, month = wanted.month.partition("-")
        chips.append(Chip(_("Month"), f"{month}/{year}", without(request.GET, "month")))
    plain = {
        "version": (_("Version"), wanted.version),
        "sender": (_("Sender"), wanted.sender),
        "since": (_("Information since"), wanted.since and written_day(wanted.since)),
        "until": (_("Information until"), wanted.until and written_day(wanted.until)),
    }
    for name, (word, value) in plain.items():
        if value:
            chips.append(Chip(word, value, without(request.GET, name)))
    if wanted.text:
        chips.append(Chip(_("Text"), wanted.text, without(request.GET, "q")))
    if wanted.mine:
        chips.append(Chip(_("Author"), _("me"), without(request.GET, "mine")))
    if wanted.rule:
        title = RULES[wanted.rule].title if wanted.rule in RULES else wanted.rule
        chips.append(Chip(_("Finding"), title, without(request.GET, "rule")))
    chips += _course_chips(request, wanted)
    if wanted.proposal:
        chips.append(Chip(_("Waiting for"), _("a second person"), without(request.GET, "proposal")))
    return chips


def _course_chips(request: HttpRequest, wanted: ReportFilter) -> list[Chip]:
    """How a report went, as the scorecard counts it."""
    first = {"clean": _("nothing blocked"), "blocked": _("blocked")}
    course = {
        "returned": _("returned at least once"),
        "reopened": _("returned again"),
        "decided": _("decided by the centre"),
    }
    chips = []
    if word := first.get(wanted.first):
        chips.append(Chip(_("First check"), word, without(request.GET, "first")))
    if word := course.get(wanted.course):
        chips.append(Chip(_("Course"), word, without(request.GET, "course")))
    if wanted.found:
        chips.append(Chip(_("Findings"), _("some"), without(request.GET, "found")))
    return chips


def language() -> str:
    """The language of the page, "vi" or "en"."""
    return get_language() or "vi"

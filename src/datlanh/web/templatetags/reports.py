"""How the report pages say how long something waited and when it is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django import template
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from datlanh.intake.models import Report
from datlanh.intake.workflow import REVIEW
from datlanh.kernel import clock
from datlanh.kernel.text import Text

register = template.Library()


@register.filter
def waited(since: dt.datetime | None) -> str:
    """How long ago, in the province's days: `today`, `4 days`."""
    if since is None:
        return "–"
    days = (clock.today() - clock.local_date(since)).days
    if days <= 0:
        return _("today")
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


@register.filter
def days_left(due: dt.datetime | None) -> int | None:
    """Whole days until a deadline; negative once it has passed. The last day itself is 0."""
    if due is None:
        return None
    last_day = clock.local_date(due - dt.timedelta(microseconds=1))
    return (last_day - clock.today()).days


@register.filter
def due_words(due: dt.datetime | None) -> str:
    """`2 days left`, `due today`, `1 day overdue`."""
    left = days_left(due)
    if left is None:
        return ""
    if left == 0:
        return _("due today")
    if left > 0:
        return ngettext("%(count)s day left", "%(count)s days left", left) % {"count": left}
    return ngettext("%(count)s day overdue", "%(count)s days overdue", -left) % {"count": -left}


@register.filter
def last_day(due: dt.datetime | None) -> dt.date | None:
    """The last day on which a report is still in time."""
    return clock.local_date(due - dt.timedelta(microseconds=1)) if due else None


@register.filter
def title_in(report: Report, titles: Mapping[str, Text]) -> Text:
    """The title of a report's form, in lists without the word "report"."""
    title = titles.get(report.form) or Text(report.form, report.form)
    vi, en = title.vi.removeprefix("Báo cáo "), title.en.removesuffix(" report")
    return Text(vi[:1].upper() + vi[1:], en)


@register.filter
def coordinate(degrees: float) -> str:
    """`107.20312`: five decimals with a point, as coordinates are written in both languages."""
    return f"{degrees:.5f}"


@register.filter
def step_word(name: str) -> str:
    """The word of a step of the review: `Phê duyệt`."""
    return REVIEW[name].label.say(get_language() or "vi") if name in REVIEW else name

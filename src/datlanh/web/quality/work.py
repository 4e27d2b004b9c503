"""The work list of the nightly run, and the sheet on which centre and operator compare."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from datlanh.accounts.permissions import Permission
from datlanh.delivery.words import SEVERITIES
from datlanh.intake.selectors.collating import Period, sheet_of
from datlanh.intake.selectors.paging import Cursor
from datlanh.intake.selectors.reports import communes_named, form_titles, organisations_seen
from datlanh.intake.selectors.worklist import (
    WorkFilter,
    kinds_found,
    run_newest,
    work_counts,
    work_list,
    work_told,
)
from datlanh.intake.services.nightly import FORM_OF
from datlanh.kernel import clock
from datlanh.kernel.checks.nightly import GROUPS, NIGHTLY
from datlanh.kernel.text import Text
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.reports.filters import Chip, Option, without

SIZE = 50
MONTHS = 18  # so far back a sheet is offered
SLUGS = {
    "accident": "accidents",
    "victim": "victims",
    "victim_assistance": "assistance",
    "risk_education": "education",
    "survey_task": "surveys",
    "eod_task": "eod",
    "clearance_progress": "progress",
}


@opens(Permission.RECORD_READ)
def quality(request: StaffRequest) -> HttpResponse:
    """`/quality/`: what is to be done about records, an operator's own or all of them."""
    get, who = request.GET.get, request.user
    wanted = WorkFilter(
        organisation=get("organisation", ""),
        group=get("group", ""),
        rule=get("rule", ""),
        kind=get("kind", ""),
        severity=get("severity", ""),
        month=get("month", ""),
        text=get("q", ""),
        resolved=bool(get("resolved")),
    )
    cursor = Cursor.read(get("after"), get("before"))
    page = work_list(who, wanted, cursor, size=SIZE)
    told = work_told(who, page.rows)
    options = _options(request, wanted)
    context = {
        "page": page,
        "rows": [(w, address_of(w.finding.kind, w.finding.local_id)) for w in told],
        "wanted": wanted,
        "options": options,
        "chips": _chips(request, wanted, options),
        "counts": work_counts(who),
        "groups": GROUPS,
        "kinds": _kinds(),
        "communes": communes_named(f.commune_code for f in page.rows),
        "run": run_newest(),
    }
    return render(request, "web/quality/work.html", context)


@opens(Permission.REPORT_READ)
def sheet(request: StaffRequest) -> HttpResponse:
    """`/quality/sheet/`: one organisation's month or quarter, to be compared and signed."""
    who = request.user
    organisations = organisations_seen(who)
    key = request.GET.get("organisation", "") or _own(request, [o.key for o in organisations])
    period = Period.read(request.GET.get("period", ""))
    context = {
        "organisations": organisations,
        "periods": _periods(),
        "chosen": key,
        "period": period,
        "sheet": sheet_of(who, key, period),
        "today": clock.today(),
        "columns": COLUMNS,
    }
    return render(request, "web/quality/sheet.html", context)


COLUMNS = (
    ("sent", Text("Đã gửi", "Sent")),
    ("approved", Text("Đã duyệt", "Approved")),
    ("returned", Text("Trả lại", "Returned")),
    ("waiting", Text("Đang chờ", "Waiting")),
    ("replaced", Text("Đã thay", "Replaced")),
    ("gone", Text("Từ chối, rút", "Refused, withdrawn")),
    ("late", Text("Trễ hạn", "Late")),
    ("exempted", Text("trong đó được miễn", "of these exempted")),
    ("findings", Text("Lỗi còn mở", "Findings open")),
    ("records", Text("Hồ sơ cần xem", "Records to look at")),
)


def address_of(kind: str, local_id: str) -> str:
    """The page of a record; the search for its id where its kind has no page."""
    named = {"hazardous_area": "web:area", "land_release": "web:release"}.get(kind)
    try:
        if named:
            return reverse(named, args=[local_id])
        return reverse("web:record", args=[SLUGS.get(kind, kind), local_id])
    except NoReverseMatch:
        return f"{reverse('web:search')}?{urlencode({'q': local_id})}"


def _kinds() -> dict[str, Text]:
    titles = form_titles()
    return {kind: titles.get(form, Text(kind, kind)) for kind, form in FORM_OF.items()}


def _own(request: StaffRequest, keys: list[str]) -> str:
    """One's own organisation where it is among those, else the first of them."""
    own = request.user.organisation.key
    return own if own in keys else next(iter(keys), "")


def _periods() -> list[Period]:
    """The months of this and the last year, each quarter before its months; newest first."""
    today, found = clock.today(), []
    for back in range(MONTHS):
        year, month = divmod(12 * today.year + today.month - 1 - back, 12)
        quarter = Period.read(f"{year}-Q{month // 3 + 1}")
        if quarter not in found:
            found.append(quarter)
        found.append(Period.read(f"{year}-{month + 1:02d}"))
    return found


def _options(request: StaffRequest, wanted: WorkFilter) -> dict[str, list[Option]]:
    """What may be chosen, by filter; organisations only where several are seen."""
    seen = organisations_seen(request.user, Permission.RECORD_READ)
    kinds = _kinds()
    organisations = [Option(o.key, o.short_name, o.key == wanted.organisation) for o in seen]
    return {
        "organisation": organisations if len(organisations) > 1 else [],
        "group": [Option(k, t, k == wanted.group) for k, t in GROUPS.items()],
        "rule": [Option(r.key, r.title, r.key == wanted.rule) for r in NIGHTLY],
        "kind": [
            Option(k, kinds.get(k, Text(k, k)), k == wanted.kind) for k in kinds_found(request.user)
        ],
        "severity": [Option(k, t, k == wanted.severity) for k, t in SEVERITIES.items()],
    }


def _chips(
    request: StaffRequest, wanted: WorkFilter, options: dict[str, list[Option]]
) -> list[Chip]:
    """The filters in force, as words."""
    words = {
        "organisation": _("Organisation"),
        "group": _("Search"),
        "rule": _("Rule"),
        "kind": _("Kind of record"),
        "severity": _("Severity"),
    }
    chips = [
        Chip(words[name], option.label, without(request.GET, name))
        for name, found in options.items()
        for option in found
        if option.is_chosen
    ]
    if wanted.month:
        year, _dash, month = wanted.month.partition("-")
        chips.append(Chip(_("First seen"), f"{month}/{year}", without(request.GET, "month")))
    if wanted.text:
        chips.append(Chip(_("Text"), wanted.text, without(request.GET, "q")))
    if wanted.resolved:
        chips.append(Chip(_("State"), _("resolved"), without(request.GET, "resolved")))
    return chips

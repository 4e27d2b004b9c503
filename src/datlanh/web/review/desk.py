"""The review desk: queue, report beside the register, map and files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has, scope_for
from datlanh.intake.attached import attached_of
from datlanh.intake.claims import claims_of
from datlanh.intake.models import Report
from datlanh.intake.selectors.binding import Binding, binding_of, outline_of
from datlanh.intake.selectors.desk import colleagues_for, unread_among, works_on
from datlanh.intake.selectors.differences import (
    Comparison,
    Dispute,
    claims_in,
    compared,
    disputes_of,
    record_of,
    version_now,
)
from datlanh.intake.selectors.paging import Cursor
from datlanh.intake.selectors.pieces import Pieces, pieces_between
from datlanh.intake.selectors.queue import (
    DECIDE,
    VERIFY,
    QueueFilter,
    queue_counts,
    review_queue,
    stages_of,
)
from datlanh.intake.selectors.reports import (
    UNDECIDED,
    communes_named,
    form_titles,
    organisations_seen,
    report_get,
)
from datlanh.intake.selectors.saying import names_more
from datlanh.intake.services.approving import UNDATED, conflicts_with
from datlanh.intake.services.lifecycle import is_divided
from datlanh.kernel.mapping import Answers, FormMapping
from datlanh.kernel.text import Text
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.links.shown import desk_links
from datlanh.web.reports.filters import language
from datlanh.web.reports.pages import features_of, report_context
from datlanh.web.review.address import desk_query
from datlanh.web.review.life import desk_parts, desk_ways, said_of
from datlanh.web.review.queues import queue_names

NEW = "new"  # the value of the radio button for a record of its own
CHOICE = "choice:"  # + atom: names of the fields that choose between values of one date


@opens(Permission.REPORT_APPROVE, Permission.REPORT_VERIFY)
def review(request: StaffRequest) -> HttpResponse:
    """The queue with its oldest report open."""
    wanted = queue_filter(request)
    queue = queue_context(request, wanted)
    first = queue["page"].rows[0] if queue["page"].rows else None
    if first is None:
        return render(request, "web/review/empty.html", queue)
    queue["is_queue_first"] = True  # a phone shows the queue, not the report
    return desk_page(request, report_get(request.user, first.receipt), queue)


@opens(Permission.REPORT_APPROVE, Permission.REPORT_VERIFY)
def review_report(request: StaffRequest, receipt: str) -> HttpResponse:
    """The queue with this report open."""
    found = report_get(request.user, receipt)
    if request.headers.get("HX-Target") == "desk":
        return desk_swapped(request, found)
    return desk_page(request, found, queue_context(request, queue_filter(request)))


def queue_filter(request: HttpRequest, *, stage: str = "") -> QueueFilter:
    """What the address narrows the queue to; `stage` settles which queue."""
    get = request.GET.get
    stages = stages_of(request.user) if isinstance(request.user, User) else []
    stage = stage or get("stage", "")
    return QueueFilter(
        stage=stage if stage in stages else next(iter(stages), DECIDE),
        mine=bool(get("mine")),
        findings=get("findings", ""),
        form=get("form", ""),
        organisation=get("organisation", ""),
        assigned=get("assigned", ""),
        late=bool(get("late")),
    )


def queue_context(request: StaffRequest, wanted: QueueFilter) -> dict[str, Any]:
    """The left pane."""
    cursor = Cursor.read(request.GET.get("after"), request.GET.get("before"))
    page = review_queue(request.user, wanted, cursor)
    permission = Permission.REPORT_VERIFY if wanted.stage == VERIFY else Permission.REPORT_APPROVE
    organisations = organisations_seen(request.user, permission)
    return {
        "page": page,
        "wanted": wanted,
        "queue_counts": queue_counts(request.user, wanted.stage),
        "stages": stages_of(request.user),
        "titles": form_titles(),
        "communes": communes_named(r.commune_code for r in page.rows),
        "organisations": organisations if len(organisations) > 1 else [],
        "desk_query": desk_query(request),
        "is_narrowed": wanted.is_narrowed,
        "may_move": not scope_for(request.user, Permission.AREA_MOVE).nothing,
        "unread": unread_among(request.user, page.rows),
        **queue_names(request, wanted),
    }


def desk_page(
    request: StaffRequest,
    report: Report,
    queue: dict[str, Any],
    *,
    refusal: Text | str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole desk; `refusal` says what was just not possible."""
    context = queue | desk_context(request, report)
    context |= {"refusal": refusal, "open_step": request.GET.get("step", "")}
    return render(request, "web/review/desk.html", context, status=status)


def desk_swapped(request: StaffRequest, report: Report) -> HttpResponse:
    """The desk for htmx, which puts it in the place of the one that stands."""
    queue = queue_context(request, queue_filter(request))
    context = queue | desk_context(request, report)
    response = render(request, "web/review/_desk_swap.html", context)
    address = reverse("web:review_report", args=[report.receipt]) + desk_query(request)
    for name, value in (("Retarget", "#desk"), ("Reswap", "outerHTML"), ("Push-Url", address)):
        response[f"HX-{name}"] = value
    return response


def desk_context(request: StaffRequest, report: Report) -> dict[str, Any]:
    """The middle and right panes."""
    context = report_context(report, request.user)
    context |= {
        "assignment": getattr(report, "assignment", None),  # absent: nobody looks at it
        "colleagues": _colleagues(request, report),
    }
    context |= {"stage": VERIFY if report.state in ("received", "returned") else DECIDE}
    mapping, sheet = context["mapping"], context["sheet"]
    if mapping is None or not sheet.revisions:
        context |= {"features": features_of(report, context)}
        return context | {
            "binding": None,
            "comparison": None,
            "disputes": [],
            "alike": [],
            "chosen": {},
        }
    binding = binding_of(report, mapping, sheet.answers, request.user)
    chosen = chosen_record(request, report, binding)
    pieces = outline_pieces(mapping, sheet.answers, chosen, binding)
    bound_record = record_of(chosen) if chosen else None
    links, said = desk_links(request, report, bound_record), said_of(mapping, sheet.answers)
    comparison, disputes, undated = beside_the_register(report, request.user, context, chosen)
    return context | {
        "binding": binding,
        "bound": chosen,
        "bound_divided": chosen is not None and is_divided(chosen),
        "bound_value": str(chosen) if chosen else NEW,
        "comparison": comparison,
        "disputes": [d for d in disputes if not d.is_alike],
        "chosen": choices_in(request),
        "alike": [d for d in disputes if d.is_alike],
        "undated": undated,
        **links,
        **desk_parts(request, report, links["link_rows"], said),
        **desk_ways(request, report, bound_record, said),
        "show_all": bool(request.GET.get("all")),
        "may_except": has(request.user, Permission.EXCEPTION_GRANT, report.organisation_id)
        and report.state in ("received", "verified", "returned"),
        "pieces": pieces,
        "features": features_of(
            report,
            context,
            records=binding.candidates,
            bound=chosen or report.record_id,
            pieces=pieces,
            language=language(),
        ),
    }


def _colleagues(request: StaffRequest, report: Report) -> list[User]:
    """Whom `request.user` may give the report to; nobody once it is decided."""
    if report.state not in UNDECIDED:
        return []
    may = has(request.user, works_on(report), report.organisation_id)
    return colleagues_for(report) if may else []


def outline_pieces(
    mapping: FormMapping, answers: Answers, chosen: UUID | None, binding: Binding
) -> Pieces | None:
    """How the report's outline differs from the one that stands in the chosen record."""
    stands = binding.candidate(chosen) if chosen else None
    return pieces_between(stands.shape, outline_of(mapping, answers)) if stands else None


def chosen_record(request: HttpRequest, report: Report, binding: Binding) -> UUID | None:
    """The record the reviewer looks at: chosen in the form or address, else the likeliest."""
    text = request.POST.get("record") or request.GET.get("record") or ""
    known = {str(c.record_id): c.record_id for c in binding.candidates}
    if text in known:
        return known[text]
    if text == NEW and binding.may_be_new:
        return None
    return report.record_id or binding.proposed


def choices_in(request: HttpRequest) -> dict[str, int]:
    """What was chosen between values of one date: atom → report."""
    sent = {name: request.POST.get(name, "") for name in request.POST if name.startswith(CHOICE)}
    return {
        name.removeprefix(CHOICE): int(value)
        for name, value in sent.items()
        if value.isascii() and value.isdigit()
    }


def beside_the_register(
    report: Report, who: User, context: dict[str, Any], chosen: UUID | None
) -> tuple[Comparison | None, list[Dispute], Text | None]:
    """The comparison with the chosen record, what needs a choice, and why there is neither."""
    mapping, sheet = context["mapping"], context["sheet"]
    try:
        attached = attached_of(report, mapping, sheet.answers)
        claims, rows = claims_of(mapping, sheet.answers, attached)
    except ValueError:
        return None, [], UNDATED
    version = version_now(chosen) if chosen else None
    record = record_of(chosen) if chosen else None
    asks = record is not None and report.state == "verified"
    conflicts = conflicts_with(report, record, claims) if asks and record else []
    others = claims_in(conflicts, report)
    stood = [version.values] if version else []
    stood += [value for claim in others for value in claim.values.values()]
    names = names_more(sheet.names, who, report, mapping, stood)
    comparison = compared(mapping, claims, rows, version, names)
    disputes = disputes_of(
        conflicts, mapping=mapping, report=report, claims=claims, others=others, names=names
    )
    return comparison, disputes, None

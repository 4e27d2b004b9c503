"""What the app asks the server: who is signed in, a secret for this browser, answers to begin with.

Everything else it asks the OpenRosa door, like any phone.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from datlanh.accounts.permissions import Permission
from datlanh.accounts.services import browser_enrol
from datlanh.accounts.sessions import browser_named
from datlanh.delivery.browsers import COOKIE, mark_of
from datlanh.intake.selectors.prefill import Prefill, prefill_record, prefill_report
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.reports.filters import language

HALF_A_YEAR = 60 * 60 * 24 * 180


@never_cache
@opens(Permission.REPORT_CREATE)
def me(request: StaffRequest) -> HttpResponse:
    """Who is signed in, under a mark that names the queue in this browser."""
    who = request.user
    answer = JsonResponse(
        {
            "person": mark_of(who),
            "name": who.full_name,
            "organisation": who.organisation.short_name,
            "csrf": get_token(request),
        }
    )
    # Read by the app without a line; it says whose queue may be shown, and opens nothing.
    answer.set_cookie(
        COOKIE,
        mark_of(who),
        max_age=HALF_A_YEAR,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


@require_POST
@never_cache
@opens(Permission.REPORT_CREATE)
def enrol(request: StaffRequest) -> HttpResponse:
    """A secret for this browser; `known` is the number it had before."""
    known = request.POST.get("known", "")
    name = browser_named(request.headers.get("User-Agent", ""))
    device, secret = browser_enrol(
        by=request.user,
        name=name,
        known=int(known) if known.isdecimal() and len(known) < 12 else None,
    )
    door = reverse("api:form_list", kwargs={"secret": secret}).removesuffix("formList")
    return JsonResponse(
        {"id": device.pk, "door": door, "is_shut_out": device.revoked_at is not None}
    )


@never_cache
@opens(Permission.REPORT_CREATE)
def prefilled(request: StaffRequest) -> HttpResponse:
    """`?report=<receipt>` or `?kind=&record=`: a form with answers. 404 outside the scope."""
    asked = request.GET
    if receipt := asked.get("report", ""):
        return _told(prefill_report(request.user, receipt))
    return _told(prefill_record(request.user, asked.get("kind", ""), asked.get("record", "")))


def _told(found: Prefill) -> JsonResponse:
    return JsonResponse(
        {
            "form": found.version.form,
            "version": found.version.version,
            "title": found.title.say(language()),
            "subject": found.subject,
            "xform": found.xform.decode(),
            "left_out": [label.say(language()) for label in found.left_out],
        }
    )

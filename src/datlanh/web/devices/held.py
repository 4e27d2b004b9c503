"""What phones that are shut out have sent: let it in, or refuse it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from datlanh.accounts.permissions import Permission
from datlanh.intake.selectors.held import held_of, held_refusal
from datlanh.intake.selectors.reports import form_titles
from datlanh.intake.services.holding import held_refuse, held_release
from datlanh.intake.workflow import HOLDING
from datlanh.kernel.errors import DomainError
from datlanh.web.guards import StaffRequest, opens

SHOWN = 200


@opens(Permission.REPORT_APPROVE)
def held(request: StaffRequest) -> HttpResponse:
    """`/devices/held/`: what waits, oldest first, and what was decided last."""
    return _page(request)


@require_POST
@opens(Permission.REPORT_APPROVE)
def held_decide(request: StaffRequest, id: int) -> HttpResponse:
    """Let one in, or refuse it with a reason. 404 outside the scope."""
    reason = request.POST.get("reason", "").strip()[:500]
    try:
        if request.POST.get("do") == "release":
            report = held_release(id=id, by=request.user, reason=reason)
            said = _("Let in as %(receipt)s; the operator verifies it now.")
            messages.success(request, said % {"receipt": report.receipt})
        else:
            found = held_refuse(id=id, by=request.user, reason=reason)
            messages.success(request, _("%(receipt)s is refused.") % {"receipt": found.receipt})
    except DomainError as refusal:
        return _page(request, refusal)
    return HttpResponseRedirect(reverse("web:held"))


def _page(request: StaffRequest, refusal: DomainError | None = None) -> HttpResponse:
    found = held_of(request.user)
    waiting = list(found.filter(state=HOLDING.initial)[:SHOWN])
    context = {
        "waiting": [(each, held_refusal(each, request.user)) for each in waiting],
        "decided": [
            (each, HOLDING.state(each.state).label)
            for each in found.exclude(state=HOLDING.initial).order_by("-decided_at")[:SHOWN]
        ],
        "titles": form_titles(),
        "crumbs": [(_("Review"), reverse("web:review")), (_("Of phones shut out"), "")],
        "refusal": refusal,
    }
    return render(request, "web/devices/held.html", context, status=422 if refusal else 200)

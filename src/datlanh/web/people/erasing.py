"""Erasing the people of a record: what would go, the reason, and then for good."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from datlanh.accounts.permissions import Permission
from datlanh.intake.services.erasing import erasure_of, persons_of_record_erase
from datlanh.kernel.errors import DomainError
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.reports.filters import language


@opens(Permission.PERSON_ERASE)
def persons_erase(request: StaffRequest, local_id: str) -> HttpResponse:
    """`/people/<local_id>/erase`: 404 where no report names the record, or outside the scope."""
    reach = erasure_of(local_id, by=request.user)
    context = {"reach": reach, "reason": request.POST.get("reason", "")}
    if request.method != "POST":
        return render(request, "web/people/erase.html", context)
    try:
        done = persons_of_record_erase(
            local_id=local_id, by=request.user, reason=request.POST.get("reason", "")
        )
    except DomainError as refusal:
        context |= {"refusal": refusal.say(language())}
        return render(request, "web/people/erase.html", context, status=422)
    said = _("The people of %(id)s are erased in %(count)s reports.")
    messages.success(request, said % {"id": local_id, "count": len(done.receipts)})
    return HttpResponseRedirect(reverse("web:persons_erase", args=[local_id]))

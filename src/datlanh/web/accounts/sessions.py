"""Where I am signed in: my browsers, each of which I can sign out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from datlanh.accounts import services
from datlanh.accounts.selectors import kept_key, sessions_of
from datlanh.web.guards import StaffRequest, opens


@opens()
def sessions(request: StaffRequest) -> HttpResponse:
    """`/account/sessions/`: my browsers, the last used first."""
    context = {"sessions": list(sessions_of(request.user)), "this": _this(request)}
    return render(request, "web/accounts/sessions.html", context)


@require_POST
@opens()
def session_end(request: StaffRequest) -> HttpResponse:
    """Sign one of my browsers out, or all but this one."""
    one = "" if request.POST.get("all") else request.POST.get("session", "")[:40]
    if one or request.POST.get("all"):
        ended = services.sessions_end(
            user=request.user, by=request.user, only=one, but="" if one else _this(request)
        )
        messages.success(request, _("%(count)s sessions ended.") % {"count": ended})
    return HttpResponseRedirect(reverse("web:sessions"))


def _this(request: StaffRequest) -> str:
    return kept_key(request.session.session_key or "")

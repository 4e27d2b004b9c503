"""Notices: what happened that concerns me, and which of it I want by e-mail."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from datlanh.intake.selectors.paging import Cursor, page_of
from datlanh.kernel.errors import DomainError
from datlanh.notices import services
from datlanh.notices.kinds import KINDS, MAILS
from datlanh.notices.outbox import sentence
from datlanh.notices.selectors import address_of, mail_stuck, notices_of, wishes_of
from datlanh.web.guards import StaffRequest, opens

# What a notice opens: the door it names, as an address of these pages.
DOORS = {
    "report": "web:report",
    "review": "web:review_report",
    "batch": "web:batch",
    "area": "web:area",
}
BARE = {"files": "web:exports", "home": "web:home"}


@require_safe
@opens()
def notices(request: StaffRequest) -> HttpResponse:
    """`/notices/`: mine, newest first."""
    cursor = Cursor.read(request.GET.get("after"), request.GET.get("before"))
    page = page_of(notices_of(request.user), cursor)
    told = [(n, sentence(n, request.LANGUAGE_CODE)) for n in page.rows]
    newest = max((n.pk for n in page.rows), default=0)
    return render(
        request,
        "web/notices/list.html",
        {
            "page": page,
            "told": told,
            "newest": newest,
            "unread": any(n.read_at is None for n in page.rows),
        },
    )


@opens()
def notice(request: StaffRequest, id: int) -> HttpResponse:
    """`/notices/<id>`: read, and on to what it tells of."""
    found = services.notice_open(id=id, by=request.user)
    return HttpResponseRedirect(_address(found.place))


def _address(place: str) -> str:
    door, _colon, key = place.partition(":")
    if door in BARE:
        return reverse(BARE[door])
    try:
        return reverse(DOORS[door], args=[key])
    except (KeyError, NoReverseMatch):
        return reverse("web:notices")


@require_POST
@opens()
def read(request: StaffRequest) -> HttpResponse:
    """Mark as read what stood on the page, and all before it."""
    newest = request.POST.get("newest", "")
    if newest.isdecimal() and len(newest) < 18:
        services.notices_read(by=request.user, up_to=int(newest))
    return HttpResponseRedirect(reverse("web:notices"))


@opens()
def wishes(request: StaffRequest) -> HttpResponse:
    """`/notices/settings`: each kind on the pages or not, by e-mail at once, daily or not."""
    if request.method == "POST":
        wanted = {
            key: (f"shown-{key}" in request.POST, request.POST.get(f"mail-{key}", kept[1]))
            for key, kept in wishes_of(request.user).items()
        }
        if _done(request, lambda: services.wishes_set(by=request.user, wanted=wanted)):
            messages.success(request, _("Kept."))
        return HttpResponseRedirect(reverse("web:notices_settings"))
    wants = wishes_of(request.user)
    address = address_of(request.user)
    context = {
        "kinds": [(kind, *wants[key]) for key, kind in KINDS.items()],
        "mails": MAILS,
        "address": address,
        "has_mail": bool(settings.EMAIL_HOST),
        "is_confirmed": address is not None and address.confirmed_at is not None,
        "stuck": mail_stuck(request.user),
    }
    return render(request, "web/notices/settings.html", context)


@require_POST
@opens()
def address(request: StaffRequest) -> HttpResponse:
    """Set the address, which is sent a code; empty forgets it."""
    wanted = request.POST.get("address", "")[:254]
    if _done(request, lambda: services.address_set(by=request.user, address=wanted)):
        told = _("A code is on its way to this address.") if wanted.strip() else _("Forgotten.")
        messages.success(request, told)
    return HttpResponseRedirect(reverse("web:notices_settings"))


@require_POST
@opens()
def confirm(request: StaffRequest) -> HttpResponse:
    """The code from the e-mail."""
    code = request.POST.get("code", "")[:12]
    if services.address_confirm(by=request.user, code=code):
        messages.success(request, _("The address is confirmed."))
    else:
        messages.error(request, _("The code is wrong or too old."))
    return HttpResponseRedirect(reverse("web:notices_settings"))


def _done(request: HttpRequest, act: Callable[[], object]) -> bool:
    try:
        act()
    except DomainError as refusal:
        messages.error(request, refusal.say(getattr(request, "LANGUAGE_CODE", "vi")))
        return False
    return True

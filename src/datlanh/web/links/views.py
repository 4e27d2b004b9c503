"""The work list of proposed links, and the decisions about them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.intake.selectors.link_proposals import links_waiting, pair_by_id, pair_read
from datlanh.intake.services.linking import links_decide
from datlanh.kernel.errors import DomainError
from datlanh.kernel.links import Pair
from datlanh.kernel.text import Text
from datlanh.register.models import Record
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.links.shown import rows_of
from datlanh.web.records.cells import address_of
from datlanh.web.reports.filters import language

NOTHING_TICKED = Text("Chưa chọn liên kết nào.", "No link is ticked.")


@opens(Permission.REPORT_APPROVE)
def links(request: StaffRequest) -> HttpResponse:
    """Links that wait for somebody to confirm them, those completed last first."""
    return _list(request)


def _list(
    request: StaffRequest, *, refusal: str = "", back: Record | None = None, status: int = 200
) -> HttpResponse:
    text = request.GET.get("after", "")
    after = int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None
    page = links_waiting(request.user, after)
    context = {
        "rows": rows_of(page.proposals, request.user),
        "after": page.after,
        "is_first": after is None,
        "refusal": refusal,
        "back": back,
    }
    return render(request, "web/links/list.html", context, status=status)


@require_POST
@opens(Permission.REPORT_APPROVE)
def links_step(request: StaffRequest) -> HttpResponse:
    """Link what is ticked (or named by id), set one apart, or undo one; all or nothing."""
    sent = request.POST
    back = _record_behind(request)
    try:
        step, pairs = _wanted(request, back)
        made = links_decide(step=step, pairs=pairs, by=request.user, note=sent.get("note", ""))
    except DomainError as refusal:
        said = refusal.say(language())
        return _list(request, refusal=said, back=back, status=422)
    done = len(made)
    if step == "link":
        told = ngettext("%(n)d link is made.", "%(n)d links are made.", done) % {"n": done}
    else:
        told = _("They are kept as not related.")
    messages.success(request, told)
    address = address_of(back.kind, back.local_id) + "#links" if back else reverse("web:links")
    return HttpResponseRedirect(address)


def _wanted(request: StaffRequest, back: Record | None) -> tuple[str, list[Pair]]:
    """The step, and with which pairs. Raises Record.DoesNotExist for a pair that is none."""
    sent = request.POST
    if back is not None and sent.get("local_id"):
        return "link", [pair_by_id(back, sent["local_id"], request.user)]
    for step in ("part", "unlink"):
        if key := sent.get(step):
            return step, [_pair(key)]
    if not (keys := sent.getlist("pair")):
        raise DomainError(NOTHING_TICKED, code="nothing_ticked")
    return "link", [_pair(key) for key in keys]


def _pair(key: str) -> Pair:
    pair = pair_read(key)
    if pair is None:
        raise Record.DoesNotExist
    return pair


def _record_behind(request: StaffRequest) -> Record | None:
    """The record whose page the form stood on."""
    try:
        wanted = UUID(request.POST.get("back", ""))
    except ValueError:
        return None
    visible = scope_for(request.user, Permission.RECORD_READ).q("organisation_id")
    return Record.objects.filter(visible, pk=wanted).first()

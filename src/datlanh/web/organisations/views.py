"""Organisations: who they are, their ranges and teams, and every running number accounted for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has, require, scope_for
from datlanh.accounts.selectors import devices_of
from datlanh.intake.selectors.reports import reports_of
from datlanh.kernel.errors import DomainError
from datlanh.kernel.text import Text
from datlanh.organisations import services
from datlanh.organisations.models import NumberRange, NumberState, Organisation, RunningNumber
from datlanh.organisations.selectors import donor_list, numbers_reserved, ranges_of, teams_of
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.organisations.numbers import (
    KIND_WORDS,
    SOME,
    TEAM_WORDS,
    names_of,
    organisations_seen,
    prefixes_of,
    rows_of,
)

NAME_NEEDED = Text("Hãy ghi tên.", "Give the name.")


@opens(Permission.RECORD_READ)
def organisations(request: StaffRequest) -> HttpResponse:
    """`/organisations/`: those within the scope with their ranges and counts."""
    return _list(request)


@opens(Permission.RECORD_READ)
def organisation(request: StaffRequest, key: str) -> HttpResponse:
    """`/organisations/<key>/`: ranges, numbers, teams. 404 outside the scope."""
    return _page(request, organisations_seen(request.user).get(key=key))


@require_POST
@opens(Permission.NUMBER_MANAGE)
def number_reserve(request: StaffRequest, key: str) -> HttpResponse:
    """Give out the next number of a prefix, and say which it is."""
    found = _managed(request, key, Permission.NUMBER_MANAGE)
    prefix = request.POST.get("prefix", "")
    try:
        number = services.number_reserve(prefix=prefix, organisation=found, by=request.user)
    except DomainError as refusal:
        return _page(request, found, refusal=refusal)
    said = _("%(id)s is reserved for %(organisation)s.")
    messages.success(request, said % {"id": number.local_id, "organisation": found.short_name})
    return HttpResponseRedirect(f"{_address(found)}?given={number.local_id}#reserved")


@require_POST
@opens(Permission.NUMBER_MANAGE)
def number_void(request: StaffRequest, key: str) -> HttpResponse:
    """Say that a number will never be a record, with the reason."""
    found = _managed(request, key, Permission.NUMBER_MANAGE)
    local_id, reason = request.POST.get("local_id", ""), request.POST.get("reason", "")
    try:
        number = services.number_void(
            local_id=local_id, reason=reason, by=request.user, organisation=found
        )
    except DomainError as refusal:
        return _page(
            request, found, refusal=refusal, typed={"local_id": local_id, "reason": reason}
        )
    messages.success(request, _("%(id)s is void.") % {"id": number.local_id})
    return HttpResponseRedirect(_address(found))


@require_POST
@opens(Permission.ORGANISATION_MANAGE)
def team_add(request: StaffRequest, key: str) -> HttpResponse:
    """Take up a team."""
    found = _managed(request, key, Permission.ORGANISATION_MANAGE)
    name, kind = request.POST.get("name", "").strip(), request.POST.get("kind", "")
    try:
        services.team_add(
            organisation=found,
            key=_key_of(name, 48),
            name=name[:120],
            kind=kind if kind in TEAM_WORDS else "",
            by=request.user,
        )
    except DomainError as refusal:
        return _page(request, found, refusal=refusal, typed={"team": name})
    messages.success(request, _("Team “%(name)s” is added.") % {"name": name})
    return HttpResponseRedirect(_address(found))


@require_POST
@opens(Permission.ORGANISATION_MANAGE)
def donor_add(request: StaffRequest) -> HttpResponse:
    """Take up a donor: of the whole province, so only for who manages all organisations."""
    require(request.user, Permission.ORGANISATION_MANAGE, None)
    name_vi, name_en = (request.POST.get(n, "").strip()[:200] for n in ("name_vi", "name_en"))
    try:
        key = _key_of(name_en or name_vi, 48)
        services.donor_add(
            key=key, name_vi=name_vi or name_en, name_en=name_en or name_vi, by=request.user
        )
    except DomainError as refusal:
        return _list(request, refusal=refusal)
    messages.success(request, _("Donor “%(name)s” is added.") % {"name": name_vi or name_en})
    return HttpResponseRedirect(reverse("web:organisations"))


def _key_of(name: str, length: int) -> str:
    # Slugs drop what has no decomposition; the letter đ has none.
    key = slugify(name.replace("đ", "d").replace("Đ", "D"))[:length]
    if not key:
        raise DomainError(NAME_NEEDED)
    return key


def _managed(request: StaffRequest, key: str, permission: str) -> Organisation:
    within = scope_for(request.user, permission).q("pk")
    return organisations_seen(request.user).filter(within).get(key=key)


def _address(found: Organisation) -> str:
    return reverse("web:organisation", args=[found.key])


def _list(request: StaffRequest, refusal: DomainError | None = None) -> HttpResponse:
    who = request.user
    everything = scope_for(who, Permission.RECORD_READ).everything
    context = {
        "rows": rows_of(who),
        "reserve": NumberRange.objects.filter(organisation=None) if everything else [],
        "donors": donor_list(),
        "may_add_donor": scope_for(who, Permission.ORGANISATION_MANAGE).everything,
        "refusal": refusal,
    }
    return render(request, "web/organisations/list.html", context, status=422 if refusal else 200)


def _page(
    request: StaffRequest,
    found: Organisation,
    *,
    refusal: DomainError | None = None,
    typed: dict[str, str] | None = None,
) -> HttpResponse:
    who = request.user
    reserved = list(numbers_reserved(found).order_by("-at", "-pk")[: SOME + 1])
    void = list(
        RunningNumber.objects.filter(organisation=found, state=NumberState.VOID).order_by(
            "-at", "-pk"
        )[: SOME + 1]
    )
    prefixes = prefixes_of(found)
    context: dict[str, Any] = {
        "organisation": found,
        "kind": KIND_WORDS[found.kind],
        "crumbs": [(_("Organisations"), reverse("web:organisations")), (found.short_name, "")],
        "ranges": ranges_of(found),
        "prefixes": prefixes,
        "outside": [local_id for p in prefixes for local_id in p.accounted.outside][:SOME],
        "reserved": reserved[:SOME],
        "void": void[:SOME],
        "more_reserved": len(reserved) > SOME,
        "more_void": len(void) > SOME,
        "names": names_of([*reserved, *void]),
        "given": request.GET.get("given", ""),
        "teams": [(t, TEAM_WORDS.get(t.kind)) for t in teams_of(found, active_only=False)],
        "team_kinds": TEAM_WORDS.items(),
        "reports": reports_of(who).filter(organisation=found).count()
        if has(who, Permission.REPORT_READ, found.pk)
        else None,
        "devices": devices_of(who).filter(organisation=found, revoked_at=None).count()
        if has(who, Permission.DEVICE_MANAGE, found.pk)
        else None,
        "may_manage": has(who, Permission.NUMBER_MANAGE, found.pk),
        "may_add_team": has(who, Permission.ORGANISATION_MANAGE, found.pk),
        "typed": typed or {},
        "refusal": refusal,
    }
    return render(
        request, "web/organisations/organisation.html", context, status=422 if refusal else 200
    )

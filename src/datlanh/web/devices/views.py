"""The organisation's phones: take one up, show its secret once, shut one out."""

from __future__ import annotations

from django import forms as dj
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.accounts.selectors import devices_of, users_with
from datlanh.accounts.services import device_add as device_take_up
from datlanh.accounts.services import device_revoke as device_shut_out
from datlanh.delivery.qr import collect_settings_qr, device_address
from datlanh.web.guards import StaffRequest, opens

PROJECT = "Đất Lành"  # as the phone lists it


class DeviceForm(dj.Form):
    """Whose phone it is, and how it is called."""

    user = dj.ModelChoiceField(User.objects.none(), label=gettext_lazy("Who carries it"))
    name = dj.CharField(
        max_length=120,
        label=gettext_lazy("Name of the phone"),
        help_text=gettext_lazy("As written on the phone, for example “MAG NTS 1, tablet 2”."),
    )

    def __init__(self, data: object, who: User) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict or None
        within = scope_for(who, Permission.DEVICE_MANAGE).q()
        senders = users_with(Permission.REPORT_CREATE).values("pk")
        people = User.objects.filter(within, is_active=True)
        # Who sends for one organisation holds the right there, not in the whole province.
        holding = people.filter(
            grants__ended_at__isnull=True,
            grants__role__permissions__contains=[Permission.REPORT_CREATE.value],
        )
        field = self.fields["user"]
        field.queryset = (holding | people.filter(pk__in=senders)).distinct()  # type: ignore[attr-defined]
        field.widget.attrs["class"] = "form-select"


@opens(Permission.DEVICE_MANAGE)
def devices(request: StaffRequest) -> HttpResponse:
    """The phones of my organisation (or of all), newest first."""
    return _page(request, DeviceForm(None, request.user))


@never_cache
@require_POST
@opens(Permission.DEVICE_MANAGE)
def device_add(request: StaffRequest) -> HttpResponse:
    """Take up a phone and show its secret and QR code, this once."""
    form = DeviceForm(request.POST, request.user)
    if not form.is_valid():
        return _page(request, form, status=422)
    device, secret = device_take_up(
        user=form.cleaned_data["user"], name=form.cleaned_data["name"], by=request.user
    )
    address = device_address(request, secret)
    qr = collect_settings_qr(address, PROJECT, device.user.username)
    context = {"device": device, "address": address, "qr": qr}
    return render(request, "web/devices/added.html", context)


@require_POST
@opens(Permission.DEVICE_MANAGE)
def device_revoke(request: StaffRequest, id: int) -> HttpResponse:
    """Shut a phone out for good."""
    device = devices_of(request.user).get(pk=id)
    device_shut_out(device=device, by=request.user, note=request.POST.get("note", ""))
    messages.success(request, _("“%(name)s” is shut out.") % {"name": device.name})
    return HttpResponseRedirect(reverse("web:devices"))


def _page(request: StaffRequest, form: DeviceForm, status: int = 200) -> HttpResponse:
    context = {
        "devices": list(devices_of(request.user)),
        "form": form,
        "whole_province": scope_for(request.user, Permission.DEVICE_MANAGE).everything,
    }
    return render(request, "web/devices/list.html", context, status=status)

"""Who may open a page. Pages answer 403; objects outside the scope are a 404 like absent ones."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from datlanh.accounts.models import User
from datlanh.accounts.scope import has


class StaffRequest(HttpRequest):
    """A request of somebody who is signed in; for types only."""

    user: User


def opens(*permissions: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., Any]]:
    """A view for those who have any of `permissions` somewhere; none named: everybody signed in.

    What the view cannot find within the scope (`Model.DoesNotExist`) is a 404.
    """

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., Any]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if permissions and not any(has(request.user, p) for p in permissions):
                raise PermissionDenied
            try:
                return view(request, *args, **kwargs)
            except ObjectDoesNotExist as absent:
                raise Http404 from absent

        opened = login_required(guarded)
        opened.permissions = permissions  # type: ignore[attr-defined]  # for the access matrix
        return opened

    return decorate

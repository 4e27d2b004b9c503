"""Whether a paper was issued, for anybody who holds it: no sign-in, and nothing but the answer."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from datlanh.reporting.documents import words
from datlanh.reporting.documents.selectors import code_read, document_confirm

ASKS, WITHIN_S = 60, 600  # from one address, in each process; a code has 59 bits


@never_cache
@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """`/confirm/?code=`: a field for the code."""
    typed = request.GET.get("code", "")
    if code := code_read(typed):
        return HttpResponseRedirect(reverse("web:confirm_code", args=(code,)))
    return render(
        request, "web/papers/confirm.html", {"typed": typed[:40], "is_wrong": bool(typed)}
    )


@never_cache
@require_safe
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """`/confirm/<code>`: that it was issued, for which area, when, how large, whether it stands."""
    if _asks_too_much(request):
        context = {"too_many": True, "minutes": WITHIN_S // 60}
        refused = render(request, "web/papers/confirm.html", context, status=429)
        refused["Retry-After"] = str(WITHIN_S)
        return refused
    found = document_confirm(code)
    if found is None:
        unknown = {"typed": code[:40], "is_unknown": True}
        return render(request, "web/papers/confirm.html", unknown, status=404)
    return render(
        request, "web/papers/confirm.html", {"found": found, "name": words.NAMES[found.kind]}
    )


def _asks_too_much(request: HttpRequest) -> bool:
    key = f"confirm:{get_adapter().get_client_ip(request)}"
    cache.add(key, 0, WITHIN_S)
    try:
        return cache.incr(key) > ASKS
    except ValueError:  # it ended in between
        return False

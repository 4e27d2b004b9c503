"""The rules as the centre has set them: all staff may read, the database unit may change."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.delivery.words import GIVEN
from datlanh.intake.selectors.reports import form_titles
from datlanh.intake.selectors.rulebook import (
    RuleFilter,
    changes_of,
    checked_before,
    months,
    rule_told,
    rules_told,
)
from datlanh.intake.services import settings
from datlanh.kernel.checks import NIGHTLY, RULES, rule_of
from datlanh.kernel.errors import DomainError
from datlanh.kernel.text import Text
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.reports.filters import Chip, Option, without

HISTORY = 100
NO_NUMBER = Text("Ngưỡng là một số, ví dụ 0,05.", "A threshold is a number, such as 0.05.")


@opens(Permission.REPORT_READ)
def rules(request: StaffRequest) -> HttpResponse:
    """`/quality/rules/`: every rule with its clause, its settings and its hits."""
    get = request.GET.get
    wanted = RuleFilter(get("form", ""), get("severity", ""), bool(get("changed")))
    if wanted.form not in form_titles():
        wanted = RuleFilter("", wanted.severity, wanted.changed)
    options = {
        "form": [Option(k, t, k == wanted.form) for k, t in form_titles().items()],
        "severity": [Option(k, t, k == wanted.severity) for k, t in GIVEN.items()],
    }
    words = {"form": _("Form"), "severity": _("Severity")}
    chips = [
        Chip(words[name], o.label, without(request.GET, name))
        for name, found in options.items()
        for o in found
        if o.is_chosen
    ]
    if wanted.changed:
        chips.append(Chip(_("Settings"), _("changed"), without(request.GET, "changed")))
    context = {
        "lines": rules_told(request.user, wanted),
        "total": len(RULES) + len(NIGHTLY),
        "options": options,
        "wanted": wanted,
        "chips": chips,
        "months": months(),
        "stale": checked_before(request.user).count(),
        "may_manage": _may_manage(request),
    }
    return render(request, "web/quality/rules.html", context)


@opens(Permission.REPORT_READ)
def rule(request: StaffRequest, key: str) -> HttpResponse:
    """`/quality/rules/<key>/`: one rule with its history. 404 for a key no rule has."""
    return _page(request, key)


@require_POST
@opens(Permission.SETTINGS_MANAGE)
def rule_severity(request: StaffRequest, key: str) -> HttpResponse:
    """Give the rule another severity on a form or on all."""
    post = request.POST.get
    try:
        settings.severity_set(
            rule=_key(key),
            form=post("form", ""),
            severity=post("severity", ""),
            note=post("note", ""),
            by=request.user,
        )
    except DomainError as refusal:
        return _page(request, key, refusal)
    return _done(request, key)


@require_POST
@opens(Permission.SETTINGS_MANAGE)
def rule_threshold(request: StaffRequest, key: str) -> HttpResponse:
    """Change one of the thresholds the rule asks for."""
    post = request.POST.get
    name = post("name", "")
    try:
        if name not in rule_of(_key(key)).settings:
            raise DomainError(settings.NO_THRESHOLD, name=name)
        settings.threshold_set(
            name=name, value=_number(post("value", "")), note=post("note", ""), by=request.user
        )
    except DomainError as refusal:
        return _page(request, key, refusal)
    return _done(request, key)


@require_POST
@opens(Permission.SETTINGS_MANAGE)
def recheck(request: StaffRequest) -> HttpResponse:
    """Check undecided reports again that were checked under older settings."""
    count = settings.reports_recheck(by=request.user)
    said = ngettext(
        "%(count)s report will be checked again.", "%(count)s reports will be checked again.", count
    )
    messages.success(request, said % {"count": count})
    return HttpResponseRedirect(reverse("web:rules"))


def _number(text: str) -> float:
    """A number as either language writes it: "0,05" or "0.05"."""
    try:
        return float(text.strip().replace(" ", "").replace(",", "."))
    except ValueError:
        raise DomainError(NO_NUMBER) from None


def _key(key: str) -> str:
    try:
        return rule_of(key).key
    except KeyError:
        raise Http404 from None


def _done(request: StaffRequest, key: str) -> HttpResponse:
    messages.success(request, _("The setting is changed. Reports checked from now on follow it."))
    return HttpResponseRedirect(reverse("web:rule", args=[key]))


def _may_manage(request: StaffRequest) -> bool:
    return scope_for(request.user, Permission.SETTINGS_MANAGE).everything


def _page(request: StaffRequest, key: str, refusal: DomainError | None = None) -> HttpResponse:
    line = rule_told(request.user, _key(key))
    changes = list(changes_of(line.rule)[: HISTORY + 1])
    context: dict[str, Any] = {
        "line": line,
        "rule": line.rule,
        "titles": form_titles(),
        "given": GIVEN,
        "crumbs": [(_("Check rules"), reverse("web:rules")), (key, "")],
        "changes": changes[:HISTORY],
        "more_changes": len(changes) > HISTORY,
        "months": months(),
        "may_manage": _may_manage(request) and not (line.rule.fixed and not line.thresholds),
        "typed": request.POST,
        "refusal": refusal,
    }
    return render(request, "web/quality/rule.html", context, status=422 if refusal else 200)

"""The addresses of data quality."""

from __future__ import annotations

from django.urls import URLPattern, path

from datlanh.web.quality import rules, work

urlpatterns: list[URLPattern] = [
    path("quality/", work.quality, name="quality"),
    path("quality/sheet/", work.sheet, name="sheet"),
    path("quality/rules/", rules.rules, name="rules"),
    path("quality/rules/<slug:key>/", rules.rule, name="rule"),
    path("quality/rules/<slug:key>/severity", rules.rule_severity, name="rule_severity"),
    path("quality/rules/<slug:key>/threshold", rules.rule_threshold, name="rule_threshold"),
    path("quality/recheck", rules.recheck, name="recheck"),
]

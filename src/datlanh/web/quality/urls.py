"""The addresses of data quality."""

from __future__ import annotations

from django.urls import URLPattern, path

from datlanh.web.quality import boxes, clocks, rules, scorecards, work

urlpatterns: list[URLPattern] = [
    path("quality/", work.quality, name="quality"),
    path("quality/sheet/", work.sheet, name="sheet"),
    path("quality/scorecard/", scorecards.card, name="scorecard"),
    path("quality/clocks/", clocks.deadlines, name="clocks"),
    path("quality/clocks/exempt", clocks.exemption, name="exemption"),
    path("quality/clocks/exempt/<int:number>/back", clocks.exemption_back, name="exemption_back"),
    path("quality/clocks/expect", clocks.expectation, name="expectation"),
    path("reminders/<int:number>/dismiss", clocks.reminder_dismiss, name="reminder_dismiss"),
    path("quality/rules/", rules.rules, name="rules"),
    path("quality/rules/<slug:key>/", rules.rule, name="rule"),
    path("quality/rules/<slug:key>/severity", rules.rule_severity, name="rule_severity"),
    path("quality/rules/<slug:key>/threshold", rules.rule_threshold, name="rule_threshold"),
    path("quality/boxes/", boxes.table, name="box_table"),
    path("quality/recheck", rules.recheck, name="recheck"),
]

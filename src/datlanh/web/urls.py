"""The addresses of the staff pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from datlanh.web.devices import held
from datlanh.web.devices import views as devices
from datlanh.web.home import views as home
from datlanh.web.reports import correcting, lists, pages, shaping
from datlanh.web.review import decisions, desk

app_name = "web"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("", include("datlanh.web.areas.urls")),
    path("", include("datlanh.web.records.urls")),
    path("", include("datlanh.web.surveys.urls")),
    path("", include("datlanh.web.map.urls")),
    path("", include("datlanh.web.figures.urls")),
    path("", include("datlanh.web.organisations.urls")),
    path("", include("datlanh.web.people.urls")),
    path("", include("datlanh.web.batches.urls")),
    path("", include("datlanh.web.quality.urls")),
    path("", include("datlanh.web.links.urls")),
    path("", include("datlanh.web.exports.urls")),
    path("", include("datlanh.web.tools.urls")),
    path("", include("datlanh.web.notices.urls")),
    path("", include("datlanh.web.ledger.urls")),
    path("", include("datlanh.web.papers.urls")),
    path("", include("datlanh.web.fill.urls")),
    path("reports/", lists.reports, name="reports"),
    path("reports/<receipt>", pages.report, name="report"),
    path("reports/<receipt>/files/<int:number>", pages.file, name="report_file"),
    path("reports/<receipt>/correct", correcting.correct, name="report_correct"),
    path("reports/<receipt>/shape", shaping.shape, name="report_shape"),
    path("reports/<receipt>/shape/decide", shaping.decide, name="report_shape_decide"),
    path("reports/<receipt>/shape/ask", shaping.ask, name="report_shape_ask"),
    path("reports/<receipt>/verify", correcting.verify, name="report_verify"),
    path("review/", desk.review, name="review"),
    path("", include("datlanh.web.review.urls")),
    path("review/<receipt>", desk.review_report, name="review_report"),
    path("review/<receipt>/approve", decisions.approve, name="review_approve"),
    path("review/<receipt>/return", decisions.give_back, name="review_return"),
    path("review/<receipt>/propose", decisions.propose, name="review_propose"),
    path("review/<receipt>/confirm", decisions.confirm, name="review_confirm"),
    path("review/<receipt>/except", decisions.grant_exception, name="review_except"),
    path("review/<receipt>/reassign", decisions.reassign, name="review_reassign"),
    path("", include("datlanh.web.accounts.urls")),
    path("", include("datlanh.web.history.urls")),
    path("devices/", devices.devices, name="devices"),
    path("devices/held/", held.held, name="held"),
    path("devices/held/<int:id>", held.held_decide, name="held_decide"),
    path("devices/add", devices.device_add, name="device_add"),
    path("devices/<int:id>/revoke", devices.device_revoke, name="device_revoke"),
    path("", include("datlanh.web.forms.urls")),
]

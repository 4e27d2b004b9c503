"""Addresses of programs: phones (OpenRosa) and maps."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from datlanh.api.maps import basemap, legend, strikes, tile
from datlanh.api.openrosa import forms, reports, submission

app_name = "api"

openrosa: list[URLPattern | URLResolver] = [
    path("formList", forms.form_list, name="form_list"),
    path("forms/<slug:form>.xml", forms.form_get, name="form_get"),
    path("forms/<slug:form>/manifest", forms.manifest_get, name="form_manifest"),
    path("forms/<slug:form>/media/<str:name>", forms.media_get, name="form_media"),
    path("submission", submission.submission, name="submission"),
    path("reports", reports.report_list, name="device_reports"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("key/<str:secret>/", include(openrosa)),
    path("openrosa/", include(openrosa)),
    path("tiles/<int:z>/<int:x>/<int:y>.mvt", tile, name="tile"),
    path("tiles/strikes/<int:z>/<int:x>/<int:y>.mvt", strikes, name="strikes"),
    path("map/legend.json", legend, name="legend"),
    path("map/basemap.geojson", basemap, name="basemap"),
]

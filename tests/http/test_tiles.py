"""Tiles and legend show what the lists show, to those who may see it, and nothing else."""

from __future__ import annotations

import gzip
import json
import re

import mapbox_vector_tile
import pytest
from django.db import connection
from django.test import Client

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.models import Grant
from datlanh.accounts.scope import EVERYTHING, Scope
from datlanh.delivery import tiles
from datlanh.hazards.models import HazardousArea
from datlanh.hazards.selectors import AreaFilter
from datlanh.intake.models import Report
from datlanh.intake.services.deciding import step_confirm, step_propose
from datlanh.kernel import clock
from datlanh.register.selectors import decision_newest
from support.places import tile_around
from support.reports import approved, cha, demo_cast, field_of, received, release, verified

pytestmark = pytest.mark.django_db

FIELD = field_of(1).centroid


def url(z: int, query: str = "") -> str:
    z, x, y = tile_around(FIELD.x, FIELD.y, z)
    return f"/tiles/{z}/{x}/{y}.mvt" + (f"?{query}" if query else "")


def opened(content: bytes) -> dict[str, list[dict]]:
    """Each layer's properties by the layer's name."""
    return {
        name: [f["properties"] for f in layer["features"]]
        for name, layer in mapbox_vector_tile.decode(content).items()
    }


def ids(content: bytes, layer: str = "areas") -> set[str]:
    return {f["local_id"] for f in opened(content).get(layer, [])}


def browser(username: str) -> Client:
    client = Client()
    client.force_login(demo_cast()[username])
    return client


@pytest.fixture
def register():
    """Two operators' areas side by side, and land released on one of them."""
    cast = demo_cast()
    for draft, field, officer in (
        (cha(1), "renew.hientruong", "renew"),
        (cha(2, organisation="mag", first=500000), "mag.hientruong", "mag"),
        (release(1), "renew.hientruong", "renew"),
    ):
        report = verified(received(draft, by=cast[field]), by=cast[officer])
        approved(report, by=cast["kiemtra2"])
    return cast


RENEW, MAG = "HAZ-409-600001", "HAZ-409-500002"


@pytest.mark.parametrize("zoom", [8, 10, 12, 14])
def test_another_organisations_areas_never_appear(register, zoom):
    for who, own in (("renew", {RENEW}), ("mag", {MAG}), ("kiemtra2", {RENEW, MAG})):
        content = browser(who).get(url(zoom)).content
        layers = opened(content)
        seen = {f["local_id"] for features in layers.values() for f in features}
        assert {i for i in seen if i.startswith("HAZ")} == own
        assert not any(
            i in content for i in {RENEW.encode(), MAG.encode()} - {i.encode() for i in own}
        )


def test_areas_releases_and_points_carry_what_the_map_needs(register):
    layers = opened(browser("renew").get(url(14)).content)
    (area,) = layers["areas"]
    assert area == {
        "id": str(HazardousArea.objects.get(local_id=RENEW).pk),
        "local_id": RENEW,
        "kind": "cha",
        "status": "open",
        "organisation": "npa_renew",
        "area_m2": pytest.approx(HazardousArea.objects.get(local_id=RENEW).area_m2, abs=1),
    }
    (released,) = layers["releases"]
    assert released["release_type"] == "post_clearance"
    assert released["status"] == "completed"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", released["end_date"])
    points = sorted((p["kind"], p["label"], p.get("quantity")) for p in layers["points"])
    assert ("evidence", "EV001", None) in points
    assert ("item", "blu_26", 3) in points


def test_no_person_is_named_in_a_tile(register):
    content = browser("kiemtra2").get(url(14)).content
    for name in ("Trần Văn Mẫu", "Lê Thị Ví Dụ", "0900000001"):
        assert name.encode() not in content


def test_far_out_areas_are_points_and_points_wait_until_near(register):
    far = opened(browser("kiemtra2").get(url(8)).content)
    assert set(far) == {"area_points"}
    assert len(far["area_points"]) == 2
    between = opened(browser("kiemtra2").get(url(10)).content)
    assert set(between) == {"area_points", "areas", "releases"}
    near = opened(browser("kiemtra2").get(url(12)).content)
    assert set(near) == {"areas", "releases"}


def test_an_area_without_an_outline_is_a_point_at_every_zoom(register):
    HazardousArea.objects.filter(local_id=RENEW).update(outline=None)
    for zoom in (8, 12):
        assert RENEW in ids(browser("renew").get(url(zoom)).content, "area_points")


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("status=open", {RENEW, MAG}),
        ("status=closed", set()),
        ("organisation=mag", {MAG}),
        ("priority=high", set()),
        ("q=5000", {MAG}),
        ("q=%27%3B--", set()),
        ("commune=00000", set()),
    ],
)
def test_the_filter_of_the_list_is_the_filter_of_the_map(register, query, seen):
    assert ids(browser("kiemtra2").get(url(12, query)).content) == seen


def test_a_filter_never_widens_the_scope(register):
    assert ids(browser("renew").get(url(12, "organisation=mag")).content) == set()


def test_as_of_an_earlier_decision_the_map_is_what_it_was_then(register):
    cast, before = register, decision_newest()
    report = cast and HazardousArea.objects.get(local_id=RENEW)
    update = cha(1, days_ago=1, status="suspended")
    later = verified(received(update, by=cast["renew.hientruong"]), by=cast["renew"])
    approved(later, by=cast["kiemtra2"], record_id=report.pk)
    browsing = browser("kiemtra2")

    def status(query: str) -> dict[str, str]:
        areas = opened(browsing.get(url(14, query)).content).get("areas", [])
        return {a["local_id"]: a["status"] for a in areas}

    assert status("")[RENEW] == "suspended"
    assert status(f"known={before}")[RENEW] == "open"
    then = (clock.today() - clock.dt.timedelta(days=3)).isoformat()
    assert status(f"on={then}")[RENEW] == "open"
    assert status("on=2001-01-01") == {}
    points = opened(browsing.get(url(14, f"known={before}")).content)["points"]
    assert {p["kind"] for p in points} == {"evidence", "item"}
    assert ids(browser("mag").get(url(12, f"known={before}")).content) == {MAG}


def test_now_and_the_versions_of_now_draw_the_same_tile(register, monkeypatch):
    z, x, y = tile_around(FIELD.x, FIELD.y, 14)
    now = opened(tiles.area_tile(z, x, y, EVERYTHING, AreaFilter()))
    monkeypatch.setattr(AreaFilter, "is_past", property(lambda self: True))
    then = opened(tiles.area_tile(z, x, y, EVERYTHING, AreaFilter()))

    def plain(layers: dict[str, list[dict]]) -> dict[str, list[list]]:
        return {
            name: sorted(sorted((k, str(v)) for k, v in f.items() if k != "id") for f in features)
            for name, features in layers.items()
        }

    assert plain(now) == plain(then)


def test_a_browser_that_has_the_tile_is_told_so_until_a_decision(register):
    browsing = browser("kiemtra2")
    first = browsing.get(url(12))
    assert first["Cache-Control"].startswith("private")
    assert first["Content-Type"] == "application/vnd.mapbox-vector-tile"
    again = {"If-None-Match": first["ETag"]}
    assert browsing.get(url(12), headers=again).status_code == 304
    assert browser("renew").get(url(12), headers=again).status_code == 200
    assert browsing.get(url(12, "status=open"), headers=again).status_code == 200
    cast = register
    report = HazardousArea.objects.get(local_id=MAG)
    with acting(cast["kiemtra2"]):
        approved_one = Report.objects.get(record_id=report.pk)
        step_propose(id=approved_one.pk, step="withdraw", by=cast["kiemtra2"], note="Nhầm.")
    with acting(cast["csdl"]):
        step_confirm(id=approved_one.pk, by=cast["csdl"], confirm=True)
    fresh = browsing.get(url(12), headers=again)
    assert fresh.status_code == 200
    assert ids(fresh.content) == {RENEW}


def test_tiles_are_compressed_where_the_browser_reads_it(register, monkeypatch):
    monkeypatch.setattr("datlanh.api.maps.COMPRESS_FROM", 10)
    answer = browser("renew").get(url(12), headers={"Accept-Encoding": "gzip, br"})
    assert answer["Content-Encoding"] == "gzip"
    assert ids(gzip.decompress(answer.content)) == {RENEW}


def test_a_tile_is_cut_once_for_all_who_may_see_the_same(register, monkeypatch):
    asked = []
    cut = tiles.area_tile
    monkeypatch.setattr("datlanh.api.maps.area_tile", lambda *of: asked.append(of[3]) or cut(*of))
    first = browser("kiemtra1").get(url(12))
    assert browser("kiemtra2").get(url(12)).content == first.content
    assert len(asked) == 1
    assert ids(browser("renew").get(url(12)).content) == {RENEW}
    assert ids(browser("mag").get(url(12)).content) == {MAG}
    assert len(asked) == 3


@pytest.mark.parametrize("page", [url(12), "/map/legend.json", "/map/basemap.geojson"])
def test_strangers_and_those_without_the_right_get_nothing(page):
    assert Client().get(page).status_code == 401
    browsing = browser("renew")
    Grant.objects.update(ended_at=clock.now())
    assert browsing.get(page, headers={"Accept": "application/json"}).status_code == 403


@pytest.mark.parametrize("page", ["/tiles/1/2/0.mvt", "/tiles/40/0/0.mvt", "/tiles/3/0/8.mvt"])
def test_there_is_no_tile_beyond_the_world(page):
    assert browser("renew").get(page).status_code == 404
    z, x, y = map(int, re.findall(r"\d+", page))
    with pytest.raises(ValueError, match="no tile"):
        tiles.area_tile(z, x, y, EVERYTHING, AreaFilter())


def test_the_legend_counts_every_state_whatever_is_ticked(register):
    body = browser("kiemtra2").get("/map/legend.json?status=closed").json()
    assert body["counts"] == {"open": 2, "ongoing": 0, "suspended": 0, "closed": 0, "releases": 1}
    assert body["total"] == 0
    own = browser("renew").get("/map/legend.json").json()
    assert (own["total"], own["counts"]["open"]) == (1, 1)
    west, south, east, north = own["extent"]
    assert west < FIELD.x < east
    assert south < FIELD.y < north


def test_the_basemap_is_kept_by_its_edition():
    browsing = browser("renew")
    answer = browsing.get("/map/basemap.geojson", headers={"Accept-Encoding": "gzip"})
    drawn = json.loads(gzip.decompress(answer.content))
    kinds = {f["properties"]["kind"] for f in drawn["features"]}
    assert {"province", "commune", "label"} <= kinds
    again = browsing.get("/map/basemap.geojson", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_a_crowded_tile_stays_small_and_uses_the_index():
    organisation = demo_cast()["renew"].organisation
    with connection.cursor() as cursor:
        cursor.execute(
            """
with n as (select i, gen_random_uuid() as id, 106.9 + (i %% 80) * 0.003 as x,
                  16.7 + (i / 80) * 0.003 as y from generate_series(1, 6000) i),
r as (insert into register_record (id, kind, local_id, organisation_id, created_seq, is_live)
      select id, 'hazardous_area', 'HAZ-409-' || (600000 + i), %s, 1000000 + i, true from n)
insert into hazards_hazardousarea (record_id, local_id, internal_id, organisation_id,
  reporting_team, commune_code, village_name, shape_id, outline, true_from, known_seq, reports,
  area_m2, derived_by, area_type, state, public_status, survey_method, land_use, beneficiaries,
  clearance_priority)
select id, 'HAZ-409-' || (600000 + i), '', %s, '', '', '', '',
       st_multi(st_buffer(st_setsrid(st_makepoint(x, y), 4326), 0.0014, 32)),
       current_date, 1, 1, 60000, '', 'cha', 'cha', 'open', '', '', '', '' from n
""",
            [organisation.pk, organisation.pk],
        )
        cursor.execute("analyze hazards_hazardousarea")
    for zoom in (8, 10, 11, 14):
        z, x, y = tile_around(107.0, 16.8, zoom)
        tile = tiles.area_tile(
            z, x, y, Scope(organisation_ids=frozenset({organisation.pk})), AreaFilter()
        )
        assert 0 < len(tile) <= tiles.MAX_BYTES, (zoom, len(tile))
    found = tiles.rows(EVERYTHING, AreaFilter())
    text, params = tiles._outlines(found, tiles._AREA)
    place = tiles.Place(*tile_around(107.0, 16.8, 14))
    with connection.cursor() as cursor, acting(SYSTEM):
        cursor.execute(f"explain {text}", params | place.params)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "outline" in plan
    assert "Seq Scan on hazards_hazardousarea" not in plan

"""The gazetteer in the database: search, dates, lineage, outlines, villages."""

from __future__ import annotations

import datetime as dt
import json
import random
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Point as GeosPoint
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, shape

from datlanh.audit.models import Event
from datlanh.kernel.errors import UnreadableError
from datlanh.places import rules, selectors, services
from datlanh.places.models import AdminUnit, GazetteerEdition, Level, UnitPart, Village

pytestmark = pytest.mark.django_db

ADMIN = Path(__file__).resolve().parents[3] / "shared/data/admin"
TODAY, BEFORE = dt.date(2026, 11, 23), dt.date(2020, 5, 1)
LETTERS = "aàảãáạăằâầbcdđeèẻêềếghiìíklmnoòóỏõọôồơờpqrstuùủưừvxyỳỷỹ"


def shared(name: str) -> Path:
    if not (ADMIN / name).exists():
        pytest.skip(f"../shared/data/admin/{name} is absent")
    return ADMIN / name


def written(tmp_path: Path, *features: dict[str, Any], **more: Any) -> Path:
    path = tmp_path / "outlines.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}))
    return path


def square(code: str, name: str, west: float = 107.0, south: float = 16.8) -> dict[str, Any]:
    east, north = west + 0.05, south + 0.05
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": {"code": code, "fullName": name},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def names(text: str, **options: Any) -> list[tuple[str, str]]:
    hits = selectors.unit_search(text, **options)
    return [(h.matched_name, h.current_unit.full_name) for h in hits]


# Codes and dates ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "before", "today"),
    [
        ("19624", "Thị trấn Ái Tử", "Xã Triệu Phong"),
        ("19669", "Xã Triệu Ái", "Xã Ái Tử"),
        ("18859", "Phường Bắc Lý", "Phường Đồng Thuận"),
        ("19333", "Phường 1", "Phường Đông Hà"),
    ],
)
def test_a_reused_code_names_what_it_named_that_day(code: str, before: str, today: str) -> None:
    assert str(selectors.unit_by_code(code, BEFORE)) == before
    assert str(selectors.unit_by_code(code, TODAY)) == today
    assert str(selectors.unit_by_code(code, dt.date(2025, 6, 30))) == before
    assert str(selectors.unit_by_code(code, dt.date(2025, 7, 1))) == today


def test_the_new_ai_tu_does_not_hold_the_old_town_of_ai_tu() -> None:
    old = AdminUnit.objects.get(name_vi="Ái Tử", kind="thị trấn")
    assert selectors.current_of(old).full_name == "Xã Triệu Phong"
    new = AdminUnit.objects.get(name_vi="Ái Tử", valid_to=None)
    assert old not in selectors.origins(new)
    assert "Xã Triệu Ái" in [u.full_name for u in selectors.origins(new)]


def test_two_units_of_one_code_never_overlap_in_time() -> None:
    old = AdminUnit.objects.get(level=Level.COMMUNE, code="19624", valid_to__isnull=False)
    with pytest.raises(IntegrityError, match="adminunit_one_at_a_time"), transaction.atomic():
        AdminUnit.objects.filter(pk=old.pk).update(valid_to=dt.date(2025, 7, 2))


def test_the_province_and_its_imsma_number_are_data() -> None:
    today, before = selectors.province(TODAY), selectors.province(BEFORE)
    assert (today.code, today.imsma_code) == ("44", "409")
    assert (before.code, before.imsma_code, before.name_vi) == ("45", "409", "Quảng Trị")
    binh = selectors.unit_by_code("44", BEFORE, level="province")
    assert binh is not None
    assert (binh.name_vi, binh.imsma_code) == ("Quảng Bình", "407")


def test_communes_stand_in_vietnamese_order() -> None:
    found = [u.name_vi for u in selectors.communes(TODAY)]
    assert len(found) == 78
    assert found.index("Ái Tử") < found.index("Ba Đồn") < found.index("Đakrông")
    assert found.index("Diên Sanh") < found.index("Đakrông") < found.index("Gio Linh")


# Lineage ------------------------------------------------------------------------------------


def test_every_old_commune_and_the_island_lead_to_one_unit_of_today() -> None:
    old = AdminUnit.objects.filter(level=Level.COMMUNE, valid_to__isnull=False)
    assert old.count() == 264
    assert {u.successions.count() for u in old} == {1}
    assert len({selectors.current_of(u).pk for u in old}) == 77
    island = AdminUnit.objects.get(level=Level.DISTRICT, code="471")
    assert selectors.current_of(island).full_name == "Đặc khu Cồn Cỏ"


def test_an_abolished_district_leads_to_the_province_and_its_communes() -> None:
    district = AdminUnit.objects.get(level=Level.DISTRICT, code="469")  # Triệu Phong
    assert selectors.current_of(district) == selectors.province(TODAY)
    found = selectors.successors(district)
    assert {"Triệu Phong", "Ái Tử"} <= {u.name_vi for u in found}
    assert {selectors.former_district(u) for u in found} == {district}


def test_former_districts_of_all_communes_agree_with_one_by_one(
    django_assert_num_queries: Any,
) -> None:
    communes = list(selectors.communes(TODAY))
    with django_assert_num_queries(2):
        found = selectors.former_districts(communes)
    assert len(found) == 78
    for unit in communes[::9]:
        assert found[unit.pk] == selectors.former_district(unit)


# Search -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["Lệ Thủy", "Lệ Thuỷ", "le thuy", "LE THUY", unicodedata.normalize("NFD", "Lệ Thủy")]
)
def test_either_tone_mark_and_any_encoding_find_the_commune(typed: str) -> None:
    assert names(typed)[0] == ("Xã Lệ Thủy", "Xã Lệ Thủy")


@pytest.mark.parametrize("typed", ["Minh Hoá", "minh hoa", "Xã Minh Hóa", "xa minh hoá"])
def test_hoa_is_found_in_both_conventions(typed: str) -> None:
    assert names(typed)[0][0] == "Xã Minh Hóa"


@pytest.mark.parametrize("typed", ["Đa Krông", "Đakrông", "dakrong", "da krong"])
def test_dakrong_is_found_parted_or_not(typed: str) -> None:
    assert names(typed)[0][0] == "Xã Đakrông"


def test_an_old_name_leads_to_today_and_says_so() -> None:
    hit = selectors.unit_search("Triệu Ái")[0]
    assert (hit.matched_name, hit.current_unit.full_name) == ("Xã Triệu Ái", "Xã Ái Tử")
    assert hit.note == "tên cũ, đến 30/06/2025; nay là Xã Ái Tử"
    assert hit.say("en") == "former name, until 30/06/2025; now Ai Tu commune"


def test_ai_tu_offers_the_commune_of_today_before_the_old_town() -> None:
    assert names("ái tử") == [("Xã Ái Tử", "Xã Ái Tử"), ("Thị trấn Ái Tử", "Xã Triệu Phong")]


def test_homonyms_are_all_offered_and_the_district_tells_them_apart() -> None:
    assert names("Tân Thành") == [("Xã Tân Thành", "Xã Tân Thành"), ("Xã Tân Thành", "Xã Lao Bảo")]
    assert names("Tân Thành, Hướng Hóa") == [("Xã Tân Thành", "Xã Lao Bảo")]
    assert names("tan thanh huong hoa") == [("Xã Tân Thành", "Xã Lao Bảo")]
    assert names("Cam Thuỷ, Lệ Thủy") == [("Xã Cam Thủy", "Xã Cam Hồng")]
    assert names("cam thuy, cam lo") == [("Xã Cam Thủy", "Xã Hiếu Giang")]
    assert names("Phường 1, Đông Hà") == [("Phường 1", "Phường Đông Hà")]
    assert names("Phường 1, thị xã Quảng Trị") == [("Phường 1", "Phường Quảng Trị")]


def test_my_thuy_of_today_is_not_the_old_one() -> None:
    assert set(names("Mỹ Thuỷ")) == {("Xã Mỹ Thủy", "Xã Mỹ Thủy"), ("Xã Mỹ Thủy", "Xã Tân Mỹ")}


def test_a_state_farm_is_found_abbreviated() -> None:
    assert names("NT Lệ Ninh") == [("Thị trấn Nông trường Lệ Ninh", "Xã Lệ Ninh")]


def test_a_name_is_found_while_typing() -> None:
    for typed in ("gi", "gio", "gio l", "gio li", "xã gio l"):
        assert ("Xã Gio Linh", "Xã Gio Linh") in names(typed)


def test_a_slip_of_the_finger_still_finds_it() -> None:
    assert "Xã Hướng Phùng" in [name for name, _ in names("huong phungg")]


def test_search_keeps_to_a_date_and_a_level() -> None:
    assert names("ái tử", on=BEFORE) == [("Thị trấn Ái Tử", "Xã Triệu Phong")]
    assert names("quảng trị", on=TODAY, level="commune") == [
        ("Phường Quảng Trị", "Phường Quảng Trị")
    ]


@pytest.mark.parametrize("typed", ["", "  ", ",,", "%", "_", "'", "🌱"])
def test_nothing_readable_finds_nothing(typed: str) -> None:
    assert selectors.unit_search(typed) == []


def test_every_unit_is_found_by_its_full_name() -> None:
    for unit in AdminUnit.objects.order_by("pk")[::7]:
        found = selectors.unit_search(unit.full_name, on=unit.valid_from, level=unit.level)
        assert unit in [h.unit for h in found if h.score == 1.0]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(LETTERS + LETTERS.upper() + " -.'12", max_size=30))
def test_the_database_makes_the_same_key(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select vi_key(%s), vi_key(normalize(%s, NFD))", [name, name])
        assert set(cursor.fetchone()) == {rules.search_key(name)}


# Points and outlines ------------------------------------------------------------------------


def test_without_an_import_cells_are_labelled_approximate() -> None:
    assert {u.outline_source for u in selectors.communes(TODAY)} == {"approximate"}
    assert not selectors.is_outlined_officially(TODAY)
    found = selectors.commune_at(Point(107.1, 16.816), TODAY)
    assert found is not None
    assert found.is_approximate


def test_a_point_is_one_query_on_the_index(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        found = selectors.commune_at(GeosPoint(107.1, 16.816), TODAY)
    assert found is not None
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(
            "explain select 1 from places_unitpart"
            " where st_intersects(outline, st_setsrid(st_makepoint(107.1, 16.8), 4326))"
        )
        assert "Index Scan" in "\n".join(row[0] for row in cursor.fetchall())


def test_a_point_at_sea_or_abroad_has_no_commune() -> None:
    assert selectors.commune_at(Point(108.5, 17.0), TODAY) is None
    assert selectors.communes_at([], TODAY) == []


def test_real_polygons_answer_like_the_file(tmp_path: Path) -> None:
    path = shared("new_communes_2025_quang_tri.geojson")
    done = services.outlines_import(path, by=None)
    assert (done.units, done.ignored, done.repaired) == (78, 0, 0)
    assert 20 < done.overlap_m2 < 40  # 10 slivers, 27 m²
    assert selectors.is_outlined_officially(TODAY)
    drawn = {
        f["properties"]["code"]: shape(f["geometry"])
        for f in json.loads(path.read_text(encoding="utf-8"))["features"]
    }
    dice = random.Random(44)
    points = [Point(dice.uniform(105.6, 107.4), dice.uniform(16.3, 18.1)) for _ in range(400)]
    found = selectors.communes_at(points, TODAY)
    assert sum(unit is not None for unit in found) > 100
    for point, unit in zip(points, found, strict=True):
        expected = {code for code, outline in drawn.items() if outline.intersects(point)}
        assert ({unit.code} if unit else set()) <= expected or not expected
        assert (unit is None) == (not expected)
    for point, unit in list(zip(points, found, strict=True))[:40]:
        assert selectors.commune_at(point, TODAY) == unit


def test_after_an_import_the_old_units_follow_the_official_outlines() -> None:
    path = shared("new_communes_2025_quang_tri.geojson")
    services.outlines_import(path, by=None)
    dice = random.Random(45)
    points = [Point(dice.uniform(106.6, 107.2), dice.uniform(16.5, 17.0)) for _ in range(50)]
    for point in points:
        now = selectors.commune_at(point, TODAY)
        old = selectors.commune_at(point, BEFORE)
        if now is not None and old is not None:
            assert selectors.current_of(old) == now
            district = selectors.unit_at(point, BEFORE, "district")
            assert district == selectors.former_district(now)
    province = selectors.unit_by_code("45", BEFORE, "province")
    assert province is not None
    assert province.outline_source == "official"
    assert AdminUnit.objects.get(code="19624", valid_to__isnull=False).is_approximate


def test_a_point_in_a_sliver_always_gets_the_same_commune(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        square("19333", "Phường Đông Hà", 107.05),
        square("19351", "Phường Nam Đông Hà", 107.0999),  # 0.0001° over its neighbour
    )
    done = services.outlines_import(path, by=None)
    assert done.overlap_m2 > 1
    for _ in range(3):
        found = selectors.commune_at(Point(107.09995, 16.82), TODAY)
        assert found is not None
        assert found.code == "19333"
    assert selectors.communes_at([Point(107.09995, 16.82)], TODAY) == [found]


def test_official_outlines_come_before_cells_and_stay_when_seeded_again(tmp_path: Path) -> None:
    services.outlines_import(written(tmp_path, square("19333", "Phường Đông Hà")), by=None)
    parts = UnitPart.objects.count()
    edition = selectors.edition_current()
    assert services.gazetteer_seed(by=None) == edition
    assert UnitPart.objects.count() == parts
    found = selectors.commune_at(Point(107.02, 16.82), TODAY)
    assert found is not None
    assert (found.code, found.outline_source) == ("19333", "official")
    official = AdminUnit.objects.filter(outline_source="official", level=Level.COMMUNE)
    assert [u.code for u in official] == ["19333"]


def test_an_old_map_gives_its_outlines_to_the_old_units(tmp_path: Path) -> None:
    # Xã Đakrông kept its code and name while it grew; Thị trấn Ái Tử dates the map.
    path = written(
        tmp_path,
        square("19564", "Xã Đakrông"),
        square("19624", "Thị trấn Ái Tử", 107.2),
        square("469", "Huyện Triệu Phong", 107.3),
    )
    assert services.outlines_import(path, by=None).units == 3
    imported = AdminUnit.objects.filter(shape__is_imported=True)
    assert imported.count() == 3
    assert all(unit.valid_to == rules.MERGER for unit in imported)
    district = selectors.unit_at(Point(107.32, 16.82), BEFORE, "district")
    assert district is not None
    assert district.full_name == "Huyện Triệu Phong"


def test_real_districts_and_provinces_import() -> None:
    assert services.outlines_import(shared("old_districts_44_45.geojson"), by=None).units == 18
    assert services.outlines_import(shared("old_provinces_44_45.geojson"), by=None).units == 2
    done = services.outlines_import(shared("new_province_2025_quang_tri.geojson"), by=None)
    assert done.units == 1
    dong_ha = selectors.unit_at(Point(107.1, 16.816), BEFORE, "district")
    assert dong_ha is not None
    assert dong_ha.full_name == "Thành phố Đông Hà"


def test_the_province_reaches_a_stated_distance_beyond_its_outline(tmp_path: Path) -> None:
    path = written(tmp_path, square("44", "Tỉnh Quảng Trị", 107.0, 16.8))
    services.outlines_import(path, by=None)
    metre = 1 / 110_650
    assert selectors.in_province(Point(107.02, 16.82), TODAY)
    assert selectors.in_province(Point(107.02, 16.8 - 950 * metre), TODAY)
    assert not selectors.in_province(Point(107.02, 16.8 - 1050 * metre), TODAY)


# Refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "GeoJSON"),
        (b"\xff\xfe\x00", "GeoJSON"),
        (b"[1, 2]", "GeoJSON"),
        (b'{"type": "FeatureCollection", "features": []}', "GeoJSON"),
        (b'{"type": "FeatureCollection", "features": [7]}', "GeoJSON"),
        (b"[" * 100_000, "GeoJSON"),
    ],
)
def test_a_file_that_is_no_geojson_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "x.geojson"
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match=said):
        services.outlines_import(path, by=None)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"absent\.geojson"):
        services.outlines_import(tmp_path / "absent.geojson", by=None)


DONG_HA = square("19333", "Phường Đông Hà")
UTM = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32648"}}


@pytest.mark.parametrize(
    ("features", "more", "said"),
    [
        ([DONG_HA], {"crs": UTM}, "WGS 84"),
        ([square("19333", "Phường Đông Hà", 590_000, 1_850_000)], {}, "in degrees"),
        ([square("19333", "Phường Đông Hà", 16.8, 107.0)], {}, "in degrees"),
        ([{**DONG_HA, "geometry": None}], {}, "no readable polygon"),
        ([{**DONG_HA, "geometry": {"type": "Polygon", "coordinates": [[[1]]]}}], {}, "polygon"),
        ([{**DONG_HA, "geometry": {"type": "Point", "coordinates": [107, 17]}}], {}, "polygon"),
        ([{**DONG_HA, "properties": {"id": 7}}], {}, "no unit code"),
        ([{**DONG_HA, "properties": None}], {}, "no unit code"),
        ([square("00001", "Phường Phúc Xá")], {}, "No unit in"),
        ([square("19669", "Xã Cam Lộ")], {}, "Xã Ái Tử"),
        ([DONG_HA, DONG_HA], {}, "twice"),
        ([DONG_HA, square("19351", "Phường Nam Đông Hà", 107.01)], {}, "overlap"),
    ],
)
def test_outlines_that_do_not_fit_are_refused_and_change_nothing(
    tmp_path: Path, features: list[dict[str, Any]], more: dict[str, Any], said: str
) -> None:
    edition, parts = selectors.edition_current(), UnitPart.objects.count()
    with pytest.raises(UnreadableError, match=said):
        services.outlines_import(written(tmp_path, *features, **more), by=None)
    assert edition == selectors.edition_current()
    assert UnitPart.objects.count() == parts


def test_the_command_refuses_in_both_languages(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"(?s)không phải GeoJSON.*is not a GeoJSON"):
        call_command("places", "import", str(tmp_path / "absent.geojson"))


# Editions, audit ----------------------------------------------------------------------------


def test_seeding_twice_changes_nothing() -> None:
    events, edition = Event.objects.count(), selectors.edition_current()
    assert services.gazetteer_seed(by=None) == edition
    assert Event.objects.count() == events
    assert GazetteerEdition.objects.filter(is_current=True).count() == 1


def test_an_import_makes_an_edition_and_says_so(tmp_path: Path) -> None:
    before = selectors.edition_current()
    done = services.outlines_import(written(tmp_path, square("19333", "Phường Đông Hà")), by=None)
    assert done.edition == selectors.edition_current()
    assert done.edition.digest != before.digest
    event = Event.objects.order_by("pk").last()
    assert event is not None
    assert event.action == "gazetteer.import_outlines"
    assert event.before == {"edition": before.label, "digest": before.digest}


# Maps ---------------------------------------------------------------------------------------


def test_the_basemap_has_the_province_the_communes_and_their_names() -> None:
    features = selectors.basemap_geojson()["features"]
    kinds = [f["properties"]["kind"] for f in features]
    assert [kinds.count(k) for k in ("province", "commune", "label")] == [1, 78, 78]
    assert all(shape(f["geometry"]).is_valid for f in features)
    outlines = {
        f["properties"]["code"]: shape(f["geometry"])
        for f in features
        if f["properties"]["kind"] == "commune"
    }
    for f in features:
        if f["properties"]["kind"] == "label":
            assert outlines[f["properties"]["code"]].intersects(shape(f["geometry"]))


def test_a_new_outline_reaches_the_map_at_once(tmp_path: Path) -> None:
    def approximate() -> int:
        features = selectors.communes_geojson(TODAY, 50)["features"]
        return sum(f["properties"]["approximate"] for f in features)

    assert approximate() == 78
    services.outlines_import(written(tmp_path, square("19333", "Phường Đông Hà")), by=None)
    assert approximate() == 77


# Villages -----------------------------------------------------------------------------------


def village_list(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "thon.csv"
    path.write_text(text, encoding="utf-8-sig")
    return path


def test_villages_are_preloaded_and_found_in_any_spelling(tmp_path: Path) -> None:
    path = village_list(
        tmp_path, "commune_code;commune;village\n19669;Xã Ái Tử;Thôn Hà Xá\n19669;;Thôn Tân Hoà\n"
    )
    done = services.villages_import(path, by=None)
    assert (done.added, done.known) == (2, 0)
    assert services.villages_import(path, by=None).known == 2
    commune = selectors.unit_by_code("19669", TODAY)
    assert commune is not None
    assert [v.name for v in selectors.villages(commune)] == ["Thôn Hà Xá", "Thôn Tân Hoà"]
    found = selectors.village_find(commune, "thôn tân hòa")
    assert found is not None
    assert found.name == "Thôn Tân Hoà"
    assert selectors.village_find(commune, "Thôn không có trong danh mục") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "not a list of villages"),
        ("commune_code,village\n", "not a list of villages"),
        ("commune_code,village\n99999,Thôn 1\n", "Line 2"),
        ("commune_code,commune,village\n19669,Xã Triệu Ái,Thôn 1\n", "belonged to Xã Triệu Ái"),
        ("commune_code,village\n19669,Thôn 1\n\n19669, \n", "Line 4"),
    ],
)
def test_a_list_that_does_not_fit_is_refused_whole(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UnreadableError, match=said):
        services.villages_import(village_list(tmp_path, text), by=None)
    assert not Village.objects.exists()


def test_the_vn2000_zones_are_known_to_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select st_x(p), st_y(p) from st_transform("
            "st_setsrid(st_makepoint(107.1, 16.75), 4326), 9212) p"
        )
        east, north = cursor.fetchone()
        cursor.execute("select count(*) from spatial_ref_sys where srid in (9211, 9212)")
        assert cursor.fetchone() == (2,)
    assert (east, north) == (
        pytest.approx(590430.0577, abs=1e-3),
        pytest.approx(1852759.892, abs=1e-3),
    )

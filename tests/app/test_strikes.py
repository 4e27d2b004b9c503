"""Bombing records: a dirty file in, a density out; old ones replaced, never added to."""

from __future__ import annotations

import gzip
from pathlib import Path

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import Point

from datlanh.audit.models import Event
from datlanh.delivery.strike_tiles import CELL_M, strike_tile
from datlanh.kernel.errors import UnreadableError
from datlanh.places.models import AirStrike, AirStrikeCell, AirStrikeFile
from datlanh.places.selectors import strike_years, strikes_file, strikes_near
from datlanh.places.services import strikes_import
from support.places import tile_around

pytestmark = pytest.mark.django_db

REAL = Path(__file__).resolve().parents[3] / "shared/data/thor/thor_strikes_qt_qb_1965_1973.csv.gz"
LON, LAT = 107.09, 16.70


def written(tmp_path: Path, *lines: str, name: str = "strikes.csv") -> Path:
    path = tmp_path / name
    path.write_text("\n".join(lines))
    return path


def some(tmp_path: Path, **more: str) -> Path:
    return written(
        tmp_path,
        "year,month,lat,lon",
        f"1968,2,{LAT},{LON}",
        f"1968,13,{LAT},{LON}",
        f"1972,5,{LAT + 0.004},{LON}",
        "1968,2,,107.1",
        "1868,2,16.7,107.1",
        "1968,2,0,0",
        "1968,2,21.0,105.8",
        **more,
    )


def drawn(z: int, years: tuple[int, int] = (0, 9999)) -> list[dict[str, int]]:
    """The properties of the cells in the tile around the records."""
    tile = strike_tile(*tile_around(LON, LAT, z), *years)
    layers = mapbox_vector_tile.decode(tile)
    return [f["properties"] for f in layers.get("strikes", {"features": []})["features"]]


def test_what_is_sound_is_taken_and_the_rest_is_counted(tmp_path: Path) -> None:
    done = strikes_import(some(tmp_path), by=None)
    file = done.file
    assert done.is_new
    assert (file.records, file.elsewhere, file.unreadable) == (3, 1, 3)
    assert strike_years() == [1968, 1972]
    kept = set(AirStrike.objects.values_list("year", "month"))
    assert kept == {(1968, 2), (1968, None), (1972, 5)}
    assert Event.objects.filter(action="strikes.import").count() == 1


def test_another_file_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    first = strikes_import(some(tmp_path), by=None).file
    assert strikes_import(some(tmp_path), by=None).file == first
    assert AirStrikeFile.objects.count() == 1
    assert AirStrike.objects.count() == 3
    packed = tmp_path / "thor.csv.gz"
    raw = f"MSNDATE,TGTLATDD_DDD_WGS84,TGTLONDDD_DDD_WGS84\n1970-03-05,{LAT},{LON}\n"
    packed.write_bytes(gzip.compress(raw.encode()))
    strikes_import(packed, by=None)
    assert [(a.year, a.month) for a in AirStrike.objects.all()] == [(1970, 3)]
    newest = strikes_file()
    assert newest is not None
    assert newest.name == "thor.csv.gz"


@pytest.mark.parametrize("lines", [("",), ("a,b", "1,2"), ("year,lat,lon", "1968,48.1,2.3")])
def test_what_is_no_such_list_changes_nothing(tmp_path: Path, lines: tuple[str, ...]) -> None:
    strikes_import(some(tmp_path), by=None)
    with pytest.raises(UnreadableError, match="no list of bombing records"):
        strikes_import(written(tmp_path, *lines, name="other.csv"), by=None)


def test_every_zoom_shows_every_record_of_the_years_once(tmp_path: Path) -> None:
    strikes_import(some(tmp_path), by=None)
    for zoom in (6, 8, 9, 10, 12):
        assert sum(c["records"] for c in drawn(zoom)) == 3, zoom
        assert sum(c["records"] for c in drawn(zoom, (1972, 1972))) == 1, zoom
    (fine,) = drawn(14, (1968, 1968))
    assert fine == {"records": 2, "per_km2": 2 * round(1e6 / CELL_M**2)}


def test_records_around_a_place_are_counted_by_year(tmp_path: Path) -> None:
    strikes_import(some(tmp_path), by=None)
    here = Point(LON, LAT, srid=4326)
    assert strikes_near(here, 100) == {1968: 2}
    assert strikes_near(here, 1000) == {1968: 2, 1972: 1}


@pytest.mark.skipif(not REAL.exists(), reason=f"../shared/data/thor/{REAL.name} is absent")
def test_the_real_records_all_come_in() -> None:
    file = strikes_import(REAL, by=None).file
    assert file.records + file.elsewhere + file.unreadable == 414_329
    assert file.records > 400_000
    assert sum(AirStrikeCell.objects.values_list("records", flat=True)) == file.records
    assert strike_years() == list(range(1965, 1974))
    tile = strike_tile(*tile_around(LON, LAT, 9), 0, 9999)
    assert 1_000 < len(tile) < 500_000

"""How names are compared: one key whatever the spelling, and what the package gets wrong."""

from __future__ import annotations

import csv
import datetime as dt
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datlanh.places import cells, gazetteer, rules

VERIFIED = Path(__file__).resolve().parents[3] / "shared/data/admin/lineage_verified.csv"
LETTERS = (
    "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"
)
names = st.text(LETTERS + LETTERS.upper() + " -.'0123456789", max_size=40)


@given(names)
def test_composed_and_decomposed_spelling_have_one_key(name: str) -> None:
    composed = rules.search_key(unicodedata.normalize("NFC", name))
    assert rules.search_key(unicodedata.normalize("NFD", name)) == composed


@given(names)
def test_a_key_is_plain_letters_and_its_own_key(name: str) -> None:
    key = rules.search_key(name)
    assert key.isascii()
    assert key == key.lower()
    assert rules.search_key(key) == key


@given(names)
def test_capitals_and_diacritics_do_not_matter(name: str) -> None:
    assert rules.search_key(name.upper()) == rules.search_key(name)
    assert rules.search_key(rules.unmarked(name)) == rules.search_key(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lệ Thuỷ", "Lệ Thủy"),
        ("Minh Hoá", "Minh Hóa"),
        ("Hoà Trạch", "Hòa Trạch"),
        ("Đa Krông", "Đakrông"),
        ("Đa Krông", "DAKRONG"),
        ("A  Dơi ", "a dơi"),
    ],
)
def test_two_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert rules.search_key(one) == rules.search_key(other)


def test_the_kind_is_parted_from_the_name_but_stays_with_a_number() -> None:
    assert rules.kind_and_name("Thành Phố Đồng Hới") == ("thành phố", "Đồng Hới")
    assert rules.kind_and_name("Phường 1") == ("phường", "Phường 1")
    assert rules.kind_and_name("Thị  trấn Ái Tử") == ("thị trấn", "Ái Tử")
    assert rules.kind_and_name("Gio Linh") == ("", "Gio Linh")


def test_a_state_farm_is_found_by_either_of_its_spellings() -> None:
    keys = rules.search_text("thị trấn", "Nông trường Lệ Ninh").split()
    assert {"ntleninh", "leninh", "nongtruongleninh"} <= set(keys)


def test_the_package_holds_today_and_both_old_provinces() -> None:
    source = gazetteer.load()
    today = [u for u in source.units.values() if not u.valid_to and u.key[0] == "commune"]
    kinds = [u.kind for u in today]
    assert [kinds.count(k) for k in ("xã", "phường", "đặc khu")] == [69, 8, 1]
    assert (
        sum(u.key[0] == "commune" and u.valid_to is not None for u in source.units.values()) == 264
    )
    assert sum(old[0] != "province" for old in source.lineage) == 265


def test_codes_are_reused_51_times_under_another_name() -> None:
    units = gazetteer.load().units
    communes = [u for u in units.values() if u.key[0] == "commune"]
    new = {u.key[1]: u.name for u in communes if u.valid_to is None}
    old = {u.key[1]: u.name for u in communes if u.valid_to is not None}
    reused = new.keys() & old.keys()
    assert len(reused) == 77
    key = rules.search_key
    assert sum(key(new[code]) != key(old[code]) for code in reused) == 51
    # A 52nd differs by one tone only: no key can tell these two apart.
    assert (old["19159"], new["19159"]) == ("Đồng Trạch", "Đông Trạch")


def test_the_lineage_agrees_with_the_verified_one() -> None:
    if not VERIFIED.exists():
        pytest.skip("../shared/data/admin/lineage_verified.csv is absent")
    with VERIFIED.open(encoding="utf-8") as file:
        verified = {row["old_commune_code"]: row for row in csv.DictReader(file)}
    source = gazetteer.load()
    found = {old[1]: new[1] for old, new in source.lineage.items() if old[0] != "province"}
    assert found == {code: row["new_commune_code"] for code, row in verified.items()}
    for old, new in source.lineage.items():
        if old[0] == "commune":
            row = verified[old[1]]
            assert source.units[old].parent == ("district", row["old_district_code"], old[2])
            name = rules.kind_and_name(row["old_commune"])[1].replace("NT ", "Nông trường ")
            assert rules.search_key(source.units[old].name) == rules.search_key(name)
            target = rules.kind_and_name(row["new_commune"])[1]
            assert rules.search_key(source.units[new].name) == rules.search_key(target)


def test_every_commune_of_today_lay_in_one_old_district() -> None:
    source = gazetteer.load()
    districts: dict[gazetteer.Key, set[object]] = {}
    for old, new in source.lineage.items():
        if old[0] == "commune":
            districts.setdefault(new, set()).add(source.units[old].parent)
    assert all(len(found) == 1 for found in districts.values())


def test_wrong_positions_of_the_package_are_not_used() -> None:
    units = gazetteer.load().units
    for code in gazetteer.OLD_POSITION_UNKNOWN:
        assert units["commune", code, rules.OLD_UNITS_FROM].position is None
    assert units["commune", "19051", rules.MERGER].position == (106.3077, 17.7873)
    assert all(u.area_km2 for u in units.values() if u.key[0] == "commune" and not u.valid_to)


def test_cells_cover_every_commune_of_today_without_overlap() -> None:
    found = list(cells.current_cells(gazetteer.load()).values())
    assert len(found) == 78
    whole = cells.joined(found)
    assert whole is not None
    assert sum(c.area for c in found) == pytest.approx(whole.area, rel=1e-6)


def test_old_units_end_on_the_day_the_new_ones_begin() -> None:
    assert {u.valid_to for u in gazetteer.load().units.values()} == {None, dt.date(2025, 7, 1)}

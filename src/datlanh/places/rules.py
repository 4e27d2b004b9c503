"""How names of places are compared, and the measures the gazetteer goes by."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from datlanh.kernel.text import Text

PROVINCE_CODE = "44"  # GSO code of today's Quảng Trị
# Resolutions 202/2025/QH15 (provinces) and 1680/NQ-UBTVQH15 (communes): in force on this day.
MERGER = dt.date(2025, 7, 1)
PROVINCE_ACT = "202/2025/QH15"
COMMUNE_ACT = "1680/NQ-UBTVQH15"
# Quảng Bình and Quảng Trị were set up again on this day. The package lists the old units as they
# stood in June 2025 without the day each began, so this is the earliest, not the exact, day.
OLD_UNITS_FROM = dt.date(1989, 7, 1)
# Ids of IMSMA NG use the province numbers from before 2004.
IMSMA_CODES = {("44", OLD_UNITS_FROM): "407", ("45", OLD_UNITS_FROM): "409", ("44", MERGER): "409"}

# How far outside its outline a point still counts as in the province, metres: the state map is
# drawn to metres but generalised at the border; cells are wrong by kilometres there.
OFFICIAL_BUFFER_M = 1_000.0
APPROXIMATE_BUFFER_M = 15_000.0

KINDS: dict[str, str] = {
    "tỉnh": "province",
    "thành phố": "city",
    "thị xã": "town",
    "huyện": "district",
    "phường": "ward",
    "thị trấn": "township",
    "đặc khu": "special zone",
    "xã": "commune",
}
FORMER_NAME = Text("tên cũ, đến {last}; nay là {now}", "former name, until {last}; now {now}")
FORMER_DISTRICT = Text(
    "cấp huyện cũ, đến {last}; nay thuộc {now}", "former district, until {last}; now in {now}"
)


def unmarked(text: str) -> str:
    """The text without diacritics, letters otherwise as they are: `Đakrông` → `Dakrong`."""
    parts = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


def search_key(text: str) -> str:
    """What two spellings of one name share: `Đa Krông`, `ĐAKRÔNG`, `dakrong` → `dakrong`.

    Letters a–z and digits only. NFC or NFD and either place of the tone mark (Thuỷ, Thủy) give
    the same key. The SQL function `vi_key` gives the same for Vietnamese text.
    """
    return re.sub(r"[^a-z0-9]+", "", unmarked(text).lower())


def kind_and_name(full_name: str) -> tuple[str, str]:
    """`Thị trấn Ái Tử` → (`thị trấn`, `Ái Tử`); a number keeps its kind: `Phường 1`.

    The kind is "" where the name does not begin with one.
    """
    clean = " ".join(unicodedata.normalize("NFC", full_name).split())
    for kind in KINDS:
        if clean.lower().startswith(kind + " "):
            name = clean[len(kind) + 1 :]
            return kind, f"{kind.capitalize()} {name}" if name.isdigit() else name
    return "", clean


def search_text(kind: str, name: str) -> str:
    """The keys a unit is found by, parted by spaces: its name, then its name with the kind."""
    key = search_key(name)
    keys = [key, key if key.startswith(search_key(kind)) else search_key(kind) + key]
    state_farm = search_key("nông trường")
    if key.startswith(state_farm):  # written "NT Lệ Ninh" in half of the sources
        keys += ["nt" + key.removeprefix(state_farm), key.removeprefix(state_farm)]
    return " ".join(dict.fromkeys(keys))

"""Every question about places: where a point lies, what a unit was and is called today."""

from datlanh.places.selectors.maps import basemap_geojson, communes_geojson
from datlanh.places.selectors.points import (
    commune_at,
    communes_at,
    in_province,
    in_province_each,
    unit_at,
)
from datlanh.places.selectors.search import UnitHit, unit_search
from datlanh.places.selectors.strikes import strike_years, strikes_file, strikes_near
from datlanh.places.selectors.units import (
    communes,
    current_of,
    edition_current,
    former_district,
    former_districts,
    is_outlined_officially,
    origins,
    province,
    province_today,
    successors,
    unit_by_code,
    village_find,
    villages,
)

__all__ = [
    "UnitHit",
    "basemap_geojson",
    "commune_at",
    "communes",
    "communes_at",
    "communes_geojson",
    "current_of",
    "edition_current",
    "former_district",
    "former_districts",
    "in_province",
    "in_province_each",
    "is_outlined_officially",
    "origins",
    "province",
    "province_today",
    "strike_years",
    "strikes_file",
    "strikes_near",
    "successors",
    "unit_at",
    "unit_by_code",
    "unit_search",
    "village_find",
    "villages",
]

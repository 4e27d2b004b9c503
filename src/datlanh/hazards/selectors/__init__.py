"""Every read of areas and releases a person can see: filtered, within scope, now or then."""

from datlanh.hazards.selectors.filters import (
    PRIORITIES,
    RELEASE_STATES,
    AreaFilter,
    RecordFilter,
    ReleaseFilter,
)
from datlanh.hazards.selectors.found import items_found
from datlanh.hazards.selectors.lists import (
    SORTS,
    AreaRow,
    ListedRecord,
    ReleaseRow,
    area_counts,
    area_page,
    area_total,
    areas,
    release_page,
    releases,
)
from datlanh.hazards.selectors.queries import rows
from datlanh.register.listing.pages import SIZE, Page, Turn
from datlanh.register.listing.sources import Rows
from datlanh.register.listing.terms import NONE, month_of, month_word

__all__ = [
    "NONE",
    "PRIORITIES",
    "RELEASE_STATES",
    "SIZE",
    "SORTS",
    "AreaFilter",
    "AreaRow",
    "ListedRecord",
    "Page",
    "RecordFilter",
    "ReleaseFilter",
    "ReleaseRow",
    "Rows",
    "Turn",
    "area_counts",
    "area_page",
    "area_total",
    "areas",
    "items_found",
    "month_of",
    "month_word",
    "release_page",
    "releases",
    "rows",
]

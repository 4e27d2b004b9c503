"""Lists of any kind of record: filtered, within scope, in order, by key, now or then."""

from datlanh.register.listing.columns import Column, row_read
from datlanh.register.listing.filters import FURTHER, ListFilter
from datlanh.register.listing.pages import (
    FIRST,
    SIZE,
    SORTS,
    ListedRow,
    Page,
    Turn,
    fetched,
    further_values,
    list_page,
    pieces_found,
)
from datlanh.register.listing.queries import counted_sql, rows
from datlanh.register.listing.sources import Found, Listing, Rows
from datlanh.register.listing.terms import NONE, month_of, month_word

__all__ = [
    "FIRST",
    "FURTHER",
    "NONE",
    "SIZE",
    "SORTS",
    "Column",
    "Found",
    "ListFilter",
    "ListedRow",
    "Listing",
    "Page",
    "Rows",
    "Turn",
    "counted_sql",
    "fetched",
    "further_values",
    "list_page",
    "month_of",
    "month_word",
    "pieces_found",
    "row_read",
    "rows",
]

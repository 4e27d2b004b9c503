"""Every write about places: the gazetteer, villages, and the bombing records beneath."""

from datlanh.places.services.gazetteer import (
    OutlinesImported,
    VillagesImported,
    gazetteer_seed,
    outlines_import,
    villages_import,
)
from datlanh.places.services.strikes import StrikesImported, strikes_import

__all__ = [
    "OutlinesImported",
    "StrikesImported",
    "VillagesImported",
    "gazetteer_seed",
    "outlines_import",
    "strikes_import",
    "villages_import",
]

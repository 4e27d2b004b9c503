"""A finding's values as plain JSON and back, so that it can be kept and said again later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from datlanh.kernel.text import Text


def to_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a hit: sentences and dates become small marked objects."""
    return {key: _plain(value) for key, value in values.items()}


def from_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of `to_json`."""
    return {key: _value(value) for key, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        return {"vi": value.vi, "en": value.en}
    if isinstance(value, dt.date):
        return {"date": value.isoformat()}
    return value


def _value(value: Any) -> Any:
    if isinstance(value, dict) and "date" in value:
        return dt.date.fromisoformat(value["date"])
    if isinstance(value, dict) and "vi" in value:
        return Text(value["vi"], value["en"])
    return value

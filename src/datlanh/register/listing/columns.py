"""Columns of typed rows, each said once: how it is read from values in Python and in SQL.

The projection reads in Python what lists of the past read in SQL, so the two must agree on every
value, sensible or not; `tests/app/test_listing.py` holds them equal.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST = 160
LARGEST = 2**31 - 1
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Column:
    """A column of a kind's own, from the attribute of the same name (or `attribute`).

    `kind`: text · key (of `among`; any other becomes "") · keys (sorted) · day · number (not
    negative) · count (a whole number from 0 to `largest`). What cannot be read is empty.
    """

    name: str
    kind: str = "text"
    attribute: str = ""
    among: tuple[str, ...] = ()
    largest: int = LARGEST

    @property
    def key(self) -> str:
        """The attribute it is read from."""
        return self.attribute or self.name

    def read(self, values: Mapping[str, Any]) -> Any:
        """The column's value for a record's values."""
        return _READERS[self.kind](self, values.get(self.key))

    def sql(self, values: str = "v.values") -> str:
        """The same, from the JSON column `values`."""
        return _WRITERS[self.kind](self, f"{values}->'{self.key}'", f"({values}->>'{self.key}')")


def row_read(columns: tuple[Column, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    """A typed row's own columns."""
    return {column.name: column.read(values) for column in columns}


def _text(column: Column, value: Any) -> str:
    return value[:LONGEST] if isinstance(value, str) else ""


def _key(column: Column, value: Any) -> str:
    if not isinstance(value, str):
        return ""
    return value if not column.among or value in column.among else ""


def _keys(column: Column, value: Any) -> list[str]:
    if not isinstance(value, list):
        return []
    return sorted({v for v in value if isinstance(v, str)})


def _day(column: Column, value: Any) -> dt.date | None:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    return dt.date.fromisoformat(value)


def _number(column: Column, value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        return None
    return float(value)


def _count(column: Column, value: Any) -> int | None:
    number = _number(column, value)
    if number is None or not number.is_integer() or number > column.largest:
        return None
    return int(number)


_READERS = {
    "text": _text,
    "key": _key,
    "keys": _keys,
    "day": _day,
    "number": _number,
    "count": _count,
}


# Each is nested where a cast could fail: what stands side by side is read in any order.
def _text_sql(column: Column, json: str, text: str) -> str:
    return f"case jsonb_typeof({json}) when 'string' then left({text}, {LONGEST}) else '' end"


def _key_sql(column: Column, json: str, text: str) -> str:
    if not column.among:
        return f"case jsonb_typeof({json}) when 'string' then {text} else '' end"
    among = ", ".join(f"'{key}'" for key in column.among)
    return f"case when {text} in ({among}) then {text} else '' end"


def _keys_sql(column: Column, json: str, text: str) -> str:
    array = f"case jsonb_typeof({json}) when 'array' then {json} else '[]'::jsonb end"
    strings = f"jsonb_array_elements({array}) m where jsonb_typeof(m.value) = 'string'"
    said = "(m.value #>> '{}') collate \"C\""
    return f"array(select {said} from {strings} group by 1 order by 1)"  # noqa: S608


def _day_sql(column: Column, json: str, text: str) -> str:
    return f"case when {text} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$' then {text}::date end"


def _number_sql(column: Column, json: str, text: str) -> str:
    positive = f"case when {text}::float8 >= 0 then {text}::float8 end"
    return f"case jsonb_typeof({json}) when 'number' then {positive} end"


def _count_sql(column: Column, json: str, text: str) -> str:
    number = f"{text}::numeric"
    whole = f"{number} between 0 and {column.largest} and trunc({number}) = {number}"
    return (
        f"case jsonb_typeof({json}) when 'number' then case when {whole} "
        f"then {number}::bigint end end"
    )


_WRITERS = {
    "text": _text_sql,
    "key": _key_sql,
    "keys": _keys_sql,
    "day": _day_sql,
    "number": _number_sql,
    "count": _count_sql,
}

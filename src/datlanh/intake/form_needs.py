"""What the house itself asks of a form: questions that rules read, attributes that columns read."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from datlanh.intake.projectors import PROJECTORS
from datlanh.kernel.checks import form as form_rules
from datlanh.kernel.checks import parts
from datlanh.register import services as register
from datlanh.register.projection import Current, ListRow, Projector

SHAPES = frozenset({"outline", "position"})  # the map's


def asked_by_rules(form: str) -> frozenset[str]:
    """Every question some check rule of that form reads by name; also names no form has."""
    told = parts.FORMS.get(form)
    found = set(_strings(told)) if told is not None else set()
    found |= {parts.POLYGON, parts.POCKETS, parts.POCKET, parts.POINT, parts.EVIDENCE, parts.ITEMS}
    found |= {*form_rules.AMOUNTS, *form_rules.PERCENTAGES, *parts.LABELS}
    return frozenset(found)


def _strings(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif dataclasses.is_dataclass(told):
        for field in dataclasses.fields(told):
            yield from _strings(getattr(told, field.name))
    elif isinstance(told, tuple | list | set | frozenset):
        for one in told:
            yield from _strings(one)


class _Asked(Mapping[str, Any]):
    """A mapping that holds nothing and remembers what was looked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.names.add(key)
        return default

    def __getitem__(self, key: str) -> Any:
        self.names.add(key)
        return None

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


class _Lists(_Asked):
    """The same for lists: each asked for has one empty row, whose attributes are noted."""

    def __init__(self, rows: _Asked) -> None:
        super().__init__()
        self._row = ListRow(0, 0, rows)

    def get(self, key: str, default: Any = None) -> Sequence[ListRow]:
        self.names.add(key)
        return (self._row,)


@dataclasses.dataclass(frozen=True)
class _Plain:
    """A projector without what engines derive."""

    one: Projector

    def row(self, current: Current) -> dict[str, Any]:
        return self.one.row(current)

    def derived(self, current: Current) -> dict[str, Any]:
        return {}


@dataclasses.dataclass(frozen=True)
class Columns:
    """What columns of a kind of record read: attributes, lists, and attributes of list rows."""

    attributes: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    row_attributes: frozenset[str] = frozenset()


def read_by_columns(kind: str) -> Columns:
    """What the typed rows of that kind are made of, as their projector asks for it."""
    projector = PROJECTORS.get(kind)
    if projector is None:
        return Columns()
    values, rows = _Asked(), _Asked()
    lists = _Lists(rows)
    current = Current(
        record_id=UUID(int=0),
        local_id="",
        organisation_id=0,
        true_from=dt.date.min,
        seq=0,
        values=values,
        lists=lists,
    )
    register.typed_row(current, cast(Projector, _Plain(projector)))
    projector.children(current)
    return Columns(frozenset(values.names | SHAPES), frozenset(lists.names), frozenset(rows.names))

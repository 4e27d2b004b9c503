"""Inserting one row without building its statement anew: for the writes of every submission."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model
from django.db.models.fields import NOT_PROVIDED

Statement = tuple[str, Sequence[Any]]

_held: ContextVar[list[Statement] | None] = ContextVar("datlanh_held", default=None)


@contextlib.contextmanager
def together() -> Iterator[None]:
    """Let what `write` is given inside the block go to the database as one message, at its end.

    For statements whose answers nobody waits for; rows inserted inside learn no drawn key.
    A block inside another joins it.
    """
    if _held.get() is not None:
        yield
        return
    held: list[Statement] = []
    token = _held.set(held)
    try:
        yield
    finally:
        _held.reset(token)
    if held:
        with connection.cursor() as cursor:
            cursor.execute(
                ";\n".join(text for text, _ in held), [v for _, values in held for v in values]
            )


def write(text: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
    """Run a statement with positional marks, at once or with those it stands `together` with."""
    held = _held.get()
    if held is not None:
        held.append((text, values))
        return None
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchone() if cursor.description else None


def row_insert(row: Model, *, unless: str = "") -> bool:
    """Insert `row` as `save(force_insert=True)` would, with the statement kept per model.

    For models without shapes. `unless` names a unique column: where another row has the same
    value there, nothing is written and the answer is False; a row being written at this moment
    is waited for.
    """
    drawn = row.pk is None
    statement, fields = _statement(type(row), drawn, unless)
    values = [f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields]
    made = write(statement, values)
    if made is None and _held.get() is not None:
        return True
    if made is None:
        return False
    if drawn:
        row.pk = made[0]
    row._state.adding, row._state.db = False, connection.alias
    return True


def row_update(row: Model, *names: str) -> None:
    """Write the named fields of a row that stands, as `save(update_fields=…)` would."""
    statement, fields = _update(type(row), names)
    values = [f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields]
    write(statement, [*values, row.pk])


@lru_cache(maxsize=64)
def _update(model: type[Model], names: tuple[str, ...]) -> tuple[str, list[Field[Any, Any]]]:
    meta = model._meta
    fields = [f for f in meta.concrete_fields if f.name in names]
    news = ", ".join(f"{_quoted(f.column)} = %s" for f in fields)
    table, key = _quoted(meta.db_table), _quoted(meta.pk.column)
    return f"update {table} set {news} where {key} = %s", fields  # noqa: S608 - our own names


@lru_cache(maxsize=64)
def _statement(
    model: type[Model], drawn: bool, unless: str
) -> tuple[str, tuple[Field[Any, Any], ...]]:
    meta = model._meta
    # What the database fills in by itself is left to it.
    fields = tuple(
        f
        for f in meta.concrete_fields
        if f.db_default is NOT_PROVIDED and not (drawn and f.primary_key)
    )
    columns = ", ".join(_quoted(f.column) for f in fields)
    marks = ", ".join("%s" for _ in fields)
    clause = f"on conflict ({_quoted(unless)}) do nothing" if unless else ""
    text = _INSERT.format(
        table=_quoted(meta.db_table),
        columns=columns,
        marks=marks,
        clause=clause,
        key=_quoted(meta.pk.column),
    )
    return text, fields


_INSERT = "insert into {table} ({columns}) values ({marks}) {clause} returning {key}"


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(name or "")

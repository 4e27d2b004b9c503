"""Pairs of records that may belong together, found by indexes: ids, boxes. Measured elsewhere.

Coarse on purpose: every pair that `intake.linking.why_linked` would find is among these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from shapely import to_wkb
from shapely.geometry.base import BaseGeometry

from datlanh.intake.linking import Subject
from datlanh.intake.projectors import PROJECTORS
from datlanh.intake.relations import RELATIONS, Named, Near, Relation
from datlanh.kernel.ids import BY_PREFIX, KINDS, RecordId, readable
from datlanh.kernel.links import Pair

# Metres in a degree, less than there are anywhere up to 25° of latitude: boxes come out too large.
DEGREE_M = 100_000


def pairs_around(subjects: Sequence[Subject]) -> set[Pair]:
    """The pairs of these records (or reports) with live ones of the register."""
    found: set[Pair] = set()
    for relation in RELATIONS:
        firsts = [s for s in subjects if s.kind == relation.a]
        seconds = [s for s in subjects if s.kind == relation.b]
        for how in relation.how:
            if firsts:
                found |= {Pair(relation.key, *p) for p in _of_firsts(relation, how, firsts)}
            if seconds:
                found |= {Pair(relation.key, *p) for p in _of_seconds(relation, how, seconds)}
    return found


def _of_firsts(relation: Relation, how: Any, mine: Sequence[Subject]) -> Iterator[tuple[Any, Any]]:
    if isinstance(how, Named):
        named = [(s.id, local_id) for s in mine for local_id in s.names(how)]
        yield from _asked(_NAMED, named, kind=relation.b)
        return
    metres = how.metres if isinstance(how, Near) else 0
    shapes = [(s.id, s.position if isinstance(how, Near) else s.outline) for s in mine]
    yield from _beside(relation.b, shapes, metres, "outline")
    if metres:
        yield from _beside(relation.b, shapes, metres, "position")


def _of_seconds(relation: Relation, how: Any, mine: Sequence[Subject]) -> Iterator[tuple[Any, Any]]:
    if isinstance(how, Named):
        asked = [(s.id, s.local_id) for s in mine]
        if how.attribute:
            text = _NAMING.format(attribute=how.attribute)
        else:
            text, asked = _CHILDREN, [(key, p) for key, i in asked for p in _children(i, relation)]
        yield from ((b, a) for a, b in _asked(text, asked, kind=relation.a))
        return
    metres = how.metres if isinstance(how, Near) else 0
    shapes = [(s.id, s.ground if isinstance(how, Near) else s.outline) for s in mine]
    column = "position" if isinstance(how, Near) else "outline"
    yield from ((a, b) for b, a in _beside(relation.a, shapes, metres, column))


def _children(local_id: str, relation: Relation) -> list[str]:
    """How the ids of a record's children begin: `VIC-409-600001-` of an accident."""
    record = RecordId.parse(local_id) if readable(local_id) else None
    if record is None:
        return []
    depth = BY_PREFIX[record.prefix].suffixes + 1
    tail = str(record).removeprefix(record.prefix)
    return [f"{kind.prefix}{tail}-" for kind in KINDS if kind.suffixes == depth]


def _asked(text: str, asked: Sequence[tuple[Any, str]], *, kind: str) -> list[tuple[Any, Any]]:
    if not asked:
        return []
    params: dict[str, Any] = {
        "ids": [i for i, _ in asked],
        "words": [w for _, w in asked],
        "kind": kind,
    }
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return [(mine, found) for mine, found in cursor.fetchall()]


def _beside(
    kind: str, shapes: Sequence[tuple[Any, BaseGeometry | None]], metres: float, column: str
) -> list[tuple[Any, Any]]:
    """Live records of a kind whose `column` lies in the boxes of `shapes`, widened."""
    placed = [(i, to_wkb(shape)) for i, shape in shapes if shape is not None]
    if not placed:
        return []
    table = PROJECTORS[kind].row_model._meta.db_table
    params: dict[str, Any] = {
        "ids": [i for i, _ in placed],
        "shapes": [wkb for _, wkb in placed],
        "degrees": metres / DEGREE_M,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BESIDE.format(table=table, column=column), params)
        return [(mine, found) for mine, found in cursor.fetchall()]


_NAMED = """
select s.id, r.id from unnest(%(ids)s::uuid[], %(words)s::text[]) as s(id, word)
  join register_record r on r.local_id = s.word
 where r.kind = %(kind)s and r.is_live and r.id <> s.id
"""
_NAMING = """
select s.id, v.record_id from unnest(%(ids)s::uuid[], %(words)s::text[]) as s(id, word)
  join register_version v on v.known_to is null and v.true_to is null
   and v.values ? '{attribute}' and datlanh_ids_in(v.values->>'{attribute}') @> array[s.word]
 where v.kind = %(kind)s and v.record_id <> s.id
"""
# The operators of the index for beginnings: an order by bytes, whatever the database's language.
_CHILDREN = """
select s.id, r.id from unnest(%(ids)s::uuid[], %(words)s::text[]) as s(id, word)
  join register_record r on r.local_id ~>=~ s.word and r.local_id ~<~ (s.word || '~')
 where r.kind = %(kind)s and r.is_live and r.id <> s.id
"""
_BESIDE = """
select s.id, t.record_id from unnest(%(ids)s::uuid[], %(shapes)s::bytea[]) as s(id, shape)
  join {table} t on t.{column} && st_expand(st_geomfromwkb(s.shape, 4326), %(degrees)s)
 where t.record_id <> s.id
"""

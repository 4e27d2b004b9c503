"""Links between records as decisions make them: what was decided about two records, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

LINKED, UNLINKED = "linked", "unlinked"  # the kinds of decision


class Pair(NamedTuple):
    """Two records and how the first is related to the second. A pair has one state at a time."""

    relation: str
    a: UUID
    b: UUID


def ends_of(pairs: Iterable[Pair]) -> set[UUID]:
    """The records of some pairs."""
    return {i for pair in pairs for i in (pair.a, pair.b)}


@dataclass(frozen=True, slots=True)
class LinkSpan:
    """Whether a pair was linked during [known_from, known_to), decision numbers.

    `holds` False: somebody decided that the two do not belong together, so that nobody is asked
    again. A pair nobody decided about has no span.
    """

    pair: Pair
    holds: bool
    known_from: int
    known_to: int | None = None


def link_spans(decided: Iterable[tuple[int, Pair, bool]]) -> list[LinkSpan]:
    """What decisions (number, pair, linked or not), in their order, say of every pair.

    A decision that repeats the last one about its pair changes nothing.
    """
    last: dict[Pair, tuple[int, bool]] = {}
    found: list[LinkSpan] = []
    for seq, pair, holds in decided:
        if pair in last:
            since, held = last[pair]
            if held == holds:
                continue
            found.append(LinkSpan(pair, held, since, seq))
        last[pair] = (seq, holds)
    return [*found, *(LinkSpan(pair, holds, since) for pair, (since, holds) in last.items())]

"""What a decision computes anew for some days, among the rows of before, is the whole ledger."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from hypothesis import event, given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from datlanh.hazards.ledger.lines import Ending, Neighbourhood, days_changed, whole_rows
from datlanh.hazards.ledger.versions import Stored
from datlanh.kernel.ledger_cut import CLASSES, Release
from datlanh.kernel.ledger_time import Held, Outline

DAY = dt.date(2026, 3, 1)
BEFORE, SEQ = 1, 2
RECORDS = st.integers(1, 6)


@st.composite
def shapes(draw: st.DrawFn):
    """Rectangles that often lie on each other, sometimes none."""
    if draw(st.integers(0, 9)) == 0:
        return None
    x, y = draw(st.integers(0, 3)), draw(st.integers(0, 3))
    width, height = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    at = (107.2 + x / 1000, 16.7 + y / 1000)
    return box(*at, at[0] + width / 1000, at[1] + height / 1000)


@st.composite
def contents(draw: st.DrawFn, record: int):
    """The versions of a record: what held from when to when. Odd ones are releases."""
    days = sorted(draw(st.sets(st.integers(0, 30), min_size=1, max_size=3)))
    ends = [*days[1:], draw(st.sampled_from([None, None, 40]))]
    found = []
    for start, end in zip(days, ends, strict=True):
        shape, on = draw(shapes()), DAY + dt.timedelta(days=start)
        if record % 2:
            kind = draw(st.sampled_from((*CLASSES, "")))
            names = frozenset(draw(st.sets(st.sampled_from(["0", "2"]), max_size=1)))
            what = Release(str(record), on, shape, kind=kind, cleared_m2=900.0, names=names)
        else:
            identified = draw(st.sampled_from([None, None, DAY - dt.timedelta(days=9)]))
            what = Outline(shape, identified, draw(st.sampled_from([None, 1000.0])))
        found.append((on, DAY + dt.timedelta(days=end) if end is not None else None, what))
    return found


def stored(record: int, content, known_from: int, known_to: int | None) -> list[Stored]:
    return [
        Stored(UUID(int=record), str(record), 1, known_from, known_to, Held(start, end, what))
        for start, end, what in content
    ]


def rows(found):
    return {line["true_from"]: line for line in found}


@st.composite
def decisions(draw: st.DrawFn):
    """(versions before and after one decision that changes one record, endings, that record)."""
    count = draw(RECORDS)
    before = {record: draw(contents(record)) for record in range(count)}
    changed = draw(st.integers(0, count))  # may be a new one
    old, found = before.get(changed, []), []
    kept = [v for v in old if draw(st.booleans())]
    new = [*kept, *(v for v in draw(contents(changed)) if all(v[0] != k[0] for k in kept))]
    new = [] if old and draw(st.integers(0, 5)) == 0 else cut(new)
    for record, content in before.items():
        if record != changed:
            found += stored(record, content, BEFORE, None)
    for version in old:
        still = version in new
        found += stored(changed, [version], BEFORE, None if still else SEQ)
    found += stored(changed, [v for v in new if v not in old], SEQ, None)
    endings = []
    for record in range(0, count + 1, 2):
        if draw(st.integers(0, 3)) == 0:
            until = DAY + dt.timedelta(days=draw(st.integers(5, 45)))
            by = SEQ if record == changed and draw(st.booleans()) else BEFORE
            gone = SEQ if record == changed and by == BEFORE and draw(st.booleans()) else None
            endings.append(Ending(UUID(int=record), until, by, gone))
    return found, endings, UUID(int=changed)


def cut(versions):
    """The same, each until the next begins."""
    some = sorted(versions, key=lambda v: v[0])
    ends = [v[0] for v in some[1:]]
    return [
        (start, min(d for d in (end, after) if d is not None) if after or end else None, what)
        for (start, end, what), after in zip(some, [*ends, None], strict=True)
    ]


@settings(max_examples=200, deadline=None)
@given(decisions())
def test_days_computed_anew_make_the_whole_ledger(case) -> None:
    event(f"rows kept: {min(merged_is_whole(*case), 3)}")


def test_an_area_found_earlier_than_thought_changes_days_before() -> None:
    square = box(107.2, 16.7, 107.204, 16.704)
    days = [DAY + dt.timedelta(days=n) for n in (2, 5, 10)]
    first = (days[1], days[2], Outline(square))
    old, new = (days[2], None, Outline(square, DAY - dt.timedelta(days=9))), Outline(square)
    area = [
        *stored(0, [first], BEFORE, None),
        *stored(0, [old], BEFORE, SEQ),
        *stored(0, [(days[2], None, new)], SEQ, None),
    ]
    release = stored(1, [(days[0], None, Release("1", days[0], square))], BEFORE, None)
    merged_is_whole([*area, *release], [], UUID(int=0))


def merged_is_whole(versions, endings, changed) -> int:
    """How many rows of before stay."""
    records = sorted({s.record_id for s in versions})
    mine = [s for s in versions if s.record_id == changed]
    around = Neighbourhood(records, versions, endings)
    days = days_changed(mine, around, SEQ)
    kept = 0
    for record in records:
        before = rows(around.lines(record, BEFORE))
        after = rows(around.lines(record, SEQ))
        here = whole_rows(days[record], [(r["true_from"], r["true_to"]) for r in before.values()])
        anew = rows(around.lines(record, SEQ, here))
        merged = {s: line for s, line in before.items() if not here.has(s)} | anew
        assert merged == after, [
            (start, k, a, b)
            for start in merged.keys() & after.keys()
            for k in after[start]
            if (a := merged[start][k]) != (b := after[start][k])
        ]
        kept += sum(not here.has(start) for start in before)
    return kept

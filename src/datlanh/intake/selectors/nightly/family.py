"""Records that belong together: the family of an accident, a clearance and its progress."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from datlanh.hazards.workflow import LIFE
from datlanh.intake.selectors.nightly.now import Found, rows
from datlanh.kernel.checks.parts import whole

# The number of the accident within the id of a victim: VIC-409-000001-01.
_ALIKE = """
select a.record_id, b.local_id, b.organisation_id
  from nightly_now a join nightly_now b
    on b.kind = 'victim' and b.record_id <> a.record_id
   and split_part(b.local_id, '-', 3) = split_part(a.local_id, '-', 3)
   and b.values->>'gender' = a.values->>'gender'
   and b.values->>'killed_or_injured' = a.values->>'killed_or_injured'
   and b.values->>'age_at_accident' = a.values->>'age_at_accident'
 where a.kind = 'victim'
"""


def victims_alike() -> Iterator[Found]:
    """Victims of one accident whom nothing open tells apart."""
    for record, other, organisation in rows(_ALIKE):
        yield Found(record, "victim_alike", other, {"other": other, "other_of": organisation})


_PARENTS = """
select n.record_id, p.parent
  from nightly_now n
 cross join lateral (select case n.kind
    when 'victim' then regexp_replace(n.local_id, '^VIC-(.*)-[0-9]{2}$', 'INC-\\1')
    else regexp_replace(n.local_id, '^VA-(.*)-[0-9]{2}$', 'VIC-\\1') end as parent) p
 where n.kind in ('victim', 'victim_assistance')
   and not exists (select from nightly_now o where o.local_id = p.parent)
"""
_NAMED = """
select n.record_id, named.id
  from nightly_now n
 cross join lateral regexp_split_to_table(trim(n.values->>'cha_ids'), '[ ,]+') as named (id)
 where n.values ? 'cha_ids' and named.id <> ''
   and not exists (select from nightly_now o where o.local_id = named.id)
"""
_CLEARANCE = """
select n.record_id, n.values->>'clearance_id'
  from nightly_now n
 where n.kind = 'clearance_progress' and coalesce(n.values->>'cha_ids', '') = ''
   and coalesce(n.values->>'clearance_id', '') <> ''
   and not exists (select from nightly_now o where o.local_id = n.values->>'clearance_id')
"""


def missing() -> Iterator[Found]:
    """Records that name, or belong to, another that the register does not have."""
    for question in (_PARENTS, _NAMED, _CLEARANCE):
        for record, other in rows(question):
            yield Found(record, "family_missing", str(other)[:80], {"other": other})


_VICTIMS = """
select a.record_id, (a.values->>'persons_involved')::numeric::int, count(v.record_id)
  from nightly_now a join nightly_now v
    on v.kind = 'victim'
   and split_part(v.local_id, '-', 2) = split_part(a.local_id, '-', 2)
   and split_part(v.local_id, '-', 3) = split_part(a.local_id, '-', 3)
 where a.kind = 'accident' and jsonb_typeof(a.values->'persons_involved') = 'number'
 group by a.record_id, 2
having (max(a.values->>'persons_involved'))::numeric::int <> count(v.record_id)
"""


def victims_differ() -> Iterator[Found]:
    """Accidents with some victims' forms, and another number of persons."""
    for record, said, known in rows(_VICTIMS):
        yield Found(record, "victims_differ", "", {"said": said, "known": known})


_PROGRESS = """
select c.record_id, count(*), sum((p.values->>'cleared_area_m2')::float8),
       max((c.values->>'cleared_area_m2')::float8)
  from nightly_now c join nightly_now p
    on p.kind = 'clearance_progress' and p.values->>'clearance_id' = c.local_id
   and jsonb_typeof(p.values->'cleared_area_m2') = 'number'
 where c.kind = 'land_release' and c.values->>'reported_status' = 'completed'
   and jsonb_typeof(c.values->'cleared_area_m2') = 'number'
 group by c.record_id
"""


def progress_differs(thresholds: Mapping[str, float]) -> Iterator[Found]:
    """Completions that do not come to what was reported month by month."""
    for record, count, total, completed in rows(_PROGRESS):
        difference = abs(total - completed)
        if difference > thresholds["progress_sum"] * max(total, completed):
            values = {"count": count, "total": whole(total), "completed": whole(completed)}
            yield Found(record, "progress_differs", "", {**values, "difference": whole(difference)})


_RELEASED = """
select a.record_id, r.local_id, r.organisation_id
  from nightly_now r
 cross join lateral regexp_split_to_table(trim(r.values->>'cha_ids'), '[ ,]+') as named (id)
  join nightly_now a on a.local_id = named.id and a.kind = 'hazardous_area'
  left join register_state s on s.record_id = a.record_id and s.known_to is null
   and s.true_to is null
 where r.kind = 'land_release' and r.values->>'reported_status' = 'completed'
   and a.values->>'reported_status' = 'open'
   and coalesce(s.state, 'cha') in ('sha', 'cha', 'tasked')
"""


def open_released() -> Iterator[Found]:
    """Areas called open that a completed release names."""
    for record, other, organisation in rows(_RELEASED):
        yield Found(record, "area_open_released", other, {"other": other, "other_of": organisation})


_CLOSED = """
select a.record_id
  from nightly_now a
 where a.kind = 'hazardous_area' and a.values->>'reported_status' = 'closed'
   and a.local_id not in (
     select named.id from nightly_now r
      cross join lateral regexp_split_to_table(trim(r.values->>'cha_ids'), '[ ,]+') as named (id)
      where r.kind = 'land_release' and r.values ? 'cha_ids')
"""


def closed_unreleased() -> Iterator[Found]:
    """Areas called closed that no release names."""
    for (record,) in rows(_CLOSED):
        yield Found(record, "area_closed_unreleased")


# Steps said so once; the completion they rested on was withdrawn, or corrected to something else.
_DONE = """
select a.record_id, s.state
  from nightly_now a
  join register_state s on s.record_id = a.record_id and s.known_to is null and s.true_to is null
 where a.kind = 'hazardous_area' and s.state in ('completed', 'inspected', 'closed')
   and not exists (
     select 1 from nightly_now r
      where r.kind = 'land_release'
        and (r.values->>'reported_status' = 'completed'
             or (r.values->>'reported_status' is null and r.local_id like 'HR-CLC-%%'))
        and (datlanh_ids_in(r.values->>'cha_ids') && array[a.local_id::text]
             or exists (select 1 from register_link k
                         where k.a_id = r.record_id and k.b_id = a.record_id
                           and k.known_to is null and k.holds)))
"""


def done_uncompleted() -> Iterator[Found]:
    """Areas that are completed, accepted or closed while no completion counts any more."""
    for record, state in rows(_DONE):
        yield Found(record, "area_done_uncompleted", values={"state": LIFE.state(state).label})

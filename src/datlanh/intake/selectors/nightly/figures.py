"""Answers of single records: missing, out of order, or far from all others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from datlanh.intake.selectors.nightly.now import Found, mappings_now, rows
from datlanh.kernel.checks.parts import FORMS, label, whole
from datlanh.kernel.mapping import FormMapping
from datlanh.kernel.text import Text

SHAPES = {"position": "position", "outline": "outline"}
# A distribution of fewer records says nothing about what is usual.
ENOUGH = 50
NO_SENSE = frozenset({"assessment_score", "age_at_accident"})  # numbers that are no amounts

_LACKING = """
select record_id, array(select k from unnest(%(keys)s::text[]) k
                         where coalesce(values->>k, '') in ('', '[]')),
       position is null, outline is null
  from nightly_now
 where kind = %(kind)s
   and (not values ?& %(keys)s::text[] or (%(place)s and position is null)
        or (%(shape)s and outline is null))
"""


def incomplete() -> Iterator[Found]:
    """Records without what their form must or should have."""
    for kind, mapping in mappings_now().items():
        expected = FORMS.get(mapping.form)
        if expected is None:
            continue
        wanted = {*expected.must, *expected.new, *expected.should} - {expected.id}
        keys = {q.attribute: q.key for q in mapping.questions if q.key in wanted and q.attribute}
        keys = {a: k for a, k in keys.items() if a not in SHAPES}
        shapes = {q.attribute: q.key for q in mapping.questions if q.attribute in SHAPES}
        has_outline = "outline" in shapes
        asks_place = shapes.get("position") in wanted
        values = {"kind": kind, "keys": list(keys), "place": asks_place, "shape": has_outline}
        for record, lacking, no_place, no_shape in rows(_LACKING, values):
            missing = [keys[a] for a in lacking]
            missing += [shapes["position"]] if asks_place and no_place else []
            missing += [shapes["outline"]] if has_outline and no_shape else []
            if missing:
                yield Found(record, "record_incomplete", "", {"missing": _listed(missing)})


def _listed(keys: list[str]) -> Text:
    named = [label(k) for k in keys]
    return Text(", ".join(n.vi for n in named), ", ".join(n.en for n in named))


# A sealed date is a reference to the person store: nobody compares it here.
_DISORDER = """
select record_id, values->>%(first)s, values->>%(then)s
  from nightly_now
 where kind = %(kind)s and values->>%(first)s > values->>%(then)s
   and jsonb_typeof(values->%(first)s) = 'string' and jsonb_typeof(values->%(then)s) = 'string'
"""


def dates_disorder() -> Iterator[Found]:
    """Dates of one record, perhaps from several reports, that do not follow each other."""
    for kind, mapping in mappings_now().items():
        expected = FORMS.get(mapping.form)
        for first, then in expected.in_order if expected else ():
            earlier, later = _attribute(mapping, first), _attribute(mapping, then)
            if earlier is None or later is None:
                continue
            values = {"kind": kind, "first": earlier, "then": later}
            for record, a, b in rows(_DISORDER, values):
                said = {"first": label(first), "then": label(then)}
                said |= {"first_date": dt.date.fromisoformat(a)}  # type: ignore[dict-item]
                said |= {"then_date": dt.date.fromisoformat(b)}  # type: ignore[dict-item]
                yield Found(record, "dates_disorder", f"{first}:{then}"[:80], said)


def _attribute(mapping: FormMapping, key: str) -> str | None:
    question = mapping.question(key)
    return question.attribute if question else None


_MEASURED = """
select record_id, (values->>'area_reported_m2')::float8, area_m2, st_perimeter(outline::geography)
  from nightly_now
 where kind = 'hazardous_area' and area_m2 > 0
   and jsonb_typeof(values->'area_reported_m2') = 'number'
"""


def measured_differs(thresholds: Mapping[str, float]) -> Iterator[Found]:
    """Areas whose reported size is not that of their outline."""
    per_metre = thresholds["area_tolerance_per_perimeter_m"]
    for record, reported, computed, perimeter in rows(_MEASURED):
        difference = abs(reported - computed)
        if difference > max(thresholds["area_warn"] * computed, per_metre * (perimeter or 0)):
            values = {"reported": whole(reported), "computed": whole(computed)}
            yield Found(record, "area_measured_differs", "", values)


_OUTLIERS = """
with usual as (
  select percentile_cont(0.99) within group (order by (values->>%(key)s)::float8) as p99
    from nightly_now
   where kind = %(kind)s and jsonb_typeof(values->%(key)s) = 'number'
  having count(*) >= %(enough)s)
select record_id, (values->>%(key)s)::float8, usual.p99
  from nightly_now, usual
 where kind = %(kind)s and jsonb_typeof(values->%(key)s) = 'number' and usual.p99 > 0
   and (values->>%(key)s)::float8 > %(times)s * usual.p99
"""


def outliers(thresholds: Mapping[str, float]) -> Iterator[Found]:
    """Figures far beyond those of nearly all records of the kind."""
    for kind, mapping in mappings_now().items():
        for question in mapping.questions:
            if question.kind not in ("integer", "decimal") or question.attribute is None:
                continue
            if question.key in NO_SENSE or question.unit == "%":
                continue
            values = {"kind": kind, "key": question.attribute, "enough": ENOUGH}
            for record, value, usual in rows(
                _OUTLIERS, {**values, "times": thresholds["outlier_times"]}
            ):
                said = {"question": label(question.key), "value": whole(value)}
                yield Found(
                    record, "number_outlier", question.key[:80], {**said, "usual": whole(usual)}
                )

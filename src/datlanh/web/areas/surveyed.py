"""The survey an area came from, and the boxes on it: named, counted, and drawn under the area."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import shapely
from django.db.models import Q

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.hazards.selectors.boxes import SurveyedBox, box_table, surveyed_boxes
from datlanh.intake.selectors.values import version_of
from datlanh.kernel.grid import to_utm
from datlanh.kernel.ids import spellings
from datlanh.register.models import Link, Record, Version
from datlanh.register.selectors import AsOf
from datlanh.web.surveys.shown import Counted, box_features

NEAR_M = 150.0  # boxes are shown this far around an area: three of them
SURVEY = "survey_task"


@dataclass(frozen=True)
class Named:
    """One survey an area names or is linked to; `opens` where the person may see it."""

    local_id: str
    opens: bool


def area_surveyed(
    record: Record, version: Version | None, moment: AsOf, who: User
) -> dict[str, Any]:
    """`surveys` by name, `boxes` as features, and how many came to what on and near the area."""
    if version is None:
        return {"surveys": []}
    named = str(version.values.get("survey_ids") or "").replace(",", " ").split()[:20]
    linked = Link.objects.filter(
        Q(known_to=None) | Q(known_to__gt=moment.known),
        known_from__lte=moment.known,
        holds=True,
        relation="area_boxes",
        a=record,
    )
    about = Q(local_id__in=[s for n in named for s in spellings(n)]) | Q(
        pk__in=linked.values("b_id")
    )
    visible = scope_for(who, Permission.RECORD_READ).q("organisation_id")
    found = list(Record.objects.filter(about, visible, kind=SURVEY).order_by("local_id"))
    known = {s for r in found for s in spellings(r.local_id)}
    surveys = [Named(r.local_id, opens=True) for r in found]
    surveys += [Named(n, opens=False) for n in dict.fromkeys(named) if n not in known]
    return {"surveys": surveys, **_boxes(found, version, moment)}


def _boxes(surveys: list[Record], version: Version, moment: AsOf) -> dict[str, Any]:
    table = box_table().results
    boxes: dict[str, SurveyedBox] = {}
    for survey in surveys:
        at_the_time = version_of(survey, moment.on, moment.known)
        if at_the_time is not None:
            boxes |= {b.name: b for b in surveyed_boxes(at_the_time, table) if b.ground is not None}
    if not boxes or version.outline is None:
        return {"boxes": []}
    outline = to_utm(shapely.from_wkb(bytes(version.outline.wkb)))
    shapely.prepare(outline)
    near: list[SurveyedBox] = []
    on: Counter[str] = Counter()
    for box in boxes.values():
        ground = to_utm(box.ground)
        if not shapely.dwithin(outline, ground, NEAR_M):
            continue
        near.append(box)
        if outline.contains(ground.centroid):  # a box is on the area when its middle is
            on[box.result.key if box.result else ""] += 1
    around = Counter(b.result.key if b.result else "" for b in near)
    counts = [
        (Counted(result, around[result.key]), on[result.key])
        for result in table.results
        if around[result.key]
    ]
    if around[""]:
        counts.append((Counted(None, around[""]), on[""]))
    return {
        "boxes": box_features(near),
        "area_box_counts": counts,
        "box_counts": [c for c, _ in counts],
        "box_total": len(near),
    }

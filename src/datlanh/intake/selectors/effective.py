"""The status of an area as IMSMA would publish it, beside ours. It counts nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.hazards.implied import PROGRESS, RELEASE
from datlanh.hazards.rules import PUBLIC_STATES, effective_status, public_status
from datlanh.kernel.actor import Actor
from datlanh.kernel.text import Text
from datlanh.register.models import Record, Version
from datlanh.register.selectors import AsOf

LAND = {
    "open": Text("mở", "open"),
    "worked_on": Text("đang rà phá", "worked on"),
    "suspended": Text("tạm dừng", "suspended"),
    "closed": Text("đóng", "closed"),
}
TASK = {
    "ongoing": Text("đang tiến hành", "ongoing"),
    "suspended": Text("tạm dừng", "suspended"),
    "completed": Text("hoàn thành", "completed"),
}
NOTHING = Text("không có", "none")


@dataclass(frozen=True)
class Effective:
    """What IMSMA would show, what it follows from, and whether ours says another thing."""

    status: Text
    land: Text
    task: Text
    source: str  # local id of the record that tells of the task; "": none does
    source_kind: str
    differs: bool


def effective_of(
    record: Record, version: Version, state: str, moment: AsOf, who: Actor
) -> Effective:
    """The effective status of an area at two times, of the records `who` may see.

    `state` is the one the area stands in then.
    """
    scope = scope_for(who, Permission.RECORD_READ)
    params: dict[str, Any] = {
        "area": record.pk,
        "local_id": record.local_id,
        "on": moment.on,
        "known": moment.known,
        "everything": scope.everything,
        "organisations": sorted(scope.organisation_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST_PAST if moment.is_past else _NEWEST, params)
        kind, said, source = cursor.fetchone() or ("", "", "")
    task = "ongoing" if kind == PROGRESS else said or ""
    land = str(version.values.get("reported_status") or "open")
    status = effective_status(land, task)
    return Effective(
        status=PUBLIC_STATES[status],
        land=LAND.get(land, LAND["open"]),
        task=TASK.get(task, NOTHING),
        source=source,
        source_kind=kind,
        differs=status != public_status(state),
    )


_QUERY = f"""
select v.kind, v.values->>'reported_status', r.local_id
  from register_version v join register_record r on r.id = v.record_id
 where v.kind in ('{RELEASE}', '{PROGRESS}') and {{true}}
   and (%(everything)s or r.organisation_id = any(%(organisations)s))
   and ((v.values ? 'cha_ids' and datlanh_ids_in(v.values->>'cha_ids') && array[%(local_id)s::text])
        or v.record_id in (select k.a_id from register_link k where k.b_id = %(area)s and k.holds
                              and k.relation in ('release_area', 'progress_area') and {{linked}}))
 order by v.true_from desc, v.known_from desc
 limit 1
"""  # noqa: S608 - only our own names
_NEWEST = _QUERY.format(
    true="v.known_to is null and v.true_to is null", linked="k.known_to is null"
)
_NEWEST_PAST = _QUERY.format(
    true="""v.true_from <= %(on)s and (v.true_to is null or v.true_to > %(on)s)
   and v.known_from <= %(known)s and (v.known_to is null or v.known_to > %(known)s)""",
    linked="k.known_from <= %(known)s and (k.known_to is null or k.known_to > %(known)s)",
)

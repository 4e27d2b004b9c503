"""The nightly run: what is found in the register now, kept beside what was found before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.contrib.gis.geos import Point
from django.db import transaction

from datlanh.audit.services import record as audit_record
from datlanh.intake.models import NightlyRun, RecordFinding
from datlanh.intake.selectors.nightly import Found, everything_found, heads_of, register_now
from datlanh.intake.selectors.settings import InForce, settings_in_force
from datlanh.kernel import clock
from datlanh.kernel.actor import Actor
from datlanh.kernel.checks import stored
from datlanh.kernel.checks.nightly import NIGHTLY
from datlanh.kernel.rules import OFF
from datlanh.register.selectors import decision_newest

FORM_OF = {
    "accident": "accident",
    "victim": "victim",
    "victim_assistance": "victim_assistance",
    "risk_education": "eore",
    "hazardous_area": "cha",
    "survey_task": "cmrs",
    "eod_task": "eod_spot",
    "land_release": "land_release",
    "clearance_progress": "clearance_progress",
}
BATCH = 1000
Key = tuple[UUID, str, str]


@transaction.atomic
def register_check(*, by: Actor) -> NightlyRun:
    """Run every nightly rule over the register and keep what appeared, stays or is gone.

    Twice is once: a second run with nothing changed only moves "last seen".
    """
    began, force = clock.now(), settings_in_force()
    with register_now() as records:
        found = {(f.record_id, f.rule, f.key): f for f in everything_found(force.thresholds)}
        appeared, resolved = _reconcile(found, force, began)
    run = NightlyRun.objects.create(
        began_at=began,
        ended_at=clock.now(),
        known=decision_newest(),
        under=force.seq,
        records=records,
        found=RecordFinding.objects.filter(resolved_at=None).count(),
        appeared=appeared,
        resolved=resolved,
    )
    after = {"records": records, "found": run.found, "appeared": appeared, "resolved": resolved}
    audit_record("register.check", run, by=by, after=after)
    return run


def _reconcile(found: dict[Key, Found], force: InForce, now: dt.datetime) -> tuple[int, int]:
    """Compare with what is open; (appeared, resolved)."""
    heads = heads_of({f.record_id for f in found.values()})
    severities = {k: _severity(f, force, heads[f.record_id].kind) for k, f in found.items()}
    wanted = {k: f for k, f in found.items() if severities[k] != OFF}
    standing: dict[Key, RecordFinding] = {
        (o.record_id, o.rule, o.key): o for o in RecordFinding.objects.filter(resolved_at=None)
    }
    new = [
        RecordFinding(
            record_id=f.record_id,
            local_id=heads[f.record_id].local_id,
            kind=heads[f.record_id].kind,
            organisation_id=heads[f.record_id].organisation_id,
            commune_code=heads[f.record_id].commune_code[:12],
            rule=f.rule,
            key=f.key,
            severity=severities[k],
            values=stored.to_json(f.values),
            at=Point(*f.at, srid=4326) if f.at else None,
            first_seen_at=now,
            last_seen_at=now,
        )
        for k, f in wanted.items()
        if k not in standing
    ]
    RecordFinding.objects.bulk_create(new, batch_size=BATCH)
    _seen_again((k for k in wanted if k in standing), standing, wanted, severities, now)
    gone = [o.pk for k, o in standing.items() if k not in wanted]
    RecordFinding.objects.filter(pk__in=gone).update(resolved_at=now)
    return len(new), len(gone)


def _seen_again(
    keys: Iterable[Key],
    standing: dict[Key, RecordFinding],
    wanted: dict[Key, Found],
    severities: dict[Key, str],
    now: dt.datetime,
) -> None:
    changed = []
    for key in keys:
        kept, values = standing[key], stored.to_json(wanted[key].values)
        if kept.values != values or kept.severity != severities[key]:
            kept.values, kept.severity = values, severities[key]
            changed.append(kept)
    RecordFinding.objects.bulk_update(changed, ["values", "severity"], batch_size=BATCH)
    pks = [standing[k].pk for k in wanted if k in standing]
    RecordFinding.objects.filter(pk__in=pks).update(last_seen_at=now)


def _severity(found: Found, force: InForce, kind: str) -> str:
    given = force.severity(found.rule, FORM_OF.get(kind, ""))
    return given or NIGHTLY[found.rule].severity.value

"""Keeping the catalogue."""

from __future__ import annotations

import csv
from pathlib import Path

from django.db import transaction

from datlanh.audit.services import record
from datlanh.kernel.actor import Actor
from datlanh.ordnance.models import Ordnance

CATALOGUE = Path(__file__).with_name("catalogue.csv")


@transaction.atomic
def catalogue_seed(*, by: Actor | None = None, path: Path = CATALOGUE) -> int:
    """Bring the catalogue to what the file says; models it no longer names become inactive.

    Returns how many models the file holds. Idempotent.
    """
    with path.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    wanted = [
        Ordnance(
            key=row["key"],
            category=row["category"],
            sub_category=row["sub_category"],
            model=row["model"],
            name_vi=row["name_vi"],
            name_en=row["name_en"],
            aliases=[a.strip() for a in row["aliases"].split("|") if a.strip()],
        )
        for row in rows
    ]
    Ordnance.objects.bulk_create(
        wanted,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["category", "sub_category", "model", "name_vi", "name_en", "aliases"],
    )
    gone = Ordnance.objects.filter(is_active=True).exclude(key__in=[o.key for o in wanted])
    retired = gone.update(is_active=False)
    record(
        "ordnance.seed", "ordnance:catalogue", by=by, after={"models": len(rows), "gone": retired}
    )
    return len(rows)

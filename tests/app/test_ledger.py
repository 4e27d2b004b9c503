"""The ledger follows every decision, and is what its versions imply."""

from __future__ import annotations

import pytest

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.hazards.models import AreaLedger, ReleaseLedger
from datlanh.intake.services.comparing import register_verify
from datlanh.intake.services.deciding import step_confirm, step_propose
from datlanh.intake.services.rebuilding import register_rebuild
from datlanh.kernel.geometry import area_m2
from datlanh.register.models import Record
from support.reports import (
    approved,
    cha,
    demo_cast,
    field_of,
    let_through,
    received,
    release,
    verified,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return demo_cast()


def entered(cast, draft, record_id=None):
    report = received(draft, by=cast["renew.hientruong"])
    report = let_through(verified(report, by=cast["renew"]))
    return approved(report, by=cast["kiemtra2"], record_id=record_id)


def withdrawn(cast, report):
    with acting(cast["kiemtra2"]):
        step_propose(id=report.pk, step="withdraw", by=cast["kiemtra2"], note="vì sao")
    with acting(cast["kiemtra1"]):
        step_confirm(id=report.pk, by=cast["kiemtra1"], confirm=True)


def now(record_id) -> AreaLedger:
    return AreaLedger.objects.get(record_id=record_id, known_to=None, true_to=None)


def verdict():
    with acting(SYSTEM):
        return register_verify()


def test_an_area_is_all_remaining_until_it_is_released(cast) -> None:
    area = entered(cast, cha(1))
    size = area_m2(field_of(1))
    row = now(area.record_id)
    assert (row.outline_m2, row.remaining_m2) == pytest.approx((size, size))
    done = entered(cast, release(1))
    row = now(area.record_id)
    assert row.cleared_30cm_m2 == pytest.approx(size, abs=1)
    assert row.remaining_m2 == pytest.approx(0, abs=1)
    before = AreaLedger.objects.get(
        record_id=area.record_id, known_to=None, true_to__isnull=False, outline_m2__gt=0
    )
    assert before.remaining_m2 == pytest.approx(size, abs=1)
    kept = ReleaseLedger.objects.get(record_id=done.record_id, known_to=None, true_to=None)
    assert kept.inside_m2 == pytest.approx(size, abs=1)
    assert kept.stated_cleared_m2 == round(size)
    assert verdict().equal


def test_a_withdrawn_release_gives_the_land_back_and_what_was_known_stays(cast) -> None:
    area, done = entered(cast, cha(1)), entered(cast, release(1))
    known = now(area.record_id).known_from
    withdrawn(cast, done)
    assert now(area.record_id).cleared_m2 == 0
    then = AreaLedger.objects.get(record_id=area.record_id, known_from=known, true_to=None)
    assert then.cleared_m2 > 0
    assert then.known_to is not None
    assert not ReleaseLedger.objects.filter(known_to=None).exists()
    assert verdict().equal


def test_an_area_entered_after_its_release_is_released(cast) -> None:
    done = entered(cast, release(1, days_ago=3))
    kept = ReleaseLedger.objects.get(record_id=done.record_id, known_to=None)
    assert kept.elsewhere_m2 == pytest.approx(area_m2(field_of(1)), abs=1)
    area = entered(cast, cha(1, days_ago=5))
    assert now(area.record_id).remaining_m2 == pytest.approx(0, abs=1)
    kept = ReleaseLedger.objects.get(record_id=done.record_id, known_to=None, true_to=None)
    assert kept.elsewhere_m2 == 0
    assert verdict().equal


def test_a_release_without_a_drawing_is_told_at_the_areas_it_names(cast) -> None:
    area = entered(cast, cha(1))
    draft = release(1, cha_ids="HAZ-409-600001", cleared_area=5000)
    draft.answers.polygons.clear()
    entered(cast, draft)
    row = now(area.record_id)
    assert (row.unlocated_m2, row.cleared_m2) == (5000, 0)
    assert verdict().equal


def test_a_rebuilt_ledger_is_the_live_one(cast) -> None:
    entered(cast, cha(1))
    entered(cast, cha(2, days_ago=4))
    done = entered(cast, release(1))
    entered(cast, release(1, first=600100, days_ago=2, polygon_status="reduced"))
    entered(
        cast,
        cha(1, days_ago=1).but(land_use="development"),
        Record.objects.get(local_id="HAZ-409-600001").pk,
    )
    withdrawn(cast, done)
    live = list(AreaLedger.objects.order_by("record_id", "known_from", "true_from").values())
    assert verdict().equal
    with acting(SYSTEM):
        register_rebuild(by=SYSTEM)
    again = list(AreaLedger.objects.order_by("record_id", "known_from", "true_from").values())
    assert [r | {"id": 0} for r in again] == [r | {"id": 0} for r in live]
    assert verdict().ledger_rows == len(again) + ReleaseLedger.objects.count()


def test_a_ledger_that_was_tampered_with_is_found(cast) -> None:
    area = entered(cast, cha(1))
    AreaLedger.objects.filter(record_id=area.record_id).update(remaining_m2=5)
    assert [d.table for d in verdict().differences] == ["arealedger"]
    AreaLedger.objects.all().delete()
    assert [d.table for d in verdict().differences] == ["arealedger"]

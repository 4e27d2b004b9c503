"""The ledger follows every decision, and is what its versions imply."""

from __future__ import annotations

import datetime as dt

import pytest

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import EVERYTHING, Scope, scope_for
from datlanh.hazards.models import AreaLedger, ReleaseLedger
from datlanh.hazards.selectors import AreaFilter, ReleaseFilter
from datlanh.intake.services.comparing import register_verify
from datlanh.intake.services.deciding import step_confirm, step_propose
from datlanh.intake.services.rebuilding import ledger_complete, register_rebuild
from datlanh.intake.services.settings import threshold_set
from datlanh.kernel import clock
from datlanh.kernel.geometry import area_m2
from datlanh.register.models import Record
from datlanh.register.selectors import asof
from datlanh.reporting.selectors.ledger import FLOWS, figures_ledger, ledger_months
from datlanh.reporting.selectors.ledger_area import area_ledger_view
from datlanh.reporting.selectors.ledger_moves import ledger_moves
from datlanh.reporting.selectors.progress import stalled_areas
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


def everything() -> Scope:
    return scope_for(demo_cast()["giamdoc"], Permission.FIGURE_READ)


def figure(moment=None, by="organisation"):
    return figures_ledger(everything(), moment or asof(), by, AreaFilter(), ReleaseFilter())


def test_operators_sum_the_provinces_union_and_their_difference(cast) -> None:
    """Two operators release the same ground; a third release lies outside any area."""
    entered(cast, cha(1))
    entered(cast, release(1))
    entered(cast, release(1, first=600100, days_ago=2))
    entered(cast, release(5, first=600200))
    found = figure()
    one, other = area_m2(field_of(1)), area_m2(field_of(5))
    assert found.releases.net_m2 == pytest.approx(2 * one + other, abs=2)
    assert found.releases.credited_m2 == pytest.approx(one + other, abs=2)
    assert found.releases.difference_m2 == pytest.approx(one, abs=2)
    assert found.releases.elsewhere_m2 == pytest.approx(other, abs=2)
    assert found.areas.cleared_m2 == pytest.approx(one, abs=1)
    assert found.areas.own_remaining_m2 == pytest.approx(0, abs=1)


@pytest.mark.parametrize("by", ["organisation", "commune"])
def test_the_ledger_of_a_past_date_is_issued_again(cast, by) -> None:
    entered(cast, cha(1))
    then = asof()
    before = figure(then, by)
    entered(cast, release(1))
    assert figure(asof(then.on, then.known), by).areas == before.areas
    assert figure(by=by).areas != before.areas


def test_every_square_metre_between_two_moments_is_told_by_a_line(cast) -> None:
    area = entered(cast, cha(1))
    then = asof(clock.today() - dt.timedelta(days=4))
    entered(cast, release(1, days_ago=3))
    late = entered(cast, release(1, first=600100, days_ago=4, polygon_status="reduced"))
    now = asof()
    moves = ledger_moves(everything(), then, now)
    early, after = figure(then).areas, figure(now).areas
    for name in FLOWS:
        change = after.sums[name] - early.sums[name]
        assert moves.sums[name] == pytest.approx(change, abs=0.01), name
    known, happened = moves.lines
    assert (known.receipt, known.on) == (late.receipt, None)
    assert known.reduced_m2 == pytest.approx(area_m2(field_of(1)), abs=1)
    assert happened.on == clock.today() - dt.timedelta(days=3)
    assert happened.moved_by == ("HR-CLC-409-600001",)
    back = ledger_moves(everything(), now, then, record_id=area.record_id)
    assert back.sums == pytest.approx({k: -v for k, v in moves.sums.items()}, abs=0.01)


def test_months_lead_from_nothing_to_what_remains(cast) -> None:
    entered(cast, cha(1, days_ago=70))
    entered(cast, release(1, days_ago=3))
    months = ledger_months(everything(), asof(), AreaFilter())[None]
    assert months[0].new_m2 == pytest.approx(area_m2(field_of(1)), abs=1)
    assert months[-1].remaining_m2 == pytest.approx(figure().areas.remaining_m2, abs=0.1)
    assert sum(m.cleared_m2 for m in months) == pytest.approx(area_m2(field_of(1)), abs=1)


def test_a_stalled_area_is_one_at_work_without_progress(cast) -> None:
    entered(cast, cha(1, days_ago=40, status="worked_on"))
    entered(cast, cha(2, days_ago=40, status="open"))
    entered(cast, cha(3, days_ago=10, status="worked_on"))
    days, found = stalled_areas(everything(), asof(), AreaFilter())
    assert (days, [s.local_id for s in found]) == (35, ["HAZ-409-600001"])
    with acting(cast["csdl"]):
        threshold_set(name="stalled_days", value=5, note="thử", by=cast["csdl"])
    _, found = stalled_areas(everything(), asof(), AreaFilter())
    assert len(found) == 2


def test_a_re_survey_has_its_date_report_and_reason(cast) -> None:
    area = entered(cast, cha(1))
    record = Record.objects.get(pk=area.record_id)
    wider = cha(1, days_ago=1)
    wider.answers.polygons["polygon_points"] = cha(2).answers.polygons["polygon_points"]
    again = received(wider, by=cast["renew.hientruong"])
    again = let_through(verified(again, by=cast["renew"]))
    approved(again, by=cast["kiemtra2"], record_id=record.pk, note="đo lại bằng máy")
    view = area_ledger_view(record, asof(), EVERYTHING)
    (step,) = view.resurveys
    assert (step.receipt, step.reason) == (again.receipt, "đo lại bằng máy")
    assert view.now.initial_m2 + step.net_m2 == pytest.approx(view.now.outline_m2, abs=1)
    assert verdict().equal


def test_the_page_of_an_area_shows_releases_beside_what_they_say(cast) -> None:
    area = entered(cast, cha(1))
    entered(cast, release(1, cleared_area=1234))
    view = area_ledger_view(Record.objects.get(pk=area.record_id), asof(), EVERYTHING)
    (line,) = view.releases
    assert (line.share.standing, line.share.release.stated_m2) == ("counted", 1234)
    assert line.share.taken_m2 == pytest.approx(area_m2(field_of(1)), abs=1)


def test_a_register_from_before_the_ledger_gets_one(cast) -> None:
    entered(cast, cha(1))
    entered(cast, release(1))
    with acting(SYSTEM):
        assert ledger_complete(by=SYSTEM) == 0
        AreaLedger.objects.all().delete()
        ReleaseLedger.objects.all().delete()
        assert ledger_complete(by=SYSTEM) > 0
    assert verdict().equal

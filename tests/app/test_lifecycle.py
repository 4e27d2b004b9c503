"""Steps of an area: decisions that move its state, in lists, on the map, then and now."""

from __future__ import annotations

import datetime as dt

import pytest

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.scope import EVERYTHING
from datlanh.audit.models import Event
from datlanh.hazards.models import HazardousArea
from datlanh.hazards.selectors import AreaFilter, area_counts, area_page
from datlanh.intake.models import RecordFinding
from datlanh.intake.selectors.area_life import before_closing, state_then, steps_taken
from datlanh.intake.services.comparing import register_verify
from datlanh.intake.services.deciding import step_confirm, step_propose
from datlanh.intake.services.lifecycle import area_move, life_of
from datlanh.intake.services.nightly import register_check
from datlanh.intake.services.rebuilding import register_rebuild
from datlanh.kernel import clock
from datlanh.kernel.errors import ConflictError, TransitionError
from datlanh.register.models import Decision, Record, State
from datlanh.register.selectors import asof, decision_newest
from datlanh.reporting.selectors.progress import stalled_areas
from support.reports import approved, cha, demo_cast, let_through, received, release, verified

pytestmark = pytest.mark.django_db

AREA = "HAZ-409-600001"


@pytest.fixture
def cast():
    return demo_cast()


def enter(draft, cast, **more):
    report = verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"])
    return approved(let_through(report), by=cast["kiemtra2"], **more)


@pytest.fixture
def area(cast):
    enter(cha(1, days_ago=60), cast)
    return HazardousArea.objects.get(local_id=AREA)


def ago(days: int) -> dt.date:
    return clock.today() - dt.timedelta(days=days)


def move(cast, step, *, days=0, seen=None, who="kiemtra2", **more):
    with acting(cast[who]):
        record = Record.objects.get(local_id=AREA)
        return area_move(
            local_id=AREA,
            step=step,
            seen=seen or life_of(record).state,
            on=ago(days),
            by=cast[who],
            **more,
        )


def status() -> str:
    return HazardousArea.objects.get(local_id=AREA).public_status


def listed(**filter) -> list[tuple[str, str]]:
    page = area_page(EVERYTHING, AreaFilter(**filter))
    return [(row.local_id, row.public_status) for row in page.rows]


def the_register_is_its_fold() -> None:
    with acting(SYSTEM):
        assert register_verify().equal
        register_rebuild(by=SYSTEM)
        assert register_verify().equal


def test_an_area_is_worked_on_accepted_handed_over_and_opened_again(cast, area):
    assert status() == "open"
    move(cast, "start", days=30)
    assert status() == "ongoing"
    with pytest.raises(TransitionError, match="No completion report"):
        move(cast, "complete", days=10)
    enter(release(1, days_ago=20).but(cha_ids=AREA), cast)
    move(cast, "complete", days=10)
    assert status() == "ongoing"  # not closed: nobody accepted it
    life = life_of(Record.objects.get(local_id=AREA))
    assert [m.is_there for m in before_closing(life)] == [True, True, False, False]
    move(cast, "accept", days=5, paper="07/BB-NT")
    assert status() == "ongoing"
    move(cast, "hand_over", days=2, paper="07/BG")
    assert status() == "closed"
    assert listed(status=("closed",)) == [(AREA, "closed")]
    assert area_counts(EVERYTHING, AreaFilter())["closed"] == 1
    with pytest.raises(TransitionError, match="Choose the accident itself"):
        move(cast, "reopen", cause="missed_item", note="Đạn cối 60 mm ở bờ ruộng.")
    move(cast, "reopen", cause="inspection", note="Đạn cối 60 mm ở bờ ruộng.")
    assert status() == "open"
    assert Event.objects.filter(action="area.move").count() == 5
    the_register_is_its_fold()
    assert status() == "open"


def test_what_was_true_and_known_before_stays(cast, area):
    before = decision_newest()
    move(cast, "start", days=30)
    started = decision_newest()
    move(cast, "suspend", days=10, note="Mùa mưa.")
    now = decision_newest()
    told = {
        (30, before): "open",
        (31, now): "open",
        (30, now): "ongoing",
        (5, started): "ongoing",
        (10, now): "suspended",
        (5, now): "suspended",
    }
    record = Record.objects.get(local_id=AREA)
    for (days, known), expected in told.items():
        then = AreaFilter(as_of=ago(days), known=known if known < now else None)
        assert listed(**then.__dict__) == [(AREA, expected)], (days, known)
        assert area_counts(EVERYTHING, then)[expected] == 1
        state = state_then(record, None, asof(ago(days), known))
        assert (state in {"ongoing", "suspended"}) == (expected != "open")
    assert [s.decision.data["step"] for s in steps_taken(record, asof())] == ["suspend", "start"]
    assert [s.on for s in steps_taken(record, asof(known=started))] == [ago(30)]


def test_once_a_step_was_taken_reports_no_longer_move_it(cast, area):
    record = Record.objects.get(local_id=AREA)
    enter(cha(1, days_ago=40).but(status="suspended"), cast, record_id=record.pk)
    assert status() == "suspended"
    move(cast, "resume", days=30)
    enter(cha(1, days_ago=20).but(status="closed"), cast, record_id=record.pk)
    assert status() == "ongoing"
    the_register_is_its_fold()
    assert status() == "ongoing"


def test_two_steps_of_one_day_and_a_correction_of_reports_fold_alike(cast, area):
    move(cast, "task", days=30)
    move(cast, "start", days=30)
    assert list(State.objects.filter(known_to=None).values_list("state", flat=True)) == ["ongoing"]
    the_register_is_its_fold()


def test_discredited_ground_is_in_no_count_and_in_no_list_unless_asked_for(cast, area):
    with pytest.raises(TransitionError, match="number of the record"):
        move(cast, "discredit", days=10, note="Không có vật nổ.")
    move(cast, "discredit", days=10, note="Khảo sát lại, không có vật nổ.", paper="3/BB-KS")
    assert listed() == []
    assert sum(area_counts(EVERYTHING, AreaFilter()).values()) == 0
    assert [i for i, _ in listed(state=("discredited",))] == [AREA]


def test_who_worked_there_does_not_accept_it(cast, area):
    enter(release(1, days_ago=20).but(cha_ids=AREA), cast)
    move(cast, "complete", days=10)
    officer = cast["kiemtra1"]  # seconded by the military, which has no part in it
    move(cast, "accept", days=5, who="kiemtra1", paper="1/BB")
    with pytest.raises(Record.DoesNotExist):
        move(cast, "hand_over", who="renew", paper="1")
    assert officer.organisation.key == "military"


def test_somebody_who_looked_at_another_state_is_told(cast, area):
    move(cast, "start", days=3)
    with pytest.raises(ConflictError, match="just changed"):
        move(cast, "start", seen="cha")
    assert Decision.objects.filter(kind="moved").count() == 1


def test_only_an_area_that_is_at_work_can_stand_still(cast, area):
    def still() -> list[str]:
        return [s.local_id for s in stalled_areas(EVERYTHING, asof(), AreaFilter())[1]]

    def at_night() -> int:
        with acting(SYSTEM):
            register_check(by=SYSTEM)
        return RecordFinding.objects.filter(rule="area_stalled", resolved_at=None).count()

    record = Record.objects.get(local_id=AREA)
    enter(cha(1, days_ago=50).but(status="worked_on"), cast, record_id=record.pk)
    assert (still(), at_night()) == ([AREA], 1)
    move(cast, "suspend", days=40, note="Mùa mưa.")  # the report still says "worked on"
    assert (still(), at_night()) == ([], 0)
    move(cast, "resume", days=39)
    assert (still(), at_night()) == ([AREA], 1)


def test_an_area_with_a_release_is_not_discredited_and_no_report_closes_one(cast, area):
    record = Record.objects.get(local_id=AREA)
    enter(cha(1, days_ago=30).but(status="closed"), cast, record_id=record.pk)
    assert (life_of(record).state, status()) == ("completed", "ongoing")  # the operator's word
    move(cast, "reopen", days=9, cause="other", note="Còn phần chưa rà.")
    move(cast, "discredit", days=8, note="Không có vật nổ.", paper="3/BB-KS")
    enter(cha(2, days_ago=60), cast)
    enter(release(2, days_ago=20).but(cha_ids="HAZ-409-600002"), cast)
    with acting(cast["kiemtra2"]), pytest.raises(TransitionError, match="released already"):
        area_move(
            local_id="HAZ-409-600002",
            step="discredit",
            seen="cha",
            on=ago(1),
            by=cast["kiemtra2"],
            note="Không có vật nổ.",
            paper="3/BB-KS",
        )


def test_after_a_reopening_the_old_completion_completes_nothing(cast, area):
    enter(release(1, days_ago=20).but(cha_ids=AREA), cast)
    move(cast, "complete", days=20)
    move(cast, "reject", days=15, note="Còn vật nổ ở mép ruộng.")
    with pytest.raises(TransitionError, match="No completion report"):
        move(cast, "complete", days=10)
    enter(release(1, days_ago=8, lr_id="HR-CLC-409-600009").but(cha_ids=AREA), cast)
    move(cast, "complete", days=8)
    move(cast, "reopen", days=5, cause="inspection")
    with pytest.raises(TransitionError, match="No completion report"):
        move(cast, "complete", days=2)
    late = release(1, days_ago=9, lr_id="HR-CLC-409-600010").but(cha_ids=AREA)
    enter(late, cast)  # came in later, and tells of the time before
    with pytest.raises(TransitionError, match="No completion report"):
        move(cast, "complete", days=2)


def test_a_completion_that_counts_no_more_is_found_at_night(cast, area):
    def at_night() -> list[str]:
        with acting(SYSTEM):
            register_check(by=SYSTEM)
        found = RecordFinding.objects.filter(rule="area_done_uncompleted", resolved_at=None)
        return [f.values["state"]["en"] for f in found]

    done = enter(release(1, days_ago=20).but(cha_ids=AREA), cast)
    move(cast, "complete", days=20)
    move(cast, "accept", days=15, paper="7/BB-NT")
    assert at_night() == []
    with acting(cast["kiemtra2"]):
        step_propose(id=done.pk, step="withdraw", by=cast["kiemtra2"], note="nhầm khu vực")
    with acting(cast["kiemtra1"]):
        step_confirm(id=done.pk, by=cast["kiemtra1"], confirm=True)
    assert at_night() == ["Accepted, to be handed over"]
    with pytest.raises(TransitionError, match="No completion report"):
        move(cast, "hand_over", days=2, paper="7/BG")

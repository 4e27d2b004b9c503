"""Steps that a report implies: offered with its approval, taken with it, or left on a list."""

from __future__ import annotations

import datetime as dt

import pytest
from shapely import affinity

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.hazards.models import HazardousArea
from datlanh.intake.models import Report
from datlanh.intake.selectors.implied import implied_by
from datlanh.intake.selectors.steps_left import areas_left, steps_left
from datlanh.intake.services.approving import report_approve
from datlanh.intake.services.comparing import register_verify
from datlanh.intake.services.dividing import said_by
from datlanh.intake.services.implying import Ticked, left_take, ticked_read
from datlanh.intake.services.lifecycle import area_move, life_of
from datlanh.kernel import clock
from datlanh.kernel.errors import ConflictError, TransitionError
from datlanh.register.models import Decision, Record, State
from support.drafts import progress
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

AREA = "HAZ-409-600001"


@pytest.fixture
def cast():
    return demo_cast()


@pytest.fixture
def area(cast):
    approved(waiting(cha(1, days_ago=60), cast), by=cast["kiemtra2"])
    return Record.objects.get(local_id=AREA)


def waiting(draft, cast) -> Report:
    return let_through(verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"]))


def offered(report, cast, record=None):
    with acting(cast["kiemtra2"]):
        return implied_by(report, said_by(report), cast["kiemtra2"], record)


def half(number):
    """A release on one half of an area's ground."""
    ground = field_of(number)
    west, south, _, _ = ground.bounds
    return affinity.scale(ground, xfact=0.5, origin=(west, south, 0))


def ago(days: int) -> dt.date:
    return clock.today() - dt.timedelta(days=days)


def state() -> str:
    return HazardousArea.objects.get(local_id=AREA).state


def take(report, cast, *values, who="kiemtra2", **more):
    with acting(cast[who]):
        return report_approve(id=report.pk, by=cast[who], ticked=ticked_read(values), **more)


def move(cast, step, *, days=0, **more):
    record = Record.objects.get(local_id=AREA)
    with acting(cast["kiemtra2"]):
        seen = life_of(record).state
        return area_move(
            local_id=AREA, step=step, seen=seen, on=ago(days), by=cast["kiemtra2"], **more
        )


def told(ways):
    return [(w.told.state, [(s.name, s.on) for s in w.steps], w.is_ticked) for w in ways]


def test_a_completion_over_the_whole_ground_offers_and_takes_completion(cast, area):
    report = waiting(release(1, days_ago=3).but(cha_ids=AREA), cast)
    (way,) = offered(report, cast)
    assert told([way]) == [("completed", [("complete", ago(3))], True)]
    assert way.rest_m2 < 1
    take(report, cast, way.value)
    assert state() == "completed"
    (moved,) = Decision.objects.filter(kind="moved")
    assert (moved.report_id, moved.note) == (report.pk, "")
    with acting(SYSTEM):
        assert register_verify().equal


def test_where_ground_is_left_the_work_goes_on_and_completion_wants_a_tick(cast, area):
    draft = release(1, days_ago=3).but(cha_ids=AREA).at(polygon_points=half(1))
    report = waiting(draft, cast)
    going, done = offered(report, cast)
    assert told([going, done]) == [
        ("ongoing", [("start", ago(15))], True),
        ("completed", [("complete", ago(3))], False),
    ]
    assert done.rest_m2 == pytest.approx(done.area_m2 / 2, rel=0.01)
    take(report, cast, going.value, done.value)  # both are ticked: one after the other
    assert state() == "completed"
    assert list(Decision.objects.filter(kind="moved").values_list("data__step", flat=True)) == [
        "start",
        "complete",
    ]


def test_a_suspension_begins_and_suspends_with_its_reason(cast, area):
    draft = release(1, days_ago=3, lr_id="HR-CLS-409-600001", status="suspended")
    draft = draft.but(cha_ids=AREA, suspension_cancellation_reasons="Mùa mưa.")
    report = waiting(draft, cast)
    (way,) = offered(report, cast)
    assert told([way]) == [("suspended", [("start", ago(15)), ("suspend", ago(3))], True)]
    take(report, cast, way.value)
    assert state() == "suspended"
    assert Decision.objects.filter(kind="moved").last().note == "Mùa mưa."
    assert dict(State.objects.filter(known_to=None).values_list("state", "true_from")) == {
        "ongoing": ago(15),
        "suspended": ago(3),
    }


def test_progress_begins_the_work_and_old_progress_resumes_nothing(cast, area):
    report = waiting(progress().but(cha_ids=AREA), cast)
    (way,) = offered(report, cast)
    assert (way.told.state, way.steps[0].name) == ("ongoing", "start")
    move(cast, "start", days=50)
    move(cast, "suspend", days=0, note="Hết kinh phí.")
    assert offered(report, cast) == []  # what it tells was before the suspension


def test_nothing_is_taken_that_nobody_ticked_and_the_list_says_so(cast, area):
    who = cast["kiemtra2"]
    report = take(waiting(release(1, days_ago=3).but(cha_ids=AREA), cast), cast)
    assert state() == "cha"
    with acting(who):
        (left,) = steps_left(who).rows
        assert (left.way.area.local_id, left.source.local_id) == (AREA, "HR-CLC-409-600001")
        assert areas_left(who, [report]) == 1
        assert left_take(ticked=ticked_read([left.way.value]), by=who)
        assert state() == "completed"
        assert steps_left(who).rows == []
        assert areas_left(who, [report]) == 0
        with pytest.raises(ConflictError, match="just changed"):
            left_take(ticked=[Ticked(AREA, "cha", "completed")], by=who)
    with acting(SYSTEM):
        assert register_verify().equal


def test_an_area_moved_meanwhile_stops_report_and_step_alike(cast, area):
    report = waiting(release(1, days_ago=3).but(cha_ids=AREA), cast)
    (way,) = offered(report, cast)
    move(cast, "start", days=10)
    with pytest.raises(ConflictError, match="just changed"):
        take(report, cast, way.value)
    report.refresh_from_db()
    assert (report.state, state()) == ("verified", "ongoing")
    with pytest.raises(ConflictError, match="no longer leads"):
        take(report, cast, f"{AREA}|ongoing|suspended")
    with pytest.raises(TransitionError):
        take(report, cast, "nonsense")
    with pytest.raises(Record.DoesNotExist):
        take(report, cast, "HAZ-409-699999|cha|completed")


def test_an_area_without_steps_follows_its_own_reports_by_itself(cast, area):
    report = waiting(cha(1, days_ago=20).but(status="suspended"), cast)
    assert offered(report, cast, area) == []
    move(cast, "start", days=40)
    (way,) = offered(report, cast, area)
    assert told([way]) == [("suspended", [("suspend", ago(20))], True)]


def test_an_operators_word_that_it_is_closed_completes_no_more_than_the_workflow_lets_it(
    cast, area
):
    move(cast, "start", days=40)
    report = waiting(cha(1, days_ago=20).but(status="closed"), cast)
    (way,) = offered(report, cast, area)
    assert (way.told.state, way.is_ticked) == ("completed", False)
    assert "No completion report" in way.refusal.en


def test_a_report_that_names_another_state_of_its_area_is_a_finding(cast, area):
    def found(draft) -> list[tuple[str, str, str]]:
        report = received(draft, by=cast["renew.hientruong"])
        rows = report.findings.filter(rule="area_state_differs")
        return [(f.severity, f.question, f.values["state"]["en"]) for f in rows]

    move(cast, "start", days=40)
    assert found(release(1, days_ago=3).but(cha_ids=AREA)) == []
    later = {"lr_id": "HR-CLC-409-600002", "cha_ids": AREA}
    assert found(release(1, days_ago=45).but(**later)) == [
        ("info", "status", "Confirmed (CHA)")  # on that day nobody had begun
    ]
    assert found(cha(1, days_ago=20)) == [("warn", "status", "Ongoing")]
    assert found(cha(1, days_ago=50)) == []


def test_somebody_elses_area_tells_its_public_state_alone(cast, area):
    move(cast, "task", days=40)
    draft = release(2, days_ago=3, organisation="mag", first=800000).but(cha_ids=AREA)
    report = received(draft, by=cast["mag.hientruong"])
    (found,) = report.findings.filter(rule="area_state_differs")
    assert found.values["state"]["en"] == "Open"

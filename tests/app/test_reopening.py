"""Reopening with the accident or the missed item itself, and what it shows on both sides."""

from __future__ import annotations

import datetime as dt

import pytest

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.intake.selectors.area_life import steps_taken
from datlanh.intake.selectors.causes import causes_for, reopened_for
from datlanh.intake.services.comparing import register_verify
from datlanh.intake.services.lifecycle import area_move, life_of
from datlanh.intake.services.rebuilding import register_rebuild
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError, TransitionError
from datlanh.register.models import Record
from datlanh.register.selectors import asof
from support.drafts import accident, eod_task
from support.reports import approved, cha, demo_cast, let_through, received, release, verified

pytestmark = pytest.mark.django_db
AREA = "HAZ-409-600001"


@pytest.fixture
def cast():
    return demo_cast()


def enter(draft, cast, **more):
    report = verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"])
    report = approved(let_through(report), by=cast["kiemtra2"], **more)
    return Record.objects.get(pk=report.record_id)


def move(cast, step, *, days=0, who="kiemtra2", **more):
    record = Record.objects.get(local_id=AREA)
    on = clock.today() - dt.timedelta(days=days)
    with acting(cast[who]):
        seen = life_of(record).state
        return area_move(local_id=AREA, step=step, seen=seen, on=on, by=cast[who], **more)


@pytest.fixture
def area(cast):
    """Handed over ten days ago."""
    record = enter(cha(1, days_ago=60), cast)
    enter(release(1, days_ago=20).but(cha_ids=AREA), cast)
    move(cast, "complete", days=20)
    move(cast, "accept", days=15, paper="7/BB-NT")
    move(cast, "hand_over", days=10, paper="7/BG")
    return record


def proposed(cast, area) -> list[tuple[str, str, str]]:
    with acting(cast["kiemtra2"]):
        found = causes_for(area, cast["kiemtra2"])
    return [(t.cause, t.local_id, t.told.en if t.told else "") for t in found]


def test_what_happened_near_it_since_is_proposed_and_nothing_else(cast, area):
    enter(eod_task(1, days_ago=3), cast)
    enter(eod_task(1, days_ago=40, first=610000), cast)  # before the land was cleared
    enter(eod_task(9, days_ago=3), cast)  # another place
    enter(accident(1, days_ago=3), cast)
    assert proposed(cast, area) == [
        ("missed_item", "HR-EOD-409-600001", "inside the area"),
        ("accident", "INC-409-600001", "inside the area"),
    ]


def test_the_accident_stands_on_both_sides(cast, area):
    happened = enter(accident(1, days_ago=3), cast)
    move(cast, "reopen", cause="accident", because="inc-409-600001", note="Hai người bị nạn.")
    step = steps_taken(area, asof())[0]
    assert (step.because, step.cause.en) == (happened, "An accident happened")
    with acting(cast["kiemtra2"]):
        (told,) = reopened_for(happened, cast["kiemtra2"])
        assert (told.area, told.cause.en) == (area, "An accident happened")
    with acting(cast["mag"]):  # another operator's area is none of theirs
        assert reopened_for(happened, cast["mag"]) == []
    with acting(SYSTEM):
        assert register_verify().equal
        register_rebuild(by=SYSTEM)
        assert register_verify().equal


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"cause": "accident"}, "Choose the accident itself"),
        ({"cause": "missed_item", "because": "INC-409-600001"}, "Choose the accident itself"),
        ({"cause": "accident", "because": "INC-409-699999"}, "has no record"),
        ({"cause": "accident", "because": AREA}, "Choose the accident itself"),
        ({"cause": "other"}, "Give the reason"),
    ],
)
def test_a_cause_without_the_thing_itself_reopens_nothing(cast, area, said, refusal):
    enter(accident(1, days_ago=3), cast)
    with pytest.raises((DomainError, TransitionError), match=refusal):
        move(cast, "reopen", **said)
    assert life_of(area).state == "closed"


def test_a_missed_item_may_be_a_later_release(cast, area):
    found = enter(release(1, days_ago=2, lr_id="HR-CLC-409-600009").but(cha_ids=AREA), cast)
    assert ("missed_item", found.local_id) in {(c, i) for c, i, _ in proposed(cast, area)}
    move(cast, "reopen", cause="missed_item", because=found.local_id)
    assert life_of(area).state == "cha"

"""States through two times; the life of an area as a table; IMSMA's status beside ours."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datlanh.hazards.models import PublicStatus
from datlanh.hazards.rules import PUBLIC_STATUS, effective_status, public_status, reported_state
from datlanh.hazards.workflow import CAUSES, LIFE, AreaStep
from datlanh.kernel.states import lasting, moved, newest, state_on, state_spans
from support.lives import Life

RECORDS = [UUID(int=i) for i in (1, 2)]
DAYS = st.integers(0, 6).map(lambda n: dt.date(2026, 1, 1) + dt.timedelta(n))
STEPS = st.lists(st.tuples(st.sampled_from(RECORDS), DAYS, st.sampled_from("abc")), max_size=12)


def then(steps, record, seq, on):
    """The state at two times, said without spans: the last decision of the latest day."""
    known = [(day, n, state) for n, r, day, state in steps if r == record and n <= seq]
    told = [one for one in known if one[0] <= on]
    return max(told)[2] if told else ""


@given(STEPS)
def test_spans_tell_every_pair_of_times_what_steps_say(said):
    steps = [(n, *one) for n, one in enumerate(said, 1)]
    spans = state_spans(steps)
    for record in RECORDS:
        for seq in range(len(steps) + 1):
            for day in (dt.date(2025, 12, 31) + dt.timedelta(n) for n in range(9)):
                found = [
                    s.lasting.state
                    for s in spans
                    if s.record == record
                    and s.known_from <= seq
                    and (s.known_to is None or seq < s.known_to)
                    and s.lasting.start <= day
                    and (s.lasting.end is None or day < s.lasting.end)
                ]
                assert found == [w for w in [then(steps, record, seq, day)] if w]


@given(STEPS)
def test_a_timeline_says_what_its_spans_say(said):
    timeline = ()
    for _record, on, state in said:
        timeline = moved(timeline, on, state)
        assert state_on(timeline, on) == state
    assert newest(timeline) == (lasting(timeline)[-1].state if timeline else "")


def test_every_state_has_one_public_status():
    assert set(PUBLIC_STATUS) == set(LIFE.state_keys)
    assert set(PUBLIC_STATUS.values()) == set(PublicStatus.values)
    closed = {state for state in LIFE.state_keys if public_status(state) == "closed"}
    assert closed == {"closed", "discredited"}  # not what is completed, nor what is accepted


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({}, "cha"),
        ({"area_type": "sha"}, "sha"),
        ({"reported_status": "open", "area_type": "cha"}, "cha"),
        ({"reported_status": "worked_on", "area_type": "sha"}, "ongoing"),
        ({"reported_status": "suspended"}, "suspended"),
        ({"reported_status": "closed"}, "completed"),  # the operator's word; closed is the handover
        ({"reported_status": "nonsense"}, "cha"),
    ],
)
def test_without_a_step_the_state_is_what_the_report_names(values, state):
    assert reported_state(values) == state


# domain knowledge: the task's status counts where it is one of four, else the land's
@pytest.mark.parametrize(
    ("land", "task", "effective"),
    [
        ("open", "", "open"),
        ("open", "open", "open"),
        ("open", "closed", "open"),  # a closed task says nothing of the land
        ("open", "suspended", "suspended"),
        ("open", "ongoing", "ongoing"),
        ("open", "worked_on", "ongoing"),
        ("open", "completed", "closed"),
        ("worked_on", "", "ongoing"),
        ("ongoing", "suspended", "suspended"),
        ("suspended", "", "suspended"),
        ("closed", "", "closed"),
        ("closed", "ongoing", "ongoing"),
        ("closed", "open", "closed"),
        ("", "", "open"),
    ],
)
def test_the_effective_status_of_imsma(land, task, effective):
    assert effective_status(land, task) == effective


TODAY = dt.date(2026, 11, 25)
BEST = AreaStep(
    1, TODAY, TODAY, note="vì sao", cause="accident", cause_kind="accident", paper="12/BB"
)


def test_the_whole_way_from_an_indication_to_the_handover_and_back():
    life = Life()
    for step in (
        *("suspect", "confirm", "task", "start", "suspend", "resume", "complete", "reject"),
        *("complete", "accept", "hand_over", "reopen", "start"),
    ):
        life.state = LIFE.check(step, life, life.state, BEST).target
    assert life.state == "ongoing"


@pytest.mark.parametrize(
    ("step", "state", "change", "attempt", "refusal"),
    [
        ("hand_over", "completed", {}, {}, "not possible"),
        ("accept", "completed", {}, {"paper": " "}, "number of the record"),
        ("accept", "completed", {"organisations": frozenset({1})}, {}, "Nobody of an organisation"),
        ("hand_over", "inspected", {"organisations": frozenset({1})}, {}, "Nobody of an"),
        ("complete", "ongoing", {"completed": False}, {}, "No completion report"),
        ("reopen", "closed", {}, {"cause": "because"}, "Choose the cause"),
        ("reopen", "closed", {}, {"cause": "other", "note": ""}, "Give the reason"),
        ("reopen", "closed", {}, {"cause_kind": ""}, "Choose the accident itself"),
        ("reopen", "closed", {}, {"cause": "missed_item"}, "Choose the accident itself"),
        ("suspend", "ongoing", {}, {"note": ""}, "Give the reason"),
        ("discredit", "cha", {"released": True}, {}, "released already"),
        ("discredit", "sha", {}, {"paper": ""}, "number of the record"),
        ("split", "cha", {}, {}, "second person"),
        ("merge", "cha", {}, {"is_of_two": True, "note": ""}, "Give the reason"),
        ("split", "closed", {}, {"is_of_two": True}, "not possible"),
        ("start", "cha", {"is_live": False}, {}, "No report about this area counts"),
        ("start", "cha", {}, {"on": TODAY + dt.timedelta(1)}, "future"),
        ("start", "cha", {"last_on": TODAY}, {"on": TODAY - dt.timedelta(1)}, "newest step"),
        ("start", "cha", {"known_since": TODAY}, {"on": dt.date(2020, 1, 1)}, "known since"),
    ],
)
def test_what_the_table_refuses(step, state, change, attempt, refusal):
    life = Life(**change)
    said = AreaStep(**(BEST.__dict__ | attempt))
    told = LIFE.refusal(step, life, state, said)
    assert told is not None
    assert refusal in told.en


def test_causes_are_said_in_both_languages():
    assert all(text.vi and text.en for text in CAUSES.values())

"""Words and figures in two languages, the one clock, and workflows as data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import pytest

from datlanh.kernel import clock
from datlanh.kernel.errors import (
    ConflictError,
    DomainError,
    TransitionError,
    TryLaterError,
    UnreadableError,
)
from datlanh.kernel.text import MINUS, NBSP, Text, day, hectares, number, written
from datlanh.kernel.workflow import State, Transition, Workflow

# --- words ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (61947.2, "61.947,2", "61,947.2"),
        (1234567, "1.234.567", "1,234,567"),
        (0.126, "0,13", "0.13"),
        (5.0, "5", "5"),
        (100.0, "100", "100"),
        (-3.5, f"{MINUS}3,5", f"{MINUS}3.5"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(value: float, vi: str, en: str) -> None:
    assert number(value, "vi") == vi
    assert number(value, "en") == en


def test_decimals_can_be_fixed() -> None:
    assert number(5, "vi", 2) == "5,00"
    assert hectares(482_500, "vi") == f"48,2{NBSP}ha"
    assert hectares(482_500, "en", 2) == f"48.25{NBSP}ha"


def test_dates_are_day_month_year_in_both_languages() -> None:
    assert day(dt.date(2026, 11, 3)) == "03/11/2026"


def test_a_sentence_takes_values_in_its_language() -> None:
    text = Text("{what}: {area} m², ngày {on}, {flag}", "{what}: {area} m² on {on}, {flag}")
    values = {
        "what": Text("Vùng", "Area"),
        "area": 1234.5,
        "on": dt.date(2026, 1, 2),
        "flag": True,
    }
    assert text.say("vi", **values) == "Vùng: 1.234,5 m², ngày 02/01/2026, True"
    assert text.say("en", **values) == "Area: 1,234.5 m² on 02/01/2026, True"
    assert str(text) == text.vi
    assert Text("{", "}").say("en") == "}"
    assert written(["a"], "vi") == "['a']"


# --- refusals ------------------------------------------------------------------------------


def test_refusals_speak_both_languages_and_keep_their_code() -> None:
    refused = DomainError(Text("Không: {why}", "No: {why}"), code="nope", why="x")
    assert (refused.say("vi"), refused.say("en")) == ("Không: x", "No: x")
    assert (str(refused), refused.code) == ("No: x", "nope")
    kinds = (TransitionError, ConflictError, UnreadableError, TryLaterError, DomainError)
    assert len({k(Text("a", "b")).code for k in kinds}) == len(kinds)


# --- the clock -----------------------------------------------------------------------------


def test_the_clock_stands_still_when_frozen_and_runs_again_after() -> None:
    at = dt.datetime(2026, 11, 22, 18, 30, tzinfo=dt.UTC)
    with clock.frozen(at):
        assert clock.now() == at
        assert clock.today() == dt.date(2026, 11, 23)  # 01:30 in the province
        with clock.frozen(at + dt.timedelta(days=1)):
            assert clock.today() == dt.date(2026, 11, 24)
        assert clock.now() == at
    assert clock.now() != at
    assert clock.now().tzinfo is dt.UTC


def test_the_clock_refuses_an_instant_without_a_zone() -> None:
    with pytest.raises(ValueError, match="aware"), clock.frozen(dt.datetime(2026, 1, 1)):  # noqa: DTZ001
        pass


def test_a_day_begins_at_midnight_in_the_province() -> None:
    begins = clock.local_midnight(dt.date(2026, 11, 23))
    assert begins.astimezone(dt.UTC) == dt.datetime(2026, 11, 22, 17, tzinfo=dt.UTC)
    assert clock.local_date(begins) == dt.date(2026, 11, 23)


# --- workflows -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Move:
    note: str = ""


NO_NOTE = Text("Ghi lý do.", "Give the reason.")


def note_given(subject: str, move: Move) -> Text | None:
    return None if move.note else NO_NOTE


OPEN, SHUT, GONE = (
    State("open", Text("Mở", "Open")),
    State("shut", Text("Đóng", "Shut")),
    State("gone", Text("Hủy", "Gone"), final=True),
)
CLOSE: Transition[str, Move] = Transition(
    "close", Text("Đóng", "Close"), frozenset({"open"}), "shut", "door:close"
)
DROP: Transition[str, Move] = Transition(
    "drop", Text("Hủy", "Drop"), frozenset({"open", "shut"}), "gone", "door:drop", (note_given,)
)
DOOR: Workflow[str, Move] = Workflow("door", "open", (OPEN, SHUT, GONE), (CLOSE, DROP))


def test_a_workflow_says_what_is_possible() -> None:
    assert DOOR.state_keys == ("open", "shut", "gone")
    assert [t.name for t in DOOR.leaving("open")] == ["close", "drop"]
    assert DOOR.state("shut") is SHUT
    assert "close" in DOOR
    assert "lock" not in DOOR
    assert DOOR.check("close", "door", "open", Move()) is CLOSE
    assert DOOR.check("drop", "door", "shut", Move("broken")) is DROP


def test_a_workflow_refuses_the_wrong_state_by_name() -> None:
    with pytest.raises(TransitionError) as refused:
        DOOR.check("close", "door", "shut", Move())
    assert "“Shut”" in refused.value.say("en")
    assert "«Đóng»" in refused.value.say("vi")


def test_a_guard_says_why_not() -> None:
    with pytest.raises(TransitionError, match="reason"):
        DOOR.check("drop", "door", "open", Move())
    assert DOOR.refusal("drop", "door", "open", Move()) is NO_NOTE


@pytest.mark.parametrize(
    ("states", "transitions", "complaint"),
    [
        ((OPEN, SHUT, GONE), (CLOSE, DROP, CLOSE), "stands twice"),
        ((OPEN, GONE), (CLOSE, DROP), "unknown state shut"),
        ((OPEN, SHUT, GONE), (replace(DROP, sources=frozenset({"open"})),), "shut is never"),
        ((OPEN, replace(SHUT, final=True), GONE), (CLOSE, DROP), "leaves final state shut"),
        ((OPEN, SHUT), (CLOSE,), "shut is a dead end"),
    ],
)
def test_a_workflow_with_a_hole_is_refused_when_built(
    states: tuple[State, ...], transitions: tuple[Transition[str, Move], ...], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        Workflow("door", "open", states, transitions)

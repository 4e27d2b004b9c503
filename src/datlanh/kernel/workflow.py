"""Workflows as data: states, transitions, guards. One table feeds buttons, checks and docs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from datlanh.kernel.errors import TransitionError
from datlanh.kernel.text import Text

S = TypeVar("S")


class Move(Protocol):
    """What a guard may ask about the one who moves."""

    @property
    def note(self) -> str: ...


M = TypeVar("M", bound=Move)
Guard = Callable[[S, M], "Text | None"]

NOT_FROM_HERE = Text(
    "Không thực hiện được «{step}»: trạng thái hiện tại là «{state}».",
    "“{step}” is not possible: the state is “{state}”.",
)


@dataclass(frozen=True)
class State:
    """A state with its names; `final` states have no way out."""

    key: str
    label: Text
    final: bool = False


@dataclass(frozen=True)
class Transition(Generic[S, M]):
    """A named move from some states to one; guards return the refusal, or None."""

    name: str
    label: Text
    sources: frozenset[str]
    target: str
    permission: str
    guards: tuple[Guard[S, M], ...] = ()
    two_persons: bool = False


@dataclass(frozen=True)
class Workflow(Generic[S, M]):
    """A process. Validates itself when built: no dead ends, no unknown or unreachable state."""

    name: str
    initial: str
    states: tuple[State, ...]
    transitions: tuple[Transition[S, M], ...]
    _by_name: dict[str, Transition[S, M]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {t.name: t for t in self.transitions})
        problems = list(self._problems())
        if problems:
            raise ValueError(f"workflow {self.name}: {'; '.join(problems)}")

    def __getitem__(self, name: str) -> Transition[S, M]:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    @property
    def state_keys(self) -> tuple[str, ...]:
        return tuple(s.key for s in self.states)

    def state(self, key: str) -> State:
        """The state of that key. Raises KeyError."""
        return next(s for s in self.states if s.key == key)

    def leaving(self, state: str) -> tuple[Transition[S, M], ...]:
        """Every transition that starts in `state`."""
        return tuple(t for t in self.transitions if state in t.sources)

    def refusal(self, name: str, subject: S, state: str, move: M) -> Text | None:
        """Why this move is not possible now, or None when it is."""
        transition = self[name]
        if state not in transition.sources:
            return Text(
                NOT_FROM_HERE.say("vi", step=transition.label.vi, state=self.state(state).label.vi),
                NOT_FROM_HERE.say("en", step=transition.label.en, state=self.state(state).label.en),
            )
        return next((text for g in transition.guards if (text := g(subject, move))), None)

    def check(self, name: str, subject: S, state: str, move: M) -> Transition[S, M]:
        """The transition, when `move` may make it. Raises TransitionError with the reason."""
        if refusal := self.refusal(name, subject, state, move):
            raise TransitionError(refusal)
        return self[name]

    def _problems(self) -> Iterable[str]:
        keys = set(self.state_keys)
        if len(self._by_name) != len(self.transitions):
            yield "a transition name stands twice"
        for t in self.transitions:
            for key in {*t.sources, t.target} - keys:
                yield f"{t.name} names unknown state {key}"
            for key in t.sources & {s.key for s in self.states if s.final}:
                yield f"{t.name} leaves final state {key}"
        reached = {self.initial}
        while more := {t.target for t in self.transitions if t.sources & reached} - reached:
            reached |= more
        for key in keys - reached:
            yield f"{key} is never reached"
        for state in self.states:
            if not state.final and not self.leaving(state.key):
                yield f"{state.key} is a dead end and not final"

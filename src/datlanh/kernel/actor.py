"""Who does something: a person with an account, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol


class Actor(Protocol):
    """The `by` of every service. `id` and `organisation_id` are None for the system."""

    @property
    def id(self) -> int | None: ...
    @property
    def organisation_id(self) -> int | None: ...
    @property
    def full_name(self) -> str: ...
    @property
    def is_system(self) -> bool: ...


@dataclass(frozen=True)
class SystemActor:
    """Jobs, commands and imports: sees everything, is nobody."""

    id: None = None
    organisation_id: None = None
    full_name: str = "Đất Lành"
    is_system: Literal[True] = True


SYSTEM = SystemActor()

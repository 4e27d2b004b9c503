"""Who does something: a person with an account, or the system itself."""

from __future__ import annotations

from typing import Protocol


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

"""What the house refuses, as typed errors that carry a sentence in both languages."""

from __future__ import annotations

from datlanh.kernel.text import Text


class DomainError(Exception):
    """A refusal shown to the person who asked. `code` is stable and may be searched for."""

    code = "refused"

    def __init__(self, text: Text, /, *, code: str | None = None, **values: object) -> None:
        super().__init__(text.say("en", **values))
        self.text = text
        self.values = values
        if code:
            self.code = code

    def say(self, language: str) -> str:
        """The refusal in `language`."""
        return self.text.say(language, **self.values)


class TransitionError(DomainError):
    """The workflow does not allow this move now, or not by this person."""

    code = "transition"


class ConflictError(DomainError):
    """Somebody else was quicker, or two truths of one date need a choice."""

    code = "conflict"


class UnreadableError(DomainError):
    """What was sent cannot be read (broken, too large, forbidden content)."""

    code = "unreadable"


class TryLaterError(DomainError):
    """Nothing was lost, nothing was kept: send again later (full disk, too busy)."""

    code = "try_later"

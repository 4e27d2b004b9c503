"""References: what payloads and claims hold in the place of what the person store keeps.

`{"person": "<uuid>"}` leads to one answer kept alone, `{"person": …, "field": "<question>"}` to
one answer of a bundle. In payloads a reference also carries a `mark`: what two reports must
share for the fold to take their answers for the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def is_reference(value: Any) -> bool:
    """Whether a value stands for something sealed. No form can answer with one."""
    return isinstance(value, dict) and "person" in value


def reference(person: str, field: str | None, mark: str | None) -> dict[str, str]:
    """The reference to an answer."""
    told = {"person": person, "field": field, "mark": mark}
    return {k: v for k, v in told.items() if v is not None}


def unmarked(value: Any) -> Any:
    """A reference without its mark; any other value as it is."""
    return {k: v for k, v in value.items() if k != "mark"} if is_reference(value) else value


def compared(value: Any) -> Any:
    """What the fold compares of a value: of a reference its mark, where it has one."""
    return {"mark": value["mark"]} if is_reference(value) and "mark" in value else value


def references_in(value: Any) -> Iterator[str]:
    """Every person that some JSON leads to."""
    if is_reference(value):
        yield str(value["person"])
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from references_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from references_in(inner)


def opened(value: Any, persons: Mapping[str, Any]) -> Any:
    """What a reference leads to among the `persons` that were read; None where it is not there."""
    content = persons.get(value["person"])
    if "field" not in value:
        return content
    return content.get(value["field"]) if isinstance(content, dict) else None

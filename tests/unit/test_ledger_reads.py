"""The ledger is refreshed where something it reads changed: the list of that is whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from datlanh.hazards.ledger import versions


class Asked(Mapping[str, Any]):
    """Values that remember which were asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def test_every_value_the_ledger_reads_is_named():
    of_release, of_area = Asked(), Asked()
    versions.release_said("HR-CLC-409-600001", of_release)
    versions._outline(None, of_area, {})
    assert of_release.names == set(versions.READ_OF_RELEASE)
    assert of_area.names == set(versions.READ_OF_AREA)

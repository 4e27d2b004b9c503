"""What was measured before, so that the same ground is not measured again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import shapely
from numpy.typing import NDArray
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from datlanh.kernel.ledger import Balance, ReleaseBalance
from datlanh.kernel.ledger_cut import Site


@dataclass
class Measured:
    """Balances measured before, so that the same ground is not measured again."""

    areas: dict[Any, Balance] = field(default_factory=dict)
    releases: dict[Any, ReleaseBalance] = field(default_factory=dict)
    sites: dict[int, Site] = field(default_factory=dict)
    steps: dict[Any, Any] = field(default_factory=dict)  # what changed an outline, by its versions
    # By which objects they are: whoever measures keeps what was measured as long as this.
    touching: dict[tuple[int, int], bool] = field(default_factory=dict)
    told: dict[int, tuple[float, ...]] = field(default_factory=dict)

    def site(self, shape: BaseGeometry | None) -> Site | None:
        """The site of a shape; None where there is none."""
        if shape is None or shape.is_empty:
            return None
        key = id(shape)  # the site keeps the shape, so the key stays its own
        if key not in self.sites:
            self.sites[key] = Site(shape)
        return self.sites[key]

    def meet(self, some: NDArray[Any], others: NDArray[Any]) -> None:
        """Find out at once which of many pairs touch, as `near` will ask."""
        try:
            found = shapely.intersects(some, others).tolist()
        except GEOSException:  # one ring that is none: then each pair by itself
            return
        for a, b, touch in zip(some, others, found, strict=True):
            self.touching[id(a), id(b)] = self.touching[id(b), id(a)] = touch

    def near(self, shape: BaseGeometry | None, shapes: Sequence[BaseGeometry]) -> bool:
        """Whether a shape meets any of the shapes."""
        return shape is not None and any(self._touch(shape, other) for other in shapes)

    def _touch(self, a: BaseGeometry, b: BaseGeometry) -> bool:
        key = (id(a), id(b))
        found = self.touching.get(key)
        if found is None:
            found = self.touching[key] = self.touching[key[::-1]] = near(a, (b,))
        return found

    def numbers(self, balance: Balance | ReleaseBalance) -> tuple[float, ...]:
        """What a balance tells, to a square centimetre: less is the noise of an overlay."""
        found = self.told.get(id(balance))
        if found is None:
            names = _NAMES[type(balance)]
            found = tuple(round(getattr(balance, n), 4) for n in names)
            self.told[id(balance)] = found
        return found


def near(shape: BaseGeometry | None, shapes: Sequence[BaseGeometry]) -> bool:
    """Whether a shape meets any of the shapes: by their boxes, then by themselves."""
    if shape is None or shape.is_empty:
        return False
    west, south, east, north = shape.bounds
    for other in shapes:
        w, s, e, n = other.bounds
        if w <= east and west <= e and s <= north and south <= n and _touch(shape, other):
            return True
    return False


def _touch(a: BaseGeometry, b: BaseGeometry) -> bool:
    try:
        return bool(a.intersects(b))
    except GEOSException:  # a ring that is none: what it encloses is measured later
        return True


_NAMES: dict[type[Any], tuple[str, ...]] = {
    kind: tuple(f.name for f in fields(kind)) for kind in (Balance, ReleaseBalance)
}

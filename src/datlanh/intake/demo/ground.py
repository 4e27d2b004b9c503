"""Where the year happens: the communes of the old province, and land not yet taken."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from random import Random

import shapely
from shapely.geometry import Polygon
from shapely.geometry import shape as shape_from

from datlanh.intake.demo import people, shapes
from datlanh.places import selectors as places

# How contamination lies by former district (GSO codes): the old line along the 17th parallel,
# Road 9, the plains of the south. Invented weights.
DISTRICTS = {
    "464": 16,  # Vĩnh Linh
    "466": 20,  # Gio Linh
    "468": 14,  # Cam Lộ
    "469": 13,  # Triệu Phong
    "470": 13,  # Hải Lăng
    "465": 13,  # Hướng Hóa
    "467": 9,  # Đa Krông
    "461": 1.5,  # Đông Hà
    "462": 0.5,  # Quảng Trị town
}
STRIKES = 6  # places per commune around which areas gather
APART_M = 12.0  # neighbours leave a path between them
FROM_BORDER_M = 30.0
TRIES = 60
SITES = ("466", "468", "470", "465")
SPOT_INSIDE_M = 250.0  # a spot and what lies around it belong to one commune
CELL_M = 2000  # taken land is looked up by squares of this size

VILLAGES = people.words(
    "Tân Phú An Lộc Hà Thanh Trung Xuân Hoà Bình Đông Lâm Mỹ Thượng Hạ Phước Thiện Long Hưng "
    "Vĩnh Đại Kim Thạch Lương Nghĩa Trường Sơn Cát Liên Phong Quang"
)


@dataclass(frozen=True)
class Commune:
    """A commune of today with its ground (UTM 48N) and the villages reports name."""

    code: str
    name: str
    district: str
    inside: Polygon
    villages: tuple[str, ...]


@dataclass(frozen=True)
class Plot:
    """A piece of land of its own: the outline of one area (UTM 48N)."""

    commune: Commune
    village: str
    outline: Polygon


@dataclass(frozen=True)
class Spot:
    """A point (UTM 48N) with the commune and village it lies in."""

    commune: Commune
    village: str
    point: shapely.Point

    @property
    def place(self) -> dict[str, str]:
        """As every form asks for it."""
        return {"commune": self.commune.code, "village": self.village}

    @property
    def pair(self) -> list[float]:
        """As a phone sends it: lon/lat."""
        return shapes.pair_of(self.point)

    def near(self, rng: Random, metres: float) -> list[float]:
        """Lon/lat of a place within so many metres."""
        return shapes.pair_of(
            shapely.Point(
                self.point.x + rng.uniform(-metres, metres) * 0.7,
                self.point.y + rng.uniform(-metres, metres) * 0.7,
            )
        )


class Ground:
    """Communes to choose from, and all plots given out so far; none overlaps another."""

    def __init__(self, rng: Random, on: dt.date) -> None:
        self.rng = rng
        self.communes = communes_of(rng, on)
        self.strikes = {
            c.code: [shapes.inside(rng, c.inside) for _ in range(STRIKES)] for c in self.communes
        }
        self.weights = _weights(self.communes)
        # Where what was carried away is destroyed together: one ground in each part. Invented.
        first = {c.district: c for c in reversed(self.communes)}
        self.sites = [first[d].inside.representative_point() for d in SITES if d in first]
        self._taken: dict[tuple[int, int], list[Polygon]] = defaultdict(list)

    def plot(self, area: float) -> Plot:
        """New land of about `area` m²; less where neighbours or a border cut it.

        Raises LookupError when the province is full.
        """
        for attempt in range(TRIES):
            commune = self.rng.choices(self.communes, self.weights)[0]
            wanted = min(area, commune.inside.area / 4)
            found = self._fit(commune, wanted, 1.0 + attempt / 10)
            if found.area >= wanted * 0.6:
                self._take(found)
                return Plot(commune, self.rng.choice(commune.villages), found)
        raise LookupError("no land is left for another area")

    def spot(self, rng: Random, *, districts: Collection[str] = DISTRICTS) -> Spot:
        """A point where people live and dig: near the strikes, inside its commune."""
        weighed = zip(self.communes, self.weights, strict=True)
        able = [(c, w) for c, w in weighed if c.district in districts]
        commune = rng.choices([c for c, _ in able], [w for _, w in able])[0]
        village = rng.choice(commune.villages)
        within = commune.inside.buffer(-SPOT_INSIDE_M)
        for _ in range(TRIES):
            strike = rng.choice(self.strikes[commune.code])
            point = shapely.Point(strike.x + rng.gauss(0, 1500), strike.y + rng.gauss(0, 1500))
            if within.contains(point):
                return Spot(commune, village, point)
        return Spot(commune, village, shapes.inside(rng, commune.inside))

    def _fit(self, commune: Commune, area: float, spread: float) -> Polygon:
        strike = self.rng.choice(self.strikes[commune.code])
        reach = 1600 * spread
        centre = (strike.x + self.rng.gauss(0, reach), strike.y + self.rng.gauss(0, reach))
        if not commune.inside.contains(shapely.Point(centre)):
            return Polygon()
        draw = shapes.boxes if self.rng.random() < 0.6 else shapes.walked
        drawn = draw(self.rng, area, centre)
        if not drawn.is_valid:
            return Polygon()
        near = {id(p): p for cell in _cells(drawn, APART_M) for p in self._taken.get(cell, ())}
        around = shapely.union_all([p.buffer(APART_M) for p in near.values()])
        left = shapes.largest(drawn.intersection(commune.inside).difference(around))
        if left.area < drawn.area * 0.999:
            left = shapes.largest(left.simplify(2.0))
        # Holes and hair-thin strips are what an overlay leaves, not what a team walks.
        opened = Polygon(left.exterior).buffer(-4, join_style="mitre")
        left = shapes.largest(opened.buffer(4, join_style="mitre", mitre_limit=2.0))
        return left if left.is_empty else shapes.sendable(left)

    def _take(self, outline: Polygon) -> None:
        for cell in _cells(outline, 0):
            self._taken[cell].append(outline)


def communes_of(rng: Random, on: dt.date) -> list[Commune]:
    """The communes of `on` in the old province, whatever outlines the gazetteer has."""
    units = list(places.communes(on))
    former = places.former_districts(units)
    drawn = {
        f["properties"]["code"]: shapes.largest(shapes.to_metres(shape_from(f["geometry"])))
        for f in places.communes_geojson(on)["features"]
    }
    found = []
    for unit in sorted(units, key=lambda u: u.code):
        district = former.get(unit.pk)
        if district is None or district.code not in DISTRICTS or unit.code not in drawn:
            continue
        inside = shapes.largest(drawn[unit.code].buffer(-FROM_BORDER_M))
        known = [v.name for v in places.villages(unit)]
        names = tuple(known or (f"Thôn {_village(rng)}" for _ in range(7)))
        found.append(Commune(unit.code, unit.full_name, district.code, inside, names))
    return found


def _village(rng: Random) -> str:
    return " ".join(rng.sample(VILLAGES, 2))


def _weights(communes: list[Commune]) -> list[float]:
    """A district's weight falls to its communes by their size."""
    total: dict[str, float] = defaultdict(float)
    for commune in communes:
        total[commune.district] += commune.inside.area
    return [DISTRICTS[c.district] * c.inside.area / total[c.district] for c in communes]


def _cells(shape: Polygon, around: float) -> list[tuple[int, int]]:
    if shape.is_empty:
        return []
    west, south, east, north = shape.buffer(around).bounds
    return [
        (column, row)
        for column in range(int(west // CELL_M), int(east // CELL_M) + 1)
        for row in range(int(south // CELL_M), int(north // CELL_M) + 1)
    ]

"""What surveyors and clearance teams find: models by how often they turn up, and how deep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from shapely.geometry import Polygon

from datlanh.intake.demo.shapes import inside, pair_of
from datlanh.ordnance.models import Ordnance

# Catalogue key → (weight, deepest cm, most at one place). Small bomblets outnumber all else;
# shells and bombs lie deeper; cartridges and fuzes turn up in heaps.
MODELS: Mapping[str, tuple[float, float, int]] = {
    "blu_26": (34, 15, 3),
    "blu_3": (9, 15, 2),
    "blu_61": (6, 15, 2),
    "blu_24": (4, 12, 2),
    "blu_63": (3, 15, 2),
    "blu_66": (1, 12, 1),
    "mk_118": (1, 20, 1),
    "m40_grenade": (2, 12, 2),
    "blu_42": (0.4, 8, 1),
    "m406": (15, 12, 4),
    "m381": (2, 12, 2),
    "m26": (2, 15, 3),
    "m33": (1, 15, 2),
    "stick_grenade": (1.5, 15, 3),
    "mortar_60mm": (4, 25, 2),
    "mortar_81mm": (3, 28, 2),
    "mortar_82mm": (2, 28, 2),
    "p_37mm": (2, 20, 6),
    "p_57mm": (1.5, 25, 2),
    "p_105mm": (3, 28, 1),
    "p_155mm": (0.8, 30, 1),
    "p_130mm": (0.4, 30, 1),
    "rpg_2": (1, 20, 1),
    "rpg_7": (0.8, 20, 1),
    "rocket_70mm": (0.5, 25, 1),
    "fuze_grenade": (1.2, 15, 5),
    "fuze_artillery": (0.8, 20, 3),
    "mk_82": (0.15, 30, 1),
    "saa_7_62": (1.2, 15, 60),
}
ORDINARY = ("blu_26", "blu_3", "blu_61", "m406")


@dataclass(frozen=True)
class Model:
    """A model of the catalogue with the two levels above it."""

    key: str
    category: str
    sub_category: str


class Finds:
    """The catalogue, weighted."""

    def __init__(self) -> None:
        known = Ordnance.objects.filter(key__in=MODELS)
        self.models = {o.key: Model(o.key, o.category, o.sub_category) for o in known}

    def items(self, rng: Random, ground: Polygon, count: int) -> list[dict[str, Any]]:
        """`count` rows of items found on `ground`, each with its own place."""
        keys = [k for k in MODELS if k in self.models]
        chosen = rng.choices(keys, [MODELS[k][0] for k in keys], k=count)
        return [self.row(rng, key, pair_of(inside(rng, ground))) for key in chosen]

    def evidence(self, rng: Random, ground: Polygon, count: int) -> tuple[list[Any], list[Any]]:
        """Evidence points EV001 … and the items found at them, most of them bomblets."""
        points, items = [], []
        for number in range(1, count + 1):
            direct = number == 1 or rng.random() < 0.8
            at, name = pair_of(inside(rng, ground)), f"EV{number:03d}"
            kind = "direct" if direct else "indirect"
            points.append(
                {"values": {"point_id": name, "evidence_kind": kind}, "points": {"position": at}}
            )
            if direct:
                key = rng.choice([k for k in ORDINARY if k in self.models])
                row = self.row(rng, key, at)
                row["values"] |= {"geolink": name, "depth": float(rng.choice([0, 0, 2, 3, 5, 8]))}
                items.append(row)
        return points, items

    def row(self, rng: Random, key: str, at: list[float]) -> dict[str, Any]:
        """One row of the items, a few of a kind now and then."""
        model, (_, deepest, most) = self.models[key], MODELS[key]
        many = most > 1 and rng.random() < 0.18
        values = {
            "quantity": rng.randint(2, most) if many else 1,
            "category": model.category,
            "sub_category": model.sub_category,
            "model": model.key,
            "depth": float(round(deepest * rng.random() ** 1.5)),
        }
        return {"values": values, "points": {"position": at}}


def cache(rng: Random, finds: Finds, at: list[float]) -> dict[str, Any]:
    """Many items in one place, as the hotline finds them now and then."""
    key = rng.choice([k for k in ("p_37mm", "fuze_artillery", "saa_7_62") if k in finds.models])
    row = finds.row(rng, key, at)
    row["values"]["quantity"] = rng.randint(40, 360)
    return row

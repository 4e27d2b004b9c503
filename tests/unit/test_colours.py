"""Every text and ground of the tokens reads, in both themes, also for colour-blind eyes."""

from __future__ import annotations

import itertools
import math
import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "frontend" / "src" / "css" / "_tokens.scss"

Colours = dict[str, str]

# Machado, Oliveira and Fernandes 2009, severity 1, on linear light.
SEEN_BY = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def mixin(name: str) -> Colours:
    found = re.search(rf"@mixin {name} \{{\n(.*?)\n\}}", TOKENS.read_text(encoding="utf-8"), re.S)
    assert found is not None
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\b", found[1]))


LIGHT = mixin("light")
THEMES = {"light": LIGHT, "dark": LIGHT | mixin("dark")}


def linear(colour: str) -> list[float]:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, 1 to 21."""

    def luminance(colour: str) -> float:
        red, green, blue = linear(colour)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def oklab(colour: str, eye: str) -> tuple[float, float, float]:
    rgb = linear(colour)
    r, g, b = (max(0.0, sum(m * v for m, v in zip(row, rgb, strict=True))) for row in SEEN_BY[eye])
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


GROUNDS = ("paper", "surface", "sunk", "hover")
STATES = ("open", "ongoing", "suspended", "closed")
FINDINGS = ("block", "warn", "info")
INKS = (
    "ink",
    "ink-2",
    "ink-3",
    "link",
    "reduced-text",
    "cancelled-text",
    *(f"{s}-text" for s in (*STATES, *FINDINGS)),
)
TEXT = [
    *itertools.product(INKS, GROUNDS),
    *((i, f"{s}-tint") for s in (*STATES, *FINDINGS) for i in (f"{s}-text", "ink", "ink-2")),
    *((f"{f}-ink", f) for f in FINDINGS),
    *((i, "select") for i in ("ink", "ink-2", "link")),
    ("bar-ink", "bar"),
    ("bar-ink-2", "bar"),
    ("act-ink", "act"),
    ("map-label", "map-land"),
    ("map-label", "map-sea"),
]
MARKS = [
    *(("line-strong", ground) for ground in ("paper", "surface")),
    *(("focus", ground) for ground in ("paper", "surface")),
    ("bar-mark", "bar"),
    *((f"box-{c}-mark", f"box-{c}") for c in ("red", "yellow", "blue", "green", "grey")),
    *((f"{s}-fill", "map-land") for s in ("open", "suspended", "closed")),
    ("cha-edge", "map-land"),
]
GROUPS = {  # the least distance in OKLab; patterns carry the rest
    "states": ([f"{s}-fill" for s in STATES], 0.10),
    "land": ([f"{s}-fill" for s in ("cleared", "reduced", "cancelled", "remaining")], 0.08),
    "boxes": ([f"box-{c}" for c in ("red", "yellow", "blue", "green", "grey")], 0.08),
}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (MARKS, 3.0)], ids=["text", "marks"])
def test_every_pair_has_the_contrast_it_needs(
    theme: str, pairs: list[tuple[str, str]], least: float
) -> None:
    colours = THEMES[theme]
    weak = {
        (a, b): round(ratio, 2)
        for a, b in pairs
        if (ratio := contrast(colours[a], colours[b])) < least
    }
    assert weak == {}


@pytest.mark.parametrize("eye", SEEN_BY)
@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("theme", THEMES)
def test_fills_of_a_group_stay_apart_for_every_eye(theme: str, group: str, eye: str) -> None:
    names, least = GROUPS[group]
    near = {
        (a, b): round(distance, 3)
        for a, b in itertools.combinations(names, 2)
        if (distance := math.dist(oklab(THEMES[theme][a], eye), oklab(THEMES[theme][b], eye)))
        < least
    }
    assert near == {}

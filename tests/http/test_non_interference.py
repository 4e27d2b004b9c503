"""What others have changes nothing an operator is shown: no list, no count, no figure, no tile.

Every page, tile and number is asked for twice: while the operator is alone in the system, and
again when two others have as much. The answers are compared whole, so a number that counts
too far is seen as well as a name.
"""

from __future__ import annotations

import re

import pytest

from datlanh.kernel import clock
from support.asking import ask
from support.matrix import OPENS, Entry, meaning, told_alike
from support.policy import POLICY
from support.world import SPECS, World, build_world, things_of

pytestmark = pytest.mark.django_db

OWN = "mag"
MEMBERS = ("mag", "mag.hientruong", "kiemtra.mag")
READING = [e for e in POLICY if e.method == "GET" and e.name.startswith(("web:", "api:"))]
# One's own browsers are told with their moments.
# A printed map writes the newest decision into its pictures: `test_web_papers` asks what it shows.
APART = {"web:sessions", "web:map_sheet"}
READING = [e for e in READING if e.door == "session" and e.name not in APART]
# The register's one sequence is everybody's: its newest number tells that others decide, no more.
SEQUENCE = re.compile(
    r'known=\d+|ETag: .*|quyết định số <span class="n">\d+|filename="ledger-[\w-]+\.csv"'
    r'|"csrf": "\w+"'  # made anew for each answer
)


def answers(world: World) -> dict[str, str]:
    """What each member is shown at every address, about the operator's own things."""
    return {
        f"{who}: {entry}": SEQUENCE.sub("", text)
        for who in MEMBERS
        for entry in READING
        if (text := _opened(world, entry, who)) is not None
    }


def _opened(world: World, entry: Entry, who: str) -> str | None:
    answer = ask(world, entry, who, world[OWN])
    return told_alike(answer) if meaning(answer) == OPENS else None


def test_what_others_have_changes_nothing():
    with clock.frozen(clock.now()):
        world = build_world(OWN)
        alone = answers(world)
        for spec in SPECS:
            if spec.key != OWN:
                world.things[spec.key] = things_of(world.cast, spec)
        among_others = answers(world)
    assert len(alone) > 3 * 20
    assert among_others.keys() == alone.keys()
    differing = {k for k, text in alone.items() if among_others[k] != text}
    assert differing == set()

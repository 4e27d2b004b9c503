"""An area cut along a line: the pieces, what goes where, and their reports on form 5."""

from __future__ import annotations

import pytest
from django.urls import reverse
from shapely import LineString, to_geojson

from datlanh.accounts.acting import acting
from datlanh.hazards.models import HazardousArea, OrdnanceItem
from datlanh.intake.models import Report
from datlanh.intake.services.checking import answers_now
from datlanh.register.models import Record
from support.divisions import divided, waiting
from support.pages import page, signed_in
from support.reports import approved, cha, demo_cast, field_of, let_through, release, verified

pytestmark = pytest.mark.django_db
AREA = "HAZ-409-600001"


@pytest.fixture
def cast():
    cast = demo_cast()
    approved(waiting(cha(1, days_ago=60), cast), by=cast["kiemtra2"])
    approved(waiting(release(1, days_ago=20).but(cha_ids=AREA), cast), by=cast["kiemtra2"])
    return cast


def across() -> str:
    """A line from north to south, nearer to the west."""
    west, south, east, north = field_of(1).bounds
    x = west + (east - west) / 3
    return f"{north + 0.001:.6f}, {x:.6f}\n{south - 0.001:.6f}, {x:.6f}"


def _pairs(text: str) -> list[tuple[float, ...]]:
    return [tuple(map(float, row.split(","))) for row in text.splitlines()]


def sent(client, **more):
    said = {"line": across(), "pieces": "2", **IDS, **more}
    return client.post(reverse("web:area_cut", args=[AREA]), said, follow=True)


IDS = {
    "cha_id_1": "HAZ-409-600701",
    "internal_id_1": "TS 0701",
    "cha_id_2": "HAZ-409-600702",
    "internal_id_2": "TS 0702",
}


def test_the_page_shows_the_pieces_and_what_goes_where(cast):
    client = signed_in(cast["renew"])
    assert "What goes where" not in page(client, "area_cut", AREA)
    shown = page(client, "area_cut", AREA, line=across())
    assert "Part 2" in shown
    assert "HR-CLC-409-600001" in shown  # each with its share of the release
    assert "70,781" in shown  # two thirds of it
    assert "35,390" in shown
    beside = page(client, "area_cut", AREA, line="16.9, 107.0\n16.9, 107.1")
    assert "does not cut the area" in beside
    assert "That is no line" in page(client, "area_cut", AREA, line="16.9")
    drawn = LineString([(lon, lat) for lat, lon in _pairs(across())])
    assert "70,781" in page(client, "area_cut", AREA, line=to_geojson(drawn))
    vietnamese = page(signed_in(cast["renew"], "vi"), "area_cut", AREA, line=across())
    assert "Phần nào đi về đâu" in vietnamese


def test_each_piece_is_sent_as_a_report_and_two_persons_divide(cast):
    told = sent(signed_in(cast["renew"])).content.decode()
    assert "were sent as reports on form 5" in told
    parts = list(Report.objects.filter(record_local_id__startswith="HAZ-409-6007").order_by("pk"))
    assert [p.state for p in parts] == ["received", "received"]
    assert [p.organisation.key for p in parts] == ["npa_renew"] * 2
    with acting(cast["renew"]):
        said = [answers_now(p) for p in parts]
    first = HazardousArea.objects.get(local_id=AREA)
    assert {a.values["identification_date"] for a in said} == {
        first.identification_date.isoformat()
    }
    assert sum(len(a.rows.get("found_items", ())) for a in said) == 1  # on one of the two alone
    assert "operations_manager_name" not in said[0].values  # signed anew
    for one in parts:
        verified(let_through(one), by=cast["renew"])
        let_through(one)
    ids = [p.pk for p in parts]
    # The officer looks before proposing: ground fits within 1 m², nothing is left.
    looked = page(signed_in(cast["kiemtra2"]), "area_divide", AREA, report=str(ids[0]))
    assert "that wants a reason" in looked
    divided(cast, [first.pk], ids)
    new = HazardousArea.objects.filter(local_id__startswith="HAZ-409-6007")
    assert sum(a.area_m2 for a in new) == pytest.approx(first.area_m2, abs=1.0)
    assert OrdnanceItem.objects.filter(record__in=[a.pk for a in new]).count() == 1


def test_what_is_missing_or_alike_is_said_and_nothing_is_sent(cast):
    client, before = signed_in(cast["renew"]), Report.objects.count()
    assert "Give an id" in sent(client, cha_id_2=" ").content.decode()
    assert "have the same id" in sent(client, cha_id_2="HAZ-409-600701").content.decode()
    assert sent(client, pieces="3").status_code == 404
    assert sent(client, line="16.9, 107.0").status_code == 404
    assert sent(signed_in(cast["mag"])).status_code == 404  # another operator's area
    assert sent(signed_in(cast["kiemtra2"])).status_code in (404, 422)  # reads, and reports none
    assert Report.objects.count() == before
    assert Record.objects.filter(kind="hazardous_area").count() == 1

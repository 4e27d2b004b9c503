"""The converter, the list of overlaps, and a drawing before the firewall."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse
from shapely.affinity import translate
from shapely.geometry import Polygon, box, mapping

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.scope import EVERYTHING, Scope
from datlanh.hazards.models import HazardousArea
from datlanh.hazards.selectors import neighbours
from datlanh.hazards.selectors.neighbours import HIDDEN, neighbours_of, overlaps
from datlanh.intake.models import Payload, Report, ShapeChoice
from datlanh.intake.services import shaping
from datlanh.kernel.errors import ConflictError, DomainError, TransitionError
from datlanh.kernel.geometry import area_m2, overlap_m2
from support.reports import approved, cha, demo_cast, field_of, received, verified

pytestmark = pytest.mark.django_db
TABLE = """VN-2000, TM-3 106°15'
SP\t1852759,89\t590430,06
TP1\t1852760,35\t590536,68
TP2\t1852871,01\t590536,21"""


@pytest.fixture(autouse=True)
def _fresh():
    neighbours._ground.cache_clear()


@pytest.fixture
def cast():
    return demo_cast()


def shape_repair(*, by, **more):
    with acting(by, via="web"):
        return shaping.shape_repair(question="polygon_points", by=by, **more)


def shape_keep(*, by, **more):
    with acting(by, via="web"):
        return shaping.shape_keep(question="polygon_points", by=by, **more)


def answers(report: Report, revision: int) -> dict:
    """A payload as it was kept; only the system reads them all."""
    with acting(SYSTEM, via="command"):
        return Payload.objects.get(report=report, revision=revision).answers


def page(user, address: str, **sent: str):
    client = Client()
    client.force_login(user)
    return client.post(address, sent) if sent else client.get(address)


def crossed() -> Polygon:
    """A field whose points stand in the wrong order."""
    west, south, east, north = field_of(1).bounds
    return Polygon([(west, south), (east, north), (east, south), (west, north)])


# Coordinates --------------------------------------------------------------------------------


def test_a_pasted_table_is_converted(cast) -> None:
    answer = page(cast["renew"], reverse("web:coordinates"), q=TABLE, to="wgs84")
    body = answer.content.decode()
    assert "16.7500000" in body
    assert "107.1000000" in body
    assert body.count("<tr data-at") == 3


def test_a_table_leaves_as_csv_and_comes_back(cast) -> None:
    address = reverse("web:coordinates")
    answer = page(cast["renew"], address, q=TABLE, to="utm48", do="csv")
    text = answer.content.decode("utf-8-sig")
    assert answer["Content-Type"].startswith("text/csv")
    assert text.splitlines()[1].startswith("SP;1853081.8")
    again = page(cast["renew"], address, q=text, **{"from": "utm48", "to": "vn2000_10615"})
    assert "1.852.759,89" in again.content.decode()


def test_numbers_of_several_systems_are_asked_about(cast) -> None:
    answer = page(cast["renew"], reverse("web:coordinates"), q="1852759.89 590430.06")
    assert answer.context["table"].is_ambiguous
    assert 'name="from" value="vn2000_10615"' in answer.content.decode()


def test_a_long_table_asks_the_database_no_more(cast, django_assert_max_num_queries) -> None:
    lines = "\n".join(f"1852{n:03d}.89 590430.06" for n in range(900))
    client = Client()
    client.force_login(cast["renew"])
    with django_assert_max_num_queries(25):
        answer = client.post(reverse("web:coordinates"), {"q": lines})
    assert len(answer.context["rows"]) == 900


def test_a_place_written_wrongly_gets_a_proposal(cast) -> None:
    answer = page(cast["renew"], reverse("web:coordinates"), q="16.75 7.1")
    assert [m["plain"] for m in answer.context["moves"]] == ["16.7500000, 107.1000000"]


# Neighbours and overlaps --------------------------------------------------------------------


SENDERS = {
    "npa_renew": ("renew.hientruong", "renew", 600000),
    "mag": ("mag.hientruong", "mag", 500000),
}


def area(cast, organisation: str, shape: Polygon) -> Report:
    sender, officer, first = SENDERS[organisation]
    draft = cha(1, organisation=organisation, first=first).at(polygon_points=shape)
    draft = draft.but(area_size=round(area_m2(shape)))
    report = verified(received(draft, by=cast[sender]), by=cast[officer])
    return approved(report, by=cast["kiemtra2"])


@pytest.fixture
def two(cast):
    """Areas of two operators that share half their ground."""
    moved = translate(field_of(1), 0.0015, 0)
    return area(cast, "npa_renew", field_of(1)), area(cast, "mag", moved)


def test_neighbours_are_measured_and_others_hidden(cast, two) -> None:
    one, other = two
    mine = Scope(organisation_ids=frozenset({one.organisation_id}))
    shape = field_of(1)
    own, theirs = neighbours_of(shape, mine, kinds=("hazardous_area",))
    assert (own.local_id, own.is_hidden) == (one.record_local_id, False)
    assert own.common_m2 == pytest.approx(area_m2(shape), abs=0.01)
    assert (theirs.local_id, theirs.is_hidden) == (HIDDEN, True)
    assert theirs.common_m2 == pytest.approx(area_m2(shape) / 2, rel=1e-3)
    (left,) = neighbours_of(shape, EVERYTHING, without=one.record_local_id)
    assert left.local_id == other.record_local_id
    assert neighbours_of(translate(shape, 1, 0), EVERYTHING) == []


def test_overlaps_of_different_operators_are_listed(cast, two) -> None:
    one, other = two
    (found,) = overlaps(EVERYTHING)
    assert {found.one.local_id, found.other.local_id} == {
        one.record_local_id,
        other.record_local_id,
    }
    common = overlap_m2(field_of(1), translate(field_of(1), 0.0015, 0))
    assert found.common_m2 == pytest.approx(common, abs=0.01)
    assert area_m2(found.piece()) == pytest.approx(common, abs=1)
    assert found.share == pytest.approx(0.5, abs=0.01)
    assert overlaps(EVERYTHING, "land_release") == []
    assert overlaps(Scope()) == []


def test_the_page_hides_the_other_operators_id(cast, two) -> None:
    one, other = two
    centre = page(cast["csdl"], reverse("web:overlaps")).content.decode()
    assert one.record_local_id in centre
    assert other.record_local_id in centre
    mine = page(cast["renew"], reverse("web:overlaps")).content.decode()
    assert one.record_local_id in mine
    assert other.record_local_id not in mine
    assert HIDDEN in mine


def test_overlaps_follow_the_newest_decision(cast) -> None:
    area(cast, "npa_renew", field_of(1))
    assert overlaps(EVERYTHING) == []
    area(cast, "mag", translate(field_of(1), 0.0015, 0))
    assert len(overlaps(EVERYTHING)) == 1


# A drawing before the firewall --------------------------------------------------------------


@pytest.fixture
def doubtful(cast) -> Report:
    """A report whose points stand in the wrong order."""
    return received(cha(1).at(polygon_points=crossed()), by=cast["renew.hientruong"])


def decide(user, report: Report, **sent: str):
    address = reverse("web:report_shape_decide", args=[report.receipt])
    seen = f"{report.state}.{report.revision}"
    return page(user, address, question="polygon_points", seen=seen, **sent)


def test_the_page_shows_problem_place_and_proposals(cast, doubtful) -> None:
    address = reverse("web:report_shape", args=[doubtful.receipt])
    answer = page(cast["renew"], address + "?repair=order.1")
    body = answer.content.decode()
    assert 'value="take:order.1"' in body
    assert answer.context["shown"].key == "order.1"
    roles = {f["properties"]["role"] for f in answer.context["features"]["features"]}
    assert {"reported", "finding", "area"} <= roles
    reader = page(cast["giamdoc"], address).content.decode()
    assert "take:order.1" not in reader


def test_a_repair_taken_is_the_next_revision_and_is_remembered(cast, doubtful) -> None:
    assert doubtful.blocks
    assert decide(cast["renew"], doubtful, do="take:order.1").status_code == 302
    report = Report.objects.get(pk=doubtful.pk)
    assert (report.state, report.revision) == ("received", 1)
    sent, taken = (answers(report, n)["polygons"]["polygon_points"][0] for n in (0, 1))
    assert Polygon(sent).equals_exact(crossed(), 1e-9)
    assert Polygon(taken).equals(field_of(1))
    assert not report.findings.filter(rule="polygon_invalid").exists()
    (choice,) = report.shape_choices.all()
    assert (choice.choice, choice.repair, choice.by) == ("repaired", "order.1", cast["renew"])
    assert choice.before_m2 is None
    assert choice.after_m2 == pytest.approx(area_m2(field_of(1)), abs=0.01)
    shown = page(cast["renew"], reverse("web:report_shape", args=[report.receipt]))
    assert len(shown.context["choices"]) == 1


def test_a_drawing_is_kept_only_with_a_reason(cast, doubtful) -> None:
    decide(cast["renew"], doubtful, do="keep:invalid-1")
    assert not ShapeChoice.objects.exists()
    kept = decide(cast["renew"], doubtful, do="keep:invalid-1", reason="đúng như bản vẽ giấy")
    assert kept.status_code == 302
    (choice,) = ShapeChoice.objects.all()
    assert (choice.choice, choice.revision) == ("kept", 0)
    assert choice.reason == "đúng như bản vẽ giấy"
    assert Report.objects.get(pk=doubtful.pk).revision == 0


def drawing(shape: Polygon) -> str:
    return json.dumps(mapping(shape))


def test_an_outline_drawn_by_hand_is_the_next_revision_with_its_reason(cast, doubtful) -> None:
    drawn = drawing(field_of(1))
    decide(cast["renew"], doubtful, do="draw:", drawing=drawn)
    decide(cast["renew"], doubtful, do="draw:", drawing="{", reason="so")
    decide(cast["renew"], doubtful, do="draw:", drawing=drawing(crossed()), reason="so")
    assert not ShapeChoice.objects.exists()
    decide(cast["renew"], doubtful, do="draw:", drawing=drawn, reason="theo sơ đồ giấy")
    report = Report.objects.get(pk=doubtful.pk)
    assert (report.state, report.revision) == ("received", 1)
    (ring,) = answers(report, 1)["polygons"]["polygon_points"]
    assert Polygon(ring).equals_exact(field_of(1), 1e-7)
    assert not report.findings.filter(rule="polygon_invalid").exists()
    (choice,) = report.shape_choices.all()
    assert (choice.choice, choice.repair, choice.reason) == ("repaired", "drawn", "theo sơ đồ giấy")
    assert choice.after_m2 == pytest.approx(area_m2(field_of(1)), abs=5)
    decide(cast["renew"], report, do="draw:", drawing=drawn, reason="lại")
    assert ShapeChoice.objects.count() == 1, "nothing was changed by it"


def test_an_outline_is_judged_while_it_is_drawn_and_nothing_is_kept(cast, doubtful) -> None:
    area(cast, "mag", translate(field_of(1), 0.0015, 0))
    address = reverse("web:report_shape_ask", args=[doubtful.receipt])
    asked = {"question": "polygon_points", "drawing": drawing(field_of(1))}
    said = page(cast["renew"], address, **asked)
    (problem,) = [p for p in said.context["problems"] if p.key.startswith("other:")]
    assert HIDDEN in problem.said.en
    assert said.context["area_m2"] == pytest.approx(area_m2(field_of(1)), abs=5)
    broken = page(cast["renew"], address, **asked | {"drawing": drawing(crossed())})
    assert broken.context["area_m2"] is None
    assert broken.context["problems"][0].severity == "block"
    assert Report.objects.get(pk=doubtful.pk).revision == 0


def test_who_may_not_vouch_may_not_repair(cast, doubtful) -> None:
    assert decide(cast["mag"], doubtful, do="take:order.1").status_code == 404
    assert decide(cast["giamdoc"], doubtful, do="take:order.1").status_code in (403, 404)


def test_a_proposal_of_another_day_is_refused(cast, doubtful) -> None:
    with pytest.raises(DomainError):
        shape_repair(id=doubtful.pk, repair="cut.x", by=cast["renew"])
    with pytest.raises(ConflictError):
        shape_repair(
            id=doubtful.pk,
            repair="order.1",
            by=cast["renew"],
            seen="received.7",
        )
    shape_repair(id=doubtful.pk, repair="order.1", by=cast["renew"])
    verified(Report.objects.get(pk=doubtful.pk), by=cast["renew"])
    with pytest.raises(TransitionError):
        shape_keep(
            id=doubtful.pk,
            problem="invalid-1",
            reason="muộn",
            by=cast["renew"],
        )


def test_the_stated_area_may_take_the_measured_one(cast) -> None:
    report = received(cha(1, area_size=999_999), by=cast["renew.hientruong"])
    shape_repair(id=report.pk, repair="stated", by=cast["renew"])
    assert answers(report, 1)["values"]["area_size"] == pytest.approx(area_m2(field_of(1)), abs=0.1)


def test_a_neighbours_ground_can_be_cut_off(cast) -> None:
    area(cast, "mag", translate(field_of(1), 0.0015, 0))
    report = received(cha(1), by=cast["renew.hientruong"])
    address = reverse("web:report_shape", args=[report.receipt])
    answer = page(cast["renew"], address)
    ((_, problem, at),) = answer.context["drawings"][0]["problems"]
    assert HIDDEN in problem.said.en
    assert at
    cut = problem.repairs[0]
    shape_repair(id=report.pk, repair=cut.key, by=cast["renew"])
    ring = Polygon(answers(report, 1)["polygons"]["polygon_points"][0])
    assert area_m2(ring) == pytest.approx(area_m2(field_of(1)) / 2, rel=1e-3)


def test_what_lies_around_is_not_needed_for_an_empty_corner(cast) -> None:
    assert not HazardousArea.objects.exists()
    assert neighbours_of(box(107, 16.7, 107.01, 16.71), EVERYTHING) == []

"""A survey's page and the areas proposed from its boxes, to an approved CHA report."""

from __future__ import annotations

import json
from html import unescape

import pytest
from django.urls import reverse
from shapely.affinity import translate
from shapely.geometry import Polygon, mapping, shape

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.hazards.models import HazardousArea
from datlanh.intake.models import Report
from datlanh.intake.services.comparing import register_verify
from datlanh.intake.services.linking import links_named
from datlanh.kernel import grid
from datlanh.kernel.geometry import area_m2
from datlanh.register.models import Link
from support.boxes import field_of_boxes, home, packed
from support.drafts import survey_task
from support.pages import page, signed_in
from support.reports import approved, cha, demo_cast, let_through, received, verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return demo_cast()


@pytest.fixture
def survey(cast) -> Report:
    draft = survey_task(1, surveyed_area_total=25 * 2500)
    name = str(draft.answers.values["survey_boxes"])
    report = received(
        draft, by=cast["renew.hientruong"], files={name: packed(field_of_boxes(), items=2)}
    )
    return approved(verified(report, by=cast["renew"]), by=cast["kiemtra2"])


def test_the_page_of_a_survey_counts_its_boxes_and_draws_them(cast, survey):
    html = page(signed_in(cast["renew"]), "record", "surveys", survey.record_local_id)

    assert "Red: cluster munition found" in html or "Đỏ: có bom chùm" in html
    assert html.count('"role": "box"') == 25
    assert reverse("web:survey_areas", args=[survey.record_local_id]) in html


def test_proposals_stand_side_by_side_with_other_margins(cast, survey):
    html = page(signed_in(cast["renew"]), "survey_areas", survey.record_local_id)

    assert html.count('"role": "reported"') == 1
    for margin in ("0", "25", "50", "100"):
        assert f">{margin}" in html
    assert home().id in html


def test_a_broken_address_falls_back_to_the_centres_own_settings(cast, survey):
    client = signed_in(cast["renew"])
    address = reverse("web:survey_areas", args=[survey.record_local_id])
    odd = {"margin_m": "nan", "gap": "-3", "least": "x", "fadeout_m": "1e99", "line": "x, y\n1"}

    assert client.get(address, odd).status_code == 200


def test_another_operator_does_not_see_the_survey(cast, survey):
    client = signed_in(cast["mag"])

    answer = client.get(reverse("web:survey_areas", args=[survey.record_local_id]))
    assert answer.status_code == 404


def sent(client, survey, **more):
    address = reverse("web:survey_areas", args=[survey.record_local_id])
    html = client.get(address).content.decode()
    area_m2 = html.split('name="area_m2" value="')[1].split('"')[0]
    asked = {"margin_m": "50.0", "gap": "1", "fadeout_m": "50.0", "least": "1"}
    given = {
        "area": home().id,
        "area_m2": area_m2,
        "released": "1",
        "communes": "1",
        "cha_id": "HAZ-409-600777",
        "internal_id": "CHA 0690",
        "village": "Thôn Mẫu",
        "agreement_date": "2026-11-20",
        "agreement_with": ["qtmac", "npa_renew"],
        "agreement_neighbours": "HAZ-409-600001",
        "agreement_person": "Hoàng Văn Thử",
    }
    return client.post(address, asked | given | more)


def test_a_proposal_is_sent_as_a_report_and_becomes_an_area_when_approved(cast, survey):
    answer = sent(signed_in(cast["renew"]), survey)

    report = Report.objects.get(form="cha")
    assert answer["Location"] == reverse("web:report_correct", args=[report.receipt])
    assert (report.state, report.channel) == ("received", "web")
    assert not HazardousArea.objects.exists()
    with acting(SYSTEM):
        values = report.payloads.get().answers["values"]
    assert values["shape_id"] == "CHA0690"
    assert values["survey_ids"] == survey.record_local_id
    assert home().id in values["source_boxes"]
    assert values["agreement_with"] == ["qtmac", "npa_renew"]
    assert "Hoàng" not in str(values)

    report = verified(let_through(report), by=cast["renew"])
    with acting(cast["kiemtra2"], via="web"):
        links = links_named(report=report, by=cast["kiemtra2"], record=None)
    report = approved(let_through(report), by=cast["kiemtra2"], links=links)
    area = HazardousArea.objects.get()
    assert area.shape_id == "CHA0690"
    assert area.area_m2 == pytest.approx(area.area_reported_m2, abs=1)
    assert Link.objects.filter(relation="area_boxes", a_id=area.pk, holds=True).exists()
    with acting(SYSTEM):
        assert register_verify().equal


def test_a_proposal_that_changed_meanwhile_is_not_sent(cast, survey):
    answer = sent(signed_in(cast["renew"]), survey, area_m2="1")

    assert answer.status_code == 422
    assert not Report.objects.filter(form="cha").exists()


def test_an_area_needs_an_id(cast, survey):
    answer = sent(signed_in(cast["renew"]), survey, cha_id="")

    assert answer.status_code == 422
    assert not Report.objects.filter(form="cha").exists()


def outline_of(html: str) -> Polygon:
    found = html.split('name="outline"')[1].partition(">")[2].partition("<")[0]
    return shape(json.loads(unescape(found)))


def test_an_outline_moved_by_hand_is_sent_and_says_so(cast, survey):
    client = signed_in(cast["renew"])
    html = page(client, "survey_areas", survey.record_local_id)
    moved = outline_of(html).intersection(grid.polygon_of(home().moved(0, 0)).buffer(0.0002))
    refused = sent(client, survey, outline="{}")
    nowhere = sent(client, survey, outline=json.dumps(mapping(translate(moved, 0.1, 0))))
    assert (refused.status_code, nowhere.status_code) == (422, 422)
    assert not Report.objects.filter(form="cha").exists()

    assert sent(client, survey, outline=json.dumps(mapping(moved))).status_code == 302
    report = Report.objects.get(form="cha")
    with acting(SYSTEM):
        answers = report.payloads.get().answers
    (ring,) = answers["polygons"]["polygon_points"]
    assert Polygon(ring).symmetric_difference(moved).area < 1e-4 * moved.area
    assert "Chỉnh tay: bớt" in answers["values"]["delineation_rule"]
    assert answers["values"]["area_size"] == pytest.approx(area_m2(moved), abs=2)


def test_an_outline_nobody_moved_is_the_proposal_itself(cast, survey):
    client = signed_in(cast["renew"])
    html = page(client, "survey_areas", survey.record_local_id)
    same = json.dumps(mapping(outline_of(html)))

    assert sent(client, survey, outline=same).status_code == 302
    with acting(SYSTEM):
        values = Report.objects.get(form="cha").payloads.get().answers["values"]
    assert "Chỉnh tay" not in values["delineation_rule"]


def test_a_moved_outline_is_told_what_it_leaves_out(cast, survey):
    client = signed_in(cast["renew"])
    address = reverse("web:survey_areas_ask", args=[survey.record_local_id])
    half = grid.polygon_of(home()).buffer(-0.0001)
    said = client.post(address, {"drawing": json.dumps(mapping(half))})

    assert list(said.context["uncovered"]) == [home().id, home().moved(1, 0).id]
    assert client.post(address, {"drawing": "x"}).status_code == 200
    assert not Report.objects.filter(form="cha").exists()


def test_the_page_of_an_area_names_its_survey_and_counts_its_boxes(cast, survey):
    client = signed_in(cast["renew"])
    sent(client, survey)
    report = verified(let_through(Report.objects.get(form="cha")), by=cast["renew"])
    report = approved(let_through(report), by=cast["kiemtra2"])
    html = page(client, "area", report.record_local_id)

    assert reverse("web:record", args=["surveys", survey.record_local_id]) in html
    # The outline reaches one box around two red ones and a yellow one; the survey has 25.
    assert html.count('"role": "box"') == 25
    assert "Các ô" in html or "Boxes on the area" in html or "Ô trên khu vực" in html
    theirs = signed_in(cast["mag"]).get(reverse("web:area", args=[report.record_local_id]))
    assert theirs.status_code == 404


def test_a_survey_out_of_sight_is_named_and_not_opened(cast, survey):
    draft = cha(2, survey_ids=f"TS-409-999999, {survey.record_local_id}")
    report = received(draft, by=cast["renew.hientruong"])
    report = approved(let_through(verified(let_through(report), by=cast["renew"])), by=cast["csdl"])
    html = page(signed_in(cast["renew"]), "area", report.record_local_id)

    assert '<span class="id">TS-409-999999</span>' in html
    assert reverse("web:record", args=["surveys", survey.record_local_id]) in html

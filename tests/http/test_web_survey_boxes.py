"""Boxes entered on the map: refused or sent as a report on form 6, never written otherwise."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.hazards.selectors.boxes import box_table, surveyed_boxes
from datlanh.intake.attached import boxes_in
from datlanh.intake.boxfile import read_boxes
from datlanh.intake.boxpack import boxes_packed
from datlanh.intake.models import Attachment, Report
from datlanh.intake.services.comparing import register_verify
from datlanh.kernel import clock
from datlanh.kernel.boxes import BoxRow
from datlanh.register.models import Record, Version
from support.boxes import field_of_boxes, home, packed
from support.drafts import survey_task
from support.pages import page, signed_in
from support.reports import approved, demo_cast, received, verified

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


def entered(user, survey: Report, boxes, **more: str):
    address = reverse("web:survey_boxes", args=[survey.record_local_id])
    text = boxes if isinstance(boxes, str) else json.dumps(boxes)
    on = clock.today().isoformat()
    return signed_in(user).post(address, {"boxes": text, "on": on} | more)


def boxes_now(survey: Report) -> dict[str, tuple[str, int]]:
    record = Record.objects.get(local_id=survey.record_local_id)
    version = Version.objects.get(record=record, known_to=None, true_to=None)
    found = surveyed_boxes(version, box_table().results)
    return {b.name: (b.result.key if b.result else "", b.found.items) for b in found}


def into_the_register(report: Report, survey: Report, cast) -> None:
    """Verified as it stands, and approved as news of the same survey."""
    report = verified(report, by=cast["renew"])
    stops = report.findings.filter(severity="block")
    assert not list(stops.values_list("rule", "question"))
    record = Record.objects.get(local_id=survey.record_local_id)
    approved(report, by=cast["kiemtra2"], record_id=record.pk)


def test_the_page_offers_every_result_and_draws_what_there_is(cast, survey):
    html = page(signed_in(cast["renew"]), "survey_boxes", survey.record_local_id)

    assert html.count('name="brush"') == 6
    assert html.count('"role": "box"') == 25
    assert reverse("web:survey_boxes", args=[survey.record_local_id]) in page(
        signed_in(cast["renew"]), "record", "surveys", survey.record_local_id
    )


@pytest.mark.parametrize(
    "boxes",
    [
        "",
        "{",
        "[]",
        "[1, 2]",
        {"E715N1856-0712": "red"},
        {"E715N1856-0712": ["purple", 1]},
        {"E715N1856-9912": ["red", 1]},
        {"E100N0100-0000": ["red", 1]},
        {"E715N1856-0712": ["red", "x"]},
    ],
)
def test_what_makes_no_sense_is_refused_whole(cast, survey, boxes):
    answer = entered(cast["renew"], survey, boxes)

    assert answer.status_code == 422
    assert Report.objects.count() == 1


@pytest.mark.parametrize("on", ["", "2099-01-01", "soon"])
def test_a_search_has_a_day_that_is_past(cast, survey, on):
    assert entered(cast["renew"], survey, {home().id: ["red", 1]}, on=on).status_code == 422


def test_another_operators_survey_is_absent(cast, survey):
    assert entered(cast["mag"], survey, {home().id: ["red", 1]}).status_code == 404
    assert Report.objects.count() == 1


def test_boxes_become_part_of_the_register_only_through_the_report(cast, survey):
    before = boxes_now(survey)
    beyond, green = home().moved(3, 0), home().moved(-1, 0)
    answer = entered(cast["renew"], survey, {beyond.id: ["red", 3], green.id: ["yellow", 0]})

    report = Report.objects.latest("pk")
    assert answer["Location"] == reverse("web:report_correct", args=[report.receipt])
    assert (report.form, report.channel, report.state) == ("cmrs", "web", "received")
    assert boxes_now(survey) == before
    with acting(SYSTEM):
        values = report.payloads.get().answers["values"]
    assert values["survey_boxes"] == f"{survey.record_local_id}.zip"
    assert values["surveyed_area_total"] == 26 * 2500
    assert values["survey_method"] == "method_v5"
    assert "boxes_unreadable" not in set(report.findings.values_list("rule", flat=True))
    (file,) = Attachment.objects.filter(report=report)
    assert len(boxes_in(file.sha256).rows) == 26

    into_the_register(report, survey, cast)
    now = boxes_now(survey)
    assert now == before | {beyond.id: ("red", 3), green.id: ("yellow", 0)}
    with acting(SYSTEM):
        assert register_verify().equal


def test_a_thousand_boxes_are_one_report(cast, survey):
    many = {home().moved(c, r).id: ["green", 0] for c in range(40) for r in range(25)}

    assert entered(cast["renew"], survey, many).status_code == 302
    report = Report.objects.latest("pk")
    into_the_register(report, survey, cast)
    assert len(boxes_now(survey)) > 1000


def test_what_is_packed_is_read_again():
    rows = (
        BoxRow(box=home().id, result="red", items=2, on="2026-11-01"),
        BoxRow(box=home().moved(1, 0).id, result="đỏ"),
    )
    content = boxes_packed("TS-409-600001", rows)
    found = read_boxes(content)

    assert content == boxes_packed("TS-409-600001", rows)
    assert not found.problems
    assert [(r.box, r.result, r.items, r.on) for r in found.rows] == [
        (r.box, r.result, r.items, r.on) for r in rows
    ]

"""Survey boxes in the register: from file and form, live equal to rebuilt, later files ignored."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.hazards.models import BoxTable, SurveyBox
from datlanh.hazards.selectors.boxes import box_table, counts, searched, surveyed_boxes
from datlanh.intake.attached import boxes_in
from datlanh.intake.models import Attachment, Report
from datlanh.intake.services.checking import report_check
from datlanh.intake.services.comparing import register_verify
from datlanh.intake.services.rebuilding import register_rebuild
from datlanh.intake.services.receiving import Incoming, report_receive
from datlanh.kernel import clock
from datlanh.kernel.delineation import Settings, delineate
from datlanh.register.models import Decision, Version
from support.boxes import field_of_boxes, home, packed
from support.drafts import row, survey_task
from support.reports import Draft, approved, demo_cast, received, sent, verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return demo_cast()


def file_of(draft: Draft) -> str:
    return str(draft.answers.values["survey_boxes"])


def brought(draft: Draft, cast, content: bytes) -> Report:
    report = received(draft, by=cast["renew.hientruong"], files={file_of(draft): content})
    report = verified(report, by=cast["renew"])
    return approved(report, by=cast["kiemtra2"])


def small(**more) -> Draft:
    return survey_task(1, surveyed_area_total=25 * 2500, **more)


def rules_of(report: Report) -> set[str]:
    return {f.rule for f in report.findings.all() if f.rule.startswith("boxes_")}


def is_equal() -> bool:
    with acting(SYSTEM):
        return register_verify().equal


def newest() -> Version:
    return Version.objects.get(kind="survey_task", known_to=None, true_to=None)


def test_boxes_of_the_attached_file_stand_in_the_register(cast):
    boxes = field_of_boxes()
    report = brought(small(), cast, packed(boxes))

    assert rules_of(report) == set()
    kept = SurveyBox.objects.filter(report_id=report.pk)
    assert {b.box_id: b.result for b in kept} == {b.id: r for b, r in boxes.items()}
    assert all(b.outline is not None for b in kept)
    assert is_equal()


def test_a_rebuild_gives_the_same_boxes(cast):
    brought(small(), cast, packed(field_of_boxes()))
    before = list(SurveyBox.objects.order_by("report_id", "number").values_list("box_id", "result"))
    with acting(cast["kiemtra2"]):
        register_rebuild(by=cast["kiemtra2"])

    after = SurveyBox.objects.order_by("report_id", "number").values_list("box_id", "result")
    assert list(after) == before
    assert is_equal()


def test_a_file_that_comes_after_approval_changes_nothing(cast):
    draft = small()
    report = brought(draft, cast, packed(field_of_boxes()))
    decision = Decision.objects.get(kind="approved", report_id=report.pk)
    assert len(decision.data["boxes"]) == 64
    other = packed({home(): "blue"})
    with acting(cast["renew.hientruong"], via="openrosa"):
        report_receive(
            xml=sent(draft, report.instance_id),
            by=cast["renew.hientruong"],
            organisation=cast["renew.hientruong"].organisation,
            channel="openrosa",
            attachments=[Incoming(file_of(draft), "application/zip", [other])],
        )
    assert Attachment.objects.filter(report=report, name=file_of(draft)).count() == 2
    with acting(cast["kiemtra2"]):
        register_rebuild(by=cast["kiemtra2"])

    assert SurveyBox.objects.count() == 25
    assert is_equal()


def test_boxes_entered_on_a_tablet_stand_beside_those_of_the_file(cast):
    named, pointed = home().moved(5, 0), home().moved(6, 0)
    west, south, _, _ = pointed.bounds
    from shapely import Point

    from datlanh.kernel.grid import from_utm

    at = from_utm(Point(west + 20, south + 30))
    typed = [
        row({"box_id": named.id.lower(), "result": "red", "items": 2}),
        row({"result": "yellow"}, [at.x, at.y]),
    ]
    report = brought(small(box_rows=typed), cast, packed(field_of_boxes()))

    kept = {b.box_id: (b.result, b.items) for b in SurveyBox.objects.filter(report_id=report.pk)}
    assert kept[named.id] == ("red", 2)
    assert kept[pointed.id] == ("yellow", 0)
    assert len(kept) == 27
    assert is_equal()


def test_boxes_of_a_survey_make_a_proposal(cast):
    brought(small(), cast, packed(field_of_boxes(), items=3))
    table = box_table()
    boxes = surveyed_boxes(newest(), table.results)

    told = {r.key if r else "": n for r, n in counts(boxes, table.results)}
    assert told == {"red": 2, "yellow": 1, "blue": 0, "green": 21, "grey": 1}
    (area,) = delineate(searched(boxes), Settings(margin_m=0)).areas
    assert area.items == 6
    assert area.positive == (home().id, home().moved(1, 0).id)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"PK\x03\x04 broken", "boxes_unreadable"),
        (b"PK\x05\x06" + b"\0" * 18, "boxes_unreadable"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_finding_and_no_hindrance(cast, content, rule):
    report = brought(small(), cast, content)

    assert rule in rules_of(report)
    assert not SurveyBox.objects.exists()
    assert is_equal()


def test_doubtful_boxes_are_findings(cast):
    boxes = field_of_boxes() | {home().moved(0, 2): "violet"}
    typed = [row({"box_id": home().id, "result": "red"}), row({"result": "red"})]
    draft = survey_task(1, surveyed_area_total=900_000, box_rows=typed)
    report = received(draft, by=cast["renew.hientruong"], files={file_of(draft): packed(boxes)})

    assert rules_of(report) == {
        "boxes_doubled",
        "boxes_shapeless",
        "boxes_result_unknown",
        "boxes_area",
    }


def test_a_file_lost_from_the_store_is_said(cast):
    from datlanh.intake import files

    draft = small()
    report = received(
        draft, by=cast["renew.hientruong"], files={file_of(draft): packed({home(): "blue"})}
    )
    digest = report.attachments.get().sha256
    assert boxes_in(digest).rows
    files.path_of(digest).unlink()
    from datlanh.intake import attached

    attached._boxes_in.cache_clear()
    with acting(cast["renew"]):
        report_check(report)

    assert "boxes_unreadable" in rules_of(report)


def test_a_changed_table_reads_the_same_boxes_differently(cast):
    brought(small(), cast, packed(field_of_boxes()))
    table = box_table()
    results = table.results.to_json()
    results[1]["role"] = "positive"
    BoxTable.objects.create(
        results=results,
        rule={"margin_m": 25.0, "gap": 2, "fadeout_m": 0.0, "least": 1},
        by_id=1,
        by_name="Trung tâm",
        at=clock.now(),
        note="thử",
    )
    now = box_table()

    assert (now.rule.margin_m, now.rule.gap) == (25.0, 2)
    (area,) = delineate(searched(surveyed_boxes(newest(), now.results)), now.rule).areas
    assert len(area.positive) == 3
    assert is_equal()
    with pytest.raises(DatabaseError), transaction.atomic():
        BoxTable.objects.update(note="anders")

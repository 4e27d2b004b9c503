"""Rules with their settings, the work list and the sheet, as people open them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from datlanh.accounts.models import User
from datlanh.intake.models import Setting
from datlanh.intake.services.nightly import register_check
from datlanh.kernel.actor import SYSTEM
from datlanh.kernel.checks import NIGHTLY, RULES
from support.pages import page, signed_in
from support.reports import approved, cha, demo_cast, received, verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> dict[str, User]:
    return demo_cast()


def test_everybody_on_staff_reads_every_rule_and_its_clause(cast):
    for who in ("giamdoc", "kiemtra2", "mag", "mag.hientruong"):
        told = page(signed_in(cast[who]), "rules")
        for rule in (*RULES, *NIGHTLY):
            assert f"/quality/rules/{rule.key}/" in told
        assert (
            "Change" not in page(signed_in(cast[who]), "rule", "area_differs").split("Changes")[1]
        )


def test_the_manager_changes_a_severity_and_reads_it_in_the_history(cast):
    client = signed_in(cast["csdl"])
    sends = {"form": "cha", "severity": "info", "note": "Cuộc họp tháng 11"}
    answer = client.post(reverse("web:rule_severity", args=["area_differs"]), sends)
    assert answer.status_code == 302
    told = page(client, "rule", "area_differs")
    assert "Cuộc họp tháng 11" in told
    assert cast["csdl"].full_name in told
    assert Setting.objects.get().severity == "info"


def test_a_threshold_is_typed_with_either_mark(cast):
    client = signed_in(cast["csdl"])
    address = reverse("web:rule_threshold", args=["area_differs"])
    for typed, value in (("0,07", 0.07), ("0.08", 0.08)):
        sends = {"name": "area_warn", "value": typed, "note": "Vì sao"}
        assert client.post(address, sends).status_code == 302
        assert Setting.objects.latest("pk").value == value
    for typed in ("bảy", "", "-1"):
        sends = {"name": "area_warn", "value": typed, "note": "Vì sao"}
        answer = client.post(address, sends)
        assert answer.status_code == 422
    sends = {"name": "point_gap_m", "value": "1", "note": "Vì sao"}
    assert client.post(address, sends).status_code == 422  # a threshold of another rule


def test_a_fixed_rule_offers_no_change(cast):
    told = page(signed_in(cast["csdl"]), "rule", "id_pattern")
    assert "rule_severity" not in told
    assert "/severity" not in told


def test_hits_lead_to_the_reports_behind_them(cast):
    draft = cha(1)
    report = received(
        draft.but(area_size=round(draft.answers.values["area_size"] * 1.08)),
        by=cast["renew.hientruong"],
    )
    other = received(cha(2), by=cast["renew.hientruong"])
    client = signed_in(cast["renew"])
    told = page(client, "rule", "area_differs")
    month = f"{report.received_at:%Y-%m}"
    assert f"/reports/?rule=area_differs&amp;month={month}" in told
    listed = client.get(f"/reports/?rule=area_differs&month={month}").content.decode()
    assert report.receipt in listed
    assert other.receipt not in listed


def test_a_recheck_is_offered_after_a_change(cast, settings):
    received(cha(1), by=cast["renew.hientruong"])
    client = signed_in(cast["csdl"])
    assert "/quality/recheck" not in page(client, "rules")
    sends = {"name": "area_warn", "value": "0,07", "note": "Vì sao"}
    client.post(reverse("web:rule_threshold", args=["area_differs"]), sends)
    assert "/quality/recheck" in page(client, "rules")
    assert "/quality/recheck" not in page(signed_in(cast["kiemtra2"]), "rules")
    settings.CHECK_INLINE = True
    client.post(reverse("web:recheck"))
    assert "/quality/recheck" not in page(client, "rules")


def test_the_work_list_and_the_sheet_open_in_both_languages(cast):
    sender, officer = cast["renew.hientruong"], cast["renew"]
    report = approved(
        verified(received(cha(1).but(land_use=None), by=sender), by=officer), by=cast["kiemtra2"]
    )
    register_check(by=SYSTEM)
    for who, sees in (("renew", True), ("kiemtra2", True), ("mag", False)):
        client = signed_in(cast[who])
        for language in ("vi", "en"):
            client.cookies["django_language"] = language
            told = client.get("/quality/").content.decode()
            assert (report.record_local_id in told) is sees
            assert client.get("/quality/sheet/").status_code == 200
    sheet = signed_in(officer).get("/quality/sheet/?organisation=mag")
    assert sheet.status_code == 404


def test_a_nonsense_filter_narrows_nothing_or_finds_nothing(cast):
    client = signed_in(cast["kiemtra2"])
    for query in ("?rule=x&kind=y", "?month=2026-99", "?after=x", "?organisation=khong-co"):
        assert client.get(f"/quality/{query}").status_code == 200
    for query in ("?form=x&severity=y", "?severity=off"):
        assert client.get(f"/quality/rules/{query}").status_code == 200
    assert client.get("/quality/rules/khong_co/").status_code == 404
    assert client.get("/quality/sheet/?period=2026-Q9").status_code == 200

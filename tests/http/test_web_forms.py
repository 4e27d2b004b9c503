"""The forms' pages: a version proposed, compared, published or withdrawn; history side by side."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from datlanh.accounts.acting import SYSTEM
from datlanh.accounts.models import User
from datlanh.accounts.services import device_add
from datlanh.intake.minimum_data_rows import TOPICS
from datlanh.intake.models import FormProposal, FormRevision, FormVersion, MappingRun
from datlanh.intake.services.mapping_runs import mapping_work
from support.pages import page, signed_in, typed
from support.phones import Phone
from support.remaps import corrected
from support.reports import approved, cha, demo_cast, form_of, received, verified
from support.workbooks import VI, question, revised

pytestmark = pytest.mark.django_db

NEW = "2099010101"


@pytest.fixture
def cast() -> dict[str, User]:
    return demo_cast()


def upload(client: Client, content: bytes) -> Any:
    sent = SimpleUploadedFile("cha.xlsx", content)
    return client.post(reverse("web:form_propose"), {"workbook": sent})


def proposed(client: Client, **more: Any) -> FormProposal:
    answer = upload(client, revised("cha", **({"version": NEW} | more)))
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return FormProposal.objects.latest("pk")


def publish(client: Client, proposal: FormProposal, **more: Any) -> Any:
    html = page(client, "form_proposal", proposal.pk)
    sent = typed(html, "publish-form") | {"reason": "Theo mẫu mới"} | more
    return client.post(reverse("web:form_publish", args=[proposal.pk]), sent)


def test_proposing_is_for_those_who_may(cast):
    content = revised("cha", version=NEW)
    assert upload(signed_in(cast["kiemtra2"]), content).status_code == 403
    client = signed_in(cast["csdl"])
    broken = upload(client, b"not a workbook")
    assert broken.status_code == 422
    assert "not a readable Excel workbook" in broken.content.decode()
    again = upload(client, bytes(form_of("cha").xlsform))
    assert again.status_code == 422
    assert "nothing to propose" in again.content.decode()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_proposal_shows_what_changes_and_whom_it_touches(cast, language):
    received(cha(1), by=cast["renew.hientruong"])
    client = signed_in(cast["csdl"], language)
    before = form_of("cha")
    proposal = proposed(
        client,
        drop=["beneficiaries"],
        add=[question("weather", label="Thời tiết")],
        change={"slope": {VI: "Độ dốc của khu vực", "register::date": "assessment_date"}},
    )
    html = page(client, "form_proposal", proposal.pk)
    words = {"vi": ("Thêm", "Bỏ", "Sửa", "ngày thông tin"), "en": ("Added", "Removed", "Changed")}
    for word in (*words[language], "weather", "Độ dốc của khu vực", "assessment_date"):
        assert word in html
    assert re.search(r'beneficiaries</span>.*?data-label="[^"]+">1</td>', html, re.DOTALL)
    assert 'name="accepted" value="column_needs:beneficiaries"' in html
    assert form_of("cha") == before
    assert f"/forms/proposals/{proposal.pk}" in page(client, "forms")
    kept = client.get(reverse("web:form_proposal_workbook", args=[proposal.pk]))
    assert kept.content == bytes(proposal.xlsform)


def test_publishing_asks_for_each_warning_and_a_reason(cast):
    client = signed_in(cast["csdl"])
    proposal = proposed(client, drop=["beneficiaries"])
    refused = publish(client, proposal)
    assert refused.status_code == 422
    assert "Tick each warning you accept" in refused.content.decode()
    warning = ["column_needs:beneficiaries", "minimum_data:beneficiaries"]
    refused = publish(client, proposal, reason=" ", accepted=warning)
    assert (refused.status_code, "checked" in refused.content.decode()) == (422, True)
    assert publish(client, proposal, accepted=warning).status_code == 302
    assert form_of("cha").version == NEW
    again = client.post(reverse("web:form_publish", args=[proposal.pk]), {"reason": "x"})
    assert again.status_code == 422
    assert "already" in again.content.decode()


def test_a_phone_is_told_at_its_next_refresh(cast):
    phone = Phone(*device_add(user=cast["renew.hientruong"], name="Máy 1", by=SYSTEM))
    before = phone.get("formList").content
    client = signed_in(cast["csdl"])
    publish(client, proposed(client, add=[question("weather")]))
    after = phone.get("formList").content
    assert NEW.encode() not in before
    assert NEW.encode() in after


def test_a_version_that_would_corrupt_data_offers_no_button(cast):
    received(cha(1), by=cast["renew.hientruong"])
    client = signed_in(cast["csdl"])
    proposal = proposed(client, change={"slope": {"register::group": "relief"}})
    html = page(client, "form_proposal", proposal.pk)
    assert "old values could hide newer ones" in html
    assert "publish-form" not in re.sub(r'form="publish-form"', "", html)
    refused = client.post(
        reverse("web:form_publish", args=[proposal.pk]),
        {"reason": "x", "seen": str(form_of("cha").pk)},
    )
    assert refused.status_code == 422


def test_a_proposal_is_withdrawn_with_a_reason(cast):
    client = signed_in(cast["csdl"])
    proposal = proposed(client)
    address = reverse("web:form_withdraw", args=[proposal.pk])
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "Sai mẫu"}).status_code == 302
    assert "Withdrawn" not in page(client, "forms")
    html = page(client, "form_proposal", proposal.pk)
    assert "publish-form" not in html
    assert 'class="st plain">Withdrawn<' in html


def test_the_history_says_who_when_and_why_and_compares_any_two(cast):
    client = signed_in(cast["csdl"])
    first = form_of("cha").version
    publish(client, proposed(client, add=[question("weather", label="Thời tiết")]))
    reader = signed_in(cast["kiemtra2"])
    html = page(reader, "form_versions", "cha")
    assert "Theo mẫu mới" in html
    assert cast["csdl"].full_name in html
    query = {"from": first, "to": NEW}
    assert "Thời tiết" in page(reader, "form_compare", "cha", **query)
    back = page(reader, "form_compare", "cha", **{"from": NEW, "to": first})
    assert "Removed" in back
    alike = page(reader, "form_compare", "cha", **{"from": NEW, "to": NEW})
    assert "The two versions are alike." in alike
    page(reader, "form_compare", "cha", status=404, **{"from": "1", "to": NEW})
    page(reader, "form_versions", "no_such", status=404)
    assert FormVersion.objects.filter(form="cha").count() == 2


@pytest.mark.parametrize("language", ["vi", "en"])
def test_minimum_data_is_read_from_the_forms_in_force(cast, language):
    word = {"vi": "biểu mẫu không còn câu hỏi này", "en": "the form has this question no more"}
    lost = f'<span class="id">coordinates</span>: {word[language]}'
    reader = signed_in(cast["kiemtra2"], language)
    before = page(reader, "minimum_data")
    assert lost not in before
    assert before.count("<td") > len(TOPICS)
    client = signed_in(cast["csdl"])
    proposal = proposed(client, drop=["coordinates"])
    asked = page(client, "form_proposal", proposal.pk)
    assert "minimum_data:coordinates" in asked
    warnings = re.findall(r'name="accepted" value="([^"]+)"', asked)
    assert publish(client, proposal, accepted=warnings).status_code == 302
    after = page(reader, "minimum_data")
    assert lost in after
    assert after.count("plain missing") == before.count("plain missing") + 1
    assert reverse("web:minimum_data") in page(reader, "forms")


# ── Correcting a mapping ────────────────────────────────────────────────────────────────────


def test_a_mapping_is_corrected_by_two_persons_who_saw_what_changes(cast):
    entered = verified(received(cha(1), by=cast["renew.hientruong"]), by=cast["renew"])
    approved(entered, by=cast["kiemtra2"])
    client, second = signed_in(cast["csdl"]), signed_in(cast["kiemtra1"])
    answer = upload(client, corrected("cha", {"slope": {"register::attribute": "steepness"}}))
    proposal = FormProposal.objects.latest("pk")
    assert answer.url == reverse("web:mapping_correction", args=[proposal.pk])
    html = page(client, "mapping_correction", proposal.pk)
    assert "steepness" in html
    assert "HAZ-409-600001" in html
    assert "mapping_put" not in html
    reasoned = client.post(
        reverse("web:mapping_reason", args=[proposal.pk]), {"reason": "Đọc nhầm độ dốc"}
    )
    assert reasoned.status_code == 302
    own = client.post(reverse("web:mapping_put", args=[proposal.pk]), {"seen": ""})
    assert own.status_code == 422
    assert reverse("web:mapping_correction", args=[proposal.pk]) in page(second, "forms")
    html = page(second, "mapping_correction", proposal.pk)
    assert "Đọc nhầm độ dốc" in html
    seen = re.search(r'name="seen" value="([^"]+)"', html)
    assert seen
    address = reverse("web:mapping_correction", args=[proposal.pk])
    put = second.post(reverse("web:mapping_put", args=[proposal.pk]), {"seen": seen[1]})
    assert (put.status_code, put.url) == (302, address)
    part = {"headers": {"HX-Target": "mapping-run"}}
    waits = second.get(address, **part).content.decode()
    assert "In work" in waits
    assert "hx-get" in waits
    assert "<html" not in waits
    assert "Confirm the correction" not in page(second, "mapping_correction", proposal.pk)
    assert "In work" in page(client, "mapping_correction", proposal.pk)
    mapping_work(run_id=MappingRun.objects.get().pk)
    assert second.get(address, **part).headers["HX-Refresh"] == "true"
    html = page(second, "mapping_correction", proposal.pk)
    assert "Reports read anew" in html
    assert reverse("web:form_versions", args=["cha"]) in html
    html = page(client, "form_versions", "cha")
    assert "Đọc nhầm độ dốc" in html
    assert cast["kiemtra1"].full_name in html
    revision = FormRevision.objects.get()
    kept = client.get(reverse("web:form_revision_workbook", args=["cha", revision.pk]))
    assert kept.content == bytes(revision.xlsform)

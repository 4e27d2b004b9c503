"""A new version of a form: proposed, looked at, published or withdrawn; nobody is overtaken."""

from __future__ import annotations

import io
import zipfile

import pytest

from datlanh.accounts.acting import acting
from datlanh.accounts.scope import NotAllowedError
from datlanh.audit.models import Event
from datlanh.intake.models import FormProposal, FormVersion
from datlanh.intake.selectors.offered import forms_offered
from datlanh.intake.selectors.proposed_forms import form_history, form_review
from datlanh.intake.services.checking import report_check
from datlanh.intake.services.forms import form_publish
from datlanh.intake.services.proposing import (
    form_proposal_publish,
    form_proposal_withdraw,
    form_propose,
)
from datlanh.intake.services.receiving import report_receive
from datlanh.kernel.errors import ConflictError, DomainError, TransitionError, UnreadableError
from support.reports import approved, cha, demo_cast, form_of, received, sent, verified
from support.workbooks import Book, question, revised

pytestmark = pytest.mark.django_db

NEW, NEWER = "2099010101", "2099010102"


@pytest.fixture
def cast():
    return demo_cast()


def propose(cast, who="csdl", workbook: bytes | None = None, **more) -> FormProposal:
    with acting(cast[who], via="web"):
        workbook = workbook or revised("cha", **({"version": NEW} | more))
        return form_propose(workbook=workbook, by=cast[who])


def publish(cast, proposal: FormProposal, who="csdl", **more) -> FormVersion:
    with acting(cast[who], via="web"):
        review = form_review(proposal)
        told = {
            "reason": "Theo mẫu mới của Trung tâm",
            "seen": review.seen,
            "accepted": [d.id for d in review.warnings],
        }
        return form_proposal_publish(id=proposal.pk, by=cast[who], **(told | more))


def test_nothing_is_published_before_somebody_does_it(cast):
    before = form_of("cha")
    proposal = propose(cast, add=[question("weather")])
    assert form_of("cha") == before
    version = publish(cast, proposal)
    assert form_of("cha") == version
    before.refresh_from_db()
    assert before.retired_at is not None
    assert (version.reason, version.published_by) == ("Theo mẫu mới của Trung tâm", cast["csdl"])
    proposal.refresh_from_db()
    assert proposal.outcome == FormProposal.PUBLISHED
    assert form_history("cha")[0] == version
    told = Event.objects.get(action="form.publish", subject_id=str(version.pk))
    assert told.note == "Theo mẫu mới của Trung tâm"


def test_phones_are_offered_the_new_version_at_once(cast):
    before = forms_offered(form="cha").get()
    publish(cast, propose(cast, add=[question("weather")]))
    after = forms_offered(form="cha").get()
    assert (after.version, after.xform_md5 == before.xform_md5) == (NEW, False)


def test_a_report_on_the_old_version_is_taken_and_flagged(cast):
    old = form_of("cha")
    xml = sent(cha(1))
    publish(cast, propose(cast, drop=["slope"]))
    by = cast["renew.hientruong"]
    with acting(by, via="openrosa"):
        report = report_receive(
            xml=xml, by=by, organisation=by.organisation, channel="openrosa"
        ).report
        report_check(report)
    assert report.form_version == old
    assert report.findings.filter(rule="form_retired").exists()


def test_the_review_counts_the_reports_a_change_touches(cast):
    received(cha(1), by=cast["renew.hientruong"])
    approved(
        verified(received(cha(2), by=cast["renew.hientruong"]), by=cast["renew"]),
        by=cast["kiemtra2"],
    )

    def edit(book: Book) -> None:
        book.choices = [
            r
            for r in book.choices
            if (r["list_name"], r["name"])
            not in {("slope", "flat"), ("evidence_kind", "direct"), ("vegetation_type", "grass")}
        ]
        book.row("quantity")["constraint"] = ". > 0"
        book.row("coordinates")["required"] = "yes"
        book.row("accessibility_additional")["required"] = "yes"

    proposal = propose(cast, edit=edit, drop=["slope"])
    with acting(cast["csdl"]):
        review = form_review(proposal)
    counts = {k: (t.waiting, t.approved) for k, t in review.touched.items()}
    assert counts["slope"] == (1, 1)
    assert counts["slope:flat"] == (1, 1)
    assert counts["evidence_kind:direct"] == (1, 1)
    assert counts["vegetation_type:grass"] == (1, 1)
    assert counts["found_items/quantity"] == (1, 1)
    assert counts["coordinates"] == (1, 1)
    assert counts["accessibility_additional"] == (0, 0)
    assert "choice_used:slope:flat" in {d.id for d in review.warnings}


def test_what_would_corrupt_data_is_not_published(cast):
    received(cha(1), by=cast["renew.hientruong"])
    proposal = propose(cast, change={"slope": {"register::group": "relief"}})
    with pytest.raises(DomainError, match="lose or corrupt"):
        publish(cast, proposal)
    assert form_of("cha").version != NEW


def test_each_warning_is_accepted_and_a_reason_given(cast):
    proposal = propose(cast, drop=["beneficiaries"])
    with pytest.raises(TransitionError, match="Tick each warning"):
        publish(cast, proposal, accepted=[])
    with pytest.raises(TransitionError, match="reason"):
        publish(cast, proposal, reason=" ")
    version = publish(cast, proposal)
    told = Event.objects.get(action="form.publish", subject_id=str(version.pk))
    assert told.after["accepted"] == [
        "column_needs:beneficiaries",
        "minimum_data:beneficiaries",
    ]


def test_a_proposal_held_against_another_version_is_looked_at_again(cast):
    proposal = propose(cast, version=NEWER)
    with acting(cast["csdl"]):
        seen = form_review(proposal).seen
        form_publish(workbook=revised("cha", version=NEW), by=cast["csdl"])
    with pytest.raises(ConflictError, match="look again"):
        publish(cast, proposal, seen=seen)
    publish(cast, proposal)


def test_a_newer_upload_takes_the_place_of_an_open_proposal(cast):
    first = propose(cast)
    second = propose(cast, version=NEWER)
    first.refresh_from_db()
    assert first.outcome == FormProposal.REPLACED
    with pytest.raises(TransitionError, match="already"):
        publish(cast, first)
    with acting(cast["csdl"]):
        form_proposal_withdraw(id=second.pk, by=cast["csdl"], reason="Sai mẫu")
    assert not FormProposal.objects.filter(closed_at=None).exists()
    with pytest.raises(TransitionError, match="already"):
        publish(cast, second)
    assert Event.objects.get(action="form.proposal_withdrawn").note == "Sai mẫu"


def test_a_published_file_and_a_used_version_are_refused(cast):
    publish(cast, propose(cast, workbook=(kept := revised("cha", version=NEW))))
    with pytest.raises(ConflictError, match="nothing to propose"):
        propose(cast, workbook=kept)
    with pytest.raises(ConflictError, match="raise its version"):
        propose(cast, version=NEW, drop=["slope"])


def test_only_the_database_unit_proposes(cast):
    for who in ("kiemtra2", "renew", "giamdoc"):
        with pytest.raises(NotAllowedError):
            propose(cast, who=who)


def _zip(**parts: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return kept.getvalue()


@pytest.mark.parametrize(
    "workbook",
    [
        b"",
        b"PK\x03\x04 broken",
        b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'aaaa'>]><x>&a;</x>",
        _zip(**{"xl/workbook.xml": b"0" * 61 * 1024 * 1024}),
        _zip(**{"../../etc/passwd": b"x"}),
        b"\x00" * (5 * 1024 * 1024 + 1),
    ],
    ids=["empty", "broken", "entities", "bomb", "no sheets", "large"],
)
def test_hostile_files_are_refused_with_a_sentence(cast, workbook):
    with pytest.raises(UnreadableError) as refusal:
        propose(cast, workbook=workbook or b" ")
    assert refusal.value.say("vi")
    assert not FormProposal.objects.exists()


def _settings(**values: str):
    return lambda book: book.settings[0].update(values)


@pytest.mark.parametrize(
    "more",
    [
        {"edit": _settings(form_id="Cha Form")},
        {"edit": _settings(form_id="proposals")},
        {"edit": _settings(version="v2")},
        {"edit": _settings(**{"datlanh::title_vi": "x" * 201})},
        {"add": [question("a b")]},
        {"add": [question("x", relevant="${no_such} = 1")]},
        {"add": [question("x", "select_one no_such_list")]},
        {"edit": lambda b: b.survey.append(question("g", "begin group"))},
        {"edit": lambda b: b.survey.extend(question(f"q{n}") for n in range(1600))},
    ],
)
def test_a_workbook_that_is_no_form_is_refused_with_a_sentence(cast, more):
    with pytest.raises(UnreadableError) as refusal:
        propose(cast, **more)
    assert refusal.value.say("vi")
    assert refusal.value.say("en")


def test_an_expression_no_phone_can_read_is_not_published(cast):
    proposal = propose(cast, add=[question("x", constraint=". > 1 +* (")])
    with acting(cast["csdl"]):
        assert [d.code for d in form_review(proposal).blocks] == ["expression"]
    with pytest.raises(DomainError, match="lose or corrupt"):
        publish(cast, proposal)

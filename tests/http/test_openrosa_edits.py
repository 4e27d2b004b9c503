"""Reports edited on the phone, and other content under an instance id that is known."""

from __future__ import annotations

import pytest

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.services import device_revoke
from datlanh.intake.models import Held, Report
from datlanh.intake.services import holding
from datlanh.intake.services.comparing import register_verify
from datlanh.intake.services.verifying import report_return
from support.pages import page, signed_in
from support.phones import JPEG, message_of, phone_of, receipt_of
from support.reports import approved, cha, demo_cast, sent, verified

pytestmark = pytest.mark.django_db

FIRST, SECOND, THIRD = (f"uuid:0000000{n}-aaaa-4bbb-8ccc-00000000000{n}" for n in (1, 2, 3))


@pytest.fixture
def cast():
    return demo_cast()


@pytest.fixture
def phone(settings, cast):
    settings.CHECK_INLINE = True
    return phone_of("renew.hientruong", language="en")


def edited(draft, instance_id: str, former: str) -> bytes:
    """As Collect writes it when somebody edits what was sent."""
    xml = sent(draft, instance_id)
    return xml.replace(
        f"<instanceID>{instance_id}</instanceID>".encode(),
        f"<instanceID>{instance_id}</instanceID><deprecatedID>{former}</deprecatedID>".encode(),
    ).replace(
        f"<orx:instanceID>{instance_id}</orx:instanceID>".encode(),
        f"<orx:instanceID>{instance_id}</orx:instanceID>"
        f"<orx:deprecatedID>{former}</orx:deprecatedID>".encode(),
    )


def of(instance_id: str) -> Report:
    return Report.objects.get(instance_id=instance_id)


def rules_of(report: Report) -> set[str]:
    return set(report.findings.values_list("rule", flat=True))


# ── Edits ───────────────────────────────────────────────────────────────────────────────────


def test_an_edit_takes_the_place_of_what_nobody_has_looked_at(phone):
    phone.send(sent(cha(1), FIRST))
    answer = phone.send(edited(cha(1, village="Thôn Hai"), SECOND, FIRST))
    assert answer.status_code == 201
    old, new = of(FIRST), of(SECOND)
    assert (old.state, new.state, new.replaces) == ("replaced", "received", old)
    assert "edit_unknown" not in rules_of(new)


def test_an_edit_of_an_edit_follows_the_newest(phone):
    phone.send(sent(cha(1), FIRST))
    phone.send(edited(cha(1, village="Thôn Hai"), SECOND, FIRST))
    phone.send(edited(cha(1, village="Thôn Ba"), THIRD, FIRST))
    assert [of(i).state for i in (FIRST, SECOND, THIRD)] == ["replaced", "replaced", "received"]
    assert of(THIRD).replaces == of(SECOND)


def test_an_edit_of_a_returned_report_is_its_resubmission(phone, cast):
    phone.send(sent(cha(1), FIRST))
    with acting(cast["renew"]):
        verified(of(FIRST), by=cast["renew"])
    with acting(cast["kiemtra2"]):
        report_return(id=of(FIRST).pk, by=cast["kiemtra2"], note="Thiếu thôn")
    phone.send(edited(cha(1), SECOND, FIRST))
    assert (of(FIRST).state, of(SECOND).replaces) == ("replaced", of(FIRST))


def test_an_edit_of_an_approved_report_is_a_correction(phone, cast):
    phone.send(sent(cha(1), FIRST))
    old = approved(verified(of(FIRST), by=cast["renew"]), by=cast["kiemtra2"])
    phone.send(edited(cha(1, village="Thôn Hai"), SECOND, FIRST))
    new = of(SECOND)
    assert (new.supersedes, new.chain_id, new.state) == (old, old.chain_id, "received")
    old.refresh_from_db()
    assert old.state == "approved"
    approved(verified(new, by=cast["renew"]), by=cast["kiemtra2"], record_id=old.record_id)
    with acting(SYSTEM):
        assert register_verify().differences == []


def test_an_edit_of_what_never_came_is_kept_and_flagged(phone):
    answer = phone.send(edited(cha(1), SECOND, FIRST))
    assert answer.status_code == 201
    assert "edit_unknown" in rules_of(of(SECOND))


def test_the_first_one_may_come_after_its_edit(phone):
    phone.send(edited(cha(1, village="Thôn Hai"), SECOND, FIRST))
    assert phone.send(sent(cha(1), FIRST)).status_code == 201
    old, new = of(FIRST), of(SECOND)
    assert (old.state, new.state, new.replaces) == ("replaced", "received", old)
    assert "edit_unknown" not in rules_of(new)


def test_an_edit_of_another_organisations_report_touches_nothing(phone):
    other = phone_of("mag.hientruong")
    other.send(sent(cha(1, organisation="mag", first=100000), FIRST))
    phone.send(edited(cha(1), SECOND, FIRST))
    assert (of(FIRST).state, of(SECOND).replaces) == ("received", None)
    assert "edit_unknown" in rules_of(of(SECOND))


# ── The same id, other content ──────────────────────────────────────────────────────────────


def test_other_content_under_a_known_id_is_kept_and_both_are_flagged(phone, cast):
    first = phone.send(sent(cha(1), FIRST))
    other = sent(cha(1, village="Thôn Hai"), FIRST)
    answer = phone.send(other, {"anh.jpg": JPEG})
    assert answer.status_code == 201
    old, new = of(FIRST), Report.objects.get(receipt=receipt_of(answer))
    assert receipt_of(first) == old.receipt != new.receipt
    assert old.receipt in message_of(answer)
    assert (new.twin_of, new.state, old.state) == (old, "received", "received")
    assert new.attachments.count() == 1
    assert "instance_twice" in rules_of(old) & rules_of(new)
    # The same again is the same again, whichever of the two.
    assert phone.send(other).status_code == 202
    assert phone.send(sent(cha(1), FIRST)).status_code == 202
    assert Report.objects.count() == 2
    reader = signed_in(cast["kiemtra2"])
    assert new.receipt in page(reader, "report", old.receipt)
    assert old.receipt in page(reader, "report", new.receipt)


def test_a_third_content_is_kept_too(phone):
    for village in ("Thôn Một", "Thôn Hai", "Thôn Ba"):
        assert phone.send(sent(cha(1, village=village), FIRST)).status_code == 201
    assert Report.objects.filter(twin_of=of(FIRST)).count() == 2


def test_a_decided_report_is_left_as_it_was(phone, cast):
    phone.send(sent(cha(1), FIRST))
    old = approved(verified(of(FIRST), by=cast["renew"]), by=cast["kiemtra2"])
    phone.send(sent(cha(1, village="Thôn Hai"), FIRST))
    old.refresh_from_db()
    assert (old.state, old.warns) == ("approved", 0)
    assert old.twins.get().state == "received"


def test_a_phone_that_is_shut_out_loses_no_other_content_either(phone, cast):
    phone.send(sent(cha(1), FIRST))
    device_revoke(device=phone.device, by=SYSTEM, note="Mất máy")
    contents = [sent(cha(1, village=v), FIRST) for v in ("Thôn Hai", "Thôn Ba")]
    for content in contents:
        assert phone.send(content).status_code == 201
        assert phone.send(content).status_code == 202
    assert phone.send(sent(cha(1), FIRST)).status_code == 202
    assert Held.objects.count() == 2
    for held in Held.objects.all():
        with acting(cast["kiemtra2"], via="web"):
            report = holding.held_release(id=held.pk, by=cast["kiemtra2"], reason="Đã hỏi")
        assert report.twin_of == of(FIRST)

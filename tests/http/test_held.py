"""A phone that is shut out: what it sends is neither lost nor counted."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.models import User
from datlanh.accounts.services import device_revoke, user_deactivate
from datlanh.audit.models import Event
from datlanh.intake.models import Attachment, Held, Report
from datlanh.intake.services import holding
from datlanh.intake.services.comparing import register_verify
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError, TransitionError
from datlanh.register.persons import persons_read
from support.phones import JPEG, Phone, message_of, phone_of
from support.reports import approved, cha, demo_cast, sent, verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> dict[str, User]:
    return demo_cast()


@pytest.fixture
def phone(settings, cast) -> Phone:
    settings.CHECK_INLINE = True
    found = phone_of("renew.hientruong", language="en")
    device_revoke(device=found.device, by=SYSTEM, note="Mất máy")
    return found


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, "datlanh.accounts.sessions.AccountBackend")
    return client


def let_in(phone, cast) -> Report:
    held = Held.objects.get()
    with acting(cast["kiemtra2"], via="web"):
        return holding.held_release(id=held.pk, by=cast["kiemtra2"], reason="Đã hỏi")


def test_it_is_kept_apart_and_told_so(phone, cast) -> None:
    answer = phone.send(sent(cha(1)), {"anh.jpg": JPEG})
    assert answer.status_code == 201
    held = Held.objects.get()
    assert held.receipt in message_of(answer)
    assert "does not count" in message_of(answer)
    assert (held.record_local_id, len(held.files)) == ("HAZ-409-600001", 1)
    assert Report.objects.count() == 0
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs")
        assert cursor.fetchone()[0] == 0
    for path in ("/reports/", "/review/?stage=verify", "/quality/"):
        told = signed_in(cast["renew"]).get(path).content.decode()
        assert "HAZ-409-600001" not in told, path


def test_what_is_personal_lies_sealed(phone, cast) -> None:
    phone.send(sent(cha(1, team_leader="Trương Thị Kín")))
    with connection.cursor() as cursor:
        cursor.execute("select row_to_json(h)::text from intake_held h")
        assert "Kín" not in cursor.fetchone()[0]
    held = Held.objects.get()
    with acting(cast["giamdoc"], via="web"):  # may not see persons
        assert persons_read([held.original], by=cast["giamdoc"], why="thử") == {}


def test_sent_twice_is_kept_once_and_later_files_join(phone, cast) -> None:
    xml = sent(cha(1))
    assert phone.send(xml).status_code == 201
    again = phone.send(xml, {"anh.jpg": JPEG})
    assert again.status_code == 202
    assert phone.send(xml, {"anh.jpg": JPEG}).status_code == 202
    assert [f["name"] for f in Held.objects.get().files] == ["anh.jpg"]


def test_what_was_sent_before_stays_the_report_it_is(settings, cast) -> None:
    settings.CHECK_INLINE = True
    phone, xml = phone_of("renew.hientruong", language="en"), sent(cha(1))
    assert phone.send(xml).status_code == 201
    device_revoke(device=phone.device, by=SYSTEM)
    answer = phone.send(xml)
    assert answer.status_code == 202
    assert Report.objects.get().receipt in message_of(answer)
    assert not Held.objects.exists()


def test_let_in_it_is_a_report_like_any_other_as_of_when_it_came(phone, cast) -> None:
    with clock.frozen(clock.now()):
        came = clock.now()
        phone.send(sent(cha(1)), {"anh.jpg": JPEG})
    report = let_in(phone, cast)
    report.refresh_from_db()
    assert (report.state, report.received_at, report.device) == ("received", came, phone.device)
    assert report.author == cast["renew.hientruong"]
    assert Attachment.objects.get(report=report).name == "anh.jpg"
    assert report.checked_at
    held = Held.objects.get()
    assert (held.state, held.report) == ("released", report)
    approved(verified(report, by=cast["renew"]), by=cast["kiemtra2"])
    with acting(SYSTEM):
        assert register_verify().equal
        assert persons_read([held.original], by=SYSTEM, why="thử") == {}  # one copy is left
    assert Event.objects.filter(action="held.release").get().actor_id == cast["kiemtra2"].pk


def test_a_deactivated_person_s_phone_is_held_too(settings, cast) -> None:
    settings.CHECK_INLINE = True
    phone = phone_of("renew.hientruong", language="en")
    user_deactivate(user=cast["renew.hientruong"], by=SYSTEM)
    assert phone.send(sent(cha(1))).status_code == 201
    assert let_in(phone, cast).state == "received"


def test_refused_it_needs_a_reason_and_stays_kept(phone, cast) -> None:
    phone.send(sent(cha(1)))
    held = Held.objects.get()
    officer = signed_in(cast["kiemtra2"])
    assert officer.post(f"/devices/held/{held.pk}", {"do": "refuse"}).status_code == 422
    answer = officer.post(f"/devices/held/{held.pk}", {"do": "refuse", "reason": "Máy bị trộm"})
    assert answer.status_code == 302
    held.refresh_from_db()
    assert (held.state, held.reason) == ("refused", "Máy bị trộm")
    assert Report.objects.count() == 0
    assert officer.post(f"/devices/held/{held.pk}", {"do": "release"}).status_code == 422
    assert phone.send(sent(cha(1))).status_code in (201, 202)


def test_nobody_decides_about_his_own_service_s(settings, cast) -> None:
    phone = phone_of("quandoi", language="en")
    device_revoke(device=phone.device, by=SYSTEM)
    phone.send(sent(cha(1, organisation="military", first=100_000)))
    held = Held.objects.get()
    with acting(cast["kiemtra1"]), pytest.raises(TransitionError):  # seconded by the military
        holding.held_release(id=held.pk, by=cast["kiemtra1"])
    assert "biệt phái" in signed_in(cast["kiemtra1"]).get("/devices/held/").content.decode()
    with pytest.raises(Held.DoesNotExist):
        holding.held_release(id=held.pk, by=cast["mag"])


def test_a_found_phone_does_not_fill_the_disk(phone, cast, monkeypatch) -> None:
    monkeypatch.setattr(holding, "HELD_MAX", 2)
    assert [phone.send(sent(cha(n))).status_code for n in (1, 2)] == [201, 201]
    answer = phone.send(sent(cha(3)))
    assert answer.status_code >= 400
    assert "too many" in message_of(answer)
    assert Held.objects.count() == 2


def test_rubbish_is_refused_as_from_any_phone(phone, cast) -> None:
    assert phone.send(b"<a>").status_code == 400
    assert not Held.objects.exists()
    with acting(SYSTEM), pytest.raises(DomainError):
        holding.report_hold(xml=b"<x", device=phone.device)

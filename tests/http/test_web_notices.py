"""One's notices on the pages, how one wants them, and the bell."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from datlanh.accounts.acting import acting
from datlanh.audit.sealing import seal_all
from datlanh.intake.services.verifying import report_return
from datlanh.notices.models import Address, Notice, Wish
from datlanh.notices.outbox import mails_send
from datlanh.notices.services import notices_make
from support.mailserver import mail_server
from support.pages import page, signed_in
from support.reports import cha, demo_cast, received, verified


@pytest.fixture
def cast(fresh_db, settings, tmp_path):
    settings.AUDIT_HEADS = tmp_path / "heads"
    return demo_cast()


@pytest.fixture
def returned(cast):
    report = verified(received(cha(1), by=cast["renew.hientruong"]), by=cast["renew"])
    with acting(cast["kiemtra2"]):
        report_return(id=report.pk, by=cast["kiemtra2"], note="thiếu ảnh")
    seal_all()
    notices_make()
    return report


def test_the_bell_counts_until_the_notice_is_opened(cast, returned):
    client = signed_in(cast["renew"])
    shown = page(client, "notices")
    assert f"Report {returned.record_local_id} was returned" in shown
    assert 'aria-label="1 unread notice"' in shown
    notice = Notice.objects.get(user=cast["renew"])
    answer = client.get(reverse("web:notice", args=[notice.pk]))
    assert answer.headers["Location"] == reverse("web:report", args=[returned.receipt])
    assert 'aria-label="Notices"' in page(client, "notices")


def test_nobody_opens_or_reads_anothers(cast, returned):
    notice = Notice.objects.get(user=cast["renew"])
    for name in ("mag", "kiemtra2", "renew.hientruong"):
        client = signed_in(cast[name])
        assert client.get(reverse("web:notice", args=[notice.pk])).status_code == 404
        client.post(reverse("web:notices_read"), {"newest": notice.pk + 5})
    notice.refresh_from_db()
    assert notice.read_at is None


def test_all_are_marked_as_read_up_to_those_that_were_seen(cast, returned):
    client = signed_in(cast["renew"])
    newest = re.search(r'name="newest" value="(\d+)"', page(client, "notices")).group(1)
    Notice.objects.create(
        user=cast["renew"], kind="file", key="later", at=returned.received_at, label="X"
    )
    client.post(reverse("web:notices_read"), {"newest": newest})
    assert 'aria-label="1 unread notice"' in page(client, "notices")
    for nonsense in ("", "x", "9" * 40):
        answer = client.post(reverse("web:notices_read"), {"newest": nonsense})
        assert answer.status_code == 302


def test_an_empty_page_says_what_will_stand_there(cast):
    assert "Nothing yet." in page(signed_in(cast["renew"]), "notices")


def test_wishes_are_kept_and_nonsense_is_refused(cast):
    client = signed_in(cast["renew"])
    said = {"shown-returned": "1", "mail-returned": "digest", "mail-approved": "off"}
    client.post(reverse("web:notices_settings"), said)
    kept = {w.kind: (w.is_shown, w.mail) for w in Wish.objects.filter(user=cast["renew"])}
    assert kept["returned"] == (True, "digest")
    assert kept["approved"] == (False, "off")
    answer = client.post(reverse("web:notices_settings"), {"mail-approved": "pigeon"}, follow=True)
    assert "There is no such choice." in answer.content.decode()


def test_without_a_mail_server_the_page_says_so(cast):
    client = signed_in(cast["renew"])
    assert "No mail server is set up here" in page(client, "notices_settings")
    said = client.post(reverse("web:notices_address"), {"address": "a@example.org"}, follow=True)
    assert "No mail server is set up here" in said.content.decode()
    assert not Address.objects.exists()


def test_an_address_is_given_confirmed_and_forgotten(cast, settings):
    client = signed_in(cast["renew"])
    with mail_server() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        wrong = client.post(reverse("web:notices_address"), {"address": "nobody"}, follow=True)
        assert "This is no e-mail address." in wrong.content.decode()
        client.post(reverse("web:notices_address"), {"address": "a@example.org"})
        assert "A code was sent to a@example.org" in page(client, "notices_settings")
        assert mails_send() == 1
        code = re.search(r"\b\d{6}\b", server.taken[0].get_content()).group()
    said = client.post(reverse("web:notices_confirm"), {"code": "x"}, follow=True)
    assert "The code is wrong or too old." in said.content.decode()
    assert Address.objects.get().tries == 1
    client.post(reverse("web:notices_confirm"), {"code": code})
    assert "E-mail goes to a@example.org" in page(client, "notices_settings")
    client.post(reverse("web:notices_address"), {"address": ""})
    assert not Address.objects.exists()

"""Notices: whom what concerns, each once, whatever is killed in between; and their e-mails."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.models import Grant
from datlanh.audit.sealing import seal_all
from datlanh.intake.models import Reminder
from datlanh.intake.services.clocks import clocks_remind
from datlanh.intake.services.deciding import step_propose
from datlanh.intake.services.desk import remark_add, report_assign
from datlanh.intake.services.verifying import report_return
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError
from datlanh.notices import services
from datlanh.notices.kinds import DIGEST, KINDS, OFF
from datlanh.notices.models import Address, Mail, Notice, Position
from datlanh.notices.outbox import mails_send, notices_clear
from datlanh.notices.selectors import notices_of, notices_unread
from datlanh.notices.services import mails_compose, notices_make
from support.mailserver import mail_server
from support.reports import approved, cha, demo_cast, received, verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(tmp_path, settings):
    settings.AUDIT_HEADS = tmp_path / "heads"
    return demo_cast()


def report_of(cast, number=1):
    return verified(received(cha(number), by=cast["renew.hientruong"]), by=cast["renew"])


def told(user, kind=None) -> list[str]:
    found = notices_of(user).order_by("pk")
    return [n.kind for n in found if kind is None or n.kind == kind]


def sealed_and_made() -> int:
    seal_all()
    return notices_make()


def test_who_sent_and_who_vouches_hear_what_became_of_a_report(cast) -> None:
    one, other = report_of(cast), report_of(cast, 2)
    approved(one, by=cast["kiemtra2"])
    with acting(cast["kiemtra2"]):
        report_return(id=other.pk, by=cast["kiemtra2"], note="thiếu ảnh")
    sealed_and_made()
    for name in ("renew.hientruong", "renew"):
        assert told(cast[name]) == ["approved", "returned"]
    assert told(cast["kiemtra2"]) == []
    assert told(cast["mag"]) == []
    notice = notices_of(cast["renew"]).first()
    assert notice.label == one.record_local_id
    assert notice.actor_name == cast["kiemtra2"].full_name


def test_a_discussion_reaches_the_other_side(cast) -> None:
    report = report_of(cast)
    with acting(cast["renew"]):
        remark_add(id=report.pk, text="Đã gửi ảnh", by=cast["renew"])
    sealed_and_made()
    assert told(cast["kiemtra2"], "remark") == told(cast["kiemtra1"], "remark") == ["remark"]
    assert told(cast["renew.hientruong"]) == []
    with acting(cast["kiemtra1"]):
        remark_add(id=report.pk, text="Cảm ơn", by=cast["kiemtra1"])
    sealed_and_made()
    assert told(cast["renew"]) == told(cast["renew.hientruong"]) == ["remark"]
    with acting(cast["renew"]):
        remark_add(id=report.pk, text="Xin kiểm tra lại", by=cast["renew"])
    sealed_and_made()  # from now on whoever spoke, not everybody
    assert told(cast["kiemtra1"], "remark") == ["remark"] * 2
    assert told(cast["kiemtra2"], "remark") == ["remark"]


def test_the_one_a_report_is_given_to_and_the_second_person(cast) -> None:
    report = report_of(cast)
    with acting(cast["kiemtra2"]):
        report_assign(id=report.pk, to="kiemtra1", by=cast["kiemtra2"])
    approved(report, by=cast["kiemtra2"])
    with acting(cast["kiemtra2"]):
        step_propose(id=report.pk, step="withdraw", by=cast["kiemtra2"], note="vì sao")
    sealed_and_made()
    assert told(cast["kiemtra1"]) == ["assigned", "proposal"]
    assert "proposal" not in told(cast["renew"])
    assert told(cast["kiemtra2"]) == []


def test_a_reminder_is_told_once(cast) -> None:
    report = report_of(cast)
    with acting(cast["kiemtra2"]):
        report_return(id=report.pk, by=cast["kiemtra2"], note="thiếu ảnh")
    later = clock.now() + dt.timedelta(days=3)
    with clock.frozen(later):
        for _ in range(2):
            with acting(SYSTEM, via="job"):
                clocks_remind(by=SYSTEM)
            sealed_and_made()
        mine = Reminder.objects.filter(user=cast["renew"]).count()
        assert mine > 0
        assert len(told(cast["renew"], "reminder")) == mine


def test_making_again_or_at_once_tells_nothing_twice(cast) -> None:
    approved(report_of(cast), by=cast["kiemtra2"])
    sealed_and_made()
    before = list(Notice.objects.values_list("pk", flat=True))
    assert before
    assert notices_make() == 0
    Position.objects.update(number=0)  # as if the position had not been written
    notices_make()
    assert list(Notice.objects.values_list("pk", flat=True)) == before


def test_what_is_not_committed_yet_is_told_when_it_is(cast) -> None:
    """An event with a lower number may be committed after one with a higher."""
    first, second = report_of(cast), report_of(cast, 2)
    approved(second, by=cast["kiemtra2"])
    sealed_and_made()
    assert told(cast["renew"]) == ["approved"]
    approved(first, by=cast["kiemtra2"])
    sealed_and_made()
    assert told(cast["renew"]) == ["approved"] * 2


def test_who_lost_the_right_sees_no_more_of_it(cast) -> None:
    approved(report_of(cast), by=cast["kiemtra2"])
    sealed_and_made()
    notice = notices_of(cast["renew"]).get()
    assert notices_unread(cast["renew"]) == 1
    Grant.objects.filter(user=cast["renew"]).update(ended_at=clock.now())
    cast["renew"].known_scopes = None
    assert told(cast["renew"]) == []
    assert notices_unread(cast["renew"]) == 0
    with pytest.raises(Notice.DoesNotExist):
        services.notice_open(id=notice.pk, by=cast["renew"])


def test_wishes_decide_what_is_shown(cast) -> None:
    wanted = dict.fromkeys(KINDS, (True, OFF)) | {"approved": (False, OFF)}
    services.wishes_set(by=cast["renew"], wanted=wanted)
    approved(report_of(cast), by=cast["kiemtra2"])
    sealed_and_made()
    assert told(cast["renew"]) == []
    assert told(cast["renew.hientruong"]) == ["approved"]
    with pytest.raises(DomainError):
        services.wishes_set(by=cast["renew"], wanted={"weather": (True, OFF)})


# ── By e-mail ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def server(settings):
    with mail_server() as running:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_FROM = "Đất Lành <datlanh@example.org>"
        yield running


def reached(user, address="a@example.org") -> None:
    Address.objects.create(user=user, address=address, confirmed_at=clock.now())


def test_an_address_is_used_once_its_code_came_back(cast, server) -> None:
    services.address_set(by=cast["renew"], address="a@example.org")
    assert mails_send() == 1
    (mail,) = server.taken
    code = re.search(r"\b\d{6}\b", mail.get_content()).group()
    wrong = "000000" if code != "000000" else "111111"
    assert services.address_confirm(by=cast["renew"], code=wrong) is False
    assert Mail.objects.get().code == ""
    assert services.address_confirm(by=cast["renew"], code=f" {code} ") is True
    for _ in range(4):
        services.address_set(by=cast["renew"], address="b@example.org")
    with pytest.raises(DomainError, match="Many codes"):
        services.address_set(by=cast["renew"], address="c@example.org")
    with pytest.raises(DomainError, match="no e-mail address"):
        services.address_set(by=cast["mag"], address="nobody")


def test_a_code_is_tried_a_few_times_only(cast, server) -> None:
    services.address_set(by=cast["renew"], address="a@example.org")
    mails_send()
    code = re.search(r"\b\d{6}\b", server.taken[0].get_content()).group()
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(8):
        assert services.address_confirm(by=cast["renew"], code=wrong) is False
    assert services.address_confirm(by=cast["renew"], code=code) is False


def test_at_once_and_once_a_day(cast, server) -> None:
    reached(cast["renew"])
    one, other = report_of(cast), report_of(cast, 2)
    approved(one, by=cast["kiemtra2"])
    with acting(cast["kiemtra2"]):
        report_return(id=other.pk, by=cast["kiemtra2"], note="tên Nguyễn Văn Nạn Nhân")
    sealed_and_made()
    assert mails_send() == 1
    mail = server.taken[0]
    assert other.record_local_id in str(mail["Subject"])
    assert "bị trả lại" in mail.get_content()
    assert "Nạn Nhân" not in mail.as_string()
    assert one.record_local_id not in mail.as_string()
    assert mails_compose(DIGEST) == 1
    assert mails_compose(DIGEST) == 0
    assert mails_send() == 1
    assert one.record_local_id in server.taken[1].get_content()
    assert (mails_send(), len(server.taken)) == (0, 2)


def test_the_outbox_tries_again_under_the_same_name(cast, server) -> None:
    reached(cast["renew"])
    with acting(cast["kiemtra2"]):
        report_return(id=report_of(cast).pk, by=cast["kiemtra2"], note="thiếu ảnh")
    sealed_and_made()
    server.refusals = ["451 later"]
    assert mails_send() == 0
    mail = Mail.objects.get()
    assert (mail.sent_at, mail.attempts) == (None, 1)
    assert mail.next_at > clock.now()
    assert mails_send() == 0  # its time has not come
    with clock.frozen(mail.next_at):
        assert mails_send() == 1
    assert server.taken[0]["Message-ID"] == f"<{mail.message}@example.org>"


def test_a_server_that_is_down_loses_nothing_and_gives_up_after_days(cast, settings) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    reached(cast["renew"])
    with acting(cast["kiemtra2"]):
        report_return(id=report_of(cast).pk, by=cast["kiemtra2"], note="thiếu ảnh")
    sealed_and_made()
    mail, tries = Mail.objects.get(), 0
    while mail.given_up_at is None:
        with clock.frozen(mail.next_at):
            assert mails_send() == 0
        mail.refresh_from_db()
        tries += 1
        assert tries < 60
    assert mail.attempts == tries
    assert mail.next_at - mail.made_at > dt.timedelta(days=3)
    assert told(cast["renew"]) == ["returned"]  # on the pages it stands all the same


def test_a_refused_address_is_not_tried_again(cast, server) -> None:
    reached(cast["renew"])
    with acting(cast["kiemtra2"]):
        report_return(id=report_of(cast).pk, by=cast["kiemtra2"], note="thiếu ảnh")
    sealed_and_made()
    server.refusals = ["550 no such person"]
    assert mails_send() == 0
    assert "550" in Address.objects.get().refused
    assert Mail.objects.get().given_up_at is not None
    with acting(cast["kiemtra2"]):
        report_return(id=report_of(cast, 2).pk, by=cast["kiemtra2"], note="thiếu ảnh")
    sealed_and_made()
    assert Mail.objects.count() == 1


def test_old_notices_are_forgotten(cast) -> None:
    approved(report_of(cast), by=cast["kiemtra2"])
    sealed_and_made()
    with clock.frozen(clock.now() + dt.timedelta(days=91)):
        assert notices_clear() > 0
    assert not Notice.objects.exists()

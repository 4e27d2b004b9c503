"""The second step of signing in: who owes it, what opens without it, and its secrets at rest."""

from __future__ import annotations

import base64
import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse

from datlanh.accounts import services
from datlanh.accounts.acting import SYSTEM
from datlanh.accounts.adapter import cookie_of
from datlanh.accounts.demo import DEMO_PASSWORD
from datlanh.accounts.models import Grant, Session, User
from datlanh.accounts.secondstep import SEALED, owed_since
from datlanh.accounts.selectors import kept_key, sessions_of
from datlanh.accounts.sessions import browser_named
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError
from support.reports import demo_cast
from support.totp import code_of

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def cast(settings) -> dict[str, User]:
    settings.SECOND_STEP_REQUIRED = True
    settings.SECOND_STEP_GRACE_DAYS = 0
    return demo_cast()


def signed_in(username: str, client: Client | None = None, password: str = DEMO_PASSWORD) -> Client:
    client = client or Client()
    client.post(LOGIN, {"login": username, "password": password})
    return client


def test_the_code_is_the_one_of_the_standard() -> None:
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert code_of(secret, 59) == "287082"  # RFC 6238, appendix B, last six digits


@pytest.mark.parametrize("who", ["kiemtra2", "csdl", "giamdoc"])
def test_who_approves_or_administers_sets_it_up_first(cast, who: str) -> None:
    client = signed_in(who)
    for path in ("/", "/review/", "/devices/", "/areas/"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index"))
    assert client.get("/map/legend.json", HTTP_ACCEPT="application/json").status_code == 403
    assert client.post("/devices/add").status_code == 403
    page = client.get(reverse("mfa_index"))
    assert "cần bước thứ hai" in page.content.decode()
    totp.TOTP.activate(cast[who], SECRET)
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("who", ["mag", "mag.hientruong"])
def test_others_may_do_without(cast, who: str) -> None:
    assert signed_in(who).get("/").status_code == 200


def test_days_of_grace_count_from_the_role(cast, settings) -> None:
    settings.SECOND_STEP_GRACE_DAYS = 7
    client = signed_in("kiemtra2")
    assert client.get("/").status_code == 200
    assert "làm việc chưa cần bước này đến ngày" in client.get("/accounts/2fa/").content.decode()
    Grant.objects.filter(user=cast["kiemtra2"]).update(granted_at=clock.now() - dt.timedelta(8))
    assert client.get("/").status_code == 302
    assert owed_since(User.objects.get(username="mag")) is None


def test_the_second_step_is_asked_for_at_the_door(cast) -> None:
    totp.TOTP.activate(cast["kiemtra2"], SECRET)
    client = signed_in("kiemtra2")
    assert client.get("/").status_code == 302  # the password alone opens nothing
    step = client.get(reverse("mfa_authenticate")).content.decode()
    assert "Bước thứ hai" in step
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    client.post(reverse("mfa_authenticate"), {"code": code_of(SECRET)})
    assert client.get("/").status_code == 200


def test_secrets_are_sealed_with_a_key_that_is_not_in_the_database(cast, settings) -> None:
    totp.TOTP.activate(cast["kiemtra2"], SECRET)
    with connection.cursor() as cursor:
        cursor.execute("select data::text from mfa_authenticator")
        kept = cursor.fetchone()[0]
    assert SEALED in kept
    assert SECRET not in kept
    row = Authenticator.objects.get()
    assert row.wrap().validate_code(code_of(SECRET))
    row.data["secret"] = SECRET  # as it stood before they were sealed
    row.save()
    assert Authenticator.objects.get().data["secret"] == SECRET


# Throttling --------------------------------------------------------------------------------------


def fail(client: Client, username: str, times: int, **more: str) -> str:
    for _ in range(times):
        answer = client.post(LOGIN, {"login": username, "password": "sai hoàn toàn"}, **more)
    return answer.content.decode()


def opens(client: Client, username: str, **more: str) -> bool:
    answer = client.post(LOGIN, {"login": username, "password": DEMO_PASSWORD}, **more)
    return answer.status_code == 302


def test_a_guesser_shuts_out_neither_the_account_where_it_is_known_nor_others(cast) -> None:
    own = signed_in("mag")
    own.logout()
    assert cookie_of("mag") in own.cookies or signed_in("mag", own)
    own = Client()
    assert opens(own, "mag")
    own.post("/accounts/logout/")
    fail(Client(), "mag", 11, REMOTE_ADDR="203.0.113.9")
    assert not opens(Client(), "mag", REMOTE_ADDR="203.0.113.9")
    assert not opens(Client(), "mag", REMOTE_ADDR="203.0.113.10")  # per account
    assert opens(own, "mag")  # but its own browser has a budget of its own
    assert opens(Client(), "renew", REMOTE_ADDR="203.0.113.9")


def test_a_busy_address_keeps_known_browsers_open(cast) -> None:
    own = Client()
    assert opens(own, "renew", REMOTE_ADDR="203.0.113.9")
    own.post("/accounts/logout/")
    stranger = Client()
    for number in range(61):
        fail(stranger, f"khong.co.{number}", 1, REMOTE_ADDR="203.0.113.9")
    assert not opens(Client(), "mag", REMOTE_ADDR="203.0.113.9")
    assert opens(own, "renew", REMOTE_ADDR="203.0.113.9")
    assert opens(Client(), "mag", REMOTE_ADDR="203.0.113.11")


def test_a_mark_is_nobody_else_s_and_is_limited_too(cast) -> None:
    own = Client()
    assert opens(own, "mag")
    mark = own.cookies[cookie_of("mag")].value
    own.post("/accounts/logout/")
    other = Client()
    other.cookies[cookie_of("renew")] = mark
    fail(other, "renew", 11)
    assert not opens(Client(), "renew")  # counted as any other
    fail(own, "mag", 11)
    assert not opens(own, "mag")
    assert opens(Client(), "mag")


def test_budgets_are_shared_by_all_processes(cast) -> None:
    fail(Client(), "mag", 1)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from accounts_attempt")
        assert cursor.fetchone()[0] >= 2


# Sessions ----------------------------------------------------------------------------------------

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126 Edg/126", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 14; SM-A155F) Chrome/126 Mobile", "Chrome, Android"),
        ("curl/8", ""),
    ],
)
def test_a_browser_is_kept_as_a_short_name(agent: str, name: str) -> None:
    assert browser_named(agent) == name


def test_a_session_is_kept_as_a_digest_with_browser_and_address(cast) -> None:
    client = Client(HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="198.51.100.7")
    signed_in("mag", client)
    key = client.session.session_key
    row = sessions_of(cast["mag"]).get()
    assert row.pk == kept_key(key) != key
    assert (row.browser, row.address) == ("Firefox, Linux", "198.51.100.7")
    assert row.created_at is not None
    assert Client(headers={"Cookie": f"sessionid={row.pk}"}).get("/").status_code == 302
    assert client.get("/").status_code == 200
    began = row.created_at
    Session.objects.update(last_seen_at=clock.now() - dt.timedelta(minutes=6))
    client.get("/")
    row.refresh_from_db()
    assert clock.now() - row.last_seen_at < dt.timedelta(minutes=1)
    assert row.created_at == began


def test_one_ends_one_s_other_sessions(cast) -> None:
    here, there = signed_in("mag"), signed_in("mag")
    page = here.get("/account/sessions/").content.decode()
    assert page.count("data-session") == 2
    other = kept_key(there.session.session_key)
    assert here.post("/account/sessions/end", {"session": other}).status_code == 302
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200
    signed_in("mag", there)
    here.post("/account/sessions/end", {"all": "1"})
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200


def test_nobody_ends_a_session_of_somebody_else_by_its_number(cast) -> None:
    mine, foreign = signed_in("mag"), signed_in("renew")
    other = kept_key(foreign.session.session_key)
    mine.post("/account/sessions/end", {"session": other})
    assert foreign.get("/").status_code == 200


def test_an_administrator_resets_a_lost_second_step(cast) -> None:
    totp.TOTP.activate(cast["kiemtra2"], SECRET)
    with pytest.raises(DomainError):
        services.second_step_reset(user=cast["kiemtra2"], by=cast["csdl"], note=" ")
    with pytest.raises(DomainError):
        services.second_step_reset(user=cast["csdl"], by=cast["csdl"], note="Mất máy")
    client = signed_in("kiemtra2")
    client.post(reverse("mfa_authenticate"), {"code": code_of(SECRET)})
    services.second_step_reset(user=cast["kiemtra2"], by=cast["csdl"], note="Mất máy")
    assert not Authenticator.objects.exists()
    assert client.get("/").status_code == 302
    assert Session.objects.filter(account=cast["kiemtra2"]).count() == 0
    with pytest.raises(DomainError):
        services.second_step_reset(user=cast["kiemtra2"], by=cast["mag"], note="Mất máy")


def test_a_setting_trusts_the_proxy_s_word_for_the_address(settings) -> None:
    from datlanh.delivery.middleware import address_of

    request = RequestFactory().get("/", headers={"X-Forwarded-For": "10.9.9.9, 198.51.100.7"})
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert address_of(request) == "198.51.100.7"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert address_of(request) == "127.0.0.1"


def test_an_account_s_end_is_the_end_of_its_sessions(cast) -> None:
    client = signed_in("mag")
    assert client.get("/").status_code == 200
    services.user_deactivate(user=cast["mag"], by=SYSTEM)
    assert client.get("/").status_code == 302

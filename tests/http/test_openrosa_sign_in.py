"""Basic sign-in of phones: guessing is slowed down, and no office is locked out by it."""

from __future__ import annotations

import base64

import pytest
from django.core.cache import cache
from django.test import Client

from datlanh.accounts.demo import DEMO_PASSWORD
from datlanh.accounts.phonebudget import OF_BOTH
from support.phones import message_of
from support.reports import demo_cast

pytestmark = pytest.mark.django_db

OFFICE, ELSEWHERE = "203.0.113.7", "198.51.100.9"
TRIES = int(OF_BOTH["phone"].partition("/")[0])


@pytest.fixture(autouse=True)
def accounts():
    cache.clear()
    demo_cast()
    yield
    cache.clear()


def answer(username: str, password: str, address: str = OFFICE):
    token = base64.b64encode(f"{username}:{password}".encode()).decode()
    headers = {"Authorization": f"Basic {token}", "Accept-Language": "en"}
    return Client(REMOTE_ADDR=address).get("/openrosa/formList", headers=headers)


def status(username: str, password: str = DEMO_PASSWORD, address: str = OFFICE) -> int:
    return answer(username, password, address).status_code


def test_after_ten_wrong_passwords_nobody_looks_at_more_of_them_for_a_while():
    assert [status("renew.hientruong", "wrong") for _ in range(TRIES)] == [401] * TRIES
    refused = answer("renew.hientruong", DEMO_PASSWORD)
    assert (refused.status_code, refused["Retry-After"]) == (429, "300")
    assert "still on the phone" in message_of(refused)
    assert "WWW-Authenticate" not in refused


def test_right_passwords_cost_nothing():
    assert {status("renew.hientruong") for _ in range(TRIES * 2)} == {200}


def test_a_phone_with_an_old_password_shuts_out_no_colleague_behind_the_same_address():
    assert status("mag.hientruong") == 200
    for number in range(80):
        status(f"nobody.{number}", "wrong")
    # Nothing is left for strangers at this address; who signed in here before is let in.
    assert status("crs.hientruong") == 429
    assert status("mag.hientruong") == 200


def test_a_guesser_elsewhere_does_not_shut_the_account_out_where_it_is_at_home():
    assert status("renew.hientruong") == 200
    assert {status("renew.hientruong", "wrong", ELSEWHERE) for _ in range(TRIES)} == {401}
    assert status("renew.hientruong", "wrong", ELSEWHERE) == 429
    assert status("renew.hientruong") == 200


def test_guessing_from_many_addresses_is_slowed_down_too():
    tried = [status("renew.hientruong", "wrong", f"192.0.2.{n}") for n in range(40)]
    assert tried[:30] == [401] * 30
    assert set(tried[30:]) == {429}


def test_asking_without_a_password_is_no_try():
    for _ in range(TRIES * 8):
        assert Client(REMOTE_ADDR=OFFICE).get("/openrosa/formList").status_code == 401
    assert status("renew.hientruong") == 200

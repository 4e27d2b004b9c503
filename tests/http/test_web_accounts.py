"""The pages of accounts: add, give and end roles, passwords, sessions, closing."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from datlanh.accounts.acting import SYSTEM
from datlanh.accounts.models import Grant, User
from datlanh.accounts.services import device_add
from support.reports import demo_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> dict[str, User]:
    return demo_cast()


@pytest.fixture
def unit(cast) -> Client:
    client = Client()
    client.force_login(cast["csdl"], "datlanh.accounts.sessions.AccountBackend")
    return client


def add(client: Client, **more: str):
    typed = {
        "username": "Mai.Moi",
        "full_name": "Mai Thị Mới",
        "organisation": "mag",
        "language": "vi",
        "role": "team_leader",
        "within": "home",
    }
    return client.post("/users/add", typed | more)


def shown_password(page: str) -> str:
    found = re.search(r"data-password>([^<]+)<", page)
    assert found
    return found[1]


def test_an_account_is_added_with_a_role_and_signs_in(cast, unit) -> None:
    page = add(unit).content.decode()
    made = User.objects.get(username="mai.moi")
    grant = Grant.objects.get(user=made)
    assert (grant.role.key, grant.organisation.key) == ("team_leader", "mag")
    assert shown_password(page) not in unit.get(f"/users/{made.pk}/").content.decode()
    client = Client()
    client.post("/accounts/login/", {"login": "mai.moi", "password": shown_password(page)})
    assert client.get("/areas/").status_code == 200


def test_what_was_typed_stays_when_it_is_refused(cast, unit) -> None:
    answer = add(unit, username="mag")
    assert answer.status_code == 422
    assert "Mai Thị Mới" in answer.content.decode()
    assert add(unit, role="khong-co").status_code == 422
    assert add(unit, organisation="khong-co").status_code == 422
    assert not User.objects.filter(full_name="Mai Thị Mới").exists()


def test_a_refused_role_makes_no_account(cast, unit) -> None:
    assert add(unit, within="khong-co").status_code == 422
    assert not User.objects.filter(username="mai.moi").exists()


def test_a_role_is_given_and_ended_and_told_afterwards(cast, unit) -> None:
    path = f"/users/{cast['mag'].pk}/"
    unit.post(path + "grant", {"role": "team_leader", "within": "mag"})
    grant = Grant.objects.get(user=cast["mag"], role__key="team_leader")
    assert "Đội trưởng" in unit.get(path).content.decode()
    assert unit.post(path + "grant/end", {"grant": str(grant.pk)}).status_code == 302
    grant.refresh_from_db()
    assert grant.ended_at is not None
    assert "Vai trò trước đây" in unit.get(path).content.decode()
    foreign = Grant.objects.filter(user=cast["renew"]).get()
    assert unit.post(path + "grant/end", {"grant": str(foreign.pk)}).status_code == 404
    assert unit.post(path + "grant/end", {"grant": "x"}).status_code == 404


def test_nobody_gives_a_role_to_himself(cast, unit) -> None:
    answer = unit.post(f"/users/{cast['csdl'].pk}/grant", {"role": "director", "within": "qtmac"})
    assert answer.status_code == 422
    assert "tự giao vai trò" in answer.content.decode()


def test_a_new_password_ends_sessions(cast, unit) -> None:
    other = Client()
    other.force_login(cast["mag"], "datlanh.accounts.sessions.AccountBackend")
    page = unit.post(f"/users/{cast['mag'].pk}/password").content.decode()
    assert other.get("/").status_code == 302
    other.post("/accounts/login/", {"login": "mag", "password": shown_password(page)})
    assert other.get("/").status_code == 200


def test_closing_ends_all_at_once(cast, unit) -> None:
    device_add(user=cast["mag"], name="Máy MAG", by=SYSTEM)
    other = Client()
    other.force_login(cast["mag"], "datlanh.accounts.sessions.AccountBackend")
    path = f"/users/{cast['mag'].pk}/"
    assert "Máy MAG" in unit.get(path).content.decode()
    unit.post(path + "deactivate", {"note": "Nghỉ việc"})
    assert other.get("/").status_code == 302
    assert "Đã khoá" in unit.get(path).content.decode()
    own = unit.post(f"/users/{cast['csdl'].pk}/deactivate")
    assert own.status_code == 422


def test_accounts_are_found_without_marks(cast, unit) -> None:
    page = unit.get("/users/?q=hoang+thuy").content.decode()
    assert f"/users/{cast['mag'].pk}/" in page
    assert f"/users/{cast['renew'].pk}/" not in page

"""Accounts, grants and scopes, the acting person, phones."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client

from datlanh.accounts import selectors, services
from datlanh.accounts.acting import NAMES, SYSTEM, acting
from datlanh.accounts.demo import DEMO_ACCOUNTS, DEMO_PASSWORD
from datlanh.accounts.models import Device, Grant, Session, User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.roles import ROLES, RoleSpec
from datlanh.accounts.scope import EVERYTHING, NOTHING, NotAllowedError, has, scope_for
from datlanh.audit.models import Event
from datlanh.delivery.middleware import SignedIn
from datlanh.kernel import clock
from datlanh.kernel.errors import ConflictError, DomainError
from datlanh.organisations.models import Donor, Organisation
from datlanh.organisations.services import donor_add, organisations_seed


@pytest.fixture
def cast(db: None) -> dict[str, Organisation]:
    services.accounts_seed()
    return organisations_seed()


def person(cast: dict[str, Organisation], role: str, home: str, within: str | None = None) -> User:
    user = services.user_add(
        username=f"{role}-{home}-{within}",
        full_name="Nguyễn Văn Thử",
        organisation=cast[home],
        by=SYSTEM,
    )
    organisation = cast[within] if within else None
    services.grant_give(user=user, role=role, organisation=organisation, by=SYSTEM)
    return user


def settings_now() -> dict[str, str]:
    with connection.cursor() as cursor:
        columns = ", ".join(f"coalesce(current_setting('{n}', true), '')" for n in NAMES)
        cursor.execute(f"select {columns}")
        return dict(
            zip((n.removeprefix("datlanh.") for n in NAMES), cursor.fetchone(), strict=True)
        )


def who_is_signed_in(client: Client) -> AbstractBaseUser | AnonymousUser:
    request = HttpRequest()
    request.session = client.session
    SignedIn(lambda _: HttpResponse()).process_request(request)
    return request.user


# Permissions and scopes


def test_permissions_stand_in_alphabetical_order() -> None:
    assert Permission.values == sorted(Permission.values)


def test_every_role_permission_exists_and_keys_are_single() -> None:
    assert len({r.key for r in ROLES}) == len(ROLES)
    assert all(p in Permission for r in ROLES for p in r.permissions)


@pytest.mark.parametrize("spec", ROLES, ids=lambda r: r.key)
def test_a_role_within_one_organisation_reaches_only_its_data(
    cast: dict[str, Organisation], spec: RoleSpec
) -> None:
    user, mag, renew = person(cast, spec.key, "mag", "mag"), cast["mag"].pk, cast["npa_renew"].pk
    assert {p for p in Permission if has(user, p, mag)} == spec.permissions
    assert not any(has(user, p, renew) for p in Permission)
    assert not any(has(AnonymousUser(), p) for p in Permission)
    assert all(has(SYSTEM, p, renew) for p in Permission)


def test_a_grant_for_the_whole_province_reaches_everything(cast: dict[str, Organisation]) -> None:
    officer = person(cast, "data_qc_officer", "military")
    assert scope_for(officer, Permission.REPORT_READ) == EVERYTHING
    assert officer.organisation_id == cast["military"].pk  # his own service stays his home


def test_two_grants_reach_both_organisations(cast: dict[str, Organisation]) -> None:
    user = person(cast, "field_user", "mag", "mag")
    services.grant_give(user=user, role="field_user", organisation=cast["ptvn"], by=SYSTEM)
    scope = scope_for(user, Permission.REPORT_READ)
    assert scope.organisation_ids == {cast["mag"].pk, cast["ptvn"].pk}
    found = Organisation.objects.filter(scope.q("pk")).values_list("key", flat=True)
    assert sorted(found) == ["mag", "ptvn"]


def test_nothing_filters_every_row_away(cast: dict[str, Organisation]) -> None:
    assert NOTHING.nothing
    assert not Organisation.objects.filter(NOTHING.q("pk")).exists()
    assert Organisation.objects.filter(EVERYTHING.q("pk")).count() == len(cast)


def test_scopes_cost_one_query_for_each_user_object(
    cast: dict[str, Organisation], django_assert_num_queries
) -> None:
    user = User.objects.get(pk=person(cast, "field_user", "mag", "mag").pk)
    with django_assert_num_queries(1):
        for permission in Permission:
            has(user, permission)


def test_an_ended_grant_reaches_nothing(cast: dict[str, Organisation]) -> None:
    user = person(cast, "director", "qtmac")
    services.grant_end(grant=user.grants.get(), by=SYSTEM)
    assert scope_for(User.objects.get(pk=user.pk), Permission.AUDIT_READ).nothing


def test_the_same_grant_twice_is_one(cast: dict[str, Organisation]) -> None:
    user = person(cast, "director", "qtmac")
    services.grant_give(user=user, role="director", by=SYSTEM)
    grant = Grant.objects.get(user=user)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(user=user, role=grant.role, granted_at=clock.now())


# Accounts


def test_an_officer_of_one_organisation_makes_no_accounts(cast: dict[str, Organisation]) -> None:
    officer = person(cast, "operator_information_officer", "mag", "mag")
    with pytest.raises(NotAllowedError):
        services.user_add(username="a", full_name="A", organisation=cast["mag"], by=officer)


def test_who_administers_one_organisation_gives_no_grant_beyond_it(
    cast: dict[str, Organisation],
) -> None:
    manager = person(cast, "database_unit_manager", "mag", "mag")
    user = services.user_add(username="b", full_name="B", organisation=cast["mag"], by=manager)
    services.grant_give(user=user, role="field_user", organisation=cast["mag"], by=manager)
    for beyond in (None, cast["ptvn"]):
        with pytest.raises(NotAllowedError):
            services.grant_give(user=user, role="director", organisation=beyond, by=manager)


def test_user_names_are_lower_case_and_single(cast: dict[str, Organisation]) -> None:
    user = services.user_add(username=" Lan ", full_name="Lan", organisation=cast["mag"], by=SYSTEM)
    assert user.username == "lan"
    with pytest.raises(ConflictError):
        services.user_add(username="LAN", full_name="L", organisation=cast["mag"], by=SYSTEM)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(username="Lan")


def test_a_weak_password_is_refused_in_both_languages(cast: dict[str, Organisation]) -> None:
    with pytest.raises(DomainError) as refusal:
        services.user_add(
            username="c", full_name="C", organisation=cast["mag"], password="short", by=SYSTEM
        )
    assert "10" in refusal.value.say("vi")
    assert "too short" in refusal.value.say("en")


def test_deactivation_ends_sessions_grants_and_phones(cast: dict[str, Organisation]) -> None:
    manager = person(cast, "database_unit_manager", "qtmac")
    user = person(cast, "field_user", "mag", "mag")
    services.user_password_set(user=user, password="a long enough one", by=SYSTEM)
    _, secret = services.device_add(user=user, name="Samsung A15", by=SYSTEM)
    client = Client()
    client.force_login(user, "datlanh.accounts.sessions.AccountBackend")
    assert who_is_signed_in(client) == user

    services.user_deactivate(user=user, by=manager, note="Nghỉ việc")

    user.refresh_from_db()
    assert not user.is_active
    assert not Session.objects.exists()
    assert who_is_signed_in(client).is_anonymous
    User.objects.filter(pk=user.pk).update(is_active=True)
    assert who_is_signed_in(client).is_anonymous  # an old session does not revive
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert authenticate(username=user.username, password="a long enough one") is None
    assert selectors.device_by_secret(secret) is None
    assert not selectors.grants_of(user).exists()
    event = Event.objects.latest("id")
    assert (event.action, event.actor_id, event.note) == (
        "user.deactivate",
        manager.pk,
        "Nghỉ việc",
    )


def test_who_is_signed_in_and_what_they_may_is_one_question(
    cast: dict[str, Organisation], django_assert_num_queries: Any
) -> None:
    user = person(cast, "field_user", "mag", "mag")
    client = Client()
    client.force_login(user, "datlanh.accounts.sessions.AccountBackend")
    with django_assert_num_queries(1):
        found = who_is_signed_in(client)
        assert found == user
        assert scope_for(found, Permission.REPORT_CREATE).allows(user.organisation_id)
    assert Session.objects.get().account_id == user.pk


def test_the_account_of_a_session_is_whose_key_is_signed_not_whose_number_stands_there(
    cast: dict[str, Organisation],
) -> None:
    user, other = person(cast, "field_user", "mag", "mag"), person(cast, "director", "qtmac")
    client = Client()
    client.force_login(user, "datlanh.accounts.sessions.AccountBackend")
    Session.objects.update(account=other)
    found = who_is_signed_in(client)
    assert found == user
    assert scope_for(found, Permission.REPORT_APPROVE).nothing


def test_sessions_that_ended_are_cleared_away(cast: dict[str, Organisation]) -> None:
    client = Client()
    client.force_login(
        person(cast, "field_user", "mag", "mag"), "datlanh.accounts.sessions.AccountBackend"
    )
    services.sessions_clear()
    assert Session.objects.count() == 1
    Session.objects.update(expire_date=clock.now() - dt.timedelta(seconds=1))
    assert who_is_signed_in(client).is_anonymous
    services.sessions_clear()
    assert not Session.objects.exists()


def test_nobody_deactivates_himself(cast: dict[str, Organisation]) -> None:
    manager = person(cast, "database_unit_manager", "qtmac")
    with pytest.raises(DomainError, match="your own"):
        services.user_deactivate(user=manager, by=manager)


def test_administrators_see_the_accounts_of_their_scope(cast: dict[str, Organisation]) -> None:
    manager = person(cast, "database_unit_manager", "qtmac")
    user = person(cast, "field_user", "mag", "mag")
    assert set(selectors.users_of(manager)) == {manager, user}
    assert not selectors.users_of(user).exists()


def test_users_with_a_permission_are_found_by_organisation(cast: dict[str, Organisation]) -> None:
    centre = person(cast, "data_qc_officer", "qtmac")
    officer = person(cast, "operator_information_officer", "mag", "mag")
    found = selectors.users_with(Permission.REPORT_READ, cast["mag"].pk)
    assert set(found) == {centre, officer}
    assert set(selectors.users_with(Permission.REPORT_APPROVE)) == {centre}


# Acting


def test_outside_of_acting_nobody_is_known(db: None) -> None:
    assert set(settings_now().values()) == {""}


def test_acting_tells_the_database_who_and_how_far(cast: dict[str, Organisation]) -> None:
    user = person(cast, "field_user", "mag", "mag")
    with acting(user, via="openrosa", origin="10.0.0.7"):
        assert settings_now() == {
            "actor": str(user.pk),
            "scope": str(cast["mag"].pk),
            "persons": "",  # a field user reads no personal data
            "via": "openrosa",
            "origin": "10.0.0.7",
        }
    assert set(settings_now().values()) == {""}


def test_inner_acting_gives_back_to_the_outer_one(cast: dict[str, Organisation]) -> None:
    user = person(cast, "field_user", "mag", "mag")
    with acting(user, via="web"):
        outer = settings_now()
        with acting(SYSTEM):
            assert settings_now() | {"origin": ""} == {
                "actor": "0",
                "scope": "all",
                "persons": "all",
                "via": "web",
                "origin": "",
            }
        assert settings_now() == outer
        with pytest.raises(ZeroDivisionError), acting(SYSTEM):
            1 / 0  # noqa: B018
        assert settings_now() == outer
        with pytest.raises(IntegrityError), acting(SYSTEM):
            Organisation.objects.create(key="mag")
        assert settings_now() == outer


def test_a_committed_transaction_leaves_no_settings_behind(fresh_db: None) -> None:
    services.accounts_seed()
    user = person(organisations_seed(), "data_qc_officer", "qtmac")
    with acting(user, via="web"):
        assert settings_now()["scope"] == "all"
    assert not connection.in_atomic_block
    assert set(settings_now().values()) == {""}


def test_an_error_takes_back_what_was_written(fresh_db: None) -> None:
    def seed_and_fail() -> None:
        with acting(SYSTEM):
            donor_add(key="taken-back", name_vi="Thử", name_en="Trial", by=SYSTEM)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        seed_and_fail()
    assert not Donor.objects.filter(key="taken-back").exists()


def test_the_door_reaches_the_audit_trail(cast: dict[str, Organisation]) -> None:
    with acting(SYSTEM, via="command"), acting(SYSTEM):
        services.user_add(username="d", full_name="D", organisation=cast["mag"], by=SYSTEM)
    assert Event.objects.latest("id").via == "command"


# Phones


def test_a_phone_is_known_by_its_secret_which_is_not_kept(cast: dict[str, Organisation]) -> None:
    officer = person(cast, "operator_information_officer", "mag", "mag")
    user = person(cast, "field_user", "mag", "mag")
    device, secret = services.device_add(user=user, name="Samsung A15", by=officer)
    assert len(secret) >= 32
    assert secret not in str(Device.objects.values().get())
    assert secret not in str(list(Event.objects.values("before", "after", "note")))
    found = selectors.device_by_secret(secret)
    assert found == device
    assert found is not None
    assert found.user == user
    assert list(selectors.devices_of(officer)) == [device]


@pytest.mark.parametrize("secret", ["", "x", "x" * 500, "ê\x00"])
def test_an_unknown_secret_opens_nothing(cast: dict[str, Organisation], secret: str) -> None:
    assert selectors.device_by_secret(secret) is None


def test_a_revoked_phone_is_shut_out_and_others_stay(cast: dict[str, Organisation]) -> None:
    user = person(cast, "field_user", "mag", "mag")
    lost, lost_secret = services.device_add(user=user, name="A", by=SYSTEM)
    _, kept_secret = services.device_add(user=user, name="B", by=SYSTEM)
    services.device_revoke(device=lost, by=SYSTEM, note="Mất máy")
    assert selectors.device_by_secret(lost_secret) is None
    assert selectors.device_by_secret(kept_secret) is not None


def test_phones_of_another_organisation_are_not_ones_own(cast: dict[str, Organisation]) -> None:
    officer = person(cast, "operator_information_officer", "mag", "mag")
    other = person(cast, "field_user", "ptvn", "ptvn")
    with pytest.raises(NotAllowedError):
        services.device_add(user=other, name="A", by=officer)


def test_a_phone_is_noted_at_most_once_a_minute(cast: dict[str, Organisation]) -> None:
    user = person(cast, "field_user", "mag", "mag")
    device, _ = services.device_add(user=user, name="A", by=SYSTEM)
    noon = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
    for seconds, expected in [(0, 0), (59, 0), (60, 60)]:
        with clock.frozen(noon + dt.timedelta(seconds=seconds)):
            services.device_seen(device=device)
        seen = Device.objects.get().last_seen_at
        assert seen == noon + dt.timedelta(seconds=expected)


# Seeds


def test_seeding_roles_again_repairs_them_and_tells(cast: dict[str, Organisation]) -> None:
    role = selectors.roles().get(key="director")
    role.permissions = []
    role.save()
    events = Event.objects.filter(action="role.seed").count()
    services.accounts_seed()
    role.refresh_from_db()
    assert "audit:read" in role.permissions
    assert Event.objects.filter(action="role.seed").count() == events + 1


def test_demo_accounts_stand_ready_and_sign_in(db: None) -> None:
    services.demo_accounts_seed()
    events = Event.objects.count()
    services.demo_accounts_seed()
    assert Event.objects.count() == events
    shown = selectors.demo_accounts()
    assert [d.username for d in shown] == [d.username for d in DEMO_ACCOUNTS]
    seconded = next(d for d in shown if d.username == "kiemtra1")
    assert (seconded.role.en, seconded.organisation) == ("Data QC officer", "Quân đội")
    user = authenticate(username="KiemTra1".lower(), password=DEMO_PASSWORD)
    assert isinstance(user, User)
    assert has(user, Permission.REPORT_APPROVE, user.organisation_id)


def test_without_the_demonstration_no_account_is_shown(db: None) -> None:
    assert selectors.demo_accounts() == []

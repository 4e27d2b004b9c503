"""Every address × role × own, foreign or nobody's: `support.policy` says what is expected.

An address without an entry fails. Whoever may not see a thing is told the same as about a thing
that does not exist, and finds it in no list, search, tile, count or figure either.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from datlanh.accounts.acting import SYSTEM
from datlanh.accounts.demo import DEMO_ACCOUNTS
from datlanh.accounts.models import Device, Grant
from datlanh.accounts.permissions import Permission
from datlanh.accounts.roles import ROLES
from datlanh.accounts.services import device_add, grant_end, user_deactivate
from datlanh.intake.models import Held
from support.asking import NOBODY, PASSWORD, address, ask
from support.matrix import (
    ABSENT,
    DONE,
    FORBIDDEN,
    NOT_SERVED,
    OPENS,
    REFUSED,
    TAKEN,
    UNKNOWN,
    Entry,
    Person,
    meaning,
    routes,
    text_of,
    told_alike,
)
from support.policy import POLICY
from support.reports import cha, received
from support.world import Things, World, build_world, with_role

OWN, FOREIGN = "mag", "npa_renew"

# Somebody of each role, where such a person works; two whose grants reach one operator only.
WITHIN = {
    "operator_operations_manager": OWN,
    "team_leader": OWN,
    "donor": OWN,
}
IN_THE_DEMO = {"giamdoc", "kiemtra2", "csdl", "mag", "mag.hientruong"}
EVERYWHERE = {
    p.username: p
    for p in (
        *(Person(a.username, a.role, a.within) for a in DEMO_ACCOUNTS if a.username in IN_THE_DEMO),
        Person("kiemtra.mag", "data_qc_officer", OWN),
    )
}


def _made(role: str, within: str | None) -> Person:
    return Person(f"vai.{role}.{within or 'tinh'}", role, within)


MADE = (
    *(
        _made(role.key, WITHIN.get(role.key))
        for role in ROLES
        if role.key not in {p.role for p in EVERYWHERE.values()}
    ),
    _made("administrator", OWN),
)
PEOPLE = EVERYWHERE | {p.username: p for p in MADE}


def asked_of(entry: Entry, number: int) -> list[str]:
    """Who is sent to an address: everybody of the demonstration, and of the other roles those
    whose rights there are not another's already, with one more in turn.

    What an address answers follows from the permissions it asks for (and from person:read, which
    decides what stands on it), so a second one with the same rights would be told the same.
    """
    about = {*entry.opens, entry.finds, entry.acts, Permission.PERSON_READ} - {None}

    def rights(person: Person) -> tuple[str | None, frozenset[Permission]]:
        return person.within, frozenset(p for p in about if person.has(p))

    chosen = dict(EVERYWHERE)
    seen = {rights(p) for p in chosen.values()}
    for person in (*MADE[number % len(MADE) :], *MADE[: number % len(MADE)]):
        if rights(person) not in seen or len(chosen) == len(EVERYWHERE):
            chosen[person.username] = person
            seen.add(rights(person))
    return [*chosen, NOBODY]


@pytest.fixture(scope="module")
def shared_files(tmp_path_factory) -> Any:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, shared_files) -> Iterator[World]:
    """Everybody and everything, made once in a transaction that is rolled back."""
    from django.conf import settings

    former, settings.FILES_ROOT = settings.FILES_ROOT, shared_files
    with django_db_blocker.unblock(), transaction.atomic():
        made = build_world()
        easy = MD5PasswordHasher().encode(PASSWORD, "muoi")
        for person in MADE:
            with_role(made, person.role, person.within)
        for name in PEOPLE:
            user = made.cast[name]
            _, made.secrets[name] = device_add(user=user, name="Máy riêng", by=SYSTEM)
            user.password = easy
            user.save(update_fields=["password"])
            made.sign_in(name)
        settings.FILES_ROOT = former
        yield made
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _one_by_one(request, settings) -> Iterator[None]:
    """Each test leaves the world as it found it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CHECK_INLINE = False
    if "world" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("world")
    settings.FILES_ROOT = request.getfixturevalue("shared_files")
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def absent(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same address of a thing that does not exist."""

    def other(name: str, value: Any) -> Any:
        if name in ("id", "number", "user") and isinstance(value, int):
            return 10**9
        if name == "receipt":
            return "BC-2026-999999"
        if name == "key":
            return "khong-co"
        if name == "local_id":
            return f"{value[:-6]}599999"
        if name == "id":
            return f"{value[0]}{10**9}" if value[1:].isdigit() else str(uuid.UUID(int=1))
        return value

    return {name: other(name, value) for name, value in values.items()}


# The table is whole ------------------------------------------------------------------------------


def test_every_address_has_an_entry_and_every_entry_an_address() -> None:
    served = {r.key for r in routes()}
    assert "" not in {r.name.rpartition(":")[2] for r in routes()}, "an address without a name"
    assert {e.key[0] for e in POLICY} == served


@pytest.mark.parametrize("name", sorted({e.key[0] for e in POLICY}))
def test_a_method_without_an_entry_is_not_served(world: World, name: str) -> None:
    """Not served, or answered as a reading is, for the one who may do most; nothing is written."""
    from datlanh.audit.models import Event

    entries = [e for e in POLICY if e.key[0] == name]
    told = {e.method for e in entries}
    reading = next((e for e in entries if e.method == "GET"), None)
    written = Event.objects.exclude(action="person.read")
    before = written.count()
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - told:
        answer = ask(world, reading or entries[0], "csdl", world[OWN], method=method, sends={})
        allowed = {NOT_SERVED} | ({reading.answer} if reading else set())
        text_of(answer)  # reads a stream to its end
        assert meaning(answer) in allowed, method
    assert written.count() == before


def test_every_role_is_there_and_sent_to_some_addresses() -> None:
    assert {p.role for p in PEOPLE.values()} == {r.key for r in ROLES}
    sent = {who for number, entry in enumerate(POLICY) for who in asked_of(entry, number)}
    assert sent == {*PEOPLE, NOBODY}


# Who gets what -----------------------------------------------------------------------------------


CASES = [
    pytest.param(entry, who, whose, id=f"{entry}-{who}-{'own' if whose == OWN else 'foreign'}")
    for number, entry in enumerate(POLICY)
    for who in asked_of(entry, number)
    for whose in ((OWN, FOREIGN) if entry.finds else (OWN,))
]


@pytest.mark.parametrize(("entry", "who", "whose"), CASES)
def test_everybody_gets_what_the_policy_says(
    world: World, entry: Entry, who: str, whose: str
) -> None:
    person, things = PEOPLE.get(who), world[whose]
    answer = ask(world, entry, who, things)
    expected = entry.expected(person, whose)
    text = text_of(answer)
    assert meaning(answer) == expected, answer
    if expected in (ABSENT, REFUSED) and entry.has_object and person is not None:
        _told_like_an_absent_one(world, entry, who, things, answer)
    if entry.shows and person is not None and expected == OPENS:
        seen = [word for word in entry.shows(things) if word in text]
        reaches = entry.finds is not None and person.reaches(entry.finds, whose)
        assert seen == (entry.shows(things) if reaches else [])
    _nothing_foreign(world, entry, person, things, text)


def _told_like_an_absent_one(
    world: World, entry: Entry, who: str, things: Things, answer: HttpResponseBase
) -> None:
    where, sends = entry.where(world, things), entry.sends(world, things)
    missing = ask(world, entry, who, things, where=absent(where), sends=absent(sends))
    names = [v for x in (where, sends, absent(where), absent(sends)) for v in x.values()]
    assert answer.status_code == missing.status_code
    assert told_alike(answer, *names) == told_alike(missing, *names)


def _nothing_foreign(
    world: World, entry: Entry, person: Person | None, things: Things, text: str
) -> None:
    """No word of an operator whose things are out of reach, but what the asker wrote."""
    reached = [
        key
        for key in world.things
        if person is not None and any(person.reaches(p, key) for p in Permission)
    ]
    asked = [
        str(v) for values in (entry.where, entry.query) for v in values(world, things).values()
    ]
    found = {
        mark
        for mark in world.foreign_marks(*reached)
        if mark in text and not any(mark in word for word in asked)
    }
    assert found == set()


# The same by hand, so that the table cannot be right about nothing -------------------------------

SANITY = (
    ("GET", "/reports/{verified}", "mag", OWN, 200),
    ("GET", "/reports/{verified}", "mag", FOREIGN, 404),
    ("GET", "/reports/{verified}", "kiemtra2", FOREIGN, 200),
    ("GET", "/reports/{verified}", NOBODY, OWN, 302),
    ("POST", "/review/{verified}/approve", "kiemtra2", OWN, 302),
    ("POST", "/review/{verified}/approve", "mag", OWN, 403),
    ("POST", "/review/{verified}/approve", "giamdoc", OWN, 403),
    ("POST", "/review/{verified}/except", "giamdoc", OWN, 302),
    ("POST", "/review/{verified}/except", "kiemtra2", OWN, 403),
    ("POST", "/reports/{received}/verify", "mag", OWN, 302),
    ("POST", "/reports/{received}/verify", "mag.hientruong", OWN, 403),
    ("POST", "/reports/{received}/verify", "mag", FOREIGN, 404),
    ("GET", "/areas/{area}/", "mag.hientruong", OWN, 200),
    ("GET", "/areas/{area}/", "mag.hientruong", FOREIGN, 404),
    ("GET", "/figures/", "mag.hientruong", OWN, 403),
    ("GET", "/devices/", "giamdoc", OWN, 403),
    ("GET", "/map/legend.json", NOBODY, OWN, 401),
    ("GET", "/key/khong-co/formList", NOBODY, OWN, 404),
    ("GET", "/openrosa/formList", NOBODY, OWN, 401),
)


@pytest.mark.parametrize("case", SANITY, ids=lambda c: f"{c[0]} {c[1]} {c[2]} {c[3]}")
def test_plain_cases_hold(world: World, case: tuple[str, str, str, str, int]) -> None:
    method, path, who, whose, status = case
    client = Client() if who == NOBODY else world.client(who)
    things = world[whose]
    path = path.format(
        verified=things.verified.receipt, received=things.received.receipt, area=things.area
    )
    sends = {"record": "new", "rule": "polygon_single", "note": "Vì sao"}
    answer = client.post(path, sends) if method == "POST" else client.get(path)
    assert answer.status_code == status


@pytest.mark.parametrize("entry", [e for e in POLICY if e.method == "POST"], ids=str)
def test_a_form_from_elsewhere_is_not_taken(world: World, entry: Entry) -> None:
    """Without the page's token; phones and programs carry a secret instead of a session."""
    if entry.door != "session":
        return
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.cast["csdl"])
    path = address(entry, entry.where(world, world[OWN]))
    assert client.post(path, dict(entry.sends(world, world[OWN]))).status_code == 403


# Accounts that have ended ------------------------------------------------------------------------


@pytest.mark.parametrize("entry", POLICY, ids=str)
def test_without_a_grant_nothing_is_seen_or_done(world: World, entry: Entry) -> None:
    user = world.cast["mag"]
    for grant in Grant.objects.filter(user=user, ended_at=None):
        grant_end(grant=grant, by=SYSTEM)
    answer = ask(world, entry, "mag", world[OWN])
    assert meaning(answer) == (FORBIDDEN if entry.opens else entry.answer)
    _nothing_foreign(world, entry, None, world[OWN], text_of(answer))


@pytest.mark.parametrize("entry", POLICY, ids=str)
def test_a_closed_account_is_nobody(world: World, entry: Entry) -> None:
    session = world.client("mag")
    user_deactivate(user=world.cast["mag"], by=SYSTEM)
    if entry.door != "session":
        answer = ask(world, entry, "mag", world[OWN])
        assert meaning(answer) == (_shut_out(entry) if entry.door == "key" else UNKNOWN)
        return
    path = address(entry, entry.where(world, world[OWN]))
    sends = dict(entry.sends(world, world[OWN]))
    answer = session.post(path, sends) if entry.method == "POST" else session.get(path)
    assert meaning(answer) == entry.anonymous


def test_a_phone_that_is_shut_out_gets_nothing(world: World) -> None:
    from datlanh.accounts.services import device_revoke

    for device in Device.objects.filter(user=world.cast["mag"]):
        device_revoke(device=device, by=SYSTEM)
    for entry in POLICY:
        if entry.door == "key":
            answer = meaning(ask(world, entry, "mag", world[OWN]))
            assert answer == _shut_out(entry), str(entry)
    assert Held.objects.count() == 1 + len(world.things)


def _shut_out(entry: Entry) -> str:
    """A phone that is shut out gets nothing; what it sends is held back, not refused."""
    return TAKEN if entry.name == "api:submission" else FORBIDDEN


# Decisions on one's own service ------------------------------------------------------------------

DECIDING = ("web:review_", "web:batch_confirm", "web:batch_propose", "web:links_step", "web:held_")
# These decide nothing: whose turn it is, a queue kept, and many at once, of which each that one
# may not decide is left out and named (tests/http/test_web_many.py).
NO_DECISION = {"web:review_assign", "web:review_many_approve", "web:review_queue_keep"}
DECISIONS = [
    e
    for e in POLICY
    if e.name.startswith(DECIDING) and e.method == "POST" and e.name not in NO_DECISION
]


@pytest.mark.parametrize("entry", DECISIONS, ids=str)
def test_a_seconded_officer_decides_nothing_of_his_own_service(world: World, entry: Entry) -> None:
    """His grant reaches the whole province, but his home is the military."""
    seconded = Person("kiemtra1", "data_qc_officer")
    things = world["military"]
    before = {r.pk: r.state for r in things.reports}
    answer = ask(world, entry, "kiemtra1", things)
    expected = entry.expected(seconded, "military")
    assert meaning(answer) == (REFUSED if expected == DONE else expected)
    for report in things.reports:
        report.refresh_from_db()
    assert {r.pk: r.state for r in things.reports} == before
    assert things.proposed.proposals.filter(closed_at=None).count() == 1
    assert not things.verified.proposals.exists()


@pytest.mark.parametrize("entry", DECISIONS, ids=str)
def test_the_centre_s_own_officer_decides_them(world: World, entry: Entry) -> None:
    answer = ask(world, entry, "kiemtra2", world["military"])
    assert meaning(answer) == entry.expected(PEOPLE["kiemtra2"], "military")


# Mixtures ----------------------------------------------------------------------------------------


def test_a_foreign_file_is_not_reached_through_one_s_own_report(world: World) -> None:
    own, foreign = world[OWN], world[FOREIGN]
    client = world.client("mag")
    for receipt in (own.bound.receipt, foreign.bound.receipt):
        path = reverse("web:report_file", args=[receipt, foreign.file.pk])
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("name", "which", "status"),
    [("web:review_approve", "verified", 404), ("web:review_reassign", "bound", 422)],
)
def test_a_report_is_not_bound_to_a_record_out_of_reach(
    world: World, name: str, which: str, status: int
) -> None:
    client, report = world.client("kiemtra.mag"), getattr(world[OWN], which)
    foreign, missing = world[FOREIGN].bound.record_id, uuid.UUID(int=1)
    path = reverse(name, args=[report.receipt])
    for record in (foreign, missing):
        answer = client.post(path, {"record": str(record), "note": "Cùng khu vực"})
        assert answer.status_code == status
    record, state = report.record_id, report.state
    report.refresh_from_db()
    assert (report.record_id, report.state) == (record, state)


@pytest.mark.parametrize("who", [*PEOPLE])
def test_names_of_persons_need_their_own_permission(world: World, who: str) -> None:
    things, client = world[OWN], world.client(who)
    person = PEOPLE[who]
    for path in (
        reverse("web:report", args=[things.bound.receipt]),
        reverse("web:area", args=[things.area]) + "?persons=1",
    ):
        shown = things.spec.leader in client.get(path).content.decode()
        assert shown == person.reaches(Permission.PERSON_READ, OWN), path


def test_the_legend_counts_what_one_may_see(world: World) -> None:
    def total(who: str, query: str = "") -> tuple[int, int]:
        told = json.loads(world.client(who).get(f"/map/legend.json{query}").content)
        return told["total"], told["counts"]["releases"]

    assert total("csdl") == (6, 3)
    assert total("mag") == total("mag.hientruong") == total("kiemtra.mag") == (2, 1)
    assert total("mag", f"?organisation={FOREIGN}") == (0, 0)
    assert total("csdl", f"?organisation={FOREIGN}") == (2, 1)


def test_a_phone_lists_nothing_once_its_user_s_grants_have_ended(world: World) -> None:
    things = world[OWN]
    path = reverse("api:device_reports", kwargs={"secret": things.secret})
    assert things.received.receipt in Client().get(path).content.decode()
    for grant in Grant.objects.filter(user=things.sender, ended_at=None):
        grant_end(grant=grant, by=SYSTEM)
    assert "BC-" not in Client().get(path).content.decode()


@pytest.mark.parametrize("which", ["bound", "received"])
def test_a_finding_names_no_foreign_report(world: World, which: str) -> None:
    """Whoever sends a report under another operator's id learns that it is taken, not by what."""
    taken, officer = getattr(world[FOREIGN], which), world.cast["mag"]
    draft = cha(9, organisation=OWN, first=500_000, days_ago=40, cha_id=taken.record_local_id)
    report = received(draft, by=officer)
    assert report.findings.exists()
    for path in ("web:report", "web:report_correct", "web:review_report"):
        page = world.client("mag").get(reverse(path, args=[report.receipt]))
        told = page.content.decode().replace(taken.record_local_id, "")
        assert {m for m in world[FOREIGN].marks if m in told} == set()

"""The sealed audit trail: what is done to it behind the house's back is found and named."""

# ruff: noqa: S608 - statements as somebody at the database would type them

from __future__ import annotations

import threading
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from psycopg import sql

from conftest import _admin
from datlanh.audit import heads
from datlanh.audit.models import Event, Seal, Unsealed
from datlanh.audit.sealing import BehindError, put_back_accept, seal_all, seal_some
from datlanh.audit.services import record, via
from datlanh.audit.verifying import Verdict, audit_verify
from datlanh.kernel import clock
from datlanh.kernel.actor import SYSTEM


class House:
    """A database with a sealed trail, and somebody who may do everything to it."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.key = heads.private_key(settings.AUDIT_KEY).public_key()

    def happen(self, count: int = 1) -> list[int]:
        """So many events, each in a transaction of its own."""
        found = []
        for nth in range(count):
            with transaction.atomic():
                event = record("user.set_language", f"user:{nth}", by=SYSTEM, after={"n": nth})
            found.append(event.pk)
        return found

    def superuser(self, *statements: str) -> None:
        """Past every trigger."""
        with _admin(self.name) as admin:
            admin.execute("set session_replication_role = replica")
            for statement in statements:
                admin.execute(sql.SQL(statement))

    def verify(self) -> Verdict:
        return audit_verify(heads.read(self.folder), key=self.key)

    def first(self) -> tuple[str, int | None]:
        """The first flaw: its kind and its event."""
        flaw = self.verify().flaws[0]
        return flaw.kind, flaw.event_id

    def chain_anew(self) -> None:
        """What an attacker does who knows how the chain is made: all of it again."""
        self.superuser(
            "truncate audit_seal, audit_unsealed",
            "insert into audit_unsealed select id from audit_event",
        )
        while seal_some():
            pass


@pytest.fixture
def house(fresh_db, tmp_path, settings) -> House:
    settings.AUDIT_HEADS = tmp_path / "heads"
    made = House(fresh_db, settings.AUDIT_HEADS)
    seal_all()
    return made


@pytest.fixture
def events(house: House) -> list[int]:
    """Nine events in three rounds of sealing."""
    found = []
    for _round in range(3):
        found += house.happen(3)
        seal_all()
    assert house.verify().sound
    return found


def test_everything_that_was_there_before_is_sealed_with_the_first_round(house: House) -> None:
    assert Event.objects.count() == Seal.objects.count() > 10
    assert not Unsealed.objects.exists()


def test_a_row_that_commits_late_with_a_lower_number_is_not_missed(house: House) -> None:
    written, go = threading.Event(), threading.Event()
    late: list[int] = []

    def slow() -> None:
        with transaction.atomic():
            late.append(record("user.set_language", "user:1", by=SYSTEM).pk)
            written.set()
            assert go.wait(20)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(20)
    (early,) = house.happen()
    assert late[0] < early
    assert seal_all().events == 1
    go.set()
    thread.join(20)
    assert seal_all().events == 1
    numbers = dict(
        Seal.objects.filter(event_id__in=[early, *late]).values_list("event_id", "number")
    )
    assert numbers[late[0]] == numbers[early] + 1
    assert house.verify().sound


def test_what_is_rolled_back_leaves_no_gap(house: House) -> None:
    taken_back()
    house.happen(2)
    assert seal_all().events == 2
    verdict = house.verify()
    assert verdict.sound
    assert verdict.seals == Event.objects.count() == verdict.headed


def test_what_is_not_sealed_yet_is_told(house: House) -> None:
    house.happen(4)
    verdict = house.verify()
    assert verdict.sound
    assert verdict.unsealed == 4
    assert verdict.unsealed_since is not None


def test_a_changed_row_is_named(house: House, events: list[int]) -> None:
    house.superuser(f"update audit_event set note = 'x' where id = {events[4]}")
    assert house.first() == ("altered", events[4])
    assert house.verify().count == 1


def test_no_column_can_be_changed_unseen(house: House, events: list[int]) -> None:
    values = {
        "at": "at - interval '1 second'",
        "actor_id": "17",
        "actor_name": "'Ai Đó'",
        "before": "'{}'",
        "after": "null",
        "origin": "'10.0.0.1'",
    }
    for event, (column, value) in zip(events, values.items(), strict=False):
        house.superuser(f"update audit_event set {column} = {value} where id = {event}")
    found = [(flaw.kind, flaw.event_id) for flaw in house.verify().flaws]
    assert found == [("altered", event) for event in events[: len(values)]]


def test_a_row_deleted_in_the_middle_is_named(house: House, events: list[int]) -> None:
    house.superuser(f"delete from audit_event where id = {events[3]}")
    assert house.first() == ("missing", events[3])


def test_a_row_deleted_with_its_seal_is_named(house: House, events: list[int]) -> None:
    house.superuser(
        f"delete from audit_event where id = {events[3]}",
        f"delete from audit_seal where event_id = {events[3]}",
    )
    assert house.first() == ("missing", events[3])


def test_the_last_row_deleted_with_its_seal_is_named_by_the_heads(
    house: House, events: list[int]
) -> None:
    house.superuser(
        f"delete from audit_event where id = {events[-1]}",
        f"delete from audit_seal where event_id = {events[-1]}",
    )
    assert audit_verify().sound  # the database alone cannot know
    assert house.first() == ("missing", events[-1])


def test_a_row_put_in_past_the_trigger_is_named(house: House, events: list[int]) -> None:
    house.superuser(_copy(events[2]))
    assert house.first() == ("inserted", 1_000_000)


def test_a_row_put_in_under_an_earlier_time_is_named(house: House, events: list[int]) -> None:
    """Through the trigger, and sealed like any other: its place in the chain tells."""
    with _admin(house.name) as admin:
        admin.execute(_copy(events[2], when="written_at - interval '3 days'"))
    seal_all()
    assert house.first() == ("inserted", 1_000_000)


def test_two_rows_with_their_content_swapped_are_named(house: House, events: list[int]) -> None:
    one, two = events[2], events[5]
    house.superuser(
        f"update audit_event set id = -1 where id = {one}",
        f"update audit_event set id = {one} where id = {two}",
        f"update audit_event set id = {two} where id = -1",
    )
    assert house.first() == ("altered", one)


def test_two_seals_swapped_are_named(house: House, events: list[int]) -> None:
    one, two = number_of(events[2]), number_of(events[5])
    house.superuser(
        f"update audit_seal set number = -1 where number = {one}",
        f"update audit_seal set number = {one} where number = {two}",
        f"update audit_seal set number = {two} where number = -1",
    )
    assert house.first() == ("inserted", events[5])


def test_a_changed_row_is_named_after_the_whole_chain_was_computed_anew(
    house: House, events: list[int]
) -> None:
    house.superuser(f"update audit_event set note = 'x' where id = {events[4]}")
    house.chain_anew()
    assert audit_verify().sound  # in itself it is
    assert house.first() == ("altered", events[4])


def test_a_deleted_row_is_named_after_the_whole_chain_was_computed_anew(
    house: House, events: list[int]
) -> None:
    house.superuser(f"delete from audit_event where id = {events[4]}")
    house.chain_anew()
    assert audit_verify().sound
    assert house.first() == ("missing", events[4])


def test_a_row_put_in_is_named_after_the_whole_chain_was_computed_anew(house: House) -> None:
    """Under a number that a transaction drew and gave back."""
    (before,) = house.happen()
    free = taken_back()
    house.happen(2)
    seal_all()
    house.superuser(_copy(before, number=free))
    house.chain_anew()
    assert audit_verify().sound
    assert house.first() == ("inserted", free)


def test_an_emptied_trail_is_found(house: House, events: list[int]) -> None:
    house.superuser("truncate audit_event, audit_seal, audit_unsealed")
    verdict = house.verify()
    assert verdict.count == verdict.headed >= len(events)
    assert verdict.flaws[0].kind == "missing"


def test_a_forged_head_is_refused(house: House, events: list[int]) -> None:
    last = heads.newest(house.folder)
    assert last is not None
    stranger = heads.private_key("somebody else")
    forged = heads.sign(last.number, bytes(32), last.marks, at=clock.now(), key=stranger)
    heads.append(house.folder, forged)
    assert house.first() == ("head", None)


def test_a_printed_head_is_enough(house: House, events: list[int]) -> None:
    last = heads.newest(house.folder)
    assert last is not None
    paper = [(last.number, last.link[:20])]
    assert audit_verify(paper=paper).sound
    house.superuser(f"update audit_event set note = 'x' where id = {events[1]}")
    house.chain_anew()
    assert [flaw.kind for flaw in audit_verify(paper=paper).flaws] == ["head"]


def test_a_line_of_heads_that_was_cut_off_does_no_harm(house: House, events: list[int]) -> None:
    (path,) = heads.files(house.folder)
    with path.open("a") as file:
        file.write('{"v":1,"number":99')
    house.happen(2)
    seal_all()
    assert house.verify().sound
    assert house.verify().headed == Seal.objects.count()


def test_a_database_put_back_stops_the_heads_until_it_is_said(
    house: House, events: list[int]
) -> None:
    """A restored backup is behind the heads: as if somebody had cut the end off."""
    gone = ",".join(map(str, events[6:]))
    house.superuser(
        f"delete from audit_event where id in ({gone})",
        f"delete from audit_seal where event_id in ({gone})",
    )
    house.happen(5)
    with pytest.raises(BehindError):
        seal_all()
    assert not Unsealed.objects.exists()  # sealing goes on
    head = put_back_accept(reason="restored", by=SYSTEM)
    assert head.number == number_of(events[5])
    seal_all()
    verdict = house.verify()
    assert verdict.sound
    (put_back,) = verdict.put_back
    assert f"3 events known outside were lost, the first is event {events[6]}" in put_back
    assert verdict.headed == Seal.objects.count()


# ── Nobody of ours can ───────────────────────────────────────────────────────────────────────


TABLES = ("audit_event", "audit_seal")
WAYS = ("update {} set note = note", "update {} set link = link", "delete from {}", "truncate {}")
WRITES = [way.format(table) for table in TABLES for way in WAYS]
WRITES = [
    w for w in WRITES if ("note" not in w or "event" in w) and ("link" not in w or "seal" in w)
]


def test_the_application_may_neither_change_nor_delete(house: House) -> None:
    for write in WRITES:
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(write)


def test_the_owner_of_the_tables_is_refused_by_trigger(house: House) -> None:
    with _admin(house.name) as admin:
        admin.execute("set role datlanh_owner")
        for write in WRITES:
            with pytest.raises(psycopg.errors.RestrictViolation):
                admin.execute(sql.SQL(write))


def test_every_append_only_table_refuses_to_be_emptied(house: House) -> None:
    with _admin(house.name) as admin:
        found = admin.execute(
            "select tgrelid::regclass::text from pg_trigger where tgname = 'append_only'"
        ).fetchall()
        assert len(found) > 5
        for (table,) in found:
            with pytest.raises(psycopg.errors.RestrictViolation):
                admin.execute(sql.SQL("truncate {} cascade").format(sql.Identifier(table)))


# ── From where, and by command ───────────────────────────────────────────────────────────────


def test_an_event_of_the_command_line_says_whose(house: House) -> None:
    token = via.set("command")
    try:
        with transaction.atomic():
            event = record("user.set_language", "user:1", by=SYSTEM)
    finally:
        via.reset(token)
    assert event.origin.startswith("login ")


def test_the_command_seals_verifies_and_shows_a_head(house: House, capsys) -> None:
    (event,) = house.happen()
    call_command("audit", "seal")
    call_command("audit", "verify")
    call_command("audit", "head")
    call_command("audit", "key")
    said = capsys.readouterr().out
    assert "1 events sealed" in said
    assert "sound:" in said
    assert "every event is sealed" in said
    house.superuser(f"update audit_event set note = 'x' where id = {event}")
    with pytest.raises(CommandError, match="1 flaw"):
        call_command("audit", "verify", "--heads", str(house.folder))
    assert f"event {event}" in capsys.readouterr().out


def number_of(event_id: int) -> int:
    return Seal.objects.get(event_id=event_id).number


def taken_back() -> int:
    """The number of an event whose transaction was rolled back."""
    with transaction.atomic():
        drawn = record("user.set_language", "user:1", by=SYSTEM).pk
        transaction.set_rollback(True)
    return drawn


def _copy(event_id: int, *, number: int = 1_000_000, when: str = "written_at") -> str:
    return (
        "insert into audit_event (id, at, written_at, actor_name, action, subject_type,"
        " subject_id, note, via, origin)"
        f" select {number}, at, {when}, actor_name, action, subject_type, subject_id, 'forged',"
        f" via, origin from audit_event where id = {event_id}"
    )

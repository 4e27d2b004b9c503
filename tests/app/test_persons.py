"""Whole people: sealed in bundles, read by those who may, erased for good."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.audit.models import Event
from datlanh.intake.models import Payload, Report
from datlanh.intake.services.approving import SameDateError
from datlanh.intake.services.checking import report_recheck
from datlanh.intake.services.comparing import register_verify
from datlanh.intake.services.deciding import step_confirm, step_propose
from datlanh.intake.services.erasing import erasure_of, persons_of_record_erase
from datlanh.intake.services.rebuilding import register_rebuild
from datlanh.intake.services.verifying import report_return
from datlanh.kernel.errors import DomainError
from datlanh.kernel.mapping import Answers
from datlanh.kernel.sealed import references_in
from datlanh.register.models import Claim, Person, PersonKey, Record, Version
from datlanh.register.persons import persons_read
from support.dump import leaks
from support.persons import HOME, SECRETS, canaries, form_published, victim
from support.reports import approved, demo_cast, received, verified

pytestmark = pytest.mark.django_db
BUNDLED = [k for k in SECRETS if k not in ("contact_phone", "signed_by")]


@pytest.fixture
def cast() -> dict[str, Any]:
    people = demo_cast()
    form_published(people["csdl"])
    return people


def waiting(cast, draft, **more) -> Report:
    return verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"], **more)


def entered(cast, draft, **more) -> Report:
    return approved(waiting(cast, draft), by=cast["kiemtra2"], **more)


def answers_at(report, revision) -> Answers:
    with acting(SYSTEM):
        return Answers.from_json(Payload.objects.get(report=report, revision=revision).answers)


def opened(refs) -> dict[str, Any]:
    with acting(SYSTEM):
        return persons_read(refs, by=SYSTEM, why="test")


def test_one_bundle_is_one_row_whatever_its_answers_are(cast):
    report = received(victim(), by=cast["renew.hientruong"])
    answers = answers_at(report, 0)
    refs = {answers.values[k]["person"] for k in (*BUNDLED, "home")}
    assert len(refs) == 1
    assert answers.values["injuries"] | {"mark": ""} == {
        "person": refs.copy().pop(),
        "field": "injuries",
        "mark": "",
    }
    assert answers.points == {}
    (content,) = opened(refs).values()
    assert content == {k: SECRETS[k] for k in BUNDLED} | {"home": HOME}
    assert opened([answers.values["signed_by"]["person"]]) == {
        answers.values["signed_by"]["person"]: SECRETS["signed_by"]
    }
    with acting(SYSTEM):
        purposes = Person.objects.exclude(purpose="mark").values_list("purpose", flat=True)
        assert sorted(purposes) == ["contact", "payload", "verifier", "victim"]


def test_an_answer_nobody_could_read_is_sealed_too(cast):
    draft = victim(date_of_birth="khoảng qq1960")
    report = received(draft, by=cast["renew.hientruong"])
    answers = answers_at(report, 0)
    assert "date_of_birth" not in answers.values
    problem = answers.problems["date_of_birth"]
    assert list(opened([problem["person"]]).values()) == ["khoảng qq1960"]
    assert not list(leaks({"qq1960", "khoảng qq"}))


def test_a_correction_seals_the_whole_bundle_anew(cast):
    report = waiting(cast, victim(), changes={"full_name": "Qqlê Mới", "income": ""})
    before, now = answers_at(report, 0), answers_at(report, 1)
    ref = now.values["full_name"]["person"]
    assert ref != before.values["full_name"]["person"]
    assert {v["person"] for k, v in now.values.items() if k in (*BUNDLED, "home")} == {ref}
    assert "income" not in now.values
    expected = {k: SECRETS[k] for k in BUNDLED if k != "income"} | {"home": HOME}
    assert opened([ref])[ref] == expected | {"full_name": "Qqlê Mới"}
    # What nobody touched stays where it was.
    assert now.values["contact_phone"] == before.values["contact_phone"]


def test_what_is_no_point_is_sealed_where_a_point_is_asked(cast):
    report = waiting(cast, victim(), changes={"home": "Qqsau chợ"})
    assert not list(leaks({"Qqsau"}))
    ref = answers_at(report, 1).values["home"]["person"]
    assert opened([ref])[ref]["home"] == "Qqsau chợ"


def test_emptying_one_answer_takes_it_out_of_the_row_that_counts(cast):
    report = waiting(cast, victim(), changes={"needs": ""})
    ref = answers_at(report, 1).values["full_name"]["person"]
    assert "needs" not in opened([ref])[ref]


def test_two_reports_that_say_the_same_of_a_person_do_not_differ(cast):
    first = entered(cast, victim())
    again = waiting(cast, victim())
    approved(again, by=cast["kiemtra2"], record_id=first.record_id)  # no choice is asked
    other = waiting(cast, victim(full_name="Qqphạm Khác", home=[107.2, 16.7]))
    with pytest.raises(SameDateError) as refusal:
        approved(other, by=cast["kiemtra2"], record_id=first.record_id)
    assert {c.atom for c in refusal.value.conflicts} == {"full_name", "home"}


def test_marks_of_two_records_have_nothing_in_common(cast):
    one, two = (answers_at(received(victim(n), by=cast["renew.hientruong"]), 0) for n in (1, 2))
    marks = [{v["mark"] for v in a.values.values() if isinstance(v, dict)} for a in (one, two)]
    assert len(marks[0]) == len(SECRETS) + 1  # and the home
    assert not marks[0] & marks[1]


def test_a_mark_tells_nothing_without_its_key(cast):
    """The key is in no table but the one dumps leave out, and there only wrapped."""
    report = received(victim(), by=cast["renew.hientruong"])
    with acting(SYSTEM):
        marks = Person.objects.filter(purpose="mark")
        assert [bytes(m.sealed) for m in marks] == [b""]
        assert PersonKey.objects.filter(person_id=marks.get().pk).exists()
        persons_of_record_erase(local_id=report.record_local_id, by=SYSTEM, reason="Theo đơn")
        assert not PersonKey.objects.filter(person_id=marks.get().pk).exists()


# --- nowhere else ------------------------------------------------------------------------

WORDS = st.text("abcdefghijklmnopqrstuvwxyzđươ ", min_size=6, max_size=14).map(
    lambda t: f"Qq{t.strip()}zq"
)
PEOPLE = st.fixed_dictionaries(
    {
        "full_name": WORDS,
        "needs": st.none() | WORDS,
        "contact_phone": st.from_regex(r"09771[0-9]{6}", fullmatch=True),
        "family_members": st.none() | st.integers(10**7, 10**9),
        "income": st.none() | st.integers(10**7, 10**9).map(lambda n: n + 0.25),
        "date_of_birth": st.dates(dt.date(1900, 1, 1), dt.date(1970, 1, 1)).map(str)
        | WORDS,  # unreadable
        "marital_status": st.sampled_from(["qqsingle", "qqmarried", None]),
        "injuries": st.lists(st.sampled_from(["qqburns", "qqspine", "qqeye"]), unique=True).map(
            lambda found: found or None
        ),
        "home": st.tuples(
            st.floats(107.1, 107.2).map(lambda x: round(x, 7)),
            st.floats(16.6, 16.8).map(lambda x: round(x, 7)),
        ).map(list),
    }
)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(said=PEOPLE, corrected=PEOPLE)
def test_no_word_of_a_person_stands_anywhere_but_sealed(said, corrected):
    with transaction.atomic():
        cast = demo_cast()
        form_published(cast["csdl"])
        drafts = [victim(1, **said), victim(1, days_ago=4, **corrected), victim(2, **corrected)]
        words = set().union(*map(canaries, drafts))
        with acting(SYSTEM):
            known = set(leaks(words))  # dates and digits of the gazetteer, by chance
        first = received(drafts[0], by=cast["renew.hientruong"])
        changes = {"full_name": corrected["full_name"], "needs": corrected["needs"] or ""}
        first = verified(first, by=cast["renew"], changes=changes)
        first = approved(first, by=cast["kiemtra2"])
        entered(cast, drafts[1], record_id=first.record_id)
        refused = waiting(cast, drafts[2])
        report_recheck(report_id=refused.pk)
        with acting(cast["kiemtra2"]):
            report_return(id=refused.pk, by=cast["kiemtra2"], note="thiếu ngày")
        again = waiting(cast, drafts[2])
        with acting(cast["kiemtra2"]):
            step_propose(id=again.pk, step="refuse", by=cast["kiemtra2"], note="trùng")
        with acting(cast["csdl"]):
            step_confirm(id=again.pk, by=cast["csdl"], confirm=True)
        with acting(SYSTEM):
            assert register_verify().equal
            register_rebuild(by=SYSTEM)
        assert set(leaks(words)) <= known
        transaction.set_rollback(True)


# --- who may see -------------------------------------------------------------------------


def test_a_query_that_forgets_the_filter_finds_nobody_of_another_organisation(cast):
    received(victim(), by=cast["renew.hientruong"])
    foreign = cast["mag"]
    with acting(foreign):
        assert not Person.objects.exclude(purpose="mark").exists()
        kept = PersonKey.objects.values_list("person_id", flat=True)
        assert set(kept) <= set(Person.objects.values_list("pk", flat=True))
        assert [bytes(p.sealed) for p in Person.objects.all()] == [b""]
    with acting(cast["giamdoc"]):  # may not read persons anywhere
        assert not Person.objects.exclude(purpose="mark").exists()
    assert not Person.objects.exists()


def test_a_query_that_forgets_the_filter_opens_no_payload_of_another_organisation(cast):
    report = received(victim(), by=cast["renew.hientruong"])
    with acting(cast["renew"]):
        assert Payload.objects.filter(report=report).exists()
    for who in (cast["mag"], cast["mag.hientruong"]):
        with acting(who):
            assert not Payload.objects.exists()
    assert not Payload.objects.exists()  # nobody acts
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relrowsecurity and relforcerowsecurity order by 1"
        )
        forced = [name for (name,) in cursor.fetchall()]
    assert forced == ["intake_payload", "register_person", "register_personkey"]


def test_reading_is_kept_bundle_by_bundle(cast):
    report = received(victim(), by=cast["renew.hientruong"])
    refs = set(references_in(answers_at(report, 0).to_json()))
    with acting(cast["renew"]):
        persons_read(refs, by=cast["renew"], why=report.receipt)
    events = Event.objects.filter(action="person.read", subject_id=report.receipt)
    told = {e.after["purpose"]: e.after["persons"] for e in events}
    assert set(told) == {"contact", "verifier", "victim"}
    assert {ref for read in told.values() for ref in read} == refs
    assert not set(canaries(victim())) & set(json.dumps([e.after for e in events]).split('"'))


def test_the_row_of_a_report_goes_to_the_database_in_one_message(cast):
    received(victim(days_ago=9), by=cast["renew.hientruong"])  # makes the marking key
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        received(victim(), by=cast["renew.hientruong"])
    written = [q["sql"] for q in seen if "insert into register_person" in q["sql"].lower()]
    assert len(written) == 1
    assert "intake_payload" in written[0]
    asked = [q["sql"] for q in seen if q["sql"].lower().startswith("select wrapped")]
    assert len(asked) == 1


# --- erasing -----------------------------------------------------------------------------


def test_erasing_reaches_every_report_and_leaves_the_register_as_it_was(cast):
    first = entered(cast, victim(days_ago=9))
    record = Record.objects.get(pk=first.record_id)
    visit = entered(cast, victim(days_ago=3, full_name="Qqnăm sau"), record_id=record.pk)
    corrected = waiting(cast, victim(days_ago=2), changes={"needs": "Qqmới"})
    other = entered(cast, victim(2))
    before = list(Version.objects.order_by("pk").values("pk", "values", "fingerprint"))
    with acting(cast["csdl"], via="web"):
        reach = erasure_of(record.local_id, by=cast["csdl"])
        done = persons_of_record_erase(
            local_id=record.local_id, by=cast["csdl"], reason="Theo đơn của gia đình"
        )
    assert done == reach
    assert set(done.receipts) == {first.receipt, visit.receipt, corrected.receipt}
    for report, revisions in ((first, [0]), (visit, [0]), (corrected, [0, 1])):
        with acting(SYSTEM):
            payloads = Payload.objects.filter(report=report, revision__in=revisions)
            refs = {r for p in payloads for r in references_in(p.answers)}
            refs |= {str(p.original) for p in payloads if p.original}
        assert refs
        assert opened(refs) == {}
    assert len(opened(references_in(answers_at(other, 0).to_json()))) == 3
    with acting(SYSTEM):
        assert list(Version.objects.order_by("pk").values("pk", "values", "fingerprint")) == before
        assert register_verify().equal
        register_rebuild(by=SYSTEM)
        assert register_verify().equal
    told = Event.objects.get(action="record.erase_persons")
    assert (told.actor_id, told.subject_id, told.note) == (
        cast["csdl"].pk,
        record.local_id,
        "Theo đơn của gia đình",
    )
    assert told.after == {"persons": done.persons, "reports": list(done.receipts)}
    assert Event.objects.filter(action="person.erase").count() >= done.persons
    assert not list(leaks(canaries(victim(full_name="Qqnăm sau", needs="Qqmới"))))


def test_erasing_needs_a_reason_and_the_right(cast):
    report = entered(cast, victim())
    with acting(cast["csdl"]), pytest.raises(DomainError):
        persons_of_record_erase(local_id=report.record_local_id, by=cast["csdl"], reason="  ")
    for who in ("kiemtra2", "renew", "giamdoc"):
        with acting(cast[who]), pytest.raises(Record.DoesNotExist):
            persons_of_record_erase(local_id=report.record_local_id, by=cast[who], reason="vì")
    with acting(cast["csdl"]), pytest.raises(Record.DoesNotExist):
        persons_of_record_erase(local_id="HAZ-409-699999", by=cast["csdl"], reason="vì")
    assert opened([answers_at(report, 0).values["full_name"]["person"]])


def test_after_erasing_people_of_a_later_report_are_kept_and_compared_as_ever(cast):
    first = entered(cast, victim(days_ago=9))
    with acting(SYSTEM):
        persons_of_record_erase(local_id=first.record_local_id, by=SYSTEM, reason="Theo đơn")
        # Asking twice is harmless.
        again = persons_of_record_erase(local_id=first.record_local_id, by=SYSTEM, reason="Lại")
    assert again.persons == 0
    entered(cast, victim(days_ago=3), record_id=first.record_id)
    entered(cast, victim(days_ago=3), record_id=first.record_id)  # asks no choice
    with acting(SYSTEM):
        assert register_verify().equal


def test_a_report_corrected_after_erasing_keeps_what_cannot_be_opened(cast):
    report = received(victim(), by=cast["renew.hientruong"])
    with acting(SYSTEM):
        persons_of_record_erase(local_id=report.record_local_id, by=SYSTEM, reason="Theo đơn")
    report = verified(report, by=cast["renew"], changes={"full_name": "Qqtên mới"})
    before, now = answers_at(report, 0), answers_at(report, 1)
    assert now.values["needs"] == before.values["needs"]
    assert opened([now.values["full_name"]["person"]])


def test_the_command_erases_and_says_what_it_did(cast, capsys):
    report = entered(cast, victim())
    call_command(
        "persons",
        "erase",
        report.record_local_id.lower(),
        "--reason",
        "Theo đơn",
        "--by",
        "csdl",
        "--yes",
    )
    said = capsys.readouterr().out
    assert "sealed rows of 1 reports are erased" in said
    assert opened([answers_at(report, 0).values["full_name"]["person"]]) == {}
    assert Event.objects.get(action="record.erase_persons").actor_id == cast["csdl"].pk


# --- what came before --------------------------------------------------------------------


def test_references_without_marks_are_claimed_as_they_always_were(cast):
    from datlanh.intake.claims import DIGEST, claims_of
    from datlanh.intake.selectors.forms import mapping_of_report
    from datlanh.kernel.canonical import digest

    report = entered(cast, victim())
    mapping = mapping_of_report(report)
    old = {"person": "00000000-0000-0000-0000-000000000001"}
    answers = answers_at(report, 0)
    values = {**answers.values, "signed_by": old}
    (claim,), _ = claims_of(mapping, Answers(values))
    assert claim.values["signed_by"] == {"signed_by": old}
    assert claim.atoms["signed_by"] == digest({"signed_by": old})[:DIGEST]
    kept = Claim.objects.get(report_id=report.pk)
    assert "mark" not in json.dumps(kept.values)

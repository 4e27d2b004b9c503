"""The demonstration's year: through the front door, plausible, and verified."""

from __future__ import annotations

from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Count, F, Sum

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.models import User
from datlanh.education.models import RiskEducation
from datlanh.hazards.models import (
    ClearanceProgress,
    EodTask,
    HazardousArea,
    LandRelease,
    OrdnanceItem,
)
from datlanh.intake.demo.casualties import CASES
from datlanh.intake.demo.sessions import FEWEST_SESSIONS
from datlanh.intake.demo.tasks import FEWEST_CALLS
from datlanh.intake.demo.year import FEWEST_AREAS, tell_year
from datlanh.intake.models import (
    Attachment,
    Exemption,
    Finding,
    Held,
    NightlyRun,
    Payload,
    Proposal,
    RefusedFile,
    Reminder,
    Report,
)
from datlanh.intake.projectors import PROJECTORS
from datlanh.intake.selectors.heirs import unchosen
from datlanh.intake.selectors.lateness import exempted
from datlanh.intake.selectors.steps_left import steps_left
from datlanh.intake.services.comparing import register_verify
from datlanh.intake.services.dividing import said_by
from datlanh.kernel import clock
from datlanh.kernel.ids import RecordId
from datlanh.people.models import Accident, Assistance, Victim
from datlanh.register.models import Decision, Record, Version

pytestmark = pytest.mark.slow


def test_the_demonstration_is_a_year_as_the_centre_might_have_had_it(fresh_db):
    # One telling for all that is asked of it: it takes some ten seconds.
    tell_year(areas=FEWEST_AREAS)
    with acting(SYSTEM):
        assert register_verify().equal
        something_of_everything_waits_today()
        the_register_looks_like_the_province()
        areas_have_lived()
        every_kind_has_live_records_in_proportion()
        families_of_ids_hang_together()
        progress_and_completion_are_told_apart()
        every_desk_has_something_of_each_form()
        days_lie_in_the_past_year_and_follow_each_other()
        people_decide_as_the_rules_ask()
        lateness_is_excused_with_a_reason_and_the_morning_reminds()
        before = Report.objects.count()
    out = StringIO()
    call_command("demo", stdout=out)
    assert "nothing was added" in out.getvalue()
    with acting(SYSTEM):
        assert Report.objects.count() == before


def something_of_everything_waits_today():
    states = Counter(Report.objects.values_list("state", flat=True))
    assert set(states) == {
        *("received", "verified", "returned", "approved", "withdrawn", "replaced", "refused")
    }
    waiting = states["received"] + states["verified"] + states["returned"]
    assert 40 <= waiting <= 80
    assert {f.severity for f in Finding.objects.filter(report__state="verified")} == {
        "block",
        "warn",
        "info",
    }
    assert Proposal.objects.filter(closed_at=None, step="refuse").count() == 1
    assert RefusedFile.objects.count() == 1


def the_register_looks_like_the_province():
    areas = HazardousArea.objects.all()
    assert areas.count() >= FEWEST_AREAS
    mean_ha = areas.aggregate(m2=Sum("area_m2"))["m2"] / areas.count() / 10_000
    assert 20 < mean_ha < 90
    assert set(areas.values_list("public_status", flat=True)) >= {"open", "ongoing", "closed"}
    assert all(area.outline.valid for area in areas)
    assert LandRelease.objects.filter(local_id__startswith="HR-CLS").exists()
    assert LandRelease.objects.filter(local_id__startswith="HR-CLC").count() > 10
    commonest = (
        OrdnanceItem.objects.filter(record__kind__in=["hazardous_area", "land_release"])
        .exclude(category="small_arms")
        .values("model")
        .annotate(n=Sum("quantity"))
        .order_by("-n")
        .first()
    )
    assert commonest["model"] == "blu_26"
    assert Attachment.objects.filter(media_type="image/jpeg").exists()


def areas_have_lived():
    """Every state that a form and the centre can lead to, each by decisions of persons."""
    states = set(HazardousArea.objects.values_list("state", flat=True))
    assert states >= {
        *("cha", "tasked", "ongoing", "suspended", "completed", "inspected", "closed"),
        *("split", "merged", "discredited"),
    }
    moved = Decision.objects.filter(kind="moved")
    told = Counter(moved.values_list("data__step", flat=True))
    assert told["task"] >= 4
    assert (told["split"], told["merge"], told["discredit"]) == (1, 2, 1)
    (reopened,) = moved.filter(data__step="reopen")
    assert Record.objects.get(pk=reopened.data["because"]).kind == "eod_task"
    assert moved.filter(report_id__isnull=False).exists()  # with the report that implied it
    closed = HazardousArea.objects.filter(public_status="closed", state="closed")
    assert all(moved.filter(record_id=a.pk, data__step="hand_over").exists() for a in closed)
    centre = User.objects.get(username="kiemtra2")
    assert steps_left(centre).rows  # some were left
    late = Report.objects.filter(form="land_release", state="verified")
    assert any(unchosen("land_release", said_by(r)) for r in late)


def every_kind_has_live_records_in_proportion():
    live = Counter(Record.objects.filter(is_live=True).values_list("kind", flat=True))
    assert set(live) == set(PROJECTORS)
    assert live["eod_task"] >= FEWEST_CALLS
    assert live["risk_education"] >= FEWEST_SESSIONS - 2
    assert live["survey_task"] >= 3
    assert live["clearance_progress"] >= 4
    assert live["accident"] >= len(CASES)
    hurt = Counter(Victim.objects.values_list("killed_or_injured", flat=True))
    assert hurt["killed"] >= 1
    assert hurt["injured"] >= 4
    assert Victim.objects.filter(age_at_accident__lt=18).count() == 2
    assert Assistance.objects.values("assistance_type").distinct().count() >= 5
    quantities = OrdnanceItem.objects.filter(record__kind="eod_task")
    assert max(quantities.values_list("quantity", flat=True)) >= 495
    assert quantities.filter(model="mk_82", quantity=1).count() == 1
    assert EodTask.objects.filter(reported_status="open").exists()
    assert not EodTask.objects.filter(respond_date__lt=F("tasking_date")).exists()
    assert RiskEducation.objects.filter(activity_types__contains=["television"]).exists()
    consent = set(
        Version.objects.filter(record__kind="victim", known_to=None).values_list(
            "values__consent_authorities", flat=True
        )
    )
    assert consent == {"yes", "no"}
    boxes = Attachment.objects.filter(report__form="cmrs", name__startswith="TS-409-")
    assert boxes.exists()


def families_of_ids_hang_together():
    known = set(Record.objects.values_list("local_id", flat=True))
    for kind in ("victim", "victim_assistance"):
        for local_id in Record.objects.filter(kind=kind).values_list("local_id", flat=True):
            assert str(RecordId.parse(local_id).parent()) in known
    named = Version.objects.filter(record__kind="survey_task", known_to=None)
    assert known.issuperset(named.values_list("values__cha_ids", flat=True))
    visited = Report.objects.filter(form="victim", state="approved").values("record_local_id")
    assert visited.annotate(n=Count("id")).filter(n=2).exists()
    assert Accident.objects.filter(persons_involved=0).exists()


def progress_and_completion_are_told_apart():
    """The months of one clearance come to its completion, of one planted they do not."""
    completed = dict(LandRelease.objects.values_list("local_id", "cleared_area_m2"))
    told = {
        row["clearance_id"]: row["m2"]
        for row in ClearanceProgress.objects.values("clearance_id").annotate(
            m2=Sum("cleared_area_m2")
        )
    }
    both = {key: told[key] / completed[key] for key in told if key in completed}
    assert sum(abs(share - 1) > 0.01 for share in both.values()) <= 1
    assert set(told) - set(completed)  # still at work, or waiting
    differing = Finding.objects.filter(rule="progress_sum_differs", report__state="verified")
    assert differing.exists()


def every_desk_has_something_of_each_form():
    waits = set(
        Report.objects.filter(state__in=["received", "verified"]).values_list("form", "state")
    )
    for form in {f for f, _ in waits}:
        assert {(form, "received"), (form, "verified")} <= waits, form
    assert len({f for f, _ in waits}) == 9


def days_lie_in_the_past_year_and_follow_each_other():
    made = list(Decision.objects.order_by("seq").values_list("at", flat=True))
    assert made == sorted(made)
    assert made[0] < clock.now()
    assert (made[-1] - made[0]).days > 200
    received = list(Report.objects.order_by("id").values_list("received_at", flat=True))
    assert received == sorted(received)
    assert max(received) < clock.now()


def lateness_is_excused_with_a_reason_and_the_morning_reminds():
    given = Exemption.objects.filter(takes_back=None)
    assert given.filter(report=None).count() == 2
    assert given.filter(report__isnull=False).count() == 1
    assert not given.filter(reason="").exists()
    assert Report.objects.filter(exempted()).exists()
    steps = set(Reminder.objects.values_list("step", flat=True))
    assert {Reminder.BEFORE, Reminder.AFTER} <= steps
    assert NightlyRun.objects.count() == 1
    assert Held.objects.exists()  # a lost phone's, of which the centre decides


def people_decide_as_the_rules_ask():
    corrected = Payload.objects.filter(revision__gt=0)
    assert corrected.exists()
    assert Payload.objects.filter(report__in=corrected.values("report"), revision=0).count() == (
        corrected.values("report").distinct().count()
    )
    assert Report.objects.filter(supersedes__isnull=False, state="approved").count() == 1
    late = Report.objects.filter(replaces__isnull=False, resubmitted_late=True)
    assert late.count() == 1
    twice = (
        Report.objects.filter(state__in=["approved", "verified"], form="cha")
        .values("record_local_id", "date_of_information")
        .annotate(n=Count("id"))
        .filter(n=2)
    )
    assert twice.exists()  # the conflict of one day, of which one report waits

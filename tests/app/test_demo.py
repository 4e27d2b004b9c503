"""The demonstration's year: through the front door, plausible, and verified."""

from __future__ import annotations

from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Count, Sum

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.hazards.models import HazardousArea, LandRelease, OrdnanceItem
from datlanh.intake.demo.year import FEWEST_AREAS, tell_year
from datlanh.intake.models import Attachment, Finding, Payload, Proposal, RefusedFile, Report
from datlanh.intake.services.comparing import register_verify
from datlanh.kernel import clock
from datlanh.register.models import Decision

pytestmark = pytest.mark.slow


def test_the_demonstration_is_a_year_as_the_centre_might_have_had_it(fresh_db):
    # One telling for all that is asked of it: it takes some ten seconds.
    tell_year(areas=FEWEST_AREAS)
    with acting(SYSTEM):
        assert register_verify().equal
        something_of_everything_waits_today()
        the_register_looks_like_the_province()
        days_lie_in_the_past_year_and_follow_each_other()
        people_decide_as_the_rules_ask()
        before = Report.objects.count()
    out = StringIO()
    call_command("demo", stdout=out)
    assert "nothing was added" in out.getvalue()
    with acting(SYSTEM):
        assert Report.objects.count() == before


def something_of_everything_waits_today():
    states = Counter(Report.objects.values_list("state", flat=True))
    assert set(states) >= {"received", "verified", "returned", "approved", "withdrawn", "replaced"}
    waiting = states["received"] + states["verified"] + states["returned"]
    assert 20 <= waiting <= 40
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
        OrdnanceItem.objects.values("model").annotate(n=Sum("quantity")).order_by("-n").first()
    )
    assert commonest["model"] == "blu_26"
    assert Attachment.objects.filter(media_type="image/jpeg").exists()


def days_lie_in_the_past_year_and_follow_each_other():
    made = list(Decision.objects.order_by("seq").values_list("at", flat=True))
    assert made == sorted(made)
    assert made[0] < clock.now()
    assert (made[-1] - made[0]).days > 200
    received = list(Report.objects.order_by("id").values_list("received_at", flat=True))
    assert received == sorted(received)
    assert max(received) < clock.now()


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

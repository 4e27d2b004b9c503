"""The nightly run over what all forms leave in the register, sealed answers among it."""

from __future__ import annotations

import pytest

from datlanh.intake.models import RecordFinding
from datlanh.intake.services.nightly import register_check
from datlanh.kernel.actor import SYSTEM
from datlanh.register.models import Record
from support.drafts import accident, assistance, education, eod_task, progress, survey_task, victim
from support.reports import approved, cha, demo_cast, received, release, verified

pytestmark = pytest.mark.django_db
FORMS = (
    accident,
    victim,
    assistance,
    education,
    survey_task,
    eod_task,
    progress,
    cha,
    release,
)


def test_it_passes_over_every_form_and_compares_no_sealed_date():
    cast = demo_cast()
    for make in FORMS:
        report = verified(received(make(1), by=cast["renew.hientruong"]), by=cast["renew"])
        approved(report, by=cast["kiemtra2"])
    run = register_check(by=SYSTEM)
    assert (run.ended_at is not None, Record.objects.count()) == (True, len(FORMS))
    assert not RecordFinding.objects.filter(rule="dates_disorder").exists()

"""Large batches of withdrawals as work of a job; small ones at once."""

from __future__ import annotations

import pytest
from django.urls import reverse

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.intake.batching import seen_in_batch
from datlanh.intake.models import Batch, BatchRun, Report
from datlanh.intake.services import batch_runs
from datlanh.intake.services.batch_runs import batch_ask, batch_is_silent, batch_work
from datlanh.intake.services.batches import Chosen, batch_confirm, batch_propose
from datlanh.intake.services.comparing import register_verify
from datlanh.kernel.errors import TransitionError
from support.pages import page, signed_in
from support.reports import approved, cha, demo_cast, received, verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return demo_cast()


@pytest.fixture
def batch(cast, monkeypatch) -> Batch:
    """Three reports, which are many here."""
    monkeypatch.setattr(batch_runs, "AT_ONCE", 2)
    for number in (1, 2, 3):
        ready = verified(received(cha(number), by=cast["renew.hientruong"]), by=cast["renew"])
        approved(ready, by=cast["kiemtra2"])
    chosen = [Chosen(r.pk, seen_in_batch(r)) for r in Report.objects.all()]
    with acting(cast["kiemtra2"], via="web"):
        return batch_propose(chosen=chosen, by=cast["kiemtra2"], note="GPS lệch")


def asked(cast, batch: Batch, who: str = "kiemtra1") -> BatchRun:
    with acting(cast[who], via="web"):
        run = batch_ask(id=batch.pk, by=cast[who])
    assert run is not None
    return run


def withdrawn() -> int:
    return Report.objects.filter(state="withdrawn").count()


def test_a_small_batch_is_done_at_once(cast, batch, monkeypatch):
    monkeypatch.setattr(batch_runs, "AT_ONCE", 3)
    with acting(cast["kiemtra1"], via="web"):
        assert batch_ask(id=batch.pk, by=cast["kiemtra1"]) is None
    assert withdrawn() == 3


def test_a_large_one_is_a_job_and_twice_is_once(cast, batch):
    run = asked(cast, batch)
    assert withdrawn() == 0
    with pytest.raises(TransitionError):
        asked(cast, batch)
    assert batch_work(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, withdrawn()) == ("done", 3)
    assert not batch_work(run_id=run.pk)
    with acting(SYSTEM):
        assert register_verify().differences == []


def test_the_first_person_does_not_confirm_a_large_one_either(cast, batch):
    with pytest.raises(TransitionError):
        asked(cast, batch, "kiemtra2")


def test_what_is_declined_meanwhile_is_refused_by_the_job(cast, batch):
    run = asked(cast, batch)
    with acting(cast["csdl"], via="web"):
        batch_confirm(id=batch.pk, by=cast["csdl"], confirm=False, note="Chưa chắc")
    assert not batch_work(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, withdrawn()) == ("refused", 0)
    assert run.refusal["vi"]


def test_a_dead_workers_run_is_run_again(cast, batch):
    dead = asked(cast, batch)
    BatchRun.objects.filter(pk=dead.pk).update(state="running")
    dead.refresh_from_db()
    assert batch_is_silent(dead)
    run = asked(cast, batch)
    assert batch_work(run_id=run.pk)
    assert not batch_work(run_id=dead.pk)
    assert withdrawn() == 3


def test_the_page_says_how_far_it_is(cast, batch):
    client = signed_in(cast["kiemtra1"])
    put = client.post(reverse("web:batch_confirm", args=[batch.pk]), {"answer": "confirm"})
    assert put.status_code == 302
    html = page(client, "batch", batch.pk)
    assert "In work" in html
    assert "Confirm the withdrawal" not in html
    part = {"headers": {"HX-Target": "batch-run"}}
    address = reverse("web:batch", args=[batch.pk])
    assert "hx-get" in client.get(address, **part).content.decode()
    batch_work(run_id=BatchRun.objects.get().pk)
    assert client.get(address, **part).headers["HX-Refresh"] == "true"
    assert "What became of each report" in page(client, "batch", batch.pk)

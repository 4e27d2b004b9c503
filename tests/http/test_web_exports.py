"""Asking for a list as a file, watching it, fetching it; nobody fetches another's."""

from __future__ import annotations

import pytest
from django.urls import reverse

from datlanh.audit.models import Event
from datlanh.exchange.models import Export
from datlanh.exchange.services import export_make
from support.pages import page, signed_in
from support.reports import approved, cha, demo_cast, received, verified


@pytest.fixture
def cast(fresh_db):
    cast = demo_cast()
    report = verified(received(cha(1), by=cast["renew.hientruong"]), by=cast["renew"])
    approved(report, by=cast["kiemtra2"])
    return cast


def test_a_list_is_asked_for_watched_and_fetched(cast):
    client = signed_in(cast["renew"])
    assert "No file yet" in page(client, "exports")
    shown = page(client, "areas", organisation="npa_renew")
    assert 'name="query" value="organisation=npa_renew"' in shown
    asked = {"table": "areas", "format": "csv", "query": "organisation=npa_renew"}
    assert client.post(reverse("web:export_ask"), asked, follow=True).status_code == 200
    waiting = page(client, "exports")
    assert "waits its turn" in waiting
    assert 'hx-trigger="every 1s"' in waiting
    export = Export.objects.get()
    address = reverse("web:export_file", args=(export.pk,))
    assert client.get(address).status_code == 404
    export_make(export_id=str(export.pk))
    ready = page(client, "exports")
    assert address in ready
    assert "every 1s" not in ready
    answer = client.get(address)
    assert answer.headers["Content-Disposition"].endswith('.csv.zip"')
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert Event.objects.filter(action="export.fetch").count() == 1
    for other in ("kiemtra2", "mag", "giamdoc"):
        assert signed_in(cast[other]).get(address).status_code == 404
        assert "organisation=npa_renew" not in page(signed_in(cast[other]), "exports")


def test_a_refusal_is_said_in_words(cast):
    client = signed_in(cast["renew"])
    asked = {"table": "areas", "format": "exe", "query": ""}
    answer = client.post(reverse("web:export_ask"), asked, follow=True)
    assert "There is no such file." in answer.content.decode()
    assert not Export.objects.exists()


@pytest.mark.parametrize("name", ["areas", "releases"])
def test_every_list_offers_its_file(cast, name):
    assert f'name="table" value="{name}"' in page(signed_in(cast["kiemtra2"]), name)
    assert 'name="table" value="victims"' in page(signed_in(cast["kiemtra2"]), "records", "victims")

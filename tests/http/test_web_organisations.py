"""Organisations: ranges, teams, donors, and every running number accounted for."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.urls import reverse
from lxml import html as parser

from datlanh.accounts.models import User
from datlanh.audit.models import Event
from datlanh.kernel.actor import SYSTEM
from datlanh.organisations.models import Donor, NumberState, RunningNumber, Team
from datlanh.organisations.services import number_reserve, number_use
from support.pages import page, signed_in
from support.reports import approved, cha, demo_cast, received, verified

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def database(request):
    """A transaction; a race has a database of its own instead."""
    wanted = "fresh_db" if "fresh_db" in request.fixturenames else "db"
    request.getfixturevalue(wanted)


@pytest.fixture
def cast() -> dict[str, User]:
    return demo_cast()


def rows(html: str, within: str = "") -> dict[str, str]:
    """Each row's words by its first cell's first word."""
    tree = parser.fromstring(html)
    root = tree.get_element_by_id(within) if within else tree
    told = [" ".join(" ".join(r.itertext()).split()) for r in root.iter("tr")]
    return {t.split(" ")[0]: t for t in told}


def post(client, page_name: str, key: str, **sends: str):
    return client.post(reverse(f"web:{page_name}", args=[key]), sends)


def test_the_centre_sees_all_organisations_and_the_reserve(cast):
    told = page(signed_in(cast["kiemtra2"]), "organisations")
    assert {"QTMAC", "MAG", "NPA/RENEW", "PTVN", "CPI"} <= set(rows(told))
    assert "500000–599999" in rows(told)["MAG"]
    assert "900000–999999" in told
    assert "Not working here now" in rows(told)["CPI"]


def test_an_operator_sees_itself_only(cast):
    client = signed_in(cast["mag"])
    told = page(client, "organisations")
    assert set(rows(told)) == {"Organisation", "MAG"}
    assert "900000" not in told
    page(client, "organisation", "mag")
    page(client, "organisation", "npa_renew", status=404)
    page(client, "organisation", "nobody", status=404)


def test_counts_are_told_to_those_who_may_know_them(cast):
    received(cha(1, organisation="mag", first=500_000), by=cast["mag.hientruong"])
    assert rows(page(signed_in(cast["mag"]), "organisations"))["MAG"].endswith("0 0 0 4 0 1")
    # Whoever manages no phones is not told how many there are.
    assert rows(page(signed_in(cast["giamdoc"]), "organisations"))["MAG"].endswith("4 – 1")


def test_the_next_number_is_given_out_and_told(cast):
    client = signed_in(cast["mag"])
    assert "HAZ-409-500001" in rows(page(client, "organisation", "mag"))["HAZ"]
    answer = post(client, "number_reserve", "mag", prefix="HAZ")
    assert answer.status_code == 302
    told = client.get(answer["Location"]).content.decode()
    assert "HAZ-409-500001 is reserved for MAG." in told
    assert "just given out" in rows(told, "reserved")["HAZ-409-500001"]
    assert "Hoàng Minh Thuỷ" in rows(told, "reserved")["HAZ-409-500001"]
    assert "HAZ-409-500002" in rows(told)["HAZ"]
    assert Event.objects.latest("id").action == "number.reserve"


def test_an_approved_report_uses_its_number(cast):
    number_reserve(prefix="HAZ", organisation=cast["mag"].organisation, by=SYSTEM)
    report = received(cha(1, organisation="mag", first=500_000), by=cast["mag.hientruong"])
    approved(verified(report, by=cast["mag"]), by=cast["kiemtra2"])
    told = page(signed_in(cast["mag"]), "organisation", "mag")
    assert rows(told)["HAZ"].startswith("HAZ Confirmed hazardous area 1 0 0 none 500001")
    assert "No number waits for its record." in told


def test_gaps_and_ids_outside_the_range_are_told(cast):
    mag = cast["mag"].organisation
    for number in (500_003, 500_004, 500_009, 600_007):
        number_use(local_id=f"HAZ-409-{number}", organisation=mag, by=SYSTEM)
    told = page(signed_in(cast["mag"]), "organisation", "mag")
    assert "6 500001–500002, 500005–500008 500009" in rows(told)["HAZ"]
    assert "Used outside the own range" in told
    assert "HAZ-409-600007" in told


def test_a_number_is_voided_with_its_reason(cast):
    client = signed_in(cast["mag"])
    post(client, "number_reserve", "mag", prefix="HAZ")
    refused = post(client, "number_void", "mag", local_id="HAZ-409-500001", reason="  ")
    assert refused.status_code == 422
    assert "Say why the number is void." in refused.content.decode()
    done = post(client, "number_void", "mag", local_id="HAZ-409-500001", reason="Phiếu rách")
    assert done.status_code == 302
    told = page(client, "organisation", "mag")
    assert "Phiếu rách" in rows(told, "void")["HAZ-409-500001"]
    assert "HAZ-409-500002" in rows(told)["HAZ"]


def test_a_number_in_use_is_not_voided(cast):
    number_use(local_id="HAZ-409-500001", organisation=cast["mag"].organisation, by=SYSTEM)
    client = signed_in(cast["mag"])
    answer = post(client, "number_void", "mag", local_id="HAZ-409-500001", reason="Nhầm")
    assert answer.status_code == 422
    assert RunningNumber.objects.get().state == NumberState.USED


def test_a_number_is_not_given_out_again_once_void(cast):
    client = signed_in(cast["mag"])
    done = post(client, "number_void", "mag", local_id="HAZ-409-500001", reason="Bỏ qua")
    assert done.status_code == 302
    assert "HAZ-409-500002" in post(client, "number_reserve", "mag", prefix="HAZ")["Location"]


@pytest.mark.parametrize("local_id", ["HAZ-409-600001", "HAZ-409-600002", "HAZ-409-900001"])
def test_numbers_of_others_are_not_voided_nor_told_apart(cast, local_id):
    renew = cast["renew"].organisation
    number_reserve(prefix="HAZ", organisation=renew, by=SYSTEM)
    answer = post(signed_in(cast["mag"]), "number_void", "mag", local_id=local_id, reason="Nhầm")
    assert answer.status_code == 422
    assert f"Number {local_id} lies outside the range of MAG." in answer.content.decode()
    assert RunningNumber.objects.get().state == NumberState.RESERVED


def test_whoever_manages_no_numbers_has_no_buttons(cast):
    for who in ("giamdoc", "mag.hientruong"):
        client = signed_in(cast[who])
        assert "Reserve next" not in page(client, "organisation", "mag")
        assert post(client, "number_reserve", "mag", prefix="HAZ").status_code == 403
    assert post(signed_in(cast["mag"]), "number_reserve", "ptvn", prefix="HAZ").status_code == 404
    assert not RunningNumber.objects.exists()


def test_an_unknown_kind_of_number_is_refused(cast):
    answer = post(signed_in(cast["mag"]), "number_reserve", "mag", prefix="VIC")
    assert answer.status_code == 422


def test_the_database_unit_adds_teams_and_donors(cast):
    client = signed_in(cast["csdl"])
    assert post(client, "team_add", "mag", name="Đội MAG 9", kind="ts").status_code == 302
    assert Team.objects.get(name="Đội MAG 9").key == "doi-mag-9"
    assert post(client, "team_add", "mag", name="Đội MAG 9", kind="ts").status_code == 422
    assert post(client, "team_add", "mag", name="  ", kind="ts").status_code == 422
    added = client.post(reverse("web:donor_add"), {"name_vi": "Quỹ Ví Dụ", "name_en": ""})
    assert added.status_code == 302
    assert Donor.objects.get().name_en == "Quỹ Ví Dụ"
    told = page(client, "organisations")
    assert "Quỹ Ví Dụ" in told
    assert "Đội MAG 9" in page(client, "organisation", "mag")
    assert post(signed_in(cast["mag"]), "team_add", "mag", name="X").status_code == 403


def test_two_who_ask_at_once_get_two_numbers(fresh_db):
    cast = demo_cast()
    clients = [signed_in(cast["mag"]), signed_in(cast["csdl"])]
    together, given = threading.Barrier(2), []

    def ask(client) -> None:
        try:
            together.wait(10)
            answer = post(client, "number_reserve", "mag", prefix="INC")
            given.append(answer["Location"].partition("given=")[2].partition("#")[0])
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(c,)) for c in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(given) == ["INC-409-500001", "INC-409-500002"]

"""The ledger's pages: numbers open their lists, both times, both languages, scopes."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse
from lxml import html as parser

from datlanh.kernel.geometry import area_m2
from datlanh.register.selectors import decision_newest
from support.pages import page, signed_in
from support.reports import (
    approved,
    cha,
    demo_cast,
    field_of,
    let_through,
    received,
    release,
    verified,
)

pytestmark = pytest.mark.django_db
AREA = "HAZ-409-600001"


@pytest.fixture
def cast():
    return demo_cast()


def enter(draft, cast):
    report = let_through(verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"]))
    return approved(report, by=cast["kiemtra2"])


@pytest.fixture
def known(cast) -> int:
    """An area, then its release; gives the decision between the two."""
    enter(cha(1), cast)
    before = decision_newest()
    enter(release(1), cast)
    return before


def tree(client, **query: str):
    return parser.fromstring(page(client, "ledger", **query))


def hectares(area: float, language: str = "en") -> str:
    text = f"{area / 10_000:.2f}"
    return text.replace(".", ",") if language == "vi" else text


@pytest.mark.parametrize("by", ["organisation", "commune", "month"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_provinces_ledger_opens_in_every_grouping(cast, known, by, language) -> None:
    html = page(signed_in(cast["giamdoc"], language), "ledger", by=by)
    assert hectares(area_m2(field_of(1)), language) in html


def test_a_number_opens_the_list_behind_it(cast, known) -> None:
    client = signed_in(cast["giamdoc"])
    (href,) = tree(client).xpath("//section[@id='areas']//tbody//a/@href")
    assert AREA in client.get(href).content.decode()


def test_as_known_before_the_release_all_of_it_remains(cast, known) -> None:
    client = signed_in(cast["giamdoc"])
    found = tree(client, known=str(known)).xpath("//section[@id='areas']//tfoot/tr[1]/td")
    cells = [c.text_content().strip() for c in found]
    assert cells[6:8] == ["0", hectares(area_m2(field_of(1)))]


def test_two_moments_are_compared_line_by_line(cast, known) -> None:
    client = signed_in(cast["giamdoc"])
    (row,) = tree(client, from_known=str(known)).xpath("//section[@id='moves']//tbody/tr")
    said = row.text_content()
    assert "BC-" in said
    assert AREA in said
    assert f"+{hectares(area_m2(field_of(1)))}" in said


def test_the_ledger_as_a_table_for_spreadsheets(cast, known) -> None:
    client = signed_in(cast["giamdoc"])
    response = client.get(reverse("web:ledger_csv"))
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[1][0] == "NPA/RENEW"
    assert int(rows[1][6]) == round(area_m2(field_of(1)))  # cleared
    assert rows[-1][1:] == rows[1][1:]


def test_an_area_has_its_ledger_with_what_moved_it(cast, known) -> None:
    client = signed_in(cast["giamdoc"])
    html = page(client, "area_ledger", AREA)
    assert "HR-CLC-409-600001" in html
    assert "ledger-time" in html
    past = page(client, "area_ledger", AREA, known=str(known))
    assert "HR-CLC-409-600001" not in past


def test_another_operator_sees_nothing_of_it(cast, known) -> None:
    client = signed_in(cast["mag"])
    assert client.get(reverse("web:area_ledger", args=(AREA,))).status_code == 404
    html = page(client, "ledger")
    assert "NPA/RENEW" not in html


@pytest.mark.parametrize("query", [{"from_on": "gestern"}, {"from_known": "x"}])
def test_a_careless_date_is_told_calmly(cast, known, query) -> None:
    page(signed_in(cast["giamdoc"]), "ledger", status=400, **query)

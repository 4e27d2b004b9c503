"""Questions without a column of their own: in the lists of areas and releases, and on the map."""

from __future__ import annotations

import pytest

from datlanh.accounts.acting import acting
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.exchange.tables import TABLES
from datlanh.hazards.selectors import AreaFilter
from datlanh.hazards.selectors.lists import area_total
from datlanh.intake.services.forms import form_publish
from support.pages import page, signed_in
from support.reports import approved, cha, demo_cast, received, release, verified
from support.workbooks import question, revised

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return demo_cast()


def entered(draft, cast):
    ready = verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"])
    return approved(ready, by=cast["kiemtra2"])


def rows(html: str) -> str:
    return html[html.index("<tbody") : html.index("</tbody>")]


def test_a_question_of_the_form_stands_as_a_column_and_narrows_the_list(cast):
    entered(cha(1, slope="flat"), cast)
    entered(cha(2, slope="steep"), cast)
    client = signed_in(cast["kiemtra2"])
    html = page(client, "areas", columns="slope")
    assert '<input type="checkbox" name="columns" value="slope" checked>' in html
    assert "Flat (0°)" in rows(html)
    narrowed = page(client, "areas", **{"x.slope": "flat", "columns": "slope"})
    assert "HAZ-409-600001" in rows(narrowed)
    assert "HAZ-409-600002" not in rows(narrowed)
    assert 'href="?&amp;columns=slope"' in narrowed  # the chip's cross
    past = page(client, "areas", **{"x.slope": "flat", "known": "2"})
    assert "HAZ-409-600001" in rows(past)


def test_map_and_files_go_by_the_same_filter(cast):
    entered(cha(1, slope="flat"), cast)
    entered(cha(2, slope="steep"), cast)
    client = signed_in(cast["kiemtra2"])
    with acting(cast["kiemtra2"]):
        scope = scope_for(cast["kiemtra2"], Permission.RECORD_READ)
        wanted = AreaFilter(further=(("slope", "flat"),))
        assert area_total(scope, wanted)[0] == 1
        assert TABLES["areas"].filter("x.slope=flat") == wanted
    assert AreaFilter(further=(("slope", "flat"), ("slope", "steep"))).query() == (
        "x.slope=flat&x.slope=steep"
    )
    told = page(client, "map", **{"x.slope": "flat"})
    assert '<input type="hidden" name="x.slope" value="flat">' in told


def test_a_question_added_last_week_is_there_without_a_programmer(cast):
    added = question("weather", label="Thời tiết", **{"register::attribute": "weather"})
    form_publish(workbook=revised("cha", version="2099010101", add=[added]), by=cast["csdl"])
    entered(cha(1, weather="Nắng"), cast)
    client = signed_in(cast["kiemtra2"])
    html = page(client, "areas", columns="weather")
    assert 'name="columns" value="weather" checked' in html
    assert "Nắng" in rows(html)


def test_releases_have_them_too(cast):
    entered(release(1, polygon_status="cleared"), cast)
    client = signed_in(cast["kiemtra2"])
    html = page(client, "releases", columns="outline_status")
    assert "Cleared" in rows(html)
    assert "HR-CL" in rows(page(client, "releases", **{"x.outline_status": "cleared"}))
    assert "HR-CL" not in rows(page(client, "releases", **{"x.outline_status": "reduced"}))


def test_nobody_learns_by_a_filter_whether_a_sealed_answer_was_given(cast):
    entered(cha(1, team_leader="Hồ Thị Mẫu"), cast)
    client = signed_in(cast["kiemtra2"])
    for name in ("team_leader", "no_such_attribute"):
        assert "HAZ-409-600001" in rows(page(client, "areas", **{f"x.{name}": "-"}))
        assert "HAZ-409-600001" not in rows(page(client, "areas", **{f"x.{name}": "x"}))

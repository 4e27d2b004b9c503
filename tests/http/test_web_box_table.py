"""The table of box results on its page: who may, what is refused, what a change leaves behind."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from datlanh.audit.models import Event
from datlanh.hazards.models import BoxTable
from datlanh.hazards.selectors.boxes import box_table, box_table_changes
from datlanh.kernel.boxes import DEFAULT_TABLE, Role
from support.pages import signed_in
from support.reports import demo_cast

pytestmark = pytest.mark.django_db
CHIEF = "csdl"


@pytest.fixture
def cast():
    return demo_cast()


def filled(**more: str) -> dict[str, str]:
    """The form as the page brings it when nothing was changed yet."""
    sent: dict[str, Any] = {"seen": str(box_table().seq), "note": "theo họp kỹ thuật"}
    for n, result in enumerate(box_table().results.results, 1):
        sent |= {
            f"key-{n}": result.key,
            f"vi-{n}": result.label.vi,
            f"en-{n}": result.label.en,
            f"mark-{n}": result.mark,
            f"role-{n}": str(result.role),
            f"written-{n}": ", ".join(result.written),
        }
    return sent | {"margin_m": "50", "gap": "1", "fadeout_m": "50", "least": "1"} | more


def put(user, **more: str):
    return signed_in(user).post(reverse("web:box_table"), filled(**more))


def test_only_who_manages_settings_sees_and_finds_it(cast):
    address = reverse("web:box_table")
    assert signed_in(cast[CHIEF]).get(address).status_code == 200
    assert address in signed_in(cast[CHIEF]).get(reverse("web:rules")).content.decode()
    for name in ("renew", "giamdoc", "kiemtra2"):
        assert signed_in(cast[name]).get(address).status_code == 403, name
        assert put(cast[name], margin_m="25").status_code == 403
    assert not BoxTable.objects.exists()


def test_a_change_is_in_force_told_and_kept(cast):
    answer = put(
        cast[CHIEF],
        **{"margin_m": "25,5", "role-2": "positive", "written-3": "blue, bom bi"},
    )

    assert answer.status_code == 302
    now = box_table()
    assert now.rule.margin_m == 25.5
    assert now.results.by_key("yellow").role == Role.POSITIVE
    assert now.results.of("Bom Bi").key == "blue"
    (change,) = box_table_changes()
    assert change.before.results == DEFAULT_TABLE
    assert (change.row.by_name, change.row.note) == (
        cast[CHIEF].full_name,
        "theo họp kỹ thuật",
    )
    assert Event.objects.filter(action="box_table.change").count() == 1
    html = signed_in(cast[CHIEF]).get(reverse("web:box_table")).content.decode()
    assert "25.5" in html
    assert cast[CHIEF].full_name in html


def test_a_result_may_be_added_and_none_taken_away(cast):
    more = {"key-6": "orange", "vi-6": "Cam", "en-6": "Orange", "mark-6": "yellow"}
    assert put(cast[CHIEF], **more | {"role-6": "joins"}).status_code == 302
    assert [r.key for r in box_table().results.results][-1] == "orange"

    assert put(cast[CHIEF], **{"key-6": "", "vi-6": "", "en-6": ""}).status_code == 422
    assert [r.key for r in box_table().results.results][-1] == "orange"


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"note": " ", "gap": "2"},
        {"margin_m": "x"},
        {"margin_m": "501"},
        {"margin_m": "nan"},
        {"gap": "-1"},
        {"vi-1": ""},
        {"mark-1": "purple"},
        {"role-1": "negative"},
        {"key-6": "Màu", "vi-6": "Cam", "en-6": "Orange", "mark-6": "red"},
        {"key-6": "red", "vi-6": "Cam", "en-6": "Orange", "mark-6": "red"},
        {"written-2": "y, đỏ"},
        {"seen": "7", "gap": "2"},
        {"seen": "", "gap": "2"},
    ],
    ids=str,
)
def test_a_table_that_cannot_be_is_refused_and_what_was_typed_stays(cast, odd):
    answer = put(cast[CHIEF], **odd)

    assert answer.status_code in (409, 422)
    if odd.get("margin_m") == "501":
        assert "Margin around boxes (m)” must be" in answer.content.decode()
    assert not BoxTable.objects.exists()
    assert not Event.objects.filter(action="box_table.change").exists()

"""The home page of who administers says whether what we have is safe, and how old that is."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.models import User
from datlanh.audit.sealing import seal_all
from datlanh.audit.services import record
from datlanh.kernel import clock
from support.reports import demo_cast

FACTS = {"versions": 929, "area_m2": 171_044_000, "files": 88}


@pytest.fixture
def cast(db, settings, tmp_path) -> dict[str, User]:
    settings.AUDIT_HEADS = tmp_path / "heads"
    return demo_cast()


def home(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.get("/").content.decode()


def happened(action: str, *, days_ago: float = 0, **after: object) -> None:
    with clock.frozen(clock.now() - dt.timedelta(days=days_ago)), acting(SYSTEM, via="command"):
        record(action, "backup:2026-11-24-021700", by=SYSTEM, after=after)


def test_where_nothing_was_ever_backed_up_it_says_so(cast) -> None:
    said = home(cast["csdl"])
    assert "Diễn tập khôi phục: chưa lần nào" in " ".join(said.split())
    assert "datlanh backup friday" in said
    assert "cần xử lý" in said


def test_all_is_well_with_a_backup_a_copy_a_drill_and_seals(cast) -> None:
    happened("wal.base", days_ago=0.5)
    happened("backup.copy", days_ago=6, disk="USB")
    happened("drill.pass", days_ago=0.4, **FACTS)
    seal_all()
    said = home(cast["csdl"])
    assert "ổn" in said
    assert "cần xử lý" not in said
    assert "17.104,4" in said
    assert "datlanh backup friday" not in said


def test_a_copy_is_overdue_after_a_week_and_a_day(cast) -> None:
    happened("backup.copy", days_ago=8.1, disk="USB")
    assert "Cắm ổ rời rồi chạy" in home(cast["csdl"])


def test_a_failed_drill_names_what_is_missing(cast) -> None:
    happened("drill.pass", days_ago=1, **FACTS)
    happened("drill.fail", **FACTS, problems=["the file anh1.jpg of BC-2026-000005 is missing"])
    said = home(cast["csdl"])
    assert "không tin cậy được bản sao lưu" in said
    assert "anh1.jpg of BC-2026-000005" in said


def test_who_does_not_administer_is_not_bothered(cast) -> None:
    for name in ("giamdoc", "kiemtra2", "mag"):
        assert "Diễn tập khôi phục" not in home(cast[name])

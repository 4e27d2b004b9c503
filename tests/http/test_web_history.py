"""The history page: who did what, for who may read the trail and not a single person."""

from __future__ import annotations

import ast

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from architecture.code import modules, tree
from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.models import User
from datlanh.accounts.services import grant_give, user_add
from datlanh.audit.models import Event
from datlanh.audit.sealing import seal_all
from datlanh.audit.services import record
from datlanh.intake.services.desk import report_assign
from datlanh.intake.workflow import REVIEW
from datlanh.organisations.models import Organisation
from datlanh.register.persons import Sealed, persons_keep, persons_read
from datlanh.web.history.words import ACTIONS, KINDS
from support.reports import cha, demo_cast, received, verified

HISTORY = "/history/"
ASKED = ("proposed", "declined")


@pytest.fixture
def cast(db, settings, tmp_path) -> dict[str, User]:
    settings.AUDIT_HEADS = tmp_path / "heads"
    return demo_cast()


@pytest.fixture
def keeper(cast) -> User:
    """Runs the system: reads the trail, and nothing of what is in the register."""
    home = Organisation.objects.get(key="qtmac")
    user = user_add(username="quantri", full_name="Tô Văn Khoá", organisation=home, by=SYSTEM)
    grant_give(user=user, role="administrator", by=SYSTEM)
    return user


def page(user: User, query: str = "", language: str = "vi") -> str:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    answer = client.get(f"{HISTORY}?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_reading_of_persons_is_told_without_the_persons(cast, keeper) -> None:
    with acting(cast["csdl"], via="web", origin="10.1.2.3"):
        (ref,) = persons_keep(
            [Sealed("victim", {"name": "Hoàng Văn Kín"})],
            organisation_id=cast["mag"].organisation_id,
        )
        persons_read([ref], by=cast["csdl"], why="BC-2026-000777")
    said = page(keeper, "kind=people")
    assert "Xem thông tin cá nhân" in said
    assert "Nạn nhân" in said
    assert "10.1.2.3" in said
    assert cast["csdl"].full_name in said
    assert "Hoàng Văn Kín" not in said
    assert str(ref) not in said


def test_who_runs_the_system_learns_what_happened_and_not_what_stands_in_reports(
    cast, keeper
) -> None:
    report = verified(received(cha(), by=cast["mag.hientruong"]), by=cast["mag"])
    with acting(cast["kiemtra2"]):
        report_assign(id=report.pk, by=cast["kiemtra2"], to=cast["kiemtra2"].username)
        record("report.return", report, by=cast["kiemtra2"], note="Xem lại ranh giới")
    said = page(keeper, f"record={report.receipt}")
    assert report.receipt in said
    assert "Trả lại kèm lý do" in said
    assert "Xem lại ranh giới" not in said
    assert f"/reports/{report.receipt}" not in said
    said = page(cast["giamdoc"], f"record={report.receipt}")
    assert "Xem lại ranh giới" in said
    assert f"/reports/{report.receipt}" in said


def test_the_filters_narrow_and_stand_above_the_list(cast) -> None:
    report = received(cha(), by=cast["mag.hientruong"])
    director = cast["giamdoc"]
    assert report.receipt in page(director, f"who={cast['mag.hientruong'].username}&kind=reports")
    assert report.receipt not in page(director, "kind=access")
    assert report.receipt not in page(director, "who=khongco")
    assert report.receipt not in page(director, "until=2000-01-01")
    assert report.receipt in page(director, "since=2000-01-01")
    assert report.receipt in page(director, f"record={report.record_local_id}")
    assert report.receipt not in page(director, "record=HAZ-999-999999")
    assert "Account added" in page(director, "action=user.add", "en")
    assert "user name" in page(director, "action=user.add", "en").lower()


def test_pages_lead_on_and_back(cast) -> None:
    with transaction.atomic():
        for nth in range(120):
            record("user.set_language", f"user:{cast['mag'].pk}", by=SYSTEM, note=f"lần {nth:03}")
    director = cast["giamdoc"]
    first = page(director, "action=user.set_language")
    assert "lần 119" in first
    assert "lần 070" in first
    assert "lần 069" not in first
    older = Event.objects.get(note="lần 070").pk
    second = page(director, f"action=user.set_language&after={older}")
    assert "lần 069" in second
    assert "lần 070" not in second


def test_a_grant_in_one_organisation_reads_what_its_accounts_did(cast) -> None:
    mag = cast["mag"].organisation
    user = user_add(username="doc", full_name="Người Đọc", organisation=mag, by=SYSTEM)
    grant_give(user=user, role="administrator", organisation=mag, by=SYSTEM)
    with transaction.atomic():
        record("user.set_language", "user:1", by=cast["mag"], note="của mình")
        record("user.set_language", "user:1", by=cast["renew"], note="của người khác")
    said = page(user)
    assert "của mình" in said
    assert "của người khác" not in said


def test_the_newest_head_is_a_sheet_to_print(cast, settings) -> None:
    client = Client()
    client.force_login(cast["giamdoc"])
    assert "Chưa có dấu niêm phong" in client.get("/history/head/").content.decode()
    seal_all()
    said = client.get("/history/head/").content.decode()
    assert "datlanh audit verify --head" in said
    assert "<svg" in said
    assert "Đã niêm phong đến số" in page(cast["giamdoc"])


def test_signing_in_and_out_is_kept_with_the_address(cast) -> None:
    user = cast["mag"]
    user.set_password("mật khẩu dài")
    user.save()
    client = Client()
    login = reverse("account_login")
    client.post(login, {"login": user.username, "password": "sai rồi nhé"})
    client.post(login, {"login": "không ai cả", "password": "sai rồi nhé"})
    client.post(login, {"login": user.username, "password": "mật khẩu dài"})
    client.post(reverse("account_logout"))
    kept = Event.objects.filter(action__startswith="session.").order_by("pk")
    assert [(e.action, e.subject_id, e.actor_id) for e in kept] == [
        ("session.refuse", str(user.pk), None),
        ("session.refuse", "", None),
        ("session.begin", str(user.pk), user.pk),
        ("session.end", str(user.pk), user.pk),
    ]
    assert {e.origin for e in kept} == {"127.0.0.1"}
    assert {e.via for e in kept} == {"web"}
    assert "không ai cả" not in str(list(kept.values()))


# ── Every action has its words ───────────────────────────────────────────────────────────────


def _written() -> set[str]:
    """The actions of the code; where one is put together, with `*` for what varies."""
    found: set[str] = set()
    for path in modules():
        nodes = list(ast.walk(tree(path)))
        told = {
            alias.asname or alias.name
            for node in nodes
            if isinstance(node, ast.ImportFrom) and node.module == "datlanh.audit.services"
            for alias in node.names
            if alias.name == "record"
        }
        calls = (n for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name))
        found |= {t for c in calls if c.func.id in told and c.args for t in _texts(c.args[0])}
    return found


def _texts(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    if isinstance(node, ast.JoinedStr):
        return ["".join(p.value if isinstance(p, ast.Constant) else "*" for p in node.values)]
    return []


def test_every_action_that_is_written_has_its_words() -> None:
    written = _written()
    assert len(written) > 60
    assert {w for w in written if "*" not in w} - ACTIONS.keys() == set()


def test_actions_put_together_have_their_words() -> None:
    made = {
        *(f"report.{t.name}" for t in REVIEW.transitions),
        *(
            f"report.{s}_{e}"
            for s in ("refuse", "withdraw", "revoke")
            for e in ("proposed", "declined")
        ),
        *(f"report.shape_{c}" for c in ("repaired", "kept")),
        *(f"number.{v}" for v in ("reserve", "use", "void")),
        *(f"held.{s}" for s in ("release", "refuse")),
        *(f"area.{s}_{e}" for s in ("split", "merge") for e in ASKED),
        *(f"form.proposal_{o}" for o in ("published", "withdrawn", "replaced", "corrected")),
        *(f"record.{s}" for s in ("link", "part", "unlink")),
    }
    assert made - ACTIONS.keys() == set()
    patterns = {w for w in _written() if "*" in w}
    assert all(any(_fits(m, p) for m in made) for p in patterns), patterns


def _fits(made: str, pattern: str) -> bool:
    before, _, after = pattern.partition("*")
    return made.startswith(before) and made.endswith(after)


def test_no_action_stands_under_two_kinds() -> None:
    assert len(ACTIONS) == sum(len(actions) for _title, actions in KINDS.values())

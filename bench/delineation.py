"""Areas proposed from 10,000 survey boxes: the budget is 2 s.

First the rule alone, on fields at hand; then what a person waits for: the page that reads the boxes
from the register, cuts, compares other margins and writes itself, and the report that is sent.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from random import Random
from uuid import uuid4

import shapely

from bench import place
from bench.measure import clocked, each_ms, header, line
from datlanh.kernel import clock
from datlanh.kernel.boxes import BoxRow, Role
from datlanh.kernel.delineation import Searched, Settings, delineate
from datlanh.kernel.grid import Box, polygon_of
from datlanh.kernel.mapping import Answers

HOME = Box(715 * 20, 1856 * 20)


def boxes(side: int, positive: float) -> list[Searched]:
    """A square field of boxes, that share of which is positive, half as many joining."""
    rng = Random(6)
    found = []
    for column in range(side):
        for row in range(side):
            drawn = rng.random()
            role = Role.POSITIVE if drawn < positive else Role.NEGATIVE
            role = Role.JOINS if positive <= drawn < 1.5 * positive else role
            box = HOME.moved(column, row)
            found.append(Searched(box.id, shapely.box(*box.bounds), role, 1))
    return found


def main(options: Sequence[str]) -> int:
    """Scattered, middling and dense fields."""
    parser = argparse.ArgumentParser(prog="python -m bench delineation")
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args(options)
    header("Areas proposed from 10,000 boxes")
    for share in (0.05, 0.25, 0.6, 1.0):
        field = boxes(100, share)
        for gap in (1, 2):
            took = each_ms(lambda f=field, g=gap: delineate(f, Settings(gap=g)), asked.runs, 1)
            line(f"{share:.0%} positive, gap {gap}", took, "ms")
    _through_the_door(asked.runs)
    return 0


def _through_the_door(runs: int) -> None:
    place.stand_in("delineation")
    from django.test import Client

    from datlanh.accounts.models import User

    survey = _survey(100, 0.25)
    client = Client(headers={"Accept": "text/html", "Host": "127.0.0.1"})
    client.force_login(
        User.objects.get(username="renew"), "datlanh.accounts.sessions.AccountBackend"
    )
    for name in ("areas", "boxes", ""):
        address = f"/surveys/{survey}/{name}" if name else f"/records/surveys/{survey}/"

        def get(address: str = address) -> None:
            answer = client.get(address)
            if answer.status_code != 200:
                raise SystemExit(f"{answer.status_code} {address}")

        line(f"page {address.replace(survey, '…')}", each_ms(get, runs, 1), "ms")


def _survey(side: int, share: float) -> str:
    """A survey of so many boxes, from the front door into the register."""
    from datlanh.accounts.acting import acting
    from datlanh.accounts.models import User
    from datlanh.intake.boxpack import boxes_packed
    from datlanh.intake.instance import instance_of
    from datlanh.intake.models import FormVersion, Report
    from datlanh.intake.services.approving import report_approve
    from datlanh.intake.services.attaching import Incoming
    from datlanh.intake.services.receiving import report_receive
    from datlanh.intake.services.verifying import report_verify
    from datlanh.places.selectors import commune_at

    officer, centre = (User.objects.get(username=n) for n in ("renew", "csdl"))
    results = {Role.POSITIVE: "red", Role.JOINS: "yellow", Role.NEGATIVE: "green"}
    rows = [BoxRow(b.name, results[b.role], items=b.items) for b in boxes(side, share)]
    middle = polygon_of(HOME.moved(side // 2, side // 2)).centroid
    commune = commune_at(middle, clock.today())
    name, content = "TS-409-600001.zip", boxes_packed("TS-409-600001", rows)
    answers = Answers(
        values={
            "cmrs_id": "TS-409-600001",
            "reporting_organisation": "npa_renew",
            "end_date": clock.today().isoformat(),
            "commune": commune.code if commune else "",
            "survey_boxes": name,
        },
        points={"survey_point": [middle.x, middle.y]},
    )
    form = FormVersion.objects.get(form="cmrs", retired_at=None)
    with acting(officer, via="web"):
        report = report_receive(
            xml=instance_of(form, answers, f"uuid:{uuid4()}"),
            by=officer,
            organisation=officer.organisation,
            channel="web",
            attachments=[Incoming(name, "application/zip", [content], len(content))],
        ).report
        report_verify(id=report.pk, by=officer)
    Report.objects.filter(pk=report.pk).update(blocks=0)
    with clocked() as took, acting(centre, via="web"):
        report_approve(id=report.pk, by=centre)
    line(f"approval of {len(rows)} boxes", [took[0] * 1000], "ms")
    return "TS-409-600001"

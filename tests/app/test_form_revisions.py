"""Many revisions of a form with late reports on old ones: none lost, none read wrongly.

Compiling a form takes most of a second, so the suite makes some; FORM_REVISIONS=100 makes more.
"""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.intake.claims import claims_of
from datlanh.intake.instance import instance_of
from datlanh.intake.models import FormVersion, Payload, Report
from datlanh.intake.selectors.forms import mapping_of
from datlanh.intake.selectors.proposed_forms import form_review
from datlanh.intake.services.checking import answers_now, report_check
from datlanh.intake.services.comparing import register_verify
from datlanh.intake.services.proposing import form_proposal_publish, form_propose
from datlanh.intake.services.rebuilding import register_rebuild
from datlanh.intake.services.receiving import report_receive
from datlanh.register.models import Claim
from support.reports import approved, cha, demo_cast, form_of, verified
from support.workbooks import EN, VI, Book, book_of, question

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

REVISIONS, SEED = int(os.environ.get("FORM_REVISIONS", "24")), 20261125
FIRST_GROUP_END = "internal_id"


@dataclass
class Designer:
    """Changes a form as a person would, so that every version may be published."""

    book: Book
    dice: random.Random
    made: list[str] = field(default_factory=list)  # questions of his own, in the form now
    count: int = 0

    def revise(self) -> None:
        """One to four changes."""
        steps: list[Callable[[], None]] = [
            self.add,
            self.add,
            self.remove,
            self.move,
            self.rename,
            self.choice,
        ]
        for step in self.dice.sample(steps, self.dice.randint(1, 4)):
            step()

    def add(self) -> None:
        self.count += 1
        name = f"extra_{self.count:03d}"
        type_ = self.dice.choice(
            ["text", "integer", "date", "select_one own", "select_multiple own"]
        )
        cells = {"register::attribute": name} if self.dice.random() < 0.8 else {}
        if cells and self.dice.random() < 0.4:
            cells["register::group"] = f"group_{self.count % 7}_{self.count}"
        if self.dice.random() < 0.3:
            cells["register::date"] = "assessment_date"
        if type_.startswith("select") and not any(
            r["list_name"] == "own" for r in self.book.choices
        ):
            self.book.choices += [_choice(n) for n in range(4)]
        place = self.book.place(FIRST_GROUP_END) + 1
        self.book.survey.insert(place, question(name, type_, **cells))
        self.made.append(name)

    def remove(self) -> None:
        if self.made:
            name = self.made.pop(self.dice.randrange(len(self.made)))
            del self.book.survey[self.book.place(name)]

    def move(self) -> None:
        if self.made:
            row = self.book.survey.pop(self.book.place(self.dice.choice(self.made)))
            other = self.dice.choice(["organisation", "shape_id", "slope", "land_use"])
            self.book.survey.insert(self.book.place(other) + 1, row)

    def rename(self) -> None:
        name = self.dice.choice([*self.made, "slope", "village", "land_use"])
        self.count += 1
        self.book.row(name)[VI] = f"Nhãn mới {self.count}"
        self.book.row(name)[EN] = f"New label {self.count}"

    def choice(self) -> None:
        own = [r for r in self.book.choices if r["list_name"] == "own"]
        if len(own) > 3 and self.dice.random() < 0.5:
            self.book.choices.remove(self.dice.choice(own))
        elif own:
            self.count += 1
            self.book.choices.append(_choice(self.count))

    def answers(self, version: FormVersion) -> dict[str, Any]:
        """Something for each question of his own that a version asks."""
        found: dict[str, Any] = {}
        for q in mapping_of(version.pk).questions:
            if not q.key.startswith("extra_") or self.dice.random() < 0.2:
                continue
            keys = [c.key for c in q.choices]
            found[q.key] = {
                "text": lambda: f"lời {self.dice.randint(1, 999)}",
                "integer": lambda: self.dice.randint(0, 99),
                "date": lambda: "2026-10-01",
                "choice": lambda keys=keys: self.dice.choice(keys),
                "choices": lambda keys=keys: self.dice.sample(keys, 2),
            }[q.kind]()
        return found


def _choice(number: int) -> dict[str, str]:
    label = {VI: f"Lựa chọn {number}", EN: f"Choice {number}"}
    return {"list_name": "own", "name": f"own_{number}", **label}


def test_no_report_is_lost_however_often_its_form_changes():
    cast, dice = demo_cast(), random.Random(SEED)
    designer = Designer(book_of("cha"), dice)
    by = cast["renew.hientruong"]
    versions = [form_of("cha")]
    waiting: list[tuple[FormVersion, bytes, dict[str, Any]]] = []  # on phones out of reach
    told: dict[int, tuple[FormVersion, dict[str, Any]]] = {}
    homes: dict[str, uuid.UUID] = {}

    def arrive(version: FormVersion, xml: bytes, answers: dict[str, Any]) -> None:
        with acting(by, via="openrosa"):
            report = report_receive(
                xml=xml, by=by, organisation=by.organisation, channel="openrosa"
            ).report
            report_check(report)
        assert report.blocks == 0, list(report.findings.values("rule", "values"))
        told[report.pk] = version, answers
        report = verified(report, by=cast["renew"])
        home = homes.get(report.record_local_id)
        report = approved(report, by=cast["kiemtra2"], record_id=home)
        assert report.record_id is not None
        homes[report.record_local_id] = report.record_id

    for number in range(REVISIONS):
        designer.revise()
        designer.book.settings[0]["version"] = f"209901{number:04d}"
        with acting(cast["csdl"], via="web"):
            proposal = form_propose(workbook=designer.book.save(), by=cast["csdl"])
            review = form_review(proposal)
            assert review.blocks == [], [d.what.en for d in review.blocks]
            versions.append(
                form_proposal_publish(
                    id=proposal.pk,
                    by=cast["csdl"],
                    reason="Sửa mẫu",
                    seen=review.seen,
                    accepted=[d.id for d in review.warnings],
                )
            )
        # Somebody fills in whatever version his phone has; some send at once, some much later.
        version = dice.choice(versions[-6:])
        answers = designer.answers(version)
        draft = cha(number % 12, days_ago=200 - number, **answers)
        xml = instance_of(version, draft.answers, f"uuid:{uuid.UUID(int=number + 1)}")
        waiting.append((version, xml, answers))
        while waiting and dice.random() < 0.45:
            arrive(*waiting.pop(dice.randrange(len(waiting))))
    while waiting:
        arrive(*waiting.pop(dice.randrange(len(waiting))))

    assert Report.objects.count() == len(told) == REVISIONS
    with acting(SYSTEM):
        for pk, (version, answers) in told.items():
            _read_with_its_own_mapping(Report.objects.get(pk=pk), version, answers)
        assert register_verify().differences == []
        register_rebuild(by=SYSTEM)
        assert register_verify().equal


def _read_with_its_own_mapping(
    report: Report, version: FormVersion, answers: dict[str, Any]
) -> None:
    assert (report.form_version, report.version) == (version, version.version)
    payload = Payload.objects.get(report=report, revision=report.revision)
    kept = {k: v for k, v in payload.answers["values"].items() if k.startswith("extra_")}
    assert kept == answers
    mapping = mapping_of(version.pk)
    live = {
        attribute: value
        for values in Claim.objects.filter(report_id=report.pk).values_list("values", flat=True)
        for atom in values.values()
        for attribute, value in (atom or {}).items()
        if attribute.startswith("extra_")
    }
    mapped = {q.key for q in mapping.questions if q.attribute}
    assert live == {k: v for k, v in answers.items() if k in mapped}
    claims, _ = claims_of(mapping, answers_now(report))
    assert {c.part for c in claims} == set(
        Claim.objects.filter(report_id=report.pk).values_list("part", flat=True)
    )

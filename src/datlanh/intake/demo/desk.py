"""The doors the year goes through: send, vouch, return, decide, each as the person who does."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from lxml import etree

from datlanh.accounts.acting import acting
from datlanh.accounts.models import User
from datlanh.intake.demo.answers import Draft
from datlanh.intake.demo.people import Centre, Operator
from datlanh.intake.instance import instance_of
from datlanh.intake.models import FormVersion, Report
from datlanh.intake.selectors.implied import implied_by
from datlanh.intake.services.approving import report_approve
from datlanh.intake.services.deciding import step_confirm, step_propose
from datlanh.intake.services.dividing import division_confirm, division_propose, said_by
from datlanh.intake.services.implying import Ticked, ticked_read
from datlanh.intake.services.lifecycle import area_move, life_of
from datlanh.intake.services.linking import links_named
from datlanh.intake.services.receiving import Incoming, report_receive
from datlanh.intake.services.verifying import report_return, report_verify
from datlanh.kernel import clock
from datlanh.kernel.errors import TransitionError
from datlanh.kernel.mapping import FormMapping
from datlanh.register.models import Record

MOVING = frozenset({"cha", "land_release", "clearance_progress"})  # forms that tell of work
ROUNDED = "Toạ độ ghi năm số lẻ nên ranh giới lệch vài mét vuông."


@dataclass(frozen=True)
class Blank:
    """A published form, read once."""

    mapping: FormMapping
    xform: bytes


class Desk:
    """Everybody's hands. `told` hears of every step; `count` keeps how often each was taken."""

    def __init__(self, rng: Random, centre: Centre, told: Callable[[str], None]) -> None:
        self.rng, self.centre, self.told = rng, centre, told
        self.count: Counter[str] = Counter()
        published = FormVersion.objects.filter(retired_at=None)
        self.forms = {v.form: Blank(v.mapping, bytes(v.xform)) for v in published}

    def send(self, draft: Draft, operator: Operator, *, version: str | None = None) -> Report:
        """The report as the phone sends it, or as the officer types it on the web page."""
        by = operator.author
        instance = f"uuid:{uuid.UUID(int=self.rng.getrandbits(128), version=4)}"
        xml = instance_of(self.forms[draft.form], draft.answers, instance)
        if version is not None:
            xml = of_version(xml, version)
        channel = "openrosa" if operator.device else "web"
        with acting(by, via=channel):
            receipt = report_receive(
                xml=xml,
                by=by,
                organisation=by.organisation,
                channel=channel,
                device=operator.device,
                attachments=[Incoming(n, "", [c], len(c)) for n, c in draft.files.items()],
            )
        return self._done("sent", receipt.report)

    def verify(
        self, report: Report, operator: Operator, *, note: str = "", **changes: Any
    ) -> Report:
        """The operator's officer vouches for it; `changes` correct it beside the original."""
        by = operator.officer
        with acting(by, via="web"):
            done = report_verify(id=report.pk, by=by, changes=changes or None, note=note)
        return self._done("corrected" if changes else "verified", done)

    def send_back(self, report: Report, operator: Operator, note: str) -> Report:
        """The centre returns it with a reason."""
        by = self.approver(operator)
        with acting(by, via="web"):
            return self._done("returned", report_return(id=report.pk, by=by, note=note))

    def approve(
        self,
        report: Report,
        operator: Operator,
        record: Record | None = None,
        *,
        leaves_steps: bool = False,
    ) -> Record:
        """Into the register, to a record of its own or to `record`. Returns the record.

        The steps that it implies are taken as they stand ticked, or left for later.
        """
        by = self.approver(operator)
        with acting(by, via="web"):
            links = links_named(report=report, by=by, record=record)
            known = record.pk if record else None
            ticked = [] if leaves_steps else self._ticked(report, by, record)
            done = report_approve(id=report.pk, by=by, record_id=known, links=links, ticked=ticked)
            self._done("approved", done)
            self.count["steps with reports"] += len(ticked)
            return record or Record.objects.get(local_id=done.record_local_id)

    def _ticked(self, report: Report, by: User, record: Record | None) -> list[Ticked]:
        if report.form not in MOVING or (report.form == "cha" and record is None):
            return []
        ways = implied_by(report, said_by(report), by, record)
        return ticked_read(w.value for w in ways if w.is_ticked)

    def move(self, area: Record, step: str, **more: Any) -> bool:
        """The centre's officer takes a step today; False where the workflow does not let it."""
        by = self.centre.officer
        with acting(by, via="web"):
            seen, on = life_of(area).state, clock.today()
            try:
                area_move(local_id=area.local_id, step=step, seen=seen, on=on, by=by, **more)
            except TransitionError:
                return False
        self.count[f"area: {step}"] += 1
        self.told(step)
        return True

    def divide(self, step: str, areas: list[Record], reports: list[Report], note: str) -> int:
        """The first of two persons proposes to split an area, or to merge some."""
        by = self.centre.officer
        with acting(by, via="web"):
            division = division_propose(
                step=step,
                areas=[a.pk for a in areas],
                reports=[r.pk for r in reports],
                by=by,
                note=note,
                residue_reason=ROUNDED,
            )
        return division.pk

    def divided(self, division: int) -> None:
        """The second confirms."""
        by = self.centre.manager
        with acting(by, via="web"):
            done = division_confirm(id=division, by=by, confirm=True)
        self.count[f"area: {done.step}"] += 1
        self.told(done.step)

    def propose(self, report: Report, step: str, note: str, by: User | None = None) -> None:
        """The first of two persons."""
        by = by or self.centre.officer
        with acting(by, via="web"):
            step_propose(id=report.pk, step=step, by=by, note=note)
        self._done(f"{step} proposed", report)

    def confirm(self, report: Report, by: User | None = None) -> None:
        """The second."""
        by = by or self.centre.manager
        with acting(by, via="web"):
            done = step_confirm(id=report.pk, by=by, confirm=True)
        self._done("confirmed", done)

    def approver(self, operator: Operator) -> User:
        """One of those who may."""
        return self.rng.choice(self.centre.approvers(operator.key))

    def _done(self, what: str, report: Report) -> Report:
        self.count[what] += 1
        self.told(what)
        return report


def of_version(xml: bytes, version: str) -> bytes:
    """The same submission from a phone that has another version of the form."""
    root = etree.fromstring(xml)
    root.set("version", version)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")

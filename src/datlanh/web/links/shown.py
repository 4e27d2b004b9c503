"""Links as pages show them: on a record, at the desk, on the work list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has
from datlanh.intake.linking import Subject
from datlanh.intake.models import Report
from datlanh.intake.selectors.link_proposals import (
    LinkProposal,
    proposals_of_record,
    proposals_of_report,
)
from datlanh.intake.selectors.links import links_of_record
from datlanh.intake.services.linking import link_refusals
from datlanh.kernel.text import Text
from datlanh.register.models import Record
from datlanh.register.selectors import AsOf
from datlanh.web.guards import StaffRequest
from datlanh.web.records.cells import address_of


@dataclass(frozen=True)
class Row:
    """A proposed link: what stands first on a line, what it is to it, and why."""

    key: str
    first: Subject
    word: Text
    other: Subject
    told: tuple[Text, ...]
    is_ticked: bool
    refusal: Text | None

    @property
    def first_href(self) -> str:
        """The page of the first."""
        return address_of(self.first.kind, self.first.local_id)

    @property
    def other_href(self) -> str:
        """The page of the other."""
        return address_of(self.other.kind, self.other.local_id)


def rows_of(proposals: Iterable[LinkProposal], who: User, beside: UUID | None = None) -> list[Row]:
    """Proposals as lines; `beside` is the record whose page it is."""
    found = list(proposals)
    refused = link_refusals([p.pair for p in found], by=who)
    rows = []
    for p in found:
        other = p.other(beside) if beside else p.b
        first = p.a if other is p.b else p.b
        refusal = refused.get(p.pair)
        rows.append(
            Row(
                key=p.key,
                first=first,
                word=p.relation.word_on(first.kind),
                other=other,
                told=p.why.told,
                is_ticked=p.why.is_named and refusal is None,
                refusal=refusal,
            )
        )
    return rows


def record_links(record: Record, who: User, moment: AsOf, *, counts: bool) -> dict[str, Any]:
    """What the page of a record says of its links; what is proposed belongs to today alone."""
    proposals = [] if moment.is_past or not counts else proposals_of_record(record, who)
    return {
        "link_lines": links_of_record(record, who, moment.known),
        "link_rows": rows_of(proposals, who, record.pk),
        "may_link": not moment.is_past
        and has(who, Permission.REPORT_APPROVE, record.organisation_id),
        "link_back": record.pk,
    }


def desk_links(request: StaffRequest, report: Report, record: Record | None) -> dict[str, Any]:
    """What an approval may link at once. A refused attempt keeps what was ticked."""
    if report.state != "verified":
        return {"link_rows": [], "link_absent": []}
    proposals, absent = proposals_of_report(report, request.user, record)
    rows = rows_of(proposals, request.user, record.pk if record else Record.id_from(report.pk))
    ticked = set(request.POST.getlist("link")) if request.method == "POST" else None
    told = []
    for row in rows:
        value = f"{row.key.partition(':')[0]}:{row.other.id}"
        is_ticked = row.is_ticked if ticked is None else value in ticked
        told.append((value, row, is_ticked and row.refusal is None))
    return {"link_rows": told, "link_absent": absent}

"""Correcting the mapping of a published version, as the database unit and its second person do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from datlanh.accounts.acting import acting
from datlanh.accounts.models import User
from datlanh.intake.models import FormProposal
from datlanh.intake.selectors.corrections import correction_of
from datlanh.intake.services.proposing import form_propose, mapping_propose
from datlanh.intake.services.remapping import Remapped, mapping_confirm
from support.reports import form_of
from support.workbooks import Book, revised

Cast = Mapping[str, User]
Cells = Mapping[str, Mapping[str, str]]


def corrected(
    form: str, change: Cells | None = None, edit: Callable[[Book], None] | None = None
) -> bytes:
    """The workbook of the version in force with other mapping columns."""
    return revised(form, version=form_of(form).version, change=change, edit=edit)


def proposed(cast: Cast, workbook: bytes, reason: str = "Đọc nhầm thuộc tính") -> FormProposal:
    """Uploaded and reasoned by the database unit."""
    with acting(cast["csdl"], via="web"):
        proposal = form_propose(workbook=workbook, by=cast["csdl"])
        return mapping_propose(id=proposal.pk, by=cast["csdl"], reason=reason)


def confirmed(cast: Cast, proposal: FormProposal, who: str = "kiemtra1") -> Remapped:
    """Put in force by a second person."""
    with acting(cast[who], via="web"):
        return mapping_confirm(
            id=proposal.pk, by=cast[who], seen=correction_of(proposal, cast[who]).seen
        )


def remapped(
    cast: Cast,
    form: str,
    change: Cells | None = None,
    edit: Callable[[Book], None] | None = None,
) -> Remapped:
    """Both in one."""
    return confirmed(cast, proposed(cast, corrected(form, change, edit)))

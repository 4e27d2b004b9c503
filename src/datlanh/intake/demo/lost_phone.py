"""A phone that was lost and shut out, and what it still sends: held back until somebody decides."""

from __future__ import annotations

import uuid

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.services import device_add, device_revoke
from datlanh.intake.demo import today
from datlanh.intake.demo.book import Book
from datlanh.intake.instance import instance_of
from datlanh.intake.services.holding import report_hold

LOST = "Mất máy trên đường về, chưa tìm thấy"
OWNER = "npa_renew"
TRIES = 30  # whose call or lesson it is falls by lot


def still_sends(book: Book) -> None:
    """Two reports of a phone that is shut out since: honest work, or somebody else's."""
    rng = book.rng("lost phone")
    operator = book.organisation(OWNER)
    with acting(SYSTEM, via="command"):
        device, _ = device_add(user=operator.author, name="Samsung A14 (máy dự phòng)", by=SYSTEM)
        device = device_revoke(device=device, by=SYSTEM, note=LOST)
    for make in (today.call_only, today.lesson):
        drafts = (make(book, rng) for _ in range(TRIES))
        draft = next((d for whose, d in drafts if whose.key == OWNER), None)
        if draft is None:
            continue
        instance = f"uuid:{uuid.UUID(int=rng.getrandbits(128), version=4)}"
        xml = instance_of(book.desk.forms[draft.form], draft.answers, instance)
        with acting(SYSTEM, via="openrosa"):
            report_hold(xml=xml, device=device)

"""Corrections of a mapping as work of a job: asked for, done, stopped on the way, asked again.

Nothing is in force before the one transaction at the end of the work. So a run whose worker died
left nothing behind, and another may follow it; one that is at work keeps the others out.
"""

from __future__ import annotations

import datetime as dt
import functools

from django.conf import settings
from django.db import transaction

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.models import User
from datlanh.audit.rows import write
from datlanh.audit.services import record as audit_record
from datlanh.intake.models import MappingRun
from datlanh.intake.services.proposing import proposal_open
from datlanh.intake.services.remapping import confirmable, mapping_confirm
from datlanh.intake.services.sole import alone, is_held
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError, TransitionError
from datlanh.kernel.text import LANGUAGES, Text

RUN_LOCK = 0x4D41_5252  # any fixed number; the other half of the lock's key is the proposal
SILENT_AFTER = dt.timedelta(minutes=5)  # nobody took it up: no worker runs, or its job is lost

IN_WORK = Text(
    "Việc đọc lại đang chạy; hãy đợi kết quả.", "The reports are being read; wait for the end."
)
FAILED = Text(
    "Việc đọc lại bị gián đoạn; chưa có gì thay đổi. Có thể chạy lại.",
    "The reading was interrupted; nothing has changed. It can be run again.",
)

# As `receiving` defers its job: in the transaction of the one who asks.
_DEFER = """
select procrastinate_defer_jobs_v1(array[row(
  'checks', 'intake.correct_mapping', 0, null, null,
  jsonb_build_object('run_id', %s::bigint), null
)::procrastinate_job_to_defer_v1])
"""


def is_silent(run: MappingRun) -> bool:
    """Whether an open run has no worker: it may be asked for again."""
    if run.state == MappingRun.RUNNING:
        return not is_held(RUN_LOCK, run.proposal_id)
    return run.is_open and clock.now() - run.alive_at > SILENT_AFTER


@transaction.atomic
def mapping_ask(*, id: int, by: User, seen: str) -> MappingRun:
    """Confirm a proposed correction as the second person; a job puts it in force.

    A run that ended without success, or whose worker fell silent, may be asked for again.

    Raises:
        FormProposal.DoesNotExist: absent.
        TransitionError: closed already, no correction, the same person, or in work.
        ConflictError: the mapping in force is another than the one it was held against.
        DomainError: it would lose or corrupt data.
    """
    proposal = proposal_open(id)
    confirmable(proposal, by, seen)
    now = clock.now()
    for former in proposal.runs.filter(state__in=MappingRun.OPEN):
        if not is_silent(former):
            raise TransitionError(IN_WORK)
        _end(former, MappingRun.FAILED, FAILED)
    run = MappingRun.objects.create(
        proposal=proposal, asked_by=by, asked_at=now, alive_at=now, seen=seen
    )
    audit_record("form.remap_asked", proposal, by=by, after={"run": run.pk}, note=proposal.reason)
    if settings.CHECK_INLINE:
        mapping_work(run_id=run.pk)
    else:
        write(_DEFER, [run.pk])
    return run


def mapping_work(*, run_id: int) -> bool:
    """Do the work of a run; whether it was done now. Twice is once.

    Raises:
        BusyError: another worker is at it.
    """
    with acting(SYSTEM, via="job"):
        run = MappingRun.objects.select_related("asked_by").get(pk=run_id)
    with alone(RUN_LOCK, run.proposal_id):
        if not _begin(run):
            return False
        try:
            told = functools.partial(_told, run.pk)
            mapping_confirm(id=run.proposal_id, by=run.asked_by, seen=run.seen, told=told, run=run)
        except DomainError as refusal:
            _end(run, MappingRun.REFUSED, refusal)
            return False
        except Exception:
            _end(run, MappingRun.FAILED, FAILED)
            raise
    return True


def _begin(run: MappingRun) -> bool:
    """Whether the run is still to be done: another worker may have, or it was given up."""
    found = MappingRun.objects.filter(pk=run.pk, state__in=MappingRun.OPEN)
    return bool(found.update(state=MappingRun.RUNNING, alive_at=clock.now(), done=0, total=None))


def _told(run_id: int, step: str, done: int, total: int) -> None:
    MappingRun.objects.filter(pk=run_id).update(
        step=step, done=done, total=total, alive_at=clock.now()
    )


@transaction.atomic
def _end(run: MappingRun, state: str, why: DomainError | Text) -> None:
    MappingRun.objects.filter(pk=run.pk, state__in=MappingRun.OPEN).update(
        state=state,
        step="",
        ended_at=clock.now(),
        refusal={language: why.say(language) for language in LANGUAGES},
    )

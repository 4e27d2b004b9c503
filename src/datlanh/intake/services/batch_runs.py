"""A batch of withdrawals confirmed: a small one at once, a large one as work of a job.

As with corrections of a mapping (`mapping_runs`) all is one transaction at the end of the run: a
worker that dies leaves nothing, and the run may be asked for again.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.audit.rows import write
from datlanh.audit.services import record as audit_record
from datlanh.intake.batching import STEP
from datlanh.intake.models import Batch, BatchMember, BatchRun, Report
from datlanh.intake.services.batches import batch_confirm
from datlanh.intake.services.deciding import NOTHING_PROPOSED
from datlanh.intake.services.sole import alone, is_held
from datlanh.intake.workflow import Step, two_persons
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError, TransitionError
from datlanh.kernel.text import LANGUAGES, Text

RUN_LOCK = 0x4241_5443  # any fixed number; the other half of the lock's key is the batch
AT_ONCE = 50  # a second's work: nobody needs a job for it
SILENT_AFTER = dt.timedelta(minutes=5)

IN_WORK = Text("Việc thu hồi đang chạy; hãy đợi kết quả.", "They are being withdrawn; wait.")
FAILED = Text(
    "Việc thu hồi bị gián đoạn; chưa có gì thay đổi. Có thể chạy lại.",
    "The withdrawal was interrupted; nothing has changed. It can be run again.",
)

# As `receiving` defers its job: in the transaction of the one who asks.
_DEFER = """
select procrastinate_defer_jobs_v1(array[row(
  'checks', 'intake.withdraw_batch', 0, null, null,
  jsonb_build_object('run_id', %s::bigint), null
)::procrastinate_job_to_defer_v1])
"""


def batch_is_silent(run: BatchRun) -> bool:
    """Whether an open run has no worker: it may be asked for again."""
    if run.state == BatchRun.RUNNING:
        return not is_held(RUN_LOCK, run.batch_id)
    return run.is_open and clock.now() - run.alive_at > SILENT_AFTER


@transaction.atomic
def batch_ask(*, id: int, by: User, note: str = "") -> BatchRun | None:
    """Confirm a batch as the second person; None when it was small and is done already.

    Raises:
        Batch.DoesNotExist: absent, or none of its reports within the scope.
        TransitionError: nothing waits any more, not by this person, or in work.
    """
    within = scope_for(by, Permission.REPORT_WITHDRAW).q("report__organisation")
    batch = Batch.objects.select_for_update().get(pk=id, step=STEP)
    waiting = batch.members.filter(within, result=BatchMember.WAITING).count()
    open_runs = list(batch.runs.filter(state__in=BatchRun.OPEN))
    if waiting <= AT_ONCE and not open_runs:
        batch_confirm(id=id, by=by, confirm=True, note=note)
        return None
    if refusal := two_persons(Report(), Step(batch.by_id, 0, second_id=by.id)):
        raise TransitionError(refusal)
    if not waiting:
        raise TransitionError(NOTHING_PROPOSED)
    for former in open_runs:
        if not batch_is_silent(former):
            raise TransitionError(IN_WORK)
        _end(former, BatchRun.FAILED, FAILED)
    now = clock.now()
    run = BatchRun.objects.create(batch=batch, asked_by=by, asked_at=now, alive_at=now, note=note)
    audit_record("batch.asked", batch, by=by, after={"run": run.pk, "reports": waiting}, note=note)
    if settings.CHECK_INLINE:
        batch_work(run_id=run.pk)
    else:
        write(_DEFER, [run.pk])
    return run


def batch_work(*, run_id: int) -> bool:
    """Do the work of a run; whether it was done now. Twice is once.

    Raises:
        BusyError: another worker is at it.
    """
    with acting(SYSTEM, via="job"):
        run = BatchRun.objects.select_related("asked_by").get(pk=run_id)
    with alone(RUN_LOCK, run.batch_id):
        found = BatchRun.objects.filter(pk=run.pk, state__in=BatchRun.OPEN)
        if not found.update(state=BatchRun.RUNNING, alive_at=clock.now()):
            return False
        try:
            with acting(run.asked_by, via="job"):
                batch_confirm(id=run.batch_id, by=run.asked_by, confirm=True, note=run.note)
                if not found.update(state=BatchRun.DONE, ended_at=clock.now()):
                    raise TransitionError(NOTHING_PROPOSED)  # given up meanwhile
        except DomainError as refusal:
            _end(run, BatchRun.REFUSED, refusal)
            return False
        except Exception:
            _end(run, BatchRun.FAILED, FAILED)
            raise
    return True


@transaction.atomic
def _end(run: BatchRun, state: str, why: DomainError | Text) -> None:
    BatchRun.objects.filter(pk=run.pk, state__in=BatchRun.OPEN).update(
        state=state,
        ended_at=clock.now(),
        refusal={language: why.say(language) for language in LANGUAGES},
    )

"""Changing what the checks ask for: thresholds and severities, each with its reason, for good."""

from __future__ import annotations

import math

from django.conf import settings
from django.db import transaction

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import require
from datlanh.audit.rows import write
from datlanh.audit.services import record as audit_record
from datlanh.intake.models import Report, Setting
from datlanh.intake.selectors.settings import OWN, settings_in_force
from datlanh.intake.services.checking import UNDECIDED, report_recheck
from datlanh.kernel import clock
from datlanh.kernel.checks import DEFAULT_SETTINGS, rule_of
from datlanh.kernel.errors import DomainError
from datlanh.kernel.rules import OFF, Severity
from datlanh.kernel.text import Text

SEVERITIES = (*(s.value for s in Severity), OFF, OWN)
ORDERED = (("area_warn", "area_block"), ("assistance_vnd_low", "assistance_vnd_high"))

NO_RULE = Text("Không có quy tắc «{name}» cho mẫu này.", "There is no rule “{name}” for this form.")
NO_THRESHOLD = Text("Không có ngưỡng «{name}».", "There is no threshold “{name}”.")
NO_SEVERITY = Text("Không có mức «{severity}».", "There is no severity “{severity}”.")
FIXED = Text(
    "Quy tắc này giữ nguyên mức: không có nó thì không đọc hoặc không gắn được báo cáo.",
    "This rule keeps its severity: without it a report cannot be read or bound.",
)
NO_REASON = Text("Hãy ghi lý do thay đổi.", "Give the reason for the change.")
NO_NUMBER = Text("Ngưỡng là một số từ 0 trở lên.", "A threshold is a number from 0 upwards.")
OUT_OF_ORDER = Text(
    "«{low}» không được lớn hơn «{high}».", "“{low}” must not be more than “{high}”."
)
SAME = Text("Giá trị đó đang được áp dụng.", "That is what holds already.")

# Changes are told as "old → new": the one who comes second at the same moment waits.
_ALONE = "select pg_advisory_xact_lock(hashtext('intake.setting'))"


@transaction.atomic
def threshold_set(*, name: str, value: float, note: str, by: User) -> Setting:
    """Change a threshold from now on. Findings made before stay as they are until rechecked.

    Raises DomainError: unknown, no number, out of order with its pair, no reason, no change.
    """
    require(by, Permission.SETTINGS_MANAGE, None)
    write(_ALONE, [])
    if name not in DEFAULT_SETTINGS:
        raise DomainError(NO_THRESHOLD, name=name)
    if not math.isfinite(value) or value < 0:
        raise DomainError(NO_NUMBER)
    now = dict(settings_in_force().thresholds)
    old, now[name] = now[name], value
    for low, high in ORDERED:
        if now[low] > now[high]:
            raise DomainError(OUT_OF_ORDER, low=low, high=high)
    return _kept(Setting(name=name, value=value, old=f"{old:.12g}"), f"{value:.12g}", note, by)


@transaction.atomic
def severity_set(*, rule: str, form: str, severity: str, note: str, by: User) -> Setting:
    """Give a rule another severity on a form ("" is every form it looks at), or its own back.

    Raises DomainError: unknown, fixed, no reason, no change.
    """
    require(by, Permission.SETTINGS_MANAGE, None)
    write(_ALONE, [])
    try:
        known = rule_of(rule)
    except KeyError:
        raise DomainError(NO_RULE, name=rule) from None
    if form and form not in known.forms:
        raise DomainError(NO_RULE, name=rule)
    if severity not in SEVERITIES:
        raise DomainError(NO_SEVERITY, severity=severity)
    if known.fixed:
        raise DomainError(FIXED)
    old = settings_in_force().severities.get((rule, form), OWN)
    return _kept(Setting(name=rule, form=form, severity=severity, old=old), severity, note, by)


def _kept(setting: Setting, new: str, note: str, by: User) -> Setting:
    if not note.strip():
        raise DomainError(NO_REASON)
    if setting.old == new:
        raise DomainError(SAME)
    setting.by, setting.at, setting.note = by, clock.now(), note.strip()
    setting.save(force_insert=True)
    said = {"name": setting.name, "form": setting.form}
    audit_record(
        "setting.change",
        setting,
        by=by,
        before={**said, "value": setting.old},
        after={**said, "value": new},
        note=setting.note,
    )
    return setting


# As `receiving` writes its one job: all of them in one statement of this transaction.
_DEFER = """
select procrastinate_defer_jobs_v1(array_agg(row(
  'checks', 'intake.check_report', 0, null, null, jsonb_build_object('report_id', id), null
)::procrastinate_job_to_defer_v1))
  from unnest(%s::bigint[]) as r (id)
"""


@transaction.atomic
def reports_recheck(*, by: User) -> int:
    """Ask for another check of every undecided report that was checked under older settings."""
    require(by, Permission.SETTINGS_MANAGE, None)
    newest = settings_in_force().seq
    stale = Report.objects.filter(state__in=UNDECIDED, checked_under__lt=newest)
    ids = list(stale.order_by("pk").values_list("pk", flat=True))
    if ids and not settings.CHECK_INLINE:
        write(_DEFER, [ids])
    audit_record("setting.recheck", "report:", by=by, after={"reports": len(ids), "under": newest})
    if settings.CHECK_INLINE:
        for pk in ids:
            report_recheck(report_id=pk)
    return len(ids)

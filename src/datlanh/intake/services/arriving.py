"""What is known about a submission when it arrives: asked in one query, for every one of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db import connection

from datlanh.intake.instance import Instance
from datlanh.intake.models import Report
from datlanh.kernel.errors import DomainError
from datlanh.kernel.ids import spellings
from datlanh.kernel.text import Text
from datlanh.organisations.models import Organisation

FOREIGN_INSTANCE = Text(
    "Mã bản ghi này đã được một tổ chức khác sử dụng.",
    "This instance id was used by another organisation.",
)


class FormState(StrEnum):
    """What the version a submission names is to the house."""

    CURRENT = "current"
    RETIRED = "retired"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Arrival:
    """A submission's place: the report it is already, or the number it gets."""

    known_id: int | None
    number: int  # 0 for a known one
    form_version_id: int | None
    form_state: FormState
    gazetteer_id: int | None


_ARRIVAL = """
select k.id, k.organisation_id,
       case when k.id is null then nextval('intake_report_id_seq') else 0 end,
       v.id, v.retired_at is not null,
       (select e.id from places_gazetteeredition e where e.is_current)
  from (values (1)) as one
  left join intake_report k on k.instance_id = %s
  left join intake_formversion v on v.form = %s and v.version = %s
"""


def arrival_of(instance: Instance, organisation: Organisation) -> Arrival:
    """Look the submission up. DomainError when another organisation used its instance id."""
    with connection.cursor() as cursor:
        cursor.execute(_ARRIVAL, [instance.instance_id, instance.form_id, instance.version])
        known, owner, number, version, is_retired, edition = cursor.fetchone()
    if known is not None and owner != organisation.pk:
        raise DomainError(FOREIGN_INSTANCE, code="foreign_instance")
    state = FormState.RETIRED if is_retired else FormState.CURRENT
    return Arrival(known, number, version, state if version else FormState.UNKNOWN, edition)


def report_known(instance: Instance, organisation: Organisation) -> Report:
    """The report that has this instance id. DomainError when it is another organisation's."""
    found = Report.objects.get(instance_id=instance.instance_id)
    if found.organisation_id != organisation.pk:
        raise DomainError(FOREIGN_INSTANCE, code="foreign_instance")
    return found


_RETURNED = """
select id from intake_report
 where organisation_id = %s and form = %s and record_local_id = any(%s) and state = 'returned'
 order by id desc limit 1 for update
"""


def returned_of(report: Report) -> Report | None:
    """The newest returned report about the same record, locked: `report` takes its place."""
    with connection.cursor() as cursor:
        named = list(spellings(report.record_local_id))
        cursor.execute(_RETURNED, [report.organisation_id, report.form, named])
        found = cursor.fetchone()
    return Report.objects.get(pk=found[0]) if found else None

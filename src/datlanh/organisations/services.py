"""Writes: running numbers given out and accounted for, organisations, ranges, teams, donors.

Whether `by` may do it is asked above (`accounts.scope`): this package stands below accounts.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from datlanh.audit.services import record
from datlanh.kernel import clock
from datlanh.kernel.actor import SYSTEM, Actor
from datlanh.kernel.errors import ConflictError, DomainError
from datlanh.kernel.ids import RecordId
from datlanh.kernel.text import Text
from datlanh.organisations.models import (
    Donor,
    NumberRange,
    NumberState,
    Organisation,
    RunningNumber,
    Team,
)
from datlanh.organisations.rules import (
    KNOWN,
    PREFIXES,
    PROVINCE_CODE,
    RANGE_SIZE,
    RESERVE_FIRST,
    numbered,
)
from datlanh.organisations.selectors import number_free, range_at

NO_RANGE = Text(
    "{organisation} chưa có dải số chạy tại tỉnh {province}.",
    "{organisation} has no range of running numbers in province {province}.",
)
RANGE_FULL = Text(
    "Dải số {prefix} của {organisation} đã hết. Hãy cấp thêm một dải từ số dự phòng.",
    "The {prefix} numbers of {organisation} are used up. Assign another range from the reserve.",
)
UNKNOWN_PREFIX = Text("Không có mã tiền tố «{prefix}».", "There is no prefix “{prefix}”.")
OUT_OF_RANGE = Text(
    "Số {local_id} nằm ngoài dải số của {organisation}.",
    "Number {local_id} lies outside the range of {organisation}.",
)
NUMBER_IS_VOID = Text(
    "Số {local_id} đã huỷ, không dùng lại được: {reason}",
    "Number {local_id} is void and cannot be used again: {reason}",
)
NUMBER_IS_USED = Text(
    "Số {local_id} đã dùng cho một hồ sơ, không huỷ được.",
    "Number {local_id} is used by a record and cannot be voided.",
)
NUMBER_OF_ACCIDENT = Text(
    "Mã {local_id} dùng số của vụ tai nạn, không có số riêng để huỷ.",
    "{local_id} repeats the number of its accident and has none of its own to void.",
)
VOID_NEEDS_REASON = Text("Hãy nêu lý do huỷ số.", "Say why the number is void.")
RANGE_TAKEN = Text(
    "Dải số {first}–{last} chồng lên một dải đã cấp.",
    "The range {first}–{last} overlaps one already assigned.",
)
ALREADY_THERE = Text("Mã «{key}» đã có.", "The key “{key}” exists already.")


@transaction.atomic
def number_reserve(
    *, prefix: str, organisation: Organisation, by: Actor, province_code: str = PROVINCE_CODE
) -> RunningNumber:
    """Give out the organisation's next running number of `prefix`.

    The organisation's ranges are locked, so two who ask at once get two numbers.

    Raises:
        DomainError: unknown prefix, no range, or every number of the ranges is taken.
    """
    if prefix not in PREFIXES:
        raise DomainError(UNKNOWN_PREFIX, prefix=prefix)
    name = organisation.short_name
    ranges = _lock(organisation=organisation, province_code=province_code)
    if not ranges:
        raise DomainError(NO_RANGE, organisation=name, province=province_code)
    free = number_free(ranges, prefix, province_code)
    if free is None:
        raise DomainError(RANGE_FULL, prefix=prefix, organisation=name)
    return _add(RecordId(prefix, province_code, free), organisation, NumberState.RESERVED, by=by)


@transaction.atomic
def number_use(
    *, local_id: str, organisation: Organisation, by: Actor, strict: bool = False
) -> RunningNumber:
    """Say that a record carries this id; the same id again changes nothing.

    The number keeps the organisation it was first given to. The id of a victim or an
    assistance speaks for the number of its accident: whoever reports on them uses up none of
    their own, the number is that of the organisation in whose range it lies.

    Raises:
        DomainError: not an id; with `strict`, also an id outside the organisation's ranges.
        ConflictError: the number is void.
    """
    written = RecordId.parse(local_id.strip())
    parts = numbered(written)
    ranges = _lock(number=parts.number, province_code=parts.province)
    if written.parent():
        organisation = next((r.organisation for r in ranges if r.organisation), organisation)
    elif strict and not any(r.organisation_id == organisation.pk for r in ranges):
        raise DomainError(OUT_OF_RANGE, local_id=str(parts), organisation=organisation.short_name)
    number = RunningNumber.objects.select_for_update().filter(local_id=str(parts)).first()
    if number is None:
        return _add(parts, organisation, NumberState.USED, by=by)
    if number.state == NumberState.VOID:
        raise ConflictError(NUMBER_IS_VOID, local_id=str(parts), reason=number.reason)
    if number.state == NumberState.USED:
        return number
    return _change(number, NumberState.USED, by=by)


@transaction.atomic
def number_void(
    *, local_id: str, by: Actor, reason: str, organisation: Organisation | None = None
) -> RunningNumber:
    """Say that this number will never be a record (spoilt form, given twice), and why.

    A number nobody has reserved can be voided too: the range says whose it is.

    Raises:
        DomainError: not an id, no reason, an id without a number of its own (a victim's), or
            the number lies in nobody's range (or, with `organisation`, is not that
            organisation's).
        ConflictError: a record carries it.
    """
    if not (reason := reason.strip()):
        raise DomainError(VOID_NEEDS_REASON)
    written = RecordId.parse(local_id.strip())
    if written.parent():
        raise DomainError(NUMBER_OF_ACCIDENT, local_id=str(written))
    parts = numbered(written)
    _lock(number=parts.number, province_code=parts.province)
    number = RunningNumber.objects.select_for_update().filter(local_id=str(parts)).first()
    within = range_at(parts.number, parts.province)
    holder = number.organisation if number else within.organisation if within else None
    if holder is None or organisation not in (None, holder):
        name = organisation.short_name if organisation else "—"
        raise DomainError(OUT_OF_RANGE, local_id=str(parts), organisation=name)
    if number is None:
        return _add(parts, holder, NumberState.VOID, by=by, reason=reason)
    if number.state == NumberState.USED:
        raise ConflictError(NUMBER_IS_USED, local_id=str(parts))
    if number.state == NumberState.VOID:
        return number
    return _change(number, NumberState.VOID, by=by, reason=reason)


def _lock(
    *,
    province_code: str,
    organisation: Organisation | None = None,
    number: int | None = None,
) -> list[NumberRange]:
    """The ranges of an organisation, or the one that holds a number, locked in id order."""
    ranges = NumberRange.objects.select_for_update().filter(province_code=province_code)
    if organisation is not None:
        ranges = ranges.filter(organisation=organisation)
    if number is not None:
        ranges = ranges.filter(first__lte=number, last__gte=number)
    return list(ranges.order_by("id"))


def _add(
    parts: RecordId, organisation: Organisation, state: NumberState, *, by: Actor, reason: str = ""
) -> RunningNumber:
    number = RunningNumber.objects.create(
        prefix=parts.prefix,
        province_code=parts.province,
        number=parts.number,
        organisation=organisation,
        state=state,
        local_id=str(parts),
        by_id=by.id,
        at=clock.now(),
        reason=reason,
    )
    after = {"local_id": number.local_id, "state": state.value, "organisation": organisation.key}
    record(f"number.{_VERBS[state]}", number, by=by, after=after, note=reason)
    return number


def _change(
    number: RunningNumber, state: NumberState, *, by: Actor, reason: str = ""
) -> RunningNumber:
    before = {"local_id": number.local_id, "state": number.state}
    number.state, number.by_id, number.at, number.reason = state, by.id, clock.now(), reason
    number.save(update_fields=["state", "by_id", "at", "reason"])
    after = {"local_id": number.local_id, "state": state.value}
    record(f"number.{_VERBS[state]}", number, by=by, before=before, after=after, note=reason)
    return number


_VERBS = {NumberState.RESERVED: "reserve", NumberState.USED: "use", NumberState.VOID: "void"}


@transaction.atomic
def organisation_add(
    *,
    key: str,
    name_vi: str,
    name_en: str,
    short_name: str,
    kind: str,
    by: Actor,
    is_active: bool = True,
) -> Organisation:
    """Take up an organisation. Raises ConflictError when the key exists."""
    if Organisation.objects.filter(key=key).exists():
        raise ConflictError(ALREADY_THERE, key=key)
    organisation = Organisation.objects.create(
        key=key,
        name_vi=name_vi,
        name_en=name_en,
        short_name=short_name,
        kind=kind,
        is_centre=kind == "centre",
        is_active=is_active,
    )
    record("organisation.add", organisation, by=by, after={"key": key, "kind": kind})
    return organisation


@transaction.atomic
def organisation_activate(*, organisation: Organisation, active: bool, by: Actor) -> Organisation:
    """Say whether the organisation works in the province now; its data stay either way."""
    before = {"is_active": organisation.is_active}
    organisation.is_active = active
    organisation.save(update_fields=["is_active"])
    record("organisation.activate", organisation, by=by, before=before, after={"is_active": active})
    return organisation


@transaction.atomic
def range_add(
    *,
    organisation: Organisation | None,
    first: int,
    last: int,
    by: Actor,
    label: str = "",
    province_code: str = PROVINCE_CODE,
) -> NumberRange:
    """Assign numbers `first`…`last` to an organisation (None: to the reserve).

    Raises ConflictError when they overlap another range of the province.
    """
    overlapping = NumberRange.objects.select_for_update().filter(
        province_code=province_code, first__lte=last, last__gte=first
    )
    if overlapping.exists():
        raise ConflictError(RANGE_TAKEN, first=f"{first:06d}", last=f"{last:06d}")
    added = NumberRange.objects.create(
        organisation=organisation,
        province_code=province_code,
        first=first,
        last=last,
        label=label,
    )
    after = {"organisation": organisation.key if organisation else None, "first": first}
    record("number_range.add", added, by=by, after={**after, "last": last})
    return added


@transaction.atomic
def team_add(*, organisation: Organisation, key: str, name: str, by: Actor, kind: str = "") -> Team:
    """Add a team. Raises ConflictError when the organisation has one of that key."""
    if Team.objects.filter(organisation=organisation, key=key).exists():
        raise ConflictError(ALREADY_THERE, key=key)
    team = Team.objects.create(organisation=organisation, key=key, name=name, kind=kind)
    after = {"organisation": organisation.key, "key": key, "name": name, "kind": kind}
    record("team.add", team, by=by, after=after)
    return team


@transaction.atomic
def team_activate(*, team: Team, active: bool, by: Actor) -> Team:
    """Stand a team down, or take it up again."""
    before = {"is_active": team.is_active}
    team.is_active = active
    team.save(update_fields=["is_active"])
    record("team.activate", team, by=by, before=before, after={"is_active": active})
    return team


@transaction.atomic
def donor_add(*, key: str, name_vi: str, name_en: str, by: Actor) -> Donor:
    """Add a donor. Raises ConflictError when the key exists."""
    if Donor.objects.filter(key=key).exists():
        raise ConflictError(ALREADY_THERE, key=key)
    donor = Donor.objects.create(key=key, name_vi=name_vi, name_en=name_en)
    record("donor.add", donor, by=by, after={"key": key})
    return donor


@transaction.atomic
def organisations_seed(*, by: Actor | None = None) -> dict[str, Organisation]:
    """The organisations of the procedure with their ranges, by key; runs again without harm.

    What is there already stays as the centre has changed it.
    """
    actor = by or SYSTEM
    found: dict[str, Organisation] = {o.key: o for o in Organisation.objects.all()}
    for known in KNOWN:
        if known.key not in found:
            names: dict[str, Any] = {
                "name_vi": known.name_vi,
                "name_en": known.name_en,
                "short_name": known.short_name,
            }
            found[known.key] = organisation_add(
                key=known.key, kind=known.kind, is_active=known.is_active, by=actor, **names
            )
        _range_seed(found[known.key], known.first, by=actor)
    _range_seed(None, RESERVE_FIRST, by=actor)
    return found


def _range_seed(organisation: Organisation | None, first: int, *, by: Actor) -> None:
    if range_at(first) is None:
        label = organisation.short_name if organisation else "Dự phòng"
        range_add(
            organisation=organisation, first=first, last=first + RANGE_SIZE - 1, label=label, by=by
        )

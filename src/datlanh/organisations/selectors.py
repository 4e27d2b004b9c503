"""Reads: organisations, their ranges, what became of each running number, teams."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from datlanh.kernel.ids import RecordId
from datlanh.organisations.models import (
    Donor,
    NumberRange,
    NumberState,
    Organisation,
    RunningNumber,
    Team,
)
from datlanh.organisations.rules import PROVINCE_CODE, gaps, next_number


@dataclass(frozen=True)
class Accounted:
    """What became of an organisation's numbers of one prefix in its ranges.

    `gaps` are runs (both ends included) below the highest number that nobody accounts for;
    `outside` are ids the organisation used outside its own ranges.
    """

    prefix: str
    used: int
    void: tuple[RunningNumber, ...]
    reserved: int
    gaps: tuple[tuple[int, int], ...]
    highest: int | None
    outside: tuple[str, ...]

    @property
    def missing(self) -> int:
        """How many numbers lie in the gaps."""
        return sum(last - first + 1 for first, last in self.gaps)


def organisation_by_key(key: str) -> Organisation | None:
    """The organisation of that key."""
    return Organisation.objects.filter(key=key).first()


def organisation_centre() -> Organisation:
    """The centre itself. Raises Organisation.DoesNotExist before the first seed."""
    return Organisation.objects.get(is_centre=True)


def organisation_list(*, active_only: bool = True) -> QuerySet[Organisation]:
    """All organisations, by short name."""
    found = Organisation.objects.all()
    return found.filter(is_active=True) if active_only else found


def ranges_of(
    organisation: Organisation, province_code: str = PROVINCE_CODE
) -> QuerySet[NumberRange]:
    """All ranges of the organisation in a province, lowest first."""
    return NumberRange.objects.filter(organisation=organisation, province_code=province_code)


def range_of(organisation: Organisation, province_code: str = PROVINCE_CODE) -> NumberRange | None:
    """The organisation's (first) range in a province, None when it has none."""
    return ranges_of(organisation, province_code).first()


def range_at(number: int, province_code: str = PROVINCE_CODE) -> NumberRange | None:
    """The range that holds `number`: an organisation's or the reserve."""
    return (
        NumberRange.objects.filter(province_code=province_code, first__lte=number, last__gte=number)
        .select_related("organisation")
        .first()
    )


def numbers_accounted(
    organisation: Organisation, prefix: str, province_code: str = PROVINCE_CODE
) -> Accounted:
    """Every number of the organisation accounted for: used, void, reserved or a gap.

    Source: the procedure's rule that each organisation numbers within its own range.
    """
    of_prefix = RunningNumber.objects.filter(prefix=prefix, province_code=province_code)
    ranges = list(ranges_of(organisation, province_code))
    states: dict[str, int] = dict.fromkeys(NumberState.values, 0)
    missing: list[tuple[int, int]] = []
    highest: int | None = None
    elsewhere = of_prefix.filter(organisation=organisation)
    for one in ranges:
        held = of_prefix.filter(number__range=(one.first, one.last))
        pairs = list(held.values_list("number", "state"))
        for number, state in pairs:
            states[state] += 1
            highest = number if highest is None else max(highest, number)
        missing += gaps((n for n, _ in pairs), one.first)
        elsewhere = elsewhere.exclude(number__range=(one.first, one.last))
    voids = of_prefix.filter(organisation=organisation, state=NumberState.VOID)
    return Accounted(
        prefix=prefix,
        used=states[NumberState.USED],
        void=tuple(voids),
        reserved=states[NumberState.RESERVED],
        gaps=tuple(missing),
        highest=highest,
        outside=tuple(elsewhere.values_list("local_id", flat=True)),
    )


def number_free(
    ranges: Iterable[NumberRange], prefix: str, province_code: str = PROVINCE_CODE
) -> int | None:
    """The number to give out next within some ranges; None when all are taken."""
    taken = RunningNumber.objects.filter(prefix=prefix, province_code=province_code)
    for one in ranges:
        held = taken.filter(number__range=(one.first, one.last))
        free = next_number(held.values_list("number", flat=True), one.first, one.last)
        if free is not None:
            return free
    return None


def number_proposed(
    organisation: Organisation, prefix: str, province_code: str = PROVINCE_CODE
) -> RecordId | None:
    """The id that would be given out now; whoever reserves it first has it."""
    free = number_free(ranges_of(organisation, province_code), prefix, province_code)
    return None if free is None else RecordId(prefix, province_code, free)


def numbers_reserved(organisation: Organisation) -> QuerySet[RunningNumber]:
    """Numbers given out and not used yet, oldest first."""
    return RunningNumber.objects.filter(
        organisation=organisation, state=NumberState.RESERVED
    ).order_by("at", "id")


def teams_of(organisation: Organisation, *, active_only: bool = True) -> QuerySet[Team]:
    """The organisation's teams, by name."""
    found = Team.objects.filter(organisation=organisation)
    return found.filter(is_active=True) if active_only else found


def team_by_key(organisation: Organisation, key: str) -> Team | None:
    """The team of that key."""
    return Team.objects.filter(organisation=organisation, key=key).first()


def donor_list() -> QuerySet[Donor]:
    """All donors."""
    return Donor.objects.all()

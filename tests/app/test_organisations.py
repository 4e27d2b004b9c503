"""Running numbers given out, used, voided and accounted for."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import IntegrityError, connection, transaction

from datlanh.audit.models import Event
from datlanh.kernel.actor import SYSTEM
from datlanh.kernel.errors import ConflictError, DomainError
from datlanh.organisations import selectors, services
from datlanh.organisations.models import NumberRange, Organisation, RunningNumber
from datlanh.organisations.services import number_reserve, number_use, number_void


@pytest.fixture
def cast(db: None) -> dict[str, Organisation]:
    return services.organisations_seed()


def reserve(organisation: Organisation, prefix: str = "HAZ") -> str:
    return number_reserve(prefix=prefix, organisation=organisation, by=SYSTEM).local_id


def test_seeding_twice_changes_nothing(cast: dict[str, Organisation]) -> None:
    count = Event.objects.count()
    services.organisations_seed()
    assert (NumberRange.objects.count(), Event.objects.count()) == (10, count)


def test_there_is_one_centre_and_it_holds_the_first_range(cast: dict[str, Organisation]) -> None:
    found = selectors.range_of(selectors.organisation_centre())
    assert found is not None
    assert (found.first, found.last) == (0, 99_999)


def test_each_organisation_and_prefix_counts_by_itself(cast: dict[str, Organisation]) -> None:
    mag, renew = cast["mag"], cast["npa_renew"]
    given = [reserve(mag), reserve(renew), reserve(renew), reserve(renew, "HR-CLC")]
    assert given == ["HAZ-409-500001", "HAZ-409-600001", "HAZ-409-600002", "HR-CLC-409-600001"]


def test_a_number_given_out_leaves_an_event(cast: dict[str, Organisation]) -> None:
    reserve(cast["mag"])
    event = Event.objects.latest("id")
    assert event.action == "number.reserve"
    assert event.after == {
        "local_id": "HAZ-409-500001",
        "state": "reserved",
        "organisation": "mag",
    }


def test_ranges_of_a_province_may_not_overlap(cast: dict[str, Organisation]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        NumberRange.objects.create(province_code="409", first=599_999, last=600_000)
    with pytest.raises(ConflictError):
        services.range_add(organisation=cast["mag"], first=599_999, last=600_000, by=SYSTEM)


def test_another_province_may_use_the_same_numbers(cast: dict[str, Organisation]) -> None:
    services.range_add(organisation=cast["mag"], first=0, last=9, province_code="407", by=SYSTEM)
    given = number_reserve(prefix="HAZ", organisation=cast["mag"], province_code="407", by=SYSTEM)
    assert given.local_id == "HAZ-407-000001"


def test_a_full_range_fills_its_gaps_and_then_goes_on_in_the_next(
    cast: dict[str, Organisation],
) -> None:
    ptvn = services.organisation_add(
        key="new", name_vi="Mới", name_en="New", short_name="New", kind="operator", by=SYSTEM
    )
    NumberRange.objects.filter(first=900_000).update(last=989_999)
    for first, last in [(990_000, 990_001), (990_010, 990_011)]:
        services.range_add(organisation=ptvn, first=first, last=last, by=SYSTEM)
    given = [reserve(ptvn)[-6:] for _ in range(4)]
    assert given == ["990001", "990000", "990011", "990010"]
    with pytest.raises(DomainError, match="used up"):
        reserve(ptvn)


def test_an_unknown_prefix_is_refused(cast: dict[str, Organisation]) -> None:
    with pytest.raises(DomainError, match="no prefix"):
        reserve(cast["mag"], "XYZ")


def test_a_typed_number_becomes_used_once(cast: dict[str, Organisation]) -> None:
    mag = cast["mag"]
    first = number_use(local_id="HAZ-409-500020", organisation=mag, by=SYSTEM)
    events = Event.objects.count()
    again = number_use(local_id="HAZ-409-500020", organisation=mag, by=SYSTEM, strict=True)
    assert (first.pk, first.state, Event.objects.count()) == (again.pk, "used", events)
    assert reserve(mag) == "HAZ-409-500021"


def test_a_reserved_number_becomes_used(cast: dict[str, Organisation]) -> None:
    local_id = reserve(cast["mag"])
    assert number_use(local_id=local_id, organisation=cast["mag"], by=SYSTEM).state == "used"
    assert not selectors.numbers_reserved(cast["mag"]).exists()


def test_a_number_out_of_range_is_refused_only_when_strict(cast: dict[str, Organisation]) -> None:
    mag = cast["mag"]
    with pytest.raises(DomainError, match="outside the range of MAG"):
        number_use(local_id="HAZ-409-600050", organisation=mag, by=SYSTEM, strict=True)
    number_use(local_id="HAZ-409-600050", organisation=mag, by=SYSTEM)
    assert selectors.numbers_accounted(mag, "HAZ").outside == ("HAZ-409-600050",)


def test_text_that_is_no_id_is_refused(cast: dict[str, Organisation]) -> None:
    with pytest.raises(DomainError) as refusal:
        number_use(local_id="HAZ-409-5", organisation=cast["mag"], by=SYSTEM)
    assert refusal.value.code == "record_id"


def test_a_void_number_never_returns(cast: dict[str, Organisation]) -> None:
    local_id = reserve(cast["mag"])
    number_void(local_id=local_id, by=SYSTEM, reason="Phiếu bị rách")
    with pytest.raises(ConflictError, match="Phiếu bị rách"):
        number_use(local_id=local_id, organisation=cast["mag"], by=SYSTEM)
    assert reserve(cast["mag"]) == "HAZ-409-500002"


def test_voiding_needs_a_reason_and_an_unused_number(cast: dict[str, Organisation]) -> None:
    number_use(local_id="HAZ-409-500001", organisation=cast["mag"], by=SYSTEM)
    with pytest.raises(DomainError, match="Say why"):
        number_void(local_id="HAZ-409-500002", by=SYSTEM, reason="  ")
    with pytest.raises(ConflictError):
        number_void(local_id="HAZ-409-500001", by=SYSTEM, reason="Nhầm")


def test_a_number_nobody_reserved_can_be_voided_for_its_holder(
    cast: dict[str, Organisation],
) -> None:
    number = number_void(local_id="HAZ-409-600009", by=SYSTEM, reason="Cấp hai lần")
    assert (number.organisation.key, number.state) == ("npa_renew", "void")
    with pytest.raises(DomainError):  # the reserve is nobody's
        number_void(local_id="HAZ-409-900009", by=SYSTEM, reason="Cấp hai lần")


def test_every_number_is_accounted_for(cast: dict[str, Organisation]) -> None:
    mag = cast["mag"]
    for tail in ("01", "02", "06"):
        number_use(local_id=f"HAZ-409-5000{tail}", organisation=mag, by=SYSTEM)
    number_void(local_id="HAZ-409-500004", by=SYSTEM, reason="Hỏng")
    reserve(mag)
    found = selectors.numbers_accounted(mag, "HAZ")
    assert (found.used, found.reserved, found.highest) == (3, 1, 500_007)
    assert [n.local_id for n in found.void] == ["HAZ-409-500004"]
    assert found.gaps == ((500_003, 500_003), (500_005, 500_005))
    assert found.missing == 2


def test_a_victim_speaks_for_its_accident_and_uses_up_no_number_of_its_reporter(
    cast: dict[str, Organisation],
) -> None:
    """Whoever reports: the number is of the organisation in whose range the accident lies."""
    red_cross, mag = cast["red_cross"], cast["mag"]
    for local_id in ("VIC-409-500003-01", "VIC-409-500003-02", "VA-409-500003-01-01"):
        used = number_use(local_id=local_id, organisation=red_cross, by=SYSTEM, strict=True)
        assert (used.local_id, used.organisation, used.state) == ("INC-409-500003", mag, "used")
    assert RunningNumber.objects.count() == 1
    assert selectors.numbers_accounted(red_cross, "INC").outside == ()
    assert reserve(red_cross, "INC") == "INC-409-800001"
    assert reserve(mag, "INC") == "INC-409-500004"
    accident = number_use(local_id="INC-409-500003", organisation=mag, by=SYSTEM, strict=True)
    assert (accident.local_id, RunningNumber.objects.count()) == ("INC-409-500003", 3)


def test_a_victim_in_nobodys_range_leaves_the_number_with_its_reporter(
    cast: dict[str, Organisation],
) -> None:
    used = number_use(local_id="VIC-409-900003-01", organisation=cast["ptvn"], by=SYSTEM)
    assert used.organisation == cast["ptvn"]


def test_a_victim_of_a_void_accident_is_refused_and_voids_nothing(
    cast: dict[str, Organisation],
) -> None:
    number_void(local_id="INC-409-500003", by=SYSTEM, reason="Ghi nhầm")
    with pytest.raises(ConflictError, match="Ghi nhầm"):
        number_use(local_id="VIC-409-500003-01", organisation=cast["mag"], by=SYSTEM)
    with pytest.raises(DomainError, match="none of its own"):
        number_void(local_id="VIC-409-500004-01", by=SYSTEM, reason="Ghi nhầm")
    assert not RunningNumber.objects.filter(local_id="INC-409-500004").exists()


def test_both_spellings_of_an_alias_are_one_number(cast: dict[str, Organisation]) -> None:
    crs = cast["crs"]
    first = number_use(local_id="HR-MRE-409-700001", organisation=crs, by=SYSTEM, strict=True)
    again = number_use(local_id="MRE-409-700001", organisation=crs, by=SYSTEM, strict=True)
    assert (first.pk, first.local_id) == (again.pk, "MRE-409-700001")
    assert reserve(crs, "MRE") == "MRE-409-700002"


def test_teams_belong_to_one_organisation_each(cast: dict[str, Organisation]) -> None:
    team = services.team_add(organisation=cast["mag"], key="bac-1", name="BAC 1", by=SYSTEM)
    services.team_add(organisation=cast["ptvn"], key="bac-1", name="BAC 1", by=SYSTEM)
    with pytest.raises(ConflictError):
        services.team_add(organisation=cast["mag"], key="bac-1", name="Other", by=SYSTEM)
    assert list(selectors.teams_of(cast["mag"])) == [team]
    services.team_activate(team=team, active=False, by=SYSTEM)
    assert not selectors.teams_of(cast["mag"]).exists()


def test_two_who_ask_at_once_get_two_numbers(fresh_db: None) -> None:
    """Without the lock on the range the second insert breaks on the unique constraint."""
    mag = services.organisations_seed()["mag"]
    first_has_asked, given, failures = threading.Event(), [], []

    def second() -> None:
        try:
            first_has_asked.wait(10)
            given.append(reserve(mag))
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        given.append(reserve(mag))
        first_has_asked.set()
        wait_until_somebody_waits()
    thread.join(10)
    assert failures == []
    assert given == ["HAZ-409-500001", "HAZ-409-500002"]


def test_victims_of_one_accident_approved_at_once_share_its_number(fresh_db: None) -> None:
    """Without the lock on the range the second insert breaks on the unique constraint."""
    cast = services.organisations_seed()
    first_has_used, given, failures = threading.Event(), [], []

    def second() -> None:
        try:
            first_has_used.wait(10)
            other = number_use(
                local_id="VIC-409-500007-02", organisation=cast["red_cross"], by=SYSTEM
            )
            given.append(other.pk)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        one = number_use(local_id="VIC-409-500007-01", organisation=cast["ptvn"], by=SYSTEM)
        given.append(one.pk)
        first_has_used.set()
        wait_until_somebody_waits()
    thread.join(10)
    assert failures == []
    assert len(set(given)) == 1
    number = RunningNumber.objects.get()
    assert (number.local_id, number.organisation.key) == ("INC-409-500007", "mag")


def test_many_who_ask_at_once_leave_no_gap(fresh_db: None) -> None:
    mag = services.organisations_seed()["mag"]
    start, failures = threading.Barrier(6), []

    def worker() -> None:
        try:
            start.wait(10)
            for _ in range(5):
                reserve(mag)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []
    numbers = RunningNumber.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(500_001, 500_031))


def wait_until_somebody_waits() -> None:
    """Return when another session waits for a lock that this one holds."""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(
                "select exists (select from pg_locks where not granted"
                " and pg_backend_pid() = any (pg_blocking_pids(pid)))"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("nobody ever waited")

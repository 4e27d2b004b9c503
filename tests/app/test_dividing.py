"""Areas split and merged: two persons, one transaction, no ground lost and none counted twice."""

from __future__ import annotations

import datetime as dt

import pytest
from shapely.geometry import LineString

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.scope import EVERYTHING
from datlanh.hazards.ledger.models import AreaLedger
from datlanh.hazards.models import HazardousArea
from datlanh.hazards.selectors import AreaFilter, area_counts, area_page
from datlanh.hazards.selectors.neighbours import neighbours_of
from datlanh.intake.models import Division, Report
from datlanh.intake.selectors.clearing import clear_of
from datlanh.intake.selectors.heirs import heirs_of
from datlanh.intake.services.checking import answers_now
from datlanh.intake.services.comparing import register_verify
from datlanh.intake.services.dividing import division_confirm
from datlanh.intake.services.rebuilding import register_rebuild
from datlanh.kernel import clock
from datlanh.kernel.division import cut
from datlanh.kernel.errors import ConflictError, DomainError, TransitionError
from datlanh.kernel.links import Pair
from datlanh.register.models import Decision, Link, Record
from support.divisions import divided, halves_of, part, proposed, waiting
from support.drafts import progress
from support.reports import approved, cha, demo_cast, field_of, release

pytestmark = pytest.mark.django_db
PARENT = "HAZ-409-600001"


@pytest.fixture
def cast():
    return demo_cast()


@pytest.fixture
def parent(cast):
    report = waiting(cha(1, days_ago=60), cast)
    return Record.objects.get(pk=approved(report, by=cast["csdl"]).record_id)


@pytest.fixture
def halves(cast):
    return [
        waiting(part(1, 700000 + 100 * n, half), cast).pk for n, half in enumerate(halves_of(1))
    ]


def listed(**filter) -> list[str]:
    return sorted(row.local_id for row in area_page(EVERYTHING, AreaFilter(**filter)).rows)


def the_register_is_its_fold() -> None:
    with acting(SYSTEM):
        assert register_verify().differences == []
        register_rebuild(by=SYSTEM)
        assert register_verify().equal


def test_an_area_gives_way_to_its_parts(cast, parent, halves):
    before = HazardousArea.objects.get(pk=parent.pk).area_m2
    division = divided(cast, [parent.pk], halves)
    assert division.outcome == "confirmed"
    parts = ["HAZ-409-700001", "HAZ-409-700101"]
    assert listed() == parts
    assert listed(state=("split",)) == [PARENT]
    assert sum(area_counts(EVERYTHING, AreaFilter()).values()) == 2
    found = HazardousArea.objects.filter(local_id__in=parts).values_list("area_m2", flat=True)
    assert sum(found) == pytest.approx(before, abs=1.0)
    step = Decision.objects.get(kind="moved")
    assert (step.by_id, step.second_id) == (cast["kiemtra2"].pk, cast["kiemtra1"].pk)
    assert step.data["into"] == [str(Record.id_from(pk)) for pk in halves]
    near = neighbours_of(field_of(1), EVERYTHING, kinds=("hazardous_area",))
    assert sorted(n.local_id for n in near) == parts  # the old area is nobody's neighbour
    the_register_is_its_fold()
    assert listed() == parts


def test_the_day_before_the_old_area_still_counts(cast, parent, halves):
    divided(cast, [parent.pk], halves)
    yesterday = clock.today() - dt.timedelta(days=1)
    assert PARENT in listed(as_of=yesterday)
    assert PARENT not in listed(as_of=clock.today())


def test_areas_are_merged_into_one(cast, parent):
    other = approved(waiting(cha(2, days_ago=50), cast), by=cast["csdl"]).record_id
    both = field_of(1).union(field_of(2)).envelope
    one = waiting(part(1, 700000, both), cast).pk
    with pytest.raises(DomainError, match="Give the reason"):
        proposed(cast, [parent.pk, other], [one], "merge")
    divided(cast, [parent.pk, other], [one], "merge", residue_reason="khảo sát cả dải giữa")
    assert listed() == ["HAZ-409-700001"]
    assert listed(state=("merged",)) == [PARENT, "HAZ-409-600002"]
    told = Decision.objects.filter(kind="moved").values_list("data", flat=True)
    assert all(d["residue_reason"] and d["outside_m2"] > 1 for d in told)
    the_register_is_its_fold()


def test_what_does_not_fit_is_refused(cast, parent, halves):
    west, _ = halves_of(1)
    with pytest.raises(DomainError, match="at least two new reports"):
        proposed(cast, [parent.pk], halves[:1])
    gone = waiting(part(1, 710000, cut(west, _across(west))[0]), cast).pk
    with pytest.raises(DomainError, match="left over"):
        proposed(cast, [parent.pk], [gone, halves[1]])
    whole = waiting(part(1, 720000, field_of(1)), cast).pk
    with pytest.raises(DomainError, match="counted twice"):
        proposed(cast, [parent.pk], [whole, halves[1]], residue_reason="vì sao")
    older = waiting(part(1, 730000, west, days_ago=4), cast).pk
    with pytest.raises(DomainError, match="one date of information"):
        proposed(cast, [parent.pk], [older, halves[1]])
    with pytest.raises(DomainError, match="Give the reason"):
        proposed(cast, [parent.pk], halves, note=" ")

    assert not Division.objects.exists()


def _across(ground) -> LineString:
    return LineString([(106, ground.centroid.y), (108, ground.centroid.y)])


def test_nobody_confirms_their_own_and_nothing_waits_twice(cast, parent, halves):
    division = proposed(cast, [parent.pk], halves)
    with pytest.raises(TransitionError, match="second person"), acting(cast["kiemtra2"]):
        division_confirm(id=division.pk, by=cast["kiemtra2"], confirm=True)
    with pytest.raises(TransitionError, match="waiting already"):
        proposed(cast, [parent.pk], halves)
    with pytest.raises(Division.DoesNotExist), acting(cast["renew"]):
        division_confirm(id=division.pk, by=cast["renew"], confirm=True)
    with acting(cast["kiemtra2"]):
        division_confirm(id=division.pk, by=cast["kiemtra2"], confirm=False)
    assert listed() == [PARENT]
    assert Report.objects.filter(pk__in=halves, state="verified").count() == 2
    proposed(cast, [parent.pk], halves)


def test_a_refused_part_undoes_the_whole(cast, parent, halves):
    division = proposed(cast, [parent.pk], halves)
    Report.objects.filter(pk=halves[1]).update(blocks=1)  # found by a check meanwhile
    before = Decision.objects.count()
    with pytest.raises(TransitionError, match="blocking"), acting(cast["kiemtra1"]):
        division_confirm(id=division.pk, by=cast["kiemtra1"], confirm=True)
    division.refresh_from_db()
    assert division.closed_at is None
    assert Decision.objects.count() == before


def test_a_later_report_about_the_old_area_waits_for_a_choice(cast, parent, halves):
    divided(cast, [parent.pk], halves)
    late = waiting(cha(1, days_ago=30).but(land_use="development"), cast)
    with pytest.raises(ConflictError, match="was split or merged"):
        approved(late, by=cast["csdl"], record_id=parent.pk)
    approved(late, by=cast["csdl"], record_id=parent.pk, into_history=True)
    assert listed(state=("split",)) == [PARENT]
    the_register_is_its_fold()


def test_a_release_over_the_old_area_counts_for_each_part_by_its_ground(cast, parent, halves):
    approved(waiting(release(1, days_ago=20).but(cha_ids=PARENT), cast), by=cast["csdl"])
    whole = AreaLedger.objects.get(record_id=parent.pk, known_to=None, true_to=None)
    assert whole.cleared_m2 > 0
    divided(cast, [parent.pk], halves)
    parts = AreaLedger.objects.filter(known_to=None, true_to=None).exclude(record_id=parent.pk)
    assert sum(p.cleared_m2 for p in parts) == pytest.approx(whole.cleared_m2, abs=1.0)
    assert sum(p.remaining_m2 for p in parts) == pytest.approx(whole.remaining_m2, abs=1.0)
    assert not AreaLedger.objects.filter(record_id=parent.pk, known_to=None, true_to=None).exists()
    the_register_is_its_fold()


def test_parts_keep_the_day_on_which_the_old_area_was_found(cast, parent, halves):
    late = waiting(
        part(1, 740000, halves_of(1)[0], identification_date=clock.today().isoformat()), cast
    )
    with pytest.raises(DomainError, match="keep the identification date"):
        proposed(cast, [parent.pk], [late.pk, halves[1]])


def test_a_late_release_that_names_only_the_old_area_waits_for_a_choice(cast, parent, halves):
    divided(cast, [parent.pk], halves)
    late = waiting(release(1, days_ago=20).but(cha_ids=PARENT), cast)
    with pytest.raises(ConflictError, match="names the area HAZ-409-600001"):
        approved(late, by=cast["csdl"])
    with acting(cast["csdl"]):
        refusal = clear_of(late, cast["csdl"], answers_now(late)).refusal
        assert refusal is not None  # not together with others either
        assert "split or merged" in refusal.en
    part_of = Record.id_from(halves[0])
    chosen = Pair("release_area", Record.id_from(late.pk), part_of)
    approved(late, by=cast["csdl"], links=[chosen])
    assert Link.objects.filter(b=part_of, known_to=None, holds=True).count() == 1
    old = waiting(release(1, days_ago=19, lr_id="HR-CLC-409-600009").but(cha_ids=PARENT), cast)
    approved(old, by=cast["csdl"], into_history=True)
    both = {"cha_ids": f"{PARENT} HAZ-409-700101"}
    named = waiting(release(1, days_ago=18, lr_id="HR-CLC-409-600010").but(**both), cast)
    approved(named, by=cast["csdl"])  # it names a part itself
    month = waiting(progress(1, days_ago=18).but(cha_ids=PARENT), cast)
    with pytest.raises(ConflictError, match="names the area"):
        approved(month, by=cast["csdl"])
    the_register_is_its_fold()


def test_the_parts_of_parts_stand_in_the_place_of_the_first(cast, parent, halves):
    divided(cast, [parent.pk], halves)
    first, second = (Record.id_from(pk) for pk in halves)
    again = waiting(part(1, 720000, field_of(1)), cast).pk
    divided(cast, [first, second], [again], "merge")
    assert [r.pk for r in heirs_of(parent.pk)] == [Record.id_from(again)]

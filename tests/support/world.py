"""Two operators and the military, each with the same kinds of things: for tests of who sees what.

world = build_world()
world["mag"].verified   # a Report that waits for the centre
world["npa_renew"].area # "HAZ-409-600011"
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property

from django.conf import settings
from django.test import Client

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.models import Device, User
from datlanh.accounts.services import device_add, device_revoke, grant_give, user_add
from datlanh.hazards.models import EvidencePoint, OrdnanceItem
from datlanh.intake.batching import seen_in_batch
from datlanh.intake.models import Attachment, Batch, Held, Report
from datlanh.intake.services.batches import Chosen, batch_propose
from datlanh.intake.services.clocks import exemption_give
from datlanh.intake.services.deciding import step_propose
from datlanh.intake.services.holding import report_hold
from datlanh.intake.services.proposing import form_propose
from datlanh.organisations.models import Organisation
from datlanh.organisations.services import number_reserve, number_void
from datlanh.register.models import Record, Row
from datlanh.register.selectors import asof, decision_newest
from datlanh.reporting.documents.services import document_issue
from support.boxes import home
from support.drafts import row, survey_task
from support.kinds import eod
from support.remaps import corrected, remapped
from support.reports import approved, cha, demo_cast, form_of, received, release, sent, verified
from support.workbooks import revised

JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 600


@dataclass(frozen=True)
class Spec:
    """What is an operator's alone: numbers, ground and words that occur nowhere else."""

    key: str
    officer: str
    sender: str
    first: int
    ground: int  # the number of its first field
    village: str
    leader: str
    team: str


SPECS = (
    Spec("mag", "mag", "mag.hientruong", 500_000, 1, "Thôn Bãi Trắng", "Mai Văn Cọ", "TS Cọ"),
    Spec(
        "npa_renew",
        "renew",
        "renew.hientruong",
        600_000,
        11,
        "Thôn Đồi Xanh",
        "Tạ Thị Lim",
        "TS Lim",
    ),
    Spec("military", "quandoi", "quandoi", 100_000, 21, "Thôn Bến Đá", "Cao Văn Trắc", "TS Trắc"),
)


@dataclass(frozen=True)
class Things:
    """What one operator has."""

    spec: Spec
    organisation: Organisation
    sender: User
    bound: Report  # approved: stands in the register as `area`
    other: Report  # approved, another area
    verified: Report
    proposed: Report  # somebody proposed to refuse it
    received: Report
    finished: Report  # approved: stands as `release`
    spot: Report  # approved: stands as `task`
    surveyed: Report  # approved: stands as `survey`, with boxes entered in the form
    file: Attachment
    device: Device
    secret: str
    reserved: str  # a running number
    void: str
    held: Held  # sent by a phone that is shut out
    batch: Batch  # somebody proposed to withdraw `other`, with whatever else is in it

    @property
    def area(self) -> str:
        """The local id of a hazardous area."""
        return self.bound.record_local_id

    @property
    def release(self) -> str:
        """The local id of released land."""
        return self.finished.record_local_id

    @property
    def task(self) -> str:
        """The local id of an EOD task."""
        return self.spot.record_local_id

    @property
    def survey(self) -> str:
        """The local id of a survey task."""
        return self.surveyed.record_local_id

    @property
    def link(self) -> str:
        """The release lies on the area: a link that is proposed."""
        return f"release_area:{self.finished.record_id}:{self.bound.record_id}"

    @property
    def reports(self) -> tuple[Report, ...]:
        """All of them, oldest first."""
        return (
            self.bound,
            self.other,
            self.verified,
            self.proposed,
            self.received,
            self.finished,
            self.spot,
            self.surveyed,
        )

    @property
    def item(self) -> str:
        """An item found in the area, as the map of today names it."""
        return f"i{OrdnanceItem.objects.filter(record_id=self.bound.record_id).earliest('pk').pk}"

    @property
    def evidence(self) -> str:
        """An evidence point of the area, as the map of today names it."""
        return f"e{EvidencePoint.objects.filter(record_id=self.bound.record_id).earliest('pk').pk}"

    @property
    def row(self) -> str:
        """A point of the area, as a map of the past names it."""
        placed = Row.objects.filter(record_id=self.bound.record_id, shape__isnull=False)
        return f"w{placed.earliest('pk').pk}"

    @property
    def marks(self) -> set[str]:
        """Words that give the operator's things away wherever they occur."""
        found = {self.spec.village, self.spec.leader, self.spec.team}
        found |= {self.device.name, self.secret, self.reserved, self.void, self.file.name}
        found |= {r.receipt for r in self.reports} | {r.record_local_id for r in self.reports}
        return found | {str(r.record_id) for r in self.reports if r.record_id}


@dataclass
class World:
    """Everybody and everything, by name."""

    cast: dict[str, User]
    things: dict[str, Things] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)  # of each person's own phone
    sessions: dict[str, str] = field(default_factory=dict)
    papers: dict[str, int] = field(default_factory=dict)

    def client(self, who: str) -> Client:
        """A browser in which that person is signed in."""
        client = Client()
        if who not in self.sessions:
            client.force_login(self.cast[who])
            return client
        client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[who]
        return client

    def sign_in(self, who: str) -> None:
        """Keep a session of that person for every later `client`."""
        self.sessions[who] = self.client(who).cookies[settings.SESSION_COOKIE_NAME].value

    @cached_property
    def form_proposal(self) -> int:
        """A proposed version of the form for areas."""
        workbook = revised("cha", version="2099010101")
        return form_propose(workbook=workbook, by=self.cast["csdl"]).pk

    @cached_property
    def mapping_proposal(self) -> int:
        """A proposed correction of the mapping of victims, without a reason yet."""
        workbook = corrected("victim", {"education": {"register::attribute": "schooling"}})
        return form_propose(workbook=workbook, by=self.cast["csdl"]).pk

    @cached_property
    def form_revision(self) -> int:
        """A mapping that was corrected."""
        done = remapped(
            self.cast, "cmrs", {"managing_organisation": {"register::attribute": "manager"}}
        )
        return done.revision.pk

    @cached_property
    def exemption(self) -> int:
        """A month long past from which the military was exempted."""
        return exemption_give(
            organisation="military",
            month=dt.date(2025, 1, 1),
            form="",
            reason="Bão",
            by=self.cast["csdl"],
        ).pk

    @cached_property
    def newest(self) -> int:
        """The newest decision's number when it was first asked for."""
        return decision_newest()

    def paper(self, things: Things) -> int:
        """A handover certificate of the operator's area."""
        if things.spec.key not in self.papers:
            record = Record.objects.get(pk=things.bound.record_id)
            with acting(self.cast["csdl"]):
                made = document_issue(
                    record=record,
                    kind="handover",
                    moment=asof(),
                    people={},
                    confirm_at="https://datlanh.example/confirm/",
                    by=self.cast["csdl"],
                )
            self.papers[things.spec.key] = made.pk
        return self.papers[things.spec.key]

    @property
    def form_version(self) -> str:
        """The current version of the form for areas."""
        return form_of("cha").version

    def __getitem__(self, key: str) -> Things:
        return self.things[key]

    def foreign_marks(self, *own: str) -> set[str]:
        """The marks of every operator but those."""
        return {m for key, t in self.things.items() if key not in own for m in t.marks}


def build_world(*keys: str) -> World:
    """The things of those operators (all three when none is named), in that order."""
    world = World(demo_cast())
    with_one_operator(world, "kiemtra.mag", "mag")
    for spec in SPECS:
        if not keys or spec.key in keys:
            world.things[spec.key] = things_of(world.cast, spec)
    if not keys:
        assert world.form_proposal
        assert world.mapping_proposal
        assert world.form_revision
        assert world.exemption
    for things in world.things.values():
        world.paper(things)
    return world


def with_one_operator(world: World, username: str, organisation: str) -> None:
    """Add a QC officer of the centre whose grant reaches one operator only."""
    user = user_add(
        username=username,
        full_name="Quách Thị Thông",
        organisation=world.cast["kiemtra2"].organisation,
        by=SYSTEM,
    )
    within = Organisation.objects.get(key=organisation)
    grant_give(user=user, role="data_qc_officer", organisation=within, by=SYSTEM)
    world.cast[username] = user


def with_role(world: World, role: str, within: str | None) -> str:
    """Add somebody of the centre, or of the operator `within`, with one role; the user name."""
    username = f"vai.{role}.{within or 'tinh'}"
    home = Organisation.objects.get(key=within or "qtmac")
    user = user_add(username=username, full_name="Quách Thị Vai", organisation=home, by=SYSTEM)
    organisation = home if within else None
    grant_give(user=user, role=role, organisation=organisation, by=SYSTEM)
    world.cast[username] = user
    return username


def things_of(cast: dict[str, User], spec: Spec) -> Things:
    """One of each kind, sent and decided as real ones are."""
    sender, officer, centre = cast[spec.sender], cast[spec.officer], cast["kiemtra2"]
    own = {"organisation": spec.key, "first": spec.first, "village": spec.village}
    own |= {"team_leader": spec.leader, "reporting_team": spec.team}

    def area(step: int, files: dict[str, bytes] | None = None) -> Report:
        number = spec.ground + step
        draft = cha(
            number, **own, internal_id=f"{spec.key}-{number}", shape_id=f"{spec.key}-{number}"
        )
        return received(draft, by=sender, files=files)

    bound = area(0, {f"anh-{spec.key}.jpg": JPEG})
    bound, other, waiting, proposed = (
        verified(r, by=officer) for r in (bound, area(1), area(2), area(3))
    )
    bound, other = (approved(r, by=centre) for r in (bound, other))
    # The seconded officer decides nothing of his own service: for that, the database unit.
    first = cast["csdl" if spec.key == "military" else "kiemtra1"]
    with acting(first, via="web"):
        step_propose(id=proposed.pk, step="refuse", by=first, note="Trùng báo cáo")
        chosen = [Chosen(other.pk, seen_in_batch(other))]
        batch = batch_propose(chosen=chosen, by=first, note=f"Sai hệ toạ độ, {spec.leader}")
    released = release(
        spec.ground,
        organisation=spec.key,
        first=spec.first,
        village=spec.village,
        reporting_team_leader=spec.leader,
        reporting_team=spec.team,
    )
    finished = approved(verified(received(released, by=sender), by=officer), by=centre)
    task = eod(
        spec.ground + 5,
        first=spec.first,
        reporting_organisation=spec.key,
        village=spec.village,
        reporting_team_leader=spec.leader,
        reporting_team=spec.team,
    )
    spot = approved(verified(received(task, by=sender), by=officer), by=centre)
    done = survey_task(
        spec.ground,
        first=spec.first,
        organisation=spec.key,
        village=spec.village,
        team_leader=spec.leader,
        reporting_team=spec.team,
        box_rows=[row({"box_id": home(spec.ground).id, "result": "red"})],
    )
    surveyed = approved(verified(received(done, by=sender), by=officer), by=centre)
    organisation = sender.organisation
    device, secret = device_add(user=sender, name=f"Máy {spec.team}", by=SYSTEM)
    reserved = number_reserve(prefix="INC", organisation=organisation, by=officer)
    spoilt = number_reserve(prefix="INC", organisation=organisation, by=officer)
    number_void(local_id=spoilt.local_id, by=officer, reason="Phiếu hỏng")
    return Things(
        spec=spec,
        organisation=organisation,
        sender=sender,
        bound=bound,
        other=other,
        verified=waiting,
        proposed=proposed,
        received=area(4),
        finished=finished,
        spot=spot,
        surveyed=surveyed,
        file=Attachment.objects.get(report=bound),
        device=device,
        secret=secret,
        reserved=reserved.local_id,
        void=spoilt.local_id,
        batch=batch,
        held=held_from(sender, spec),
    )


def held_from(sender: User, spec: Spec) -> Held:
    """What a lost phone of `sender` sent after it was shut out."""
    lost, _ = device_add(user=sender, name=f"Máy mất {spec.team}", by=SYSTEM)
    device_revoke(device=lost, by=SYSTEM)
    draft = cha(spec.ground + 6, organisation=spec.key, first=spec.first)
    with acting(SYSTEM, via="openrosa"):
        report_hold(xml=sent(draft), device=lost)
    return Held.objects.get(device=lost)

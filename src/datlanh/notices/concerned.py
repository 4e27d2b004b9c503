"""Who is told of an event of the trail, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.selectors import users_with
from datlanh.audit.models import Event
from datlanh.exchange.models import Export
from datlanh.exchange.tables import TABLES
from datlanh.intake.models import Batch, Remark, Reminder, Report
from datlanh.register.models import Record

ENDED = ("report.refuse", "report.withdraw", "report.revoke")


@dataclass(frozen=True)
class Told:
    """One notice to be: for whom, of what, about whose data."""

    users: Collection[int]
    kind: str
    label: str
    place: str
    organisation_id: int | None = None
    key: str = ""  # where one event makes several


@dataclass
class Read:
    """What the events of one round are about, fetched once."""

    reports: Mapping[int, Report]
    _with: dict[tuple[str, int | None], frozenset[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Iterable[Event]) -> Read:
        """For these events."""
        ids = {int(e.subject_id) for e in events if e.subject_type == "report"}
        found = Report.objects.select_related("organisation", "assignment").defer(
            "form_version__xlsform"
        )
        return cls(found.in_bulk(ids))

    def with_(self, permission: Permission, organisation_id: int | None) -> frozenset[int]:
        """Who has a permission for an organisation's data."""
        key = (str(permission), organisation_id)
        if key not in self._with:
            found = users_with(permission, organisation_id).values_list("pk", flat=True)
            self._with[key] = frozenset(found)
        return self._with[key]


Rule = Callable[[Event, Read], Iterator[Told]]


def told_of(event: Event, read: Read) -> Iterator[Told]:
    """The notices an event makes; whoever did it is not told, but of one's own files."""
    rule = RULES.get(event.action)
    for one in rule(event, read) if rule else ():
        users = set(one.users)
        if one.kind not in ("file", "reminder"):
            users.discard(event.actor_id or 0)
        if one.organisation_id is not None:
            users &= read.with_(Permission.REPORT_READ, one.organisation_id)
        if users:
            yield Told(users, one.kind, one.label, one.place, one.organisation_id, one.key)


def _own_side(report: Report, read: Read) -> set[int]:
    """Who sent a report, and who vouches for it within its organisation."""
    officers = read.with_(Permission.REPORT_VERIFY, report.organisation_id)
    home = User.objects.filter(pk__in=officers, organisation=report.organisation_id)
    return {report.author_id, *home.values_list("pk", flat=True)}


def _about(report: Report, users: Collection[int], kind: str, door: str = "report") -> Told:
    label = report.record_local_id or report.receipt
    return Told(users, kind, label, f"{door}:{report.receipt}", report.organisation_id)


def _own(kind: str) -> Rule:
    def rule(event: Event, read: Read) -> Iterator[Told]:
        if report := read.reports.get(int(event.subject_id)):
            yield _about(report, _own_side(report, read), kind)

    return rule


def _remark(event: Event, read: Read) -> Iterator[Told]:
    """The other side: the operator's people, or whoever at the centre has to do with it."""
    report = read.reports.get(int(event.subject_id))
    said = event.after or {}
    if report is None or said.get("kind") != Remark.COMMENT:
        return  # what goes with a return is told with the return
    writer = User.objects.filter(pk=event.actor_id or 0).first()
    ours = _own_side(report, read)
    if writer is None or writer.organisation_id != report.organisation_id:
        yield _about(report, ours, "remark")
        return
    assigned = getattr(report, "assignment", None)
    spoke = Remark.objects.filter(report=report).values_list("by_id", flat=True)
    others = {*spoke, *((assigned.to_id,) if assigned else ())} - ours
    deciders = read.with_(Permission.REPORT_APPROVE, report.organisation_id)
    yield _about(report, (others & deciders) or deciders, "remark", "review")


def _assigned(event: Event, read: Read) -> Iterator[Told]:
    report = read.reports.get(int(event.subject_id))
    to = User.objects.filter(username=(event.after or {}).get("to", ""))
    if report is not None:
        yield _about(report, to.values_list("pk", flat=True), "assigned", "review")


def _proposal(event: Event, read: Read) -> Iterator[Told]:
    """Those of another service than the report's who may be the second person."""
    report = read.reports.get(int(event.subject_id))
    if report is None or (event.after or {}).get("batch"):
        return  # the members of a batch are answered together
    refuses = event.action == "report.refuse_proposed"
    permission = Permission.REPORT_APPROVE if refuses else Permission.REPORT_WITHDRAW
    users = set(read.with_(permission, report.organisation_id)) - {report.author_id}
    if not report.organisation.is_centre:
        users -= set(
            User.objects.filter(organisation=report.organisation_id).values_list("pk", flat=True)
        )
    yield _about(report, users, "proposal", "review")


def _batch(event: Event, read: Read) -> Iterator[Told]:
    batch = Batch.objects.filter(pk=event.subject_id).first()
    if batch is not None:
        users = read.with_(Permission.REPORT_WITHDRAW, None)
        yield Told(users, "proposal", f"#{batch.pk}", f"batch:{batch.pk}")


def _area(event: Event, read: Read) -> Iterator[Told]:
    area = Record.objects.filter(pk=event.subject_id).first()
    if area is not None:
        users = read.with_(Permission.AREA_MOVE, area.organisation_id)
        yield Told(users, "proposal", area.local_id, f"area:{area.local_id}", area.organisation_id)


def _reminders(event: Event, read: Read) -> Iterator[Told]:
    """Each reminder is one person's; they are made twice a day and told once."""
    new = Reminder.objects.filter(made_at__lte=event.at, dismissed_at__isnull=True)
    since = event.at.replace(hour=0, minute=0, second=0, microsecond=0)
    for one in new.filter(made_at__gte=since).select_related("report", "organisation"):
        if one.report is not None:
            label = one.report.record_local_id or one.report.receipt
            place = f"report:{one.report.receipt}"
        else:
            label, place = f"{one.month_on:%m/%Y} · {one.organisation.short_name}", "home:"
        key = f"reminder:{one.pk}"
        yield Told({one.user_id}, "reminder", label, place, one.organisation_id, key)


def _file(event: Event, read: Read) -> Iterator[Told]:
    export = Export.objects.filter(pk=event.subject_id).first()
    if export is not None:
        title = TABLES[export.table].title.say(export.language)
        yield Told({export.by_id}, "file", f"{title} ({export.suffix})", "files:")


RULES: dict[str, Rule] = {
    "report.return": _own("returned"),
    "report.approve": _own("approved"),
    **dict.fromkeys(ENDED, _own("ended")),
    "report.remark": _remark,
    "report.assign": _assigned,
    "report.refuse_proposed": _proposal,
    "report.withdraw_proposed": _proposal,
    "report.revoke_proposed": _proposal,
    "batch.propose": _batch,
    "area.split_proposed": _area,
    "area.merge_proposed": _area,
    "clocks.remind": _reminders,
    "export.made": _file,
}

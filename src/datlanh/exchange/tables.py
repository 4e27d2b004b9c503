"""What can be exported, and with which columns: each kind of record, all its open answers.

Columns come from the form in force, so a question added last week is in the next file. Personal
answers are sealed in the person store and have no column here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from datlanh.accounts.scope import Scope
from datlanh.education.selectors import SESSIONS
from datlanh.hazards.rules import PUBLIC_STATES
from datlanh.hazards.selectors import AreaFilter, ReleaseFilter
from datlanh.hazards.selectors import rows as area_rows
from datlanh.hazards.selectors.work import EOD_TASKS, PROGRESS, SURVEYS
from datlanh.intake.selectors.labels import mapping_now
from datlanh.kernel.mapping import Choice, Question
from datlanh.kernel.text import Text
from datlanh.people.selectors import ACCIDENTS, ASSISTANCES, VICTIMS
from datlanh.register.listing import ListFilter, Listing
from datlanh.register.listing.queries import rows as list_rows
from datlanh.register.listing.sources import Params, Rows, Source
from datlanh.register.selectors import AsOf

Filter = AreaFilter | ReleaseFilter | ListFilter

NUMBERS = {"integer", "decimal"}
STRINGS = {"text", "id", "choice", "organisation", "team", "commune", "village"}
NUMBER = r"^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$"
KEPT = NUMBERS | STRINGS | {"date", "choices"}


@dataclass(frozen=True)
class Column:
    """One column: `kind` as a question's (`KEPT`), `sql` over t, w, x, o and u.

    `is_asked`: an answer of the form, which stands in x.
    """

    name: str
    kind: str
    label: Text
    sql: str
    unit: str = ""
    number: str = ""  # as printed on the form
    choices: tuple[Choice, ...] = ()
    is_asked: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it holds numbers."""
        return self.kind in NUMBERS


@dataclass(frozen=True)
class Table:
    """One kind of record as a file; `listing` None: areas and releases, which have their own."""

    key: str
    form: str
    title: Text
    listing: Listing | None = None

    def filter(self, query: str) -> Filter:
        """The filter that a list's address carries. UnreadableError for a date that is none."""
        said = QueryDict(query)
        if self.listing is not None:
            wanted = ListFilter.from_query(self.listing, said)
            open_ones = {c.name for c in self.columns()}
            # Nobody asks by a filter whether a personal answer was given.
            asked = {name: keys for name, keys in wanted.further.items() if name in open_ones}
            return replace(wanted, further=asked)
        return (AreaFilter if self.key == "areas" else ReleaseFilter).from_query(said)

    def rows(self, scope: Scope, wanted: Filter) -> Rows:
        """The records within the scope that pass."""
        if isinstance(wanted, ListFilter):
            return list_rows(scope, wanted)
        return area_rows(scope, wanted)

    def columns(self) -> list[Column]:
        """All columns, those every record has first."""
        own = [*_SHARED, *([_STATUS] if self.key == "areas" else [])]
        taken = {c.name for c in own}
        mapping = mapping_now(self.form)
        asked = mapping.questions if mapping else ()
        further = [c for q in asked if (c := _asked(q)) and c.name not in taken]
        seen = {c.name: c for c in further}  # an attribute asked twice is one column
        return [*own, *seen.values()]


TABLES: Mapping[str, Table] = {
    t.key: t
    for t in (
        Table("areas", "cha", Text("Khu vực ô nhiễm", "Hazardous areas")),
        Table("releases", "land_release", Text("Đất đã giải phóng", "Released land")),
        Table("surveys", "cmrs", Text("Khảo sát bom chùm", "Surveys"), SURVEYS),
        Table("eod", "eod_spot", Text("Xử lý lưu động", "EOD spot tasks"), EOD_TASKS),
        Table(
            "progress", "clearance_progress", Text("Tiến độ rà phá", "Clearance progress"), PROGRESS
        ),
        Table("education", "eore", Text("Giáo dục nguy cơ", "Risk education"), SESSIONS),
        Table("accidents", "accident", Text("Tai nạn bom mìn", "Accidents"), ACCIDENTS),
        Table("victims", "victim", Text("Nạn nhân bom mìn", "Victims"), VICTIMS),
        Table(
            "assistance",
            "victim_assistance",
            Text("Hỗ trợ nạn nhân", "Victim assistance"),
            ASSISTANCES,
        ),
    )
}

_SHARED = (
    Column("id", "id", Text("Mã hồ sơ", "Record id"), "t.local_id"),
    Column("organisation", "organisation", Text("Tổ chức", "Organisation"), "o.short_name"),
    Column("commune_code", "commune", Text("Mã xã hiện nay", "Code of today's commune"), "u.code"),
    Column(
        "commune", "commune", Text("Xã hiện nay", "Commune of today"), "u.kind || ' ' || u.name_vi"
    ),
    Column(
        "longitude",
        "decimal",
        Text("Kinh độ (WGS 84)", "Longitude (WGS 84)"),
        "round(st_x(coalesce(w.position, st_pointonsurface(w.outline)))::numeric, 6)",
        unit="°",
    ),
    Column(
        "latitude",
        "decimal",
        Text("Vĩ độ (WGS 84)", "Latitude (WGS 84)"),
        "round(st_y(coalesce(w.position, st_pointonsurface(w.outline)))::numeric, 6)",
        unit="°",
    ),
    Column(
        "measured_m2",
        "decimal",
        Text("Diện tích đo trên bản vẽ", "Area measured on the drawing"),
        "round(w.area_m2::numeric, 1)",
        unit="m²",
    ),
    Column(
        "information_date",
        "date",
        Text("Thông tin mới nhất đến ngày", "Newest information of"),
        "w.true_from",
    ),
)
_STATUS = Column(
    "public_status",
    "choice",
    Text("Tình trạng", "Status"),
    "t.public_status",
    choices=tuple(Choice(key, label) for key, label in PUBLIC_STATES.items()),
)


def _asked(question: Question) -> Column | None:
    """The column of a question that the register keeps openly; None for any other."""
    name = question.attribute
    if not name or question.is_sealed or question.kind not in KEPT:
        return None
    said = f'x."{name}"'
    if question.kind in NUMBERS:
        said = f"case when {said} ~ '{NUMBER}' then {said}::numeric end"
    elif question.kind == "choices":
        # `["a", "b"]`: keys hold none of these characters.
        said = f"translate({said}, '[]\",', '')"
    kind, label = question.kind, question.label
    choices = question.choices
    return Column(name, kind, label, said, question.unit, question.number, choices, is_asked=True)


# The values are unpacked once a row: asked for one by one, each would unpack them all again.
_JOINED = """
{rows} join register_version w on w.record_id = t.record_id and {times}
  cross join lateral jsonb_to_record(w.values) as x({said})
  left join organisations_organisation o on o.id = t.organisation_id
  left join places_adminunit u on u.id = t.commune_id
"""
_NOW = "w.known_to is null and w.true_to is null"
_THEN = """w.true_from <= %(on)s and (w.true_to is null or w.true_to > %(on)s)
  and w.known_from <= %(known)s and (w.known_to is null or w.known_to > %(known)s)"""


def joined(table: Table, scope: Scope, wanted: Filter, moment: AsOf) -> Rows:
    """The records with what each says (w, and x: its answers), whose it is (o), its commune (u)."""
    found = table.rows(scope, wanted)
    times = _THEN if wanted.is_past else _NOW
    said_ = ", ".join(f'"{c.name}" text' for c in table.columns() if c.is_asked) or '"_" text'
    more: Params = {"on": moment.on, "known": moment.known} if wanted.is_past else {}
    source = Source(
        found.source.clauses,
        _JOINED.format(rows=found.source.rows, times=times, said=said_),
        found.source.params | more,
    )
    return Rows(source, found.where, found.params | more)


def said(column: Column, key: Any, language: str) -> Any:
    """A value in words where it is the key of a choice; several are joined."""
    if not column.choices or not isinstance(key, str):
        return key
    labels = {c.key: c.label.say(language) for c in column.choices}
    if column.kind == "choices":
        return ", ".join(labels.get(k, k) for k in key.split())
    return labels.get(key, key)


def dictionary(columns: list[Column]) -> Iterator[tuple[str, ...]]:
    """What each column is, in both languages; the first row names the columns of this itself."""
    yield "column", "nhãn", "label", "kind", "unit", "question", "options"
    for c in columns:
        options = "; ".join(f"{o.key} = {o.label.vi} / {o.label.en}" for o in c.choices)
        yield c.name, c.label.vi, c.label.en, c.kind, c.unit, c.number, options

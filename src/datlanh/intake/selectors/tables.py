"""The lists of a record: ordnance found, evidence points, pockets nobody could clear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shapely import from_wkb

from datlanh.intake.selectors.saying import Names, degrees, said_value
from datlanh.intake.selectors.standing import BoundReport
from datlanh.intake.selectors.values import metres
from datlanh.kernel import geometry
from datlanh.kernel.mapping import Question, Repeat
from datlanh.kernel.text import Text
from datlanh.ordnance.models import Ordnance
from datlanh.register.models import Row, Version
from datlanh.register.selectors import rows_known

ITEMS = "ordnance_items"
SMALL_ARMS = "small_arms"
PLACE = Text("Vị trí", "Position")
NO_NAMES = Names()
DRAWN = {"survey_boxes"}  # hundreds of rows that a map and their counts tell better


@dataclass(frozen=True)
class TableRow:
    """One row with the report it belongs to; `at` is "lon,lat" for the map."""

    cells: tuple[Text | None, ...]
    source: BoundReport | None
    at: str = ""
    quantity: int = 1
    is_small_arms: bool = False


@dataclass(frozen=True)
class RecordTable:
    """One list of the record with the columns that any row answers."""

    key: str
    label: Text
    columns: tuple[Text, ...]
    rows: tuple[TableRow, ...]

    @property
    def sources(self) -> list[BoundReport]:
        """The reports its rows belong to."""
        return list({r.source.report.pk: r.source for r in self.rows if r.source}.values())

    @property
    def small_arms(self) -> int:
        """Pieces of small arms ammunition, which no total of ordnance counts."""
        return sum(r.quantity for r in self.rows if r.is_small_arms)

    @property
    def ordnance(self) -> int:
        """Pieces of ordnance without them."""
        return self.pieces - self.small_arms

    @property
    def pieces(self) -> int:
        """Pieces of ordnance; of any other list, rows."""
        return sum(r.quantity for r in self.rows)


def record_tables(
    version: Version, bound: Mapping[int, BoundReport], known: int
) -> list[RecordTable]:
    """The lists that stand in a version as known after a decision, each row with its report."""
    wanted = {name: ids for name, ids in version.lists.items() if ids and name not in DRAWN}
    ids = {i for found in wanted.values() for i in found}
    kept = rows_known(known).filter(report_id__in=ids).order_by("report_id", "number")
    rows = [r for r in kept if r.report_id in wanted.get(r.list, ())]
    models = {r.values.get("model") for r in rows} - {None}
    names = {
        key: Text(vi, en)
        for key, vi, en in Ordnance.objects.filter(key__in=models).values_list(
            "key", "name_vi", "name_en"
        )
    }
    tables = []
    for name in wanted:
        own = [r for r in rows if r.list == name]
        repeat = _repeat(name, own, bound)
        if repeat is not None:
            tables.append(_table(name, repeat, own, bound, names))
    return tables


def _repeat(name: str, rows: list[Row], bound: Mapping[int, BoundReport]) -> Repeat | None:
    """The list as the newest report that fills it declares it."""
    for row in reversed(rows):
        source = bound.get(row.report_id)
        if source is not None and (mapping := source.mapping) is not None:
            return next((r for r in mapping.repeats if r.list == name), None)
    return None


def _table(
    name: str,
    repeat: Repeat,
    rows: list[Row],
    bound: Mapping[int, BoundReport],
    models: Mapping[str, Text],
) -> RecordTable:
    asked = [
        q
        for q in repeat.questions
        if q.attribute
        and q.kind not in {"point", "polygon", "file"}
        and any(r.values.get(q.attribute) not in (None, "") for r in rows)
    ]
    has_shape = any(r.shape is not None for r in rows)
    made = [
        TableRow(
            cells=(
                *(_cell(q, r, models) for q in asked),
                *([_place(r)] if has_shape else []),
            ),
            source=bound.get(r.report_id),
            at=_at(r),
            quantity=max(int(r.values.get("quantity") or 1), 1) if name == ITEMS else 1,
            is_small_arms=name == ITEMS and r.values.get("category") == SMALL_ARMS,
        )
        for r in rows
    ]
    columns = (*(q.label for q in asked), *([PLACE] if has_shape else []))
    return RecordTable(name, repeat.label, columns, tuple(made))


def _cell(question: Question, row: Row, models: Mapping[str, Text]) -> Text | None:
    value = row.values.get(question.attribute or "")
    if value in (None, "", []):
        return None
    if question.attribute == "model" and value in models:
        return models[value]
    return said_value(question, value, NO_NAMES)


def _place(row: Row) -> Text | None:
    shape = row.shape
    if shape is None:
        return None
    if shape.geom_type == "Point":
        words = degrees([shape.x, shape.y])
        return Text(words, words)
    return metres(geometry.area_m2(from_wkb(bytes(shape.wkb))))


def _at(row: Row) -> str:
    if row.shape is None:
        return ""
    middle = row.shape.centroid
    return f"{middle.x:.6f},{middle.y:.6f}"

"""What changed between two versions of a form: questions, choices, mapping. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from datlanh.intake.form_faces import Face, Item
from datlanh.kernel.text import Text

ADDED, REMOVED, MOVED, CHANGED = "added", "removed", "moved", "changed"
MAPPING = "register::"
OF_MAPPING = ("datlanh::record_kind", "datlanh::id_question", "datlanh::prefixes")

WORDS = {
    "label": Text("nhãn", "label"),
    "hint": Text("gợi ý", "hint"),
    "type": Text("loại", "type"),
    "required": Text("bắt buộc", "required"),
    "required_message": Text("lời nhắc bắt buộc", "message when missing"),
    "constraint": Text("ràng buộc", "constraint"),
    "constraint_message": Text("lời nhắc ràng buộc", "message of the constraint"),
    "relevant": Text("điều kiện hiện", "relevance"),
    "choice_filter": Text("lọc lựa chọn", "choice filter"),
    "calculation": Text("công thức", "calculation"),
    "default": Text("giá trị sẵn có", "default"),
    "appearance": Text("cách hiện", "appearance"),
    "parameters": Text("tham số", "parameters"),
    "inside": Text("nằm trong nhóm", "stands in"),
    "register::attribute": Text("thuộc tính", "attribute"),
    "register::group": Text("nhóm gộp", "group"),
    "register::date": Text("ngày thông tin", "date of information"),
    "register::kind": Text("kiểu trong sổ", "kind"),
    "register::list": Text("danh sách", "list"),
    "register::mode": Text("cách gộp danh sách", "mode"),
    "register::person": Text("nhóm thông tin cá nhân", "person bundle"),
    "datlanh::number": Text("số mục", "number"),
    "datlanh::section": Text("phần", "section"),
    "datlanh::unit": Text("đơn vị", "unit"),
    "datlanh::required": Text("cần có", "wanted"),
    "datlanh::record_kind": Text("loại hồ sơ", "kind of record"),
    "datlanh::id_question": Text("câu hỏi mã", "id question"),
    "datlanh::prefixes": Text("tiền tố mã", "prefixes of the id"),
    "datlanh::date": Text("ngày của báo cáo", "date of the report"),
    "datlanh::clear_question": Text("câu hỏi xoá thông tin", "clearing question"),
    "datlanh::title_vi": Text("tên tiếng Việt", "Vietnamese title"),
    "datlanh::title_en": Text("tên tiếng Anh", "English title"),
}
TONGUES = {"vi": Text("tiếng Việt", "Vietnamese"), "en": Text("tiếng Anh", "English")}


@dataclass(frozen=True)
class Field:
    """One cell that says something else; "" where there was or is nothing."""

    header: str
    old: str
    new: str

    @property
    def word(self) -> Text:
        """What the cell is called."""
        stem, _colons, tongue = self.header.partition("::")
        plain = WORDS.get(self.header) or WORDS.get(stem)
        if plain is None:
            return Text(self.header, self.header)
        code = tongue[-3:-1] if tongue.endswith(")") else ""
        if code not in TONGUES:
            return plain
        return Text(f"{plain.vi} ({TONGUES[code].vi})", f"{plain.en} ({TONGUES[code].en})")

    @property
    def is_mapping(self) -> bool:
        """Whether it changes what an answer becomes in the register."""
        return self.header.startswith(MAPPING) or self.header in OF_MAPPING


@dataclass(frozen=True)
class ItemChange:
    """A question, group or repeat that came, went, moved or says something else."""

    key: str
    kinds: tuple[str, ...]  # of ADDED, REMOVED, MOVED, CHANGED
    old: Item | None
    new: Item | None
    fields: tuple[Field, ...] = ()

    @property
    def item(self) -> Item:
        """As it is, or as it was last."""
        found = self.new or self.old
        assert found is not None  # noqa: S101  # one of the two is always there
        return found

    @property
    def asked(self) -> tuple[Field, ...]:
        """What changed for whoever answers."""
        return tuple(f for f in self.fields if not f.is_mapping)

    @property
    def mapped(self) -> tuple[Field, ...]:
        """What changed for the register; of an item that came or went, all it says there."""
        return tuple(f for f in self.fields if f.is_mapping)


@dataclass(frozen=True)
class ChoiceChange:
    """A choice that came, went or is called otherwise; `questions` ask from its list."""

    list: str
    key: str
    kind: str  # ADDED, REMOVED, CHANGED
    old: Text | None
    new: Text | None
    questions: tuple[str, ...]

    @property
    def id(self) -> str:
        """Its name among all changes."""
        return f"{self.list}:{self.key}"


@dataclass(frozen=True)
class Changes:
    """All that differs between two versions."""

    settings: tuple[Field, ...]
    items: tuple[ItemChange, ...]
    choices: tuple[ChoiceChange, ...]

    @property
    def questions(self) -> list[ItemChange]:
        """Items that came, went, moved, or ask otherwise."""
        return [i for i in self.items if i.asked or set(i.kinds) - {CHANGED}]

    @property
    def mapping(self) -> list[ItemChange]:
        """Items that become something else in the register."""
        return [i for i in self.items if i.mapped]

    @property
    def nothing(self) -> bool:
        """Whether the two are alike."""
        return not (self.settings or self.items or self.choices)

    def counted(self) -> dict[str, int]:
        """How many of each kind, for a line above the tables."""
        kinds = [k for i in self.items for k in i.kinds]
        return {k: kinds.count(k) for k in (ADDED, REMOVED, MOVED, CHANGED)}


def compare(old: Face, new: Face) -> Changes:
    """Everything that differs from `old` to `new`, in the order of the new form."""
    moved = _moved(list(old.items), list(new.items))
    keys = [*new.items, *(k for k in old.items if k not in new.items)]
    changes = (_item(k, old.items.get(k), new.items.get(k), k in moved) for k in keys)
    settings = _fields(_settings(old), _settings(new))
    return Changes(
        tuple(settings), tuple(c for c in changes if c is not None), tuple(_choices(old, new))
    )


def _settings(face: Face) -> dict[str, str]:
    return {k: v for k, v in face.settings.items() if k != "version"}


def _item(key: str, old: Item | None, new: Item | None, is_moved: bool) -> ItemChange | None:
    fields = tuple(_fields(_said(old), _said(new)))
    if old is None or new is None:
        return ItemChange(key, (ADDED if old is None else REMOVED,), old, new, fields)
    kinds = []
    if is_moved or old.inside != new.inside:
        kinds.append(MOVED)
    if any(f.header != "inside" for f in fields):
        kinds.append(CHANGED)
    return ItemChange(key, tuple(kinds), old, new, fields) if kinds else None


def _said(item: Item | None) -> dict[str, str]:
    if item is None:
        return {}
    label = {"label::Tiếng Việt (vi)": item.label.vi, "label::English (en)": item.label.en}
    inside = " / ".join(item.inside)
    return {"type": item.type, **label, **item.cells, "inside": inside}


def _fields(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Field]:
    for header in dict.fromkeys((*new, *old)):
        before, after = old.get(header, ""), new.get(header, "")
        if before != after:
            yield Field(header, before, after)


def _moved(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """The fewest keys to move so that what both have stands in the new order."""
    place = {key: i for i, key in enumerate(old)}
    common = [key for key in new if key in place]
    tails: list[int] = []  # of increasing runs, by length
    ends: list[int] = []
    before: list[int] = []
    for i, key in enumerate(common):
        at = bisect_left(tails, place[key])
        tails[at:], kept = [place[key], *tails[at + 1 :]], ends[at - 1] if at else -1
        ends[at:] = [i, *ends[at + 1 :]]
        before.append(kept)
    stays, i = set[str](), ends[-1] if ends else -1
    while i >= 0:
        stays.add(common[i])
        i = before[i]
    return set(common) - stays


def _choices(old: Face, new: Face) -> Iterator[ChoiceChange]:
    for name in dict.fromkeys((*new.choices, *old.choices)):
        had, has = old.choices.get(name, {}), new.choices.get(name, {})
        asking = tuple(
            dict.fromkeys(
                i.key for f in (new, old) for i in f.items.values() if i.list_name == name
            )
        )
        for key in dict.fromkeys((*has, *had)):
            before, after = had.get(key), has.get(key)
            if before != after:
                kind = ADDED if before is None else REMOVED if after is None else CHANGED
                yield ChoiceChange(name, key, kind, before, after, asking)

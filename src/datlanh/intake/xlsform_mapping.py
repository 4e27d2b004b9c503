"""From the rows of an XLSForm to sections, questions and repeats with their register places."""

from __future__ import annotations

from dataclasses import dataclass, field

from datlanh.intake import xlsform_texts as say
from datlanh.intake.workbook import Row, Sheet
from datlanh.intake.xlsform_persons import bundle_problems, told_by_sealed
from datlanh.kernel.mapping import KINDS, Choice, Question, Repeat, Section
from datlanh.kernel.text import Text

LANGUAGES = {"vi": Text("tiếng Việt", "Vietnamese"), "en": Text("tiếng Anh", "English")}
MODES = ("replace", "combine")

# XLSForm type → the kinds it may be; the first is what it is when the workbook is silent.
KINDS_OF_TYPE = {
    "text": ("text", "id", "organisation", "team", "person", "village", "commune"),
    "integer": ("integer",),
    "decimal": ("decimal",),
    "date": ("date",),
    "dateTime": ("date",),
    "datetime": ("date",),
    "select_one": ("choice", "organisation", "team", "person", "commune", "village"),
    "select_multiple": ("choices",),
    "select_one_from_file": ("choice", "commune", "village", "organisation", "team"),
    "geopoint": ("point",),
    "geoshape": ("polygon",),
    "image": ("file",),
    "file": ("file",),
    "audio": ("file",),
    "video": ("file",),
    "note": ("note",),
}
# Filled in by the device or computed; kept in the payload, no question to anyone.
SILENT = frozenset(
    ("calculate", "hidden", "start", "end", "today", "deviceid", "username", "phonenumber")
)


@dataclass
class Survey:
    """What was read so far, with everything found wrong."""

    date: str = ""
    sections: list[Section] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    repeats: list[Repeat] = field(default_factory=list)
    problems: list[Text] = field(default_factory=list)


@dataclass
class _Level:
    """An open group or repeat and what its rows inherit."""

    kind: str  # "group" or "repeat"
    section: str
    date: str
    row: Row
    questions: list[Question] = field(default_factory=list)


def read_survey(sheets: dict[str, Sheet], settings: Row) -> Survey:
    """Sections, questions and repeats; what is wrong stands in `problems`."""
    reader = _Reader(sheets, settings.get("datlanh::date", ""))
    for number, row in sheets["survey"].rows:
        reader.take(number, row)
    reader.finish(settings)
    return reader.survey


class _Reader:
    """Walks the survey sheet once, top to bottom."""

    def __init__(self, sheets: dict[str, Sheet], date: str) -> None:
        self.survey = Survey(date=date)
        self._lists = self._choices(sheets["choices"])
        self._levels = [_Level("form", "", date, {})]
        self._names: set[str] = set()

    def take(self, number: int, row: Row) -> None:
        """Read one row."""
        self._check_pairs(number, row)
        words = row.get("type", "").replace("_group", " group").replace("_repeat", " repeat")
        match words.split():
            case ["begin", "group" | "repeat" as kind]:
                self._begin(number, row, kind)
            case ["end", "group" | "repeat" as kind]:
                self._end(kind)
            case [word, *_] if word in SILENT:
                pass
            case [word, *rest]:
                self._question(number, row, word, rest[0] if rest else "")
            case _:
                self._wrong(say.TYPE_UNKNOWN.bind(row=str(number), type=""))

    def finish(self, settings: Row) -> None:
        """Check what only the whole form can tell."""
        if len(self._levels) != 1:
            self._wrong(say.UNBALANCED)
        questions = {q.key: q for q in self.survey.questions}
        dates = {k for k, q in questions.items() if q.kind == "date"}
        dated = [(q.key, q.date) for q in self.survey.questions]
        dated += [(r.key, r.date) for r in self.survey.repeats]
        for name, date in [("datlanh::date", self.survey.date), *dated]:
            if date not in dates:
                self._wrong(say.DATE_UNKNOWN.bind(name=name, date=date or ""))
        identity = settings["datlanh::id_question"]
        if identity not in questions or questions[identity].kind != "id":
            self._wrong(say.ID_UNKNOWN.bind(name=identity))
        clear = settings.get("datlanh::clear_question")
        self.survey.problems += told_by_sealed(self.survey, (identity, clear))
        if clear:
            self._check_clearing(clear, questions.get(clear))

    def _check_clearing(self, name: str, question: Question | None) -> None:
        known = {q.attribute for q in self.survey.questions}
        known |= {q.group for q in self.survey.questions} | {r.list for r in self.survey.repeats}
        # Named by what asks for it, a thing can be emptied whatever it is called in the register.
        known |= {q.key for q in self.survey.questions if q.attribute}
        known |= {r.key for r in self.survey.repeats if r.list}
        offered = {c.key for c in question.choices} if question else {name}
        if unknown := sorted(offered - known):
            self._wrong(say.CLEAR_UNKNOWN.bind(name=name, keys=", ".join(unknown)))

    def _wrong(self, text: Text) -> None:
        self.survey.problems.append(text)

    def _check_pairs(self, number: int, row: Row) -> None:
        """Hints, messages and group labels may be absent, but not in one language only."""
        for stem in ("label", "hint", "constraint_message", "required_message"):
            said = {v: _spoken(row, stem, v) for v in LANGUAGES}
            for language, text in said.items():
                if any(said.values()) and not text:
                    self._no_label("survey", number, row, language)

    def _no_label(self, sheet: str, number: int, row: Row, language: str) -> None:
        name, tongue = row.get("name", ""), LANGUAGES[language]
        self._wrong(say.LABEL_MISSING.bind(sheet=sheet, row=str(number), name=name, tongue=tongue))

    def _choices(self, sheet: Sheet) -> dict[str, tuple[Choice, ...]]:
        lists: dict[str, list[Choice]] = {}
        for number, row in sheet.rows:
            label = self._label("choices", number, row)
            lists.setdefault(row.get("list_name", ""), []).append(
                Choice(row.get("name", ""), label)
            )
        return {name: tuple(choices) for name, choices in lists.items()}

    def _label(self, sheet: str, number: int, row: Row) -> Text:
        said = {language: _spoken(row, "label", language) for language in LANGUAGES}
        for language, text in said.items():
            if not text:
                self._no_label(sheet, number, row, language)
        return Text(said["vi"], said["en"])

    def _begin(self, number: int, row: Row, kind: str) -> None:
        outer = self._levels[-1]
        key = self._name(number, row)
        if kind == "repeat" and outer.kind.startswith("repeat"):
            self._wrong(say.REPEAT_IN_REPEAT.bind(row=str(number)))
        section = row.get("datlanh::section", outer.section)
        if "datlanh::section" in row:
            label = self._label("survey", number, row)
            self.survey.sections.append(Section(section, label, row.get("datlanh::number", "")))
        level = _Level(kind, section, row.get("register::date", outer.date), row)
        if kind == "repeat":
            self.survey.repeats.append(self._repeat(number, key, level))
        elif outer.kind.startswith("repeat"):  # a group inside a repeat only lays out its rows
            level.kind, level.questions = "repeat group", outer.questions
        self._levels.append(level)

    def _repeat(self, number: int, key: str, level: _Level) -> Repeat:
        mode = level.row.get("register::mode", "replace")
        if mode not in MODES:
            self._wrong(say.MODE_UNKNOWN.bind(row=str(number), mode=mode))
        return Repeat(
            key=key,
            label=self._label("survey", number, level.row),
            list=level.row.get("register::list"),
            mode=mode,
            date=level.date,
            questions=(),
            section=level.section,
            number=level.row.get("datlanh::number", ""),
        )

    def _end(self, kind: str) -> None:
        if len(self._levels) == 1 or not self._levels[-1].kind.endswith(kind):
            self._wrong(say.UNBALANCED)
            return
        level = self._levels.pop()
        if level.kind == "repeat":
            last = self.survey.repeats[-1]
            self.survey.repeats[-1] = Repeat(**{**vars(last), "questions": tuple(level.questions)})

    def _name(self, number: int, row: Row) -> str:
        name = row.get("name", "")
        inside = self._levels[-1]
        taken = (
            {q.key for q in inside.questions} if inside.kind.startswith("repeat") else self._names
        )
        if not name:
            self._wrong(say.NAME_MISSING.bind(row=str(number)))
        elif name in taken:
            self._wrong(say.NAME_TWICE.bind(row=str(number), name=name))
        elif taken is self._names:
            taken.add(name)
        return name

    def _question(self, number: int, row: Row, word: str, list_name: str) -> None:
        if word not in KINDS_OF_TYPE:
            self._wrong(say.TYPE_UNKNOWN.bind(row=str(number), type=word))
            return
        level = self._levels[-1]
        question = Question(
            key=self._name(number, row),
            kind=self._kind(number, row, word),
            label=self._label("survey", number, row),
            section=level.section,
            number=row.get("datlanh::number", ""),
            attribute=row.get("register::attribute"),
            group=row.get("register::group"),
            date=row.get("register::date", level.date),
            required="yes" in (row.get("required"), row.get("datlanh::required")),
            unit=row.get("datlanh::unit", ""),
            choices=self._options(number, word, list_name),
            person=row.get("register::person"),
        )
        inside = level.kind.startswith("repeat")
        self.survey.problems += bundle_problems(number, question, in_repeat=inside)
        siblings = level.questions if inside else self.survey.questions
        if question.attribute and question.attribute in {q.attribute for q in siblings}:
            self._wrong(say.ATTRIBUTE_TWICE.bind(row=str(number), attribute=question.attribute))
        siblings.append(question)

    def _kind(self, number: int, row: Row, word: str) -> str:
        allowed = KINDS_OF_TYPE[word]
        kind = row.get("register::kind", allowed[0])
        if kind not in KINDS:
            kinds = ", ".join(KINDS)
            self._wrong(say.KIND_UNKNOWN.bind(row=str(number), kind=kind, kinds=kinds))
        elif kind not in allowed:
            self._wrong(say.KIND_MISFIT.bind(row=str(number), type=word, kind=kind))
        return kind

    def _options(self, number: int, word: str, list_name: str) -> tuple[Choice, ...]:
        if word not in ("select_one", "select_multiple"):
            return ()
        if list_name not in self._lists:
            self._wrong(say.LIST_MISSING.bind(row=str(number), list=list_name))
        return self._lists.get(list_name, ())


def _spoken(row: Row, stem: str, language: str) -> str:
    """The cell of a translated column: `label::Tiếng Việt (vi)` for ("label", "vi")."""
    ends = f"({language})"
    found = (v for h, v in row.items() if h.startswith(f"{stem}::") and h.endswith(ends))
    return next(found, "")

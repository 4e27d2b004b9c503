"""Write docs/rules.md, docs/workflows.md and docs/minimum-data.md from what the code runs.

After changing a rule, a step or a workbook in forms/ run

    var/venv/bin/python tools/domain_docs.py

`tests/architecture/test_docs.py` fails while the pages say something else than the code.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datlanh.accounts.roles import ROLES
from datlanh.hazards.implied import LEADS, REST_SHARE
from datlanh.hazards.rules import (
    PUBLIC_STATES,
    STATE_REPORTED,
    TASK_COUNTS,
    effective_status,
    public_status,
)
from datlanh.hazards.workflow import LIFE, AreaStep
from datlanh.intake.form_faces import Item, face_of
from datlanh.intake.minimum_data import STATES, Found, Part, counts_of, held_against
from datlanh.intake.minimum_data_rows import TOPICS
from datlanh.intake.workflow import HOLDING, LINKING, REVIEW, Step
from datlanh.intake.xlsform import read_form
from datlanh.kernel.checks import RULES
from datlanh.kernel.checks.nightly import GROUP_OF, GROUPS, NIGHTLY
from datlanh.kernel.checks.parts import ALL
from datlanh.kernel.checks.thresholds import THRESHOLDS
from datlanh.kernel.mapping import FormMapping, Question, Repeat
from datlanh.kernel.rules import Rule
from datlanh.kernel.text import Text
from datlanh.kernel.workflow import Transition, Workflow

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
FORMS = sorted((ROOT / "forms").glob("*.xlsx"))
SEVERITIES = {
    "block": "blocks approval",
    "warn": "asks a person to look",
    "info": "tells",
}

RULES_HEAD = """# Check rules

Every report passes these {count} rules, whether it came from a phone, a web page or a file. A
rule of severity **block** stops approval, **warn** asks a person to look, **info** tells. Some
rules grade their findings themselves; the severity below is the usual one. The database unit may
give a rule another severity on each form, or switch it off, with its reason; rules marked
**fixed** keep theirs, because without them a report cannot be read or bound. The rules stand in
[`kernel/checks`](../src/datlanh/kernel/checks/__init__.py); what a rule is made of is said in
[`kernel/rules.py`](../src/datlanh/kernel/rules.py).

*This page is written by [`tools/domain_docs.py`](../tools/domain_docs.py). Change the rule, then
run it.*
"""

SETTINGS_HEAD = """
## Thresholds

The database unit may change each of these without a new version of the program; every change is
kept with its date, author and reason (`intake.models.Setting`), and each report says under which
settings it was checked.

| Name | Ngưỡng | Meaning | Default |
|---|---|---|---:|
"""

NIGHTLY_HEAD = """
## Every night, over the whole register ({count})

`datlanh checks nightly`, and a job at one o'clock at night, look for what no single report can
show. What is found about a record is kept with the day it was first and last seen and the day it
was gone; operators and centre work it off on the page *Quality*. Names of victims stand in the
person store and are not compared.

| Rule | Search | Quy tắc | Meaning | Thresholds | Source |
|---|---|---|---|---|---|
"""

MINIMUM_HEAD = """# Minimum data

What an information management system of mine action must hold at least, as the GICHD drafted it
for IMAS 05.10, in our words; which question of our forms answers it; and what is missing. The list
stands in [`intake/minimum_data_rows.py`](../src/datlanh/intake/minimum_data_rows.py). The page
*Forms*, *Minimum data* shows the same for the versions in force, and a proposed version that drops
one of these questions is warned about.

**Partly**: some of it is asked for, or not everywhere. **Sealed**: kept apart in the person store.

*This page is written by [`tools/domain_docs.py`](../tools/domain_docs.py) from the list and the
workbooks in `forms/`. Change these, then run it.*

## Counts

| Về | About | Met | Partly | Missing |
|---|---|---:|---:|---:|
"""

QUESTIONS_HEAD = """
# Every question of the forms

In the order of the workbooks. *No.* is the number printed on the centre's paper form, of the
question or the group it stands in; form 8 prints some twice, and what the paper does not number
has none. *Dated by* is the question that says of when the answer is. An answer without attribute
is kept in the report and not folded into the record.
"""

WORKFLOWS_HEAD = """# Workflows

One table in the code ([`intake/workflow.py`](../src/datlanh/intake/workflow.py)) holds the states
of a report, the steps between them and the conditions of each, and the same for two records that
are linked. From it come the buttons on the pages, the refusals, the database's own list of states
and this page.

*This page is written by [`tools/domain_docs.py`](../tools/domain_docs.py). Change the workflow,
then run it.*
"""
DIAGRAM_HEAD = """
## {title} (`{name}`)

```mermaid
stateDiagram-v2
"""


@dataclass(frozen=True)
class _Report:
    """A report for which every guard has something to refuse."""

    author_id: int = 1
    organisation_id: int = 1
    blocks: int = 1
    approved_once: bool = True
    authors: frozenset[int] = frozenset({1})
    organisations: frozenset[int] = frozenset({1})
    both_count: bool = False


REFUSED = Step(actor_id=1, actor_organisation_id=1)
TODAY = dt.date(2026, 1, 1)


@dataclass(frozen=True)
class _Area:
    """An area for which every guard has something to refuse."""

    organisations: frozenset[int] = frozenset({1})
    last_on: dt.date | None = None
    known_since: dt.date | None = None
    completed: bool = False
    released: bool = True
    is_live: bool = False


TOMORROW = TODAY + dt.timedelta(1)
# Title, workflow, a subject, and steps with it of which every guard refuses one.
WORKFLOWS: tuple[tuple[str, Workflow, Any, tuple[Any, ...]], ...] = (
    ("Review of a report", REVIEW, _Report(), (REFUSED,)),
    ("Two records and a link", LINKING, _Report(), (REFUSED,)),
    ("What a phone that is shut out sends", HOLDING, _Report(), (REFUSED,)),
    (
        "Life of a hazardous area",
        LIFE,
        _Area(),
        (AreaStep(1, TOMORROW, TODAY), AreaStep(1, TOMORROW, TODAY, cause="accident")),
    ),
)

IMPLIED_HEAD = """
### What reports imply

A report moves no area by itself. What it tells of the work is offered with its approval, as the
steps that lead there from where the area stands
([`hazards/implied.py`](../src/datlanh/hazards/implied.py)): a month of progress tells that work
goes on, a suspension that it stands still, a completion that it is done where at most {rest} % of
the area have no completed release, and that it goes on elsewhere.

| Stands in | Told | Steps |
|---|---|---|
"""

PUBLIC_HEAD = """
### Public status

Derived from the state, and from nothing else: *closed* is only what was handed over, or turned out
not to be hazardous.

| State | Tình trạng công bố | Public status |
|---|---|---|
"""

EFFECTIVE_HEAD = """
### Beside it: IMSMA's effective status

What IMSMA publishes is the status of the task where it says something, else that of the land, and
a completed task closes land. It is shown on the page of an area for comparison and counts nowhere.
The land's status is the one that its newest report names, the task's the one of the newest release
or progress about it. Every case:

| Land | Task | Effective |
|---|---|---|
"""


def cell(text: str) -> str:
    """Text for a table: no bar and no line break."""
    return " ".join(text.replace("|", "\\|").split())


def rules_page() -> str:
    """docs/rules.md as it must be."""
    parts = [RULES_HEAD.format(count=len(RULES))]
    for severity, meaning in SEVERITIES.items():
        found = [r for r in RULES if r.severity == severity]
        parts.append(f"\n## {severity.capitalize()}: {meaning} ({len(found)})\n\n")
        parts.append("| Rule | Quy tắc | Meaning | Forms | Thresholds | Source |\n")
        parts.append("|---|---|---|---|---|---|\n")
        parts += [_rule(r) for r in found]
    parts.append(SETTINGS_HEAD)
    parts += [
        f"| `{t.name}` | {t.word.vi} | {t.word.en} | {t.default:.10g} |\n"
        for t in sorted(THRESHOLDS, key=lambda t: t.name)
    ]
    parts += _nightly()
    return "".join(parts)


def _nightly() -> Iterator[str]:
    yield NIGHTLY_HEAD.format(count=len(NIGHTLY))
    for rule in NIGHTLY:
        settings = ", ".join(f"`{name}`" for name in rule.settings)
        group, title = GROUPS[GROUP_OF[rule.key]].en, rule.title
        cells = (f"`{rule.key}`", group, title.vi, title.en, settings, rule.source)
        yield "| " + " | ".join(cell(c) for c in cells) + " |\n"


def _rule(rule: Rule) -> str:
    forms = "all" if rule.forms == ALL else ", ".join(f"`{f}`" for f in sorted(rule.forms))
    key = f"`{rule.key}`" + (" **fixed**" if rule.fixed else "")
    settings = ", ".join(f"`{name}`" for name in rule.settings)
    cells = (key, rule.title.vi, rule.title.en, forms, settings, rule.source)
    return "| " + " | ".join(cell(c) for c in cells) + " |\n"


def workflows_page() -> str:
    """docs/workflows.md as it must be."""
    parts = [WORKFLOWS_HEAD]
    for title, workflow, subject, steps in WORKFLOWS:
        parts.append(DIAGRAM_HEAD.format(title=title, name=workflow.name))
        parts += [*_diagram(workflow), "```\n", *_states(workflow), *_steps(workflow)]
        parts += _guards(workflow, subject, steps)
    return "".join([*parts, *_implied(), *_statuses()])


def _implied() -> Iterator[str]:
    yield IMPLIED_HEAD.format(rest=round(REST_SHARE * 100))
    for (state, told), steps in LEADS.items():
        yield f"| `{state}` | `{told}` | {', '.join(f'`{s}`' for s in steps)} |\n"


def _statuses() -> Iterator[str]:
    yield PUBLIC_HEAD
    for state in LIFE.states:
        public = PUBLIC_STATES[public_status(state.key)]
        yield f"| `{state.key}` ({state.label.en}) | {public.vi} | {public.en} |\n"
    yield EFFECTIVE_HEAD
    for land in STATE_REPORTED:
        for task in ("", *TASK_COUNTS):
            public = PUBLIC_STATES[effective_status(land, task)]
            yield f"| {land} | {task or '–'} | {public.en} |\n"


def _diagram(workflow: Workflow) -> Iterator[str]:
    yield f"    [*] --> {workflow.initial}\n"
    for t in workflow.transitions:
        yield from (f"    {source} --> {t.target}: {t.name}\n" for source in sorted(t.sources))
    yield from (f"    {s.key} --> [*]\n" for s in workflow.states if s.final)


def _states(workflow: Workflow) -> Iterator[str]:
    yield "\n### States\n\n| State | Trạng thái | Meaning | Final |\n|---|---|---|---|\n"
    for s in workflow.states:
        yield f"| `{s.key}` | {s.label.vi} | {s.label.en} | {'yes' if s.final else ''} |\n"


def _steps(workflow: Workflow) -> Iterator[str]:
    yield "\n### Steps\n\n| Step | Bước | From → to | Permission | Roles | Conditions |\n"
    yield "|---|---|---|---|---|---|\n"
    for t in workflow.transitions:
        yield "| " + " | ".join(_step(t)) + " |\n"


def _step(t: Transition) -> tuple[str, ...]:
    holders = [r.label.en for r in ROLES if t.permission in r.permissions]
    guards = [f"`{g.__name__}`" for g in t.guards]
    return (
        f"`{t.name}` ({t.label.en})",
        t.label.vi,
        f"{', '.join(sorted(t.sources))} → {t.target}",
        f"`{t.permission}`",
        ", ".join(holders),
        ", ".join(guards) + (" (two persons)" if t.two_persons else ""),
    )


def _guards(workflow: Workflow, subject: Any, steps: tuple[Any, ...]) -> Iterator[str]:
    yield "\n### Conditions\n\nWhat a person reads when the condition does not hold.\n\n"
    yield "| Condition | Lời từ chối | Refusal |\n|---|---|---|\n"
    seen = {g.__name__: g for t in workflow.transitions for g in t.guards}
    for name, guard in seen.items():
        text: Text | None = next((said for s in steps if (said := guard(subject, s))), None)
        if text is None:
            raise ValueError(f"{name} refuses nothing here: teach this page how to make it refuse")
        yield f"| `{name}` | {cell(text.vi)} | {cell(text.en)} |\n"


def minimum_page() -> str:
    """docs/minimum-data.md as it must be."""
    mappings = {path.stem: read_form(path).mapping for path in FORMS}
    parts = held_against(TOPICS, mappings)
    lines = [MINIMUM_HEAD, *(_counted(p.topic.word, p.counts) for p in parts)]
    total = counts_of([line for part in parts for line in part.lines])
    lines += [_counted(Text("Tổng", "Together"), total), *(_part(p) for p in parts)]
    lines.append(QUESTIONS_HEAD)
    lines += [_form(path, mappings[path.stem]) for path in FORMS]
    return "".join(lines)


def _counted(word: Text, counts: dict[str, int]) -> str:
    return f"| {word.vi} | {word.en} | " + " | ".join(str(counts[s]) for s in STATES) + " |\n"


def _part(part: Part) -> str:
    head = f"\n## {part.topic.word.en} ({part.topic.word.vi})\n\n"
    head += (
        "| Dữ liệu | Datum | How far | Where | Còn thiếu | Missing |\n|---|---|---|---|---|---|\n"
    )
    rows = []
    for line in part.lines:
        reason = line.datum.reason or Text("", "")
        where = "<br>".join(_where(f) for f in line.found)
        word = line.datum.word
        cells = (word.vi, word.en, STATES[line.state].en, where, reason.vi, reason.en)
        rows.append("| " + " | ".join(cell(c) for c in cells) + " |\n")
    return head + "".join(rows)


def _where(found: Found) -> str:
    place = found.place
    said = f"{place.form} `{place.question}`"
    if found.attribute and found.attribute != place.question:
        said += f" → `{found.attribute}`"
    if found.question is not None and found.question.is_sealed:
        said += " (sealed)"
    return said


def _form(path: Path, mapping: FormMapping) -> str:
    items = face_of(path.read_bytes()).items
    rows = [r for i in items.values() if (r := _question_row(i, items, mapping))]
    head = f"\n## {mapping.title.en} ({mapping.title.vi})\n\n"
    head += f"`{path.name}`, record `{mapping.record_kind}`, {len(rows)} questions.\n\n"
    head += "| No. | Câu hỏi | Question | Key | Attribute | List | Dated by | Kept |\n"
    return head + "|---|---|---|---|---|---|---|---|\n" + "".join(rows)


def _question_row(item: Item, items: Mapping[str, Item], mapping: FormMapping) -> str:
    outer, inside, name = item.key.rpartition("/")
    repeat = mapping.repeat(outer) if inside else None
    question = _among(repeat.questions if repeat else mapping.questions, name)
    if question is None or not item.is_question:
        return ""
    groups = (items[g] for g in reversed(item.inside) if g in items)
    above = (g.cell("datlanh::number") for g in groups if not g.cell("datlanh::section"))
    number = question.number or next((n for n in above if n), "")
    label = question.label
    key = item.key.replace("/", ".")
    cells = (number, label.vi, label.en, f"`{key}`", *_kept(question, repeat, mapping))
    return "| " + " | ".join(cell(c) for c in cells) + " |\n"


def _among(questions: tuple[Question, ...], name: str) -> Question | None:
    return next((q for q in questions if q.key == name), None)


def _kept(question: Question, repeat: Repeat | None, mapping: FormMapping) -> tuple[str, ...]:
    """Attribute, list, date, and where the answer is kept."""
    in_register = question.attribute and (repeat is None or repeat.list)
    date = (repeat.date if repeat else question.date) or mapping.date
    if question.person:
        where = f"sealed: {question.person}"
    elif question.is_sealed:
        where = "sealed"
    elif question.key == mapping.id_question and repeat is None:
        where = "the record's id"
    else:
        where = "open" if in_register else "report only"
    attribute = f"`{question.attribute}`" if in_register else ""
    list_ = f"`{repeat.list}`" if repeat and repeat.list else ""
    return attribute, list_, f"`{date}`", where


PAGES = {
    "rules.md": rules_page,
    "workflows.md": workflows_page,
    "minimum-data.md": minimum_page,
}


if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
        print(DOCS / name)

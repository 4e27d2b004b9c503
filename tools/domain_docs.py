"""Write docs/rules.md and docs/workflows.md from the rules and the workflow the code runs.

After changing a rule or a step run

    var/venv/bin/python tools/domain_docs.py

`tests/architecture/test_docs.py` fails while the pages say something else than the code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from datlanh.accounts.roles import ROLES
from datlanh.intake.workflow import LINKING, REVIEW, Step
from datlanh.kernel.checks import RULES
from datlanh.kernel.checks.nightly import GROUP_OF, GROUPS, NIGHTLY
from datlanh.kernel.checks.parts import ALL
from datlanh.kernel.checks.thresholds import THRESHOLDS
from datlanh.kernel.rules import Rule
from datlanh.kernel.text import Text
from datlanh.kernel.workflow import Transition, Workflow

DOCS = Path(__file__).resolve().parent.parent / "docs"
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

WORKFLOWS_HEAD = """# Workflows

One table in the code ([`intake/workflow.py`](../src/datlanh/intake/workflow.py)) holds the states
of a report, the steps between them and the conditions of each, and the same for two records that
are linked. From it come the buttons on the pages, the refusals, the database's own list of states
and this page.

*This page is written by [`tools/domain_docs.py`](../tools/domain_docs.py). Change the workflow,
then run it.*
"""
WORKFLOWS = (("Review of a report", REVIEW), ("Two records and a link", LINKING))
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
    for title, workflow in WORKFLOWS:
        parts.append(DIAGRAM_HEAD.format(title=title, name=workflow.name))
        parts += [*_diagram(workflow), "```\n", *_states(workflow), *_steps(workflow)]
        parts += _guards(workflow)
    return "".join(parts)


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


def _guards(workflow: Workflow) -> Iterator[str]:
    yield "\n### Conditions\n\nWhat a person reads when the condition does not hold.\n\n"
    yield "| Condition | Lời từ chối | Refusal |\n|---|---|---|\n"
    seen = {g.__name__: g for t in workflow.transitions for g in t.guards}
    for name, guard in seen.items():
        text: Text | None = guard(_Report(), REFUSED)
        if text is None:
            raise ValueError(f"{name} refuses nothing here: teach this page how to make it refuse")
        yield f"| `{name}` | {cell(text.vi)} | {cell(text.en)} |\n"


PAGES = {"rules.md": rules_page, "workflows.md": workflows_page}


if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
        print(DOCS / name)

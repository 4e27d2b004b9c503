"""What may be corrected in the mapping of a published version, and what choices become. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from datlanh.intake.form_changes import Changes, Field
from datlanh.kernel.fold import LIST
from datlanh.kernel.mapping import FormMapping

# Kind and person are left out: answers were read and sealed by them when they came.
OF_QUESTIONS = frozenset(
    f"register::{name}" for name in ("attribute", "group", "date", "list", "mode")
)
OF_SETTINGS = frozenset({"datlanh::date", "datlanh::clear_question"})


def fixed_changes(changes: Changes) -> list[Field]:
    """What differs though a correction may not change it: questions, choices, ids, kinds."""
    found = [f for f in changes.settings if f.header not in OF_SETTINGS]
    for item in changes.items:
        fields = [f for f in item.fields if f.header not in OF_QUESTIONS]
        if item.old is None or item.new is None or not item.fields:
            fields = [Field(item.key, item.key, "")]  # it came, went or moved
        found += fields
    found += [Field(c.id, c.key, "") for c in changes.choices]
    return found


def members_of(mapping: FormMapping) -> dict[str, frozenset[str]]:
    """Each atom with the questions (or repeats) that fold as it."""
    found: dict[str, set[str]] = {}
    for question in mapping.questions:
        if question.attribute:
            found.setdefault(question.group or question.attribute, set()).add(question.key)
    for repeat in mapping.repeats:
        if repeat.list:
            found.setdefault(LIST + repeat.list, set()).add(repeat.key)
    return {atom: frozenset(keys) for atom, keys in found.items()}


def atoms_carried(old: FormMapping, new: FormMapping) -> dict[str, str]:
    """Atoms of `old` → atoms of `new` with the same members."""
    by_members = {keys: atom for atom, keys in members_of(new).items()}
    return {atom: by_members[keys] for atom, keys in members_of(old).items() if keys in by_members}


Said = frozenset[tuple[str, dt.date]]  # atoms and dates a report speaks of


@dataclass(frozen=True)
class Chosen:
    """A choice somebody made between reports of one date: which, of what record, for which atom."""

    seq: int
    record: UUID | None
    report: int
    atom: str
    on: dt.date


@dataclass(frozen=True)
class Carried:
    """What becomes of choices: those told anew under another atom, and those that cannot be."""

    anew: tuple[tuple[Chosen, str], ...]
    lost: tuple[Chosen, ...]


def choices_carried(
    made: Iterable[Chosen],
    atoms: Mapping[str, str],
    before: Mapping[int, Said],
    after: Mapping[int, Said],
) -> Carried:
    """Carry the choices that had an effect, in the order they were made.

    A choice goes with its atom where the atom keeps its members, and where the chosen report
    speaks of the same date still.
    """
    newest = {(c.record, c.atom, c.on): c for c in made}
    anew, lost = [], []
    for choice in sorted(newest.values(), key=lambda c: c.seq):
        if (choice.atom, choice.on) not in before.get(choice.report, ()):
            continue
        atom = atoms.get(choice.atom, "")
        if (atom, choice.on) not in after.get(choice.report, ()):
            lost.append(choice)
        elif atom != choice.atom:
            anew.append((choice, atom))
    return Carried(tuple(anew), tuple(lost))

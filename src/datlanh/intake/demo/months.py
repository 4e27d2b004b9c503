"""Clearance told month by month before it is complete: increments, never added to the whole."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from datlanh.intake.demo import answers, people
from datlanh.intake.demo.answers import Draft, Task
from datlanh.intake.demo.book import Book
from datlanh.intake.demo.calendar import at_work
from datlanh.intake.demo.entering import Steps, any_trouble, entered
from datlanh.kernel.mapping import Answers

M2_AN_HOUR = (60, 140)  # of one searcher; large pieces have several teams
ASTRAY = 1.22  # the one clearance whose months come to more than its completion


def told_monthly(book: Book, rng: Random, task: Task, whole: Draft) -> Steps:
    """The months of a task, each reported in the first days of the next, up to its end."""
    months = months_of(answers.begun(task), task.ended)
    shares = [(last - first).days + 1 for first, last in months]
    cleared = whole.answers.values["cleared_area"]
    if not book.astray and len(months) > 1:
        book.astray.append(task.local_id)
        cleared = round(cleared * ASTRAY)
    parts = split(cleared, shares)
    items = list(whole.answers.rows.get("found_items", ()))
    counts = split(len(items), shares)
    for (first, last), area, count in zip(months, parts, counts, strict=True):
        found, items = items[:count], items[count:]
        yield at_work(rng, last + dt.timedelta(days=rng.randint(1, 4)))
        draft = month(book, rng, task, whole, period=(first, last), area=area, found=found)
        yield from entered(book, rng, task.area.operator, draft, trouble=any_trouble(rng))


def months_of(first: dt.date, last: dt.date) -> list[tuple[dt.date, dt.date]]:
    """The days from first to last, cut where a month ends."""
    found = []
    while first <= last:
        following = (first.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        found.append((first, min(last, following - dt.timedelta(days=1))))
        first = following
    return found


def split(total: int, shares: list[int]) -> list[int]:
    """A whole in parts that add up to it again."""
    whole, parts, given = sum(shares), [], 0
    for number in range(1, len(shares) + 1):
        upto = round(total * sum(shares[:number]) / whole)
        parts.append(upto - given)
        given = upto
    return parts


def month(
    book: Book,
    rng: Random,
    task: Task,
    whole: Draft,
    *,
    period: tuple[dt.date, dt.date],
    area: int,
    found: list[dict[str, Any]],
) -> Draft:
    """The progress of one month on the ground of a task."""
    said, (first, last) = whole.answers.values, period
    local_id, _ = book.new_id("HR-CLP", task.area.operator)
    values = {
        "progress_id": local_id,
        "internal_id": f"{task.internal_id}/{last:%m}",
        "clearance_id": task.local_id,
        "cha_ids": task.area.local_id,
        "managing_organisation": "qtmac",
        "reporting_organisation": task.area.operator.key,
        "reporting_team": task.team,
        "team_leader": said["reporting_team_leader"],
        "start_date": first.isoformat(),
        "end_date": last.isoformat(),
        **task.area.place,
        "method": said["method"],
        "clearance_depth": said["clearance_depth"],
        "cleared_area": area,
        "man_hours": float(max(round(area / rng.randint(*M2_AN_HOUR)), 8)),
        "verification_date": last.isoformat(),
        "verification_full_name": people.name(rng),
    }
    rows = {"found_items": [_disposed(row) for row in found]} if found else {}
    return Draft("clearance_progress", Answers(values, {}, {}, rows))


def _disposed(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"values": row["values"] | {"disposal": "destroyed_in_situ"}}

"""`datlanh areas examine FILE`: a file of areas before the firewall. Nothing is kept or changed."""

from __future__ import annotations

import csv
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from pyogrio.errors import DataSourceError

from datlanh.intake.examining import FATES, Account, Feature, file_examined
from datlanh.kernel.text import number

HEADS = (
    *("feature", "fate", "area_m2", "problem", "severity", "said", "lon", "lat"),
    *("repair", "after_m2", "changed_m2"),
)


class Command(BaseCommand):
    """Areas in files."""

    help = "Examine every area of a file: what is wrong with it, where, and what is proposed."

    def add_arguments(self, parser: CommandParser) -> None:
        """examine FILE [--csv OUT] [--language vi|en]."""
        parser.add_argument("step", choices=["examine"])
        parser.add_argument("file", type=Path)
        parser.add_argument("--csv", type=Path, help="write every problem and proposal here")
        parser.add_argument("--language", choices=["vi", "en"], default="vi")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, examine, account."""
        path: Path = options["file"]
        if not path.exists():
            raise CommandError(f"no file {path}")
        began = time.monotonic()
        try:
            account = file_examined(path)
        except DataSourceError as error:
            raise CommandError(f"{path.name} cannot be read: {error}") from error
        self._tell(account, options["language"], time.monotonic() - began)
        if options["csv"]:
            with options["csv"].open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(HEADS)
                for feature in account.features:
                    writer.writerows(_rows(feature, options["language"]))

    def _tell(self, account: Account, language: str, seconds: float) -> None:
        total = len(account.features)
        self.stdout.write(f"{number(total, language)} features ({seconds:.1f} s)")
        for fate, word in FATES.items():
            count = account.fates[fate]
            self.stdout.write(f"  {number(count, language):>8}  {word.say(language)}")
        self.stdout.write(f"  {number(account.mendable, language):>8}  invalid, repair proposed")
        for problem, count in account.problems.most_common():
            self.stdout.write(f"    {number(count, language):>8}  {problem}")
        self.stdout.write(
            f"  {number(account.overlapping, language):>8}  overlapping pairs, "
            f"{number(round(account.common_m2), language)} m²"
        )


def _rows(feature: Feature, language: str) -> list[list[Any]]:
    """One row for each proposal; a problem without, and a feature without problems, have one."""
    examined = feature.examined
    start = [feature.number, feature.fate, _figure(examined.area_m2 if examined else None)]
    if examined is None or not examined.problems:
        return [[*start, *[""] * 8]]
    rows = []
    for problem in examined.problems:
        where = problem.where.representative_point() if problem.where is not None else None
        at = [where.x, where.y] if where is not None and not where.is_empty else ["", ""]
        said = [problem.ident, problem.severity.value, problem.said.say(language), *at]
        if not problem.repairs:
            rows.append([*start, *said, "", "", ""])
        for repair in problem.repairs:
            figures = [_figure(repair.after_m2), _figure(repair.changed_m2)]
            rows.append([*start, *said, repair.said.say(language), *figures])
    return rows


def _figure(value: float | None) -> float | str:
    return "" if value is None else round(value, 2)

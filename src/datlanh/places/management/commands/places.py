"""`datlanh places seed | import FILE | villages FILE | strikes FILE | search TEXT | basemap`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from datlanh.audit.services import via
from datlanh.kernel.errors import DomainError
from datlanh.places import selectors, services


class Command(BaseCommand):
    help = "The gazetteer: seed it, import official outlines or villages, search it."

    def add_arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        steps.add_parser("seed", help="load units, lineage and approximate cells")
        importing = steps.add_parser("import", help="take official outlines from a GeoJSON file")
        importing.add_argument("file", type=Path)
        listing = steps.add_parser("villages", help="add the villages of a CSV file")
        listing.add_argument("file", type=Path)
        bombing = steps.add_parser(
            "strikes", help="take bombing records from a CSV file, also gzip"
        )
        bombing.add_argument("file", type=Path)
        searching = steps.add_parser("search", help="find a unit by an old or new name")
        searching.add_argument("text", nargs="+")
        steps.add_parser("basemap", help="write the plain basemap as GeoJSON to the output")

    def handle(self, *args: Any, **options: Any) -> None:
        token = via.set("command")
        try:
            getattr(self, f"_{options['step']}")(options)
        except DomainError as refusal:
            raise CommandError(f"{refusal.say('vi')}\n{refusal.say('en')}") from refusal
        finally:
            via.reset(token)

    def _seed(self, options: dict[str, Any]) -> None:
        edition = services.gazetteer_seed(by=None)
        self.stdout.write(f"Gazetteer edition {edition.label} ({edition.note})")

    def _import(self, options: dict[str, Any]) -> None:
        done = services.outlines_import(options["file"], by=None)
        self.stdout.write(
            f"{done.units} official outlines, {done.ignored} features of other provinces left out, "
            f"{done.repaired} repaired, neighbours overlap by {done.overlap_m2:.0f} m². "
            f"Gazetteer edition {done.edition.label}"
        )

    def _villages(self, options: dict[str, Any]) -> None:
        done = services.villages_import(options["file"], by=None)
        self.stdout.write(f"{done.added} villages added, {done.known} known already")

    def _strikes(self, options: dict[str, Any]) -> None:
        done = services.strikes_import(options["file"], by=None)
        kept = done.file
        self.stdout.write(
            f"{kept.records} bombing records, {kept.elsewhere} far from the province and "
            f"{kept.unreadable} without year or position left out"
            + ("" if done.is_new else "; the same file as before")
        )

    def _search(self, options: dict[str, Any]) -> None:
        for hit in selectors.unit_search(" ".join(options["text"])):
            parent = f", {hit.unit.parent}" if hit.unit.parent else ""
            note = f" ({hit.note})" if hit.note else ""
            code = hit.unit.code
            self.stdout.write(f"{hit.score:4.2f}  {code:>5}  {hit.matched_name}{parent}{note}")

    def _basemap(self, options: dict[str, Any]) -> None:
        json.dump(selectors.basemap_geojson(), self.stdout, ensure_ascii=False)

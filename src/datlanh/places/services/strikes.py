"""Taking in the bombing records: all of a file in place of what was there before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.contrib.gis.db.models import Extent
from django.db import connection, transaction

from datlanh.audit.services import Who, record
from datlanh.kernel import clock
from datlanh.kernel.errors import ConflictError, UnreadableError
from datlanh.places.models import AirStrike, AirStrikeCell, AirStrikeFile, Level, UnitOutline
from datlanh.places.services.gazetteer import NOT_SEEDED
from datlanh.places.strikes import NOT_STRIKES, Strikes

AROUND_DEG = 0.1  # how far outside the province's box a record is still of use: some 10 km


@dataclass(frozen=True)
class StrikesImported:
    """What an import did; `is_new` False: this very file is in force already."""

    file: AirStrikeFile
    is_new: bool


@transaction.atomic
def strikes_import(path: Path, *, by: Who | None) -> StrikesImported:
    """Take the bombing records of a CSV file (also gzip) in place of those before; all or nothing.

    Records far from the province are left out and counted, like those without year or position.

    Raises:
        UnreadableError: no such list, or nothing in it lies in the province.
        ConflictError: the gazetteer was not seeded.
    """
    box = UnitOutline.objects.filter(unit__level=Level.PROVINCE).aggregate(box=Extent("outline"))
    if box["box"] is None:
        raise ConflictError(NOT_SEEDED)
    reader = Strikes(path)
    AirStrike.objects.all().delete()
    AirStrikeCell.objects.all().delete()
    near = _Near(reader, box["box"])
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in near:
            copy.write_row(row)
    if not near.taken:
        raise UnreadableError(NOT_STRIKES, file=path.name)
    newest = AirStrikeFile.objects.first()
    is_new = newest is None or newest.digest != reader.digest
    with connection.cursor() as cursor:
        cursor.execute(_CELLS)
    if newest is not None and not is_new:
        return StrikesImported(newest, is_new=False)
    kept = AirStrikeFile.objects.create(
        name=path.name[:160],
        digest=reader.digest,
        records=near.taken,
        elsewhere=near.elsewhere,
        unreadable=reader.unreadable,
        at=clock.now(),
    )
    after = {"file": kept.name, "sha256": kept.digest, "records": kept.records}
    record("strikes.import", kept, by=by, after=after)
    return StrikesImported(kept, is_new=True)


class _Near:
    """The records around the province as rows to copy, and how many there were."""

    def __init__(self, reader: Strikes, box: tuple[float, float, float, float]) -> None:
        self._reader, self._box = reader, box
        self.taken = self.elsewhere = 0

    def __iter__(self) -> Iterator[tuple[int, int | None, str]]:
        west, south, east, north = self._box
        for year, month, x, y in self._reader:
            inside = west - AROUND_DEG <= x <= east + AROUND_DEG
            if not inside or not south - AROUND_DEG <= y <= north + AROUND_DEG:
                self.elsewhere += 1
                continue
            self.taken += 1
            yield year, month, f"SRID=4326;POINT({x!r} {y!r})"


_COPY = 'copy places_airstrike (year, month, "position") from stdin'
_CELLS = """
insert into places_airstrikecell (year, east, north, records)
select year, floor(st_x(p) / 500)::int, floor(st_y(p) / 500)::int, count(*)
  from (select year, st_transform("position", 32648) as p from places_airstrike) s
 group by 1, 2, 3
"""

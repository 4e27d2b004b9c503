"""Every write to the gazetteer: seeding it, importing outlines and villages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point
from django.db import connection, transaction
from shapely.geometry import MultiPolygon as Shape

from datlanh.audit.services import Who, record
from datlanh.kernel import clock
from datlanh.kernel.errors import ConflictError, UnreadableError
from datlanh.kernel.text import Text
from datlanh.places import cells, gazetteer, outlines, rules, villages
from datlanh.places.gazetteer import Gazetteer, Key
from datlanh.places.models import (
    AdminSuccession,
    AdminUnit,
    GazetteerEdition,
    Level,
    OutlineSource,
    UnitOutline,
    UnitPart,
    Village,
)

PART_CORNERS = 128  # ST_Subdivide: small enough that a look-up tests few corners
OVERLAP_SHARE = 0.01  # neighbours overlapping by more are no map of one province

NONE_OF_OURS = Text(
    "Không đơn vị nào trong tệp «{file}» thuộc danh mục của tỉnh.",
    "No unit in “{file}” belongs to the province's gazetteer.",
)
OTHER_NAME = Text(
    "Mã {unit_code} trong tệp mang tên «{name}», danh mục ghi «{known}».",
    "Code {unit_code} is called “{name}” in the file, “{known}” in the gazetteer.",
)
TWICE = Text(
    "Mã {unit_code} («{name}») có hai lần trong tệp.", "{unit_code} (“{name}”) is there twice."
)
OVERLAPPING = Text(
    "Các vùng trong tệp chồng lên nhau {area} m²: không phải bản đồ ranh giới.",
    "The outlines overlap each other by {area} m²: this is no map of boundaries.",
)
NOT_SEEDED = Text(
    "Danh mục địa danh chưa được nạp: chạy «datlanh places seed».",
    "The gazetteer is empty: run “datlanh places seed”.",
)


@dataclass(frozen=True)
class OutlinesImported:
    """What an import did. `overlap_m2`: slivers that two neighbours both claim."""

    edition: GazetteerEdition
    units: int
    ignored: int  # features of other provinces
    repaired: int
    overlap_m2: float


@dataclass(frozen=True)
class VillagesImported:
    """How many villages were new, and how many were known already."""

    added: int
    known: int


@transaction.atomic
def gazetteer_seed(*, by: Who | None) -> GazetteerEdition:
    """Load units, lineage and approximate cells; changes nothing when all is there already.

    Official outlines imported before stay.
    """
    _lock()
    source = gazetteer.load()
    units = _units_store(source)
    _lineage_store(source, units)
    current = GazetteerEdition.objects.filter(is_current=True).first()
    if current and current.digest == _digest():
        return current
    _outlines_derive(source, units, _Stored())
    return _edition_make(by=by, action="gazetteer.seed", note=source.source)


@transaction.atomic
def outlines_import(path: Path, *, by: Who | None) -> OutlinesImported:
    """Take official outlines of communes, old districts or provinces from a GeoJSON file.

    A feature is matched by code *and* name, because codes are reused. What has no official
    outline of its own is derived again from those that have.

    Raises:
        UnreadableError: the file cannot be read or is no map of this province's units.
        ConflictError: the gazetteer was not seeded.
    """
    _lock()
    drawn = outlines.read(path)
    source = gazetteer.load()
    units = {(u.level, u.code, u.valid_from): u for u in AdminUnit.objects.all()}
    if not units:
        raise ConflictError(NOT_SEEDED)
    matched = _matched(drawn, units.values())
    if not matched:
        raise UnreadableError(NONE_OF_OURS, file=path.name)
    overlap = outlines.overlap_m2(matched.values())
    if overlap > OVERLAP_SHARE * 1e6 * sum(u.area_km2 or 50.0 for u in matched):
        raise UnreadableError(OVERLAPPING, area=round(overlap))
    stored = _Stored()
    for unit, one in matched.items():
        stored.keep(unit, one.outline, OutlineSource.OFFICIAL, is_imported=True)
    _outlines_derive(source, units, stored)
    repaired = sum(one.repaired for one in matched.values())
    note = f"{path.name}: {len(matched)} outlines, {repaired} repaired, {overlap:.0f} m² overlap"
    edition = _edition_make(by=by, action="gazetteer.import_outlines", note=note)
    return OutlinesImported(edition, len(matched), len(drawn) - len(matched), repaired, overlap)


@transaction.atomic
def villages_import(path: Path, *, by: Who | None) -> VillagesImported:
    """Add the villages of a CSV file to the communes of today; all or nothing.

    Raises:
        UnreadableError: not a list of villages, or a commune that is not one of today's.
    """
    current = AdminUnit.objects.filter(level=Level.COMMUNE, valid_to=None)
    former = AdminUnit.objects.filter(level=Level.COMMUNE, valid_to__isnull=False)
    rows = villages.read(path, list(current), list(former))
    before = Village.objects.count()
    Village.objects.bulk_create(
        (
            Village(
                commune=row.commune,
                name=row.name,
                source=row.source or path.name[:120],
                search_text=rules.search_key(row.name)[:120],
            )
            for row in rows
        ),
        ignore_conflicts=True,
        batch_size=1000,
    )
    added = Village.objects.count() - before
    done = VillagesImported(added, len(rows) - added)
    after = {"added": added, "known": done.known}
    record("villages.import", f"villages:{path.name}", by=by, after=after)
    return done


def _lock() -> None:
    """One change of the gazetteer at a time."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('places.gazetteer'))")


def _units_store(source: Gazetteer) -> dict[Key, AdminUnit]:
    stored = {(u.level, u.code, u.valid_from): u for u in AdminUnit.objects.all()}
    order = {Level.PROVINCE: 0, Level.DISTRICT: 1, Level.COMMUNE: 2}
    for key, unit in sorted(source.units.items(), key=lambda item: order[Level(item[0][0])]):
        values = {
            "kind": unit.kind,
            "imsma_code": rules.IMSMA_CODES.get((unit.key[1], unit.key[2]))
            if unit.key[0] == Level.PROVINCE
            else None,
            "name_vi": unit.name,
            "name_en": rules.unmarked(unit.name),
            "valid_to": unit.valid_to,
            "parent": stored[unit.parent] if unit.parent else None,
            "centroid": Point(*unit.position, srid=4326) if unit.position else None,
            "area_km2": unit.area_km2,
            "search_text": rules.search_text(unit.kind, unit.name),
        }
        known = stored.get(key)
        if known is None:
            stored[key] = AdminUnit.objects.create(
                level=key[0], code=key[1], valid_from=key[2], **values
            )
        elif any(getattr(known, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(known, name, value)
            known.save(update_fields=list(values))
    return stored


def _lineage_store(source: Gazetteer, units: dict[Key, AdminUnit]) -> None:
    AdminSuccession.objects.bulk_create(
        (
            AdminSuccession(
                from_unit=units[old],
                to_unit=units[new],
                on=new[2],
                act=rules.PROVINCE_ACT if old[0] == Level.PROVINCE else rules.COMMUNE_ACT,
            )
            for old, new in source.lineage.items()
        ),
        ignore_conflicts=True,
    )


def _matched(
    drawn: Iterable[outlines.Drawn], units: Iterable[AdminUnit]
) -> dict[AdminUnit, outlines.Drawn]:
    """Each outline with the unit of its code and name, all of one day, the newest that fits.

    A map shows one day. Taken one by one, an old map would give today's unit the outline of the
    old one where code and name stayed while the land grew.
    """
    units = list(units)
    codes = {unit.code for unit in units}
    ours = [one for one in drawn if one.code in codes]
    refusals: list[UnreadableError] = []
    for on in sorted({unit.valid_from for unit in units}, reverse=True):
        valid = [u for u in units if u.valid_from <= on and (not u.valid_to or u.valid_to > on)]
        try:
            return _matched_on({unit.code: unit for unit in valid}, ours)
        except UnreadableError as refusal:
            refusals.append(refusal)
    if refusals:
        raise refusals[0]
    return {}


def _matched_on(
    by_code: dict[str, AdminUnit], drawn: Iterable[outlines.Drawn]
) -> dict[AdminUnit, outlines.Drawn]:
    matched: dict[AdminUnit, outlines.Drawn] = {}
    for one in drawn:
        unit = by_code.get(one.code)
        if unit is None or rules.search_key(one.name) not in unit.search_text.split():
            known = unit.full_name if unit else "—"
            raise UnreadableError(OTHER_NAME, unit_code=one.code, name=one.name, known=known)
        if unit in matched:
            raise UnreadableError(TWICE, unit_code=one.code, name=one.name)
        matched[unit] = one
    return matched


def _outlines_derive(source: Gazetteer, units: dict[Key, AdminUnit], stored: _Stored) -> None:
    """Give every unit without an official outline the best one that can be made of the rest.

    Communes of today: cells, less what official neighbours cover. Old communes: cells inside the
    commune they went into. Districts and provinces: the sum of the communes of today they went
    into whole, which is official where all of these are (checked: no commune of today spans two
    old districts).
    """
    shapes = stored.official()
    official = set(shapes)
    taken = cells.joined(shapes[k] for k in official if k[0] == Level.COMMUNE and _today(k))
    for key, cell in cells.current_cells(source).items():
        if key not in official:
            rest = cells.multi(cell.difference(taken)) if taken else cell
            if rest:
                shapes[key] = rest
    for key, cell in cells.old_cells(source, shapes).items():
        shapes.setdefault(key, cell)
    exact = set(official)
    for key in units:
        if key[0] != Level.COMMUNE and key not in official:
            parts = [k for k in _made_into(source, key) if k in shapes]
            whole = cells.joined(shapes[k] for k in parts)
            if whole:
                shapes[key] = whole
            if parts and all(k in official for k in parts):
                exact.add(key)
    for key, outline in shapes.items():
        if key not in official:
            kind = OutlineSource.OFFICIAL if key in exact else OutlineSource.APPROXIMATE
            stored.keep(units[key], outline, kind)


def _today(key: Key) -> bool:
    return key[2] >= rules.MERGER


def _made_into(source: Gazetteer, key: Key) -> set[Key]:
    """The communes of today that a province or a former district consists of."""
    if _today(key):
        return {k for k, unit in source.units.items() if unit.parent == key}
    found = {source.lineage[key]} if key in source.lineage and key[0] == Level.DISTRICT else set()
    for old, new in source.lineage.items():
        parent: Key | None = old
        while parent and parent != key:
            parent = source.units[parent].parent
        if parent == key and new[0] == Level.COMMUNE:
            found.add(new)
    return found


class _Stored:
    """The outlines in the database, read once, and kept where nothing changed."""

    def __init__(self) -> None:
        self.known = {
            outline.unit_id: outline for outline in UnitOutline.objects.select_related("unit")
        }

    def official(self) -> dict[Key, Shape]:
        """Imported outlines. A derived sum is made again each time: it follows its communes."""
        return {
            (o.unit.level, o.unit.code, o.unit.valid_from): cells.multipolygon(o.outline)
            for o in self.known.values()
            if o.is_imported
        }

    def keep(
        self, unit: AdminUnit, outline: Shape, source: OutlineSource, *, is_imported: bool = False
    ) -> None:
        """Store the outline and its pieces; an unchanged one is left alone."""
        geometry = cast(MultiPolygon, GEOSGeometry(memoryview(outline.wkb), srid=4326))
        known = self.known.get(unit.pk)
        same = known and (unit.outline_source, known.is_imported) == (source, is_imported)
        if known and same and known.outline.wkb == geometry.wkb:
            return
        self.known[unit.pk], _ = UnitOutline.objects.update_or_create(
            unit=unit, defaults={"outline": geometry, "is_imported": is_imported}
        )
        UnitPart.objects.filter(unit=unit).delete()
        with connection.cursor() as cursor:
            cursor.execute(_SUBDIVIDE, [PART_CORNERS, unit.pk])
        unit.outline_source = source
        unit.save(update_fields=["outline_source"])


_SUBDIVIDE = """
insert into places_unitpart (unit_id, outline)
select unit_id, st_subdivide(outline, %s) from places_unitoutline where unit_id = %s
"""


def _edition_make(*, by: Who | None, action: str, note: str) -> GazetteerEdition:
    """A new current edition, unless nothing changed since the current one."""
    digest = _digest()
    current = GazetteerEdition.objects.filter(is_current=True).first()
    if current and current.digest == digest:
        return current
    GazetteerEdition.objects.filter(is_current=True).update(is_current=False)
    number = GazetteerEdition.objects.count() + 1
    edition = GazetteerEdition.objects.create(
        label=f"{clock.today():%Y-%m-%d}/{number}",
        made_at=clock.now(),
        digest=digest,
        note=note,
        is_current=True,
    )
    before = {"edition": current.label, "digest": current.digest} if current else None
    after = {"edition": edition.label, "digest": digest}
    record(action, edition, by=by, before=before, after=after, note=note)
    return edition


def _digest() -> str:
    """SHA-256 over units, lineage and outlines in a fixed order and form, without row ids."""
    digest = hashlib.sha256(f"cells {cells.RECIPE}\n".encode())
    with connection.cursor() as cursor:
        cursor.execute(
            "select u.level, u.code, u.valid_from, u.valid_to, u.kind, u.name_vi, p.code,"
            " u.outline_source, md5(st_asewkb(st_normalize(s.outline), 'NDR'))"
            " from places_adminunit u left join places_adminunit p on p.id = u.parent_id"
            " left join places_unitoutline s on s.unit_id = u.id order by 1, 2, 3"
        )
        rows = cursor.fetchall()
        cursor.execute(
            'select f.level, f.code, t.level, t.code, s."on", s.act from places_adminsuccession s'
            " join places_adminunit f on f.id = s.from_unit_id"
            " join places_adminunit t on t.id = s.to_unit_id order by 1, 2, 3, 4, 5"
        )
        rows += cursor.fetchall()
    for row in rows:
        digest.update(("|".join(str(value) for value in row) + "\n").encode())
    return digest.hexdigest()

"""What a certificate says of an area, read as of two times: no clock, no later decision."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from datlanh.accounts.scope import EVERYTHING
from datlanh.hazards.ledger.models import AreaLedger
from datlanh.intake.selectors.labels import choice_labels
from datlanh.kernel import clock
from datlanh.kernel.ledger_shares import COUNTED
from datlanh.kernel.text import Text
from datlanh.places import selectors as places
from datlanh.register.models import Record, State, Version
from datlanh.register.selectors import AsOf, decision_newest, rows_known
from datlanh.reporting.documents.drawing import Thing
from datlanh.reporting.documents.ground import pockets_of, points_of, thing_of, version_at
from datlanh.reporting.selectors.ledger_area import AreaLedgerView, ReleaseAt, area_ledger_view

ITEMS, SMALL_ARMS = "ordnance_items", "small_arms"


@dataclass(frozen=True)
class AreaFigures:
    """An area with its ledger, releases, items and ground, at one moment."""

    record: Record
    moment: AsOf
    version: Version
    outline: BaseGeometry | None
    view: AreaLedgerView
    releases: tuple[ReleaseAt, ...]  # those that count
    release_versions: tuple[Version, ...]
    place: Text
    items: tuple[tuple[Text, int], ...]  # by category, the most first; small arms apart
    small_arms: int

    @property
    def ledger(self) -> AreaLedger:
        """The ledger on that day."""
        return self.view.now

    @property
    def released_m2(self) -> float:
        """Cancelled, reduced and cleared."""
        now = self.ledger
        return now.cancelled_m2 + now.reduced_m2 + now.cleared_m2

    @property
    def operators(self) -> list[str]:
        """Who released land here, and who reported the area where nobody did."""
        return sorted({r.operator for r in self.releases if r.operator})

    @property
    def worked(self) -> tuple[dt.date, dt.date] | None:
        """First and last day of work, as its releases say."""
        told = [
            dt.date.fromisoformat(day)
            for v in self.release_versions
            for day in (v.values.get("start_date"), v.values.get("end_date"))
            if day
        ]
        return (min(told), max(told)) if told else None

    def things(self) -> list[Thing]:
        """What its map shows: releases beneath the area, pockets, items and evidence."""
        found: list[Thing] = []
        for version in self.release_versions:
            if (thing := thing_of(version)) is not None:
                found.append(Thing(thing.symbol, thing.shape))
        own = thing_of(self.version)
        if own is not None:
            found += [Thing(own.symbol, own.shape), Thing("boundary", own.shape)]
        both = [self.version, *self.release_versions]
        found += points_of(both)
        return found + list(pockets_of(self.release_versions))


def area_figures(record: Record, on: dt.date, known: int) -> AreaFigures | None:
    """The figures of an area as of two times; None where nothing was known of it."""
    moment = AsOf(on, known, clock.now(), is_past=True)
    version, view = version_at(record.pk, moment), area_ledger_view(record, moment, EVERYTHING)
    if version is None or view is None:
        return None
    releases = tuple(r for r in view.releases if r.share.standing == COUNTED)
    versions = _release_versions([r.local_id for r in releases], moment)
    items, small_arms = _items(versions)
    return AreaFigures(
        record,
        moment,
        version,
        shapely.from_wkb(bytes(version.outline.wkb)) if version.outline is not None else None,
        view,
        releases,
        tuple(versions),
        _place(version),
        items,
        small_arms,
    )


def changed_since(record: Record, known: int) -> bool:
    """Whether a decision after `known` changed what is known of the area, its state or ledger.

    Reopening matters most: nobody may trust a certificate of land where an item was missed.
    """
    later = Version.objects.filter(record=record, known_from__gt=known)
    moved = AreaLedger.objects.filter(record=record, known_from__gt=known)
    ended = Version.objects.filter(record=record, known_to__gt=known)
    stepped = State.objects.filter(record=record, known_from__gt=known)
    if known >= decision_newest():
        return False
    return later.exists() or moved.exists() or ended.exists() or stepped.exists()


def _release_versions(local_ids: Sequence[str], moment: AsOf) -> list[Version]:
    records = Record.objects.filter(local_id__in=local_ids).order_by("local_id")
    return [v for r in records if (v := version_at(r.pk, moment)) is not None]


def _items(versions: Sequence[Version]) -> tuple[tuple[tuple[Text, int], ...], int]:
    counted: Counter[str] = Counter()
    for version in versions:
        rows = rows_known(version.known_from).filter(
            report_id__in=version.lists.get(ITEMS, ()), list=ITEMS
        )
        for values in rows.values_list("values", flat=True):
            counted[values.get("category") or "unknown"] += max(int(values.get("quantity") or 1), 1)
    small_arms = counted.pop(SMALL_ARMS, 0)
    labels = choice_labels("land_release", "category") or choice_labels("cha", "category")
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple((labels.get(key) or Text(key, key), n) for key, n in ordered), small_arms


def _place(version: Version) -> Text:
    values: dict[str, Any] = version.values
    code = values.get("commune_code") or ""
    unit = places.unit_by_code(code, version.true_from) if code else None
    today = places.current_of(unit) if unit else None
    if today is None and version.outline is not None:
        today = places.commune_at(version.outline.point_on_surface, version.true_from)
    village = str(values.get("village_name") or "").strip()
    vi = [p for p in (village, today.full_name if today else "", "tỉnh Quảng Trị") if p]
    en = [p for p in (village, today.full_name_en if today else "", "Quảng Trị province") if p]
    return Text(", ".join(vi), ", ".join(en))

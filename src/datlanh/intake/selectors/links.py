"""Links of a record as they were known after a decision, and by whom they were made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.intake.linking import Why
from datlanh.intake.relations import BY_KEY
from datlanh.kernel.text import Text
from datlanh.register.models import Decision, Link, Record, Version


@dataclass(frozen=True)
class LinkLine:
    """One link of a record. `other` is None where it may not be read."""

    key: str  # the pair, as pages send it
    word: Text
    other: Record | None
    made: Decision
    ended: Decision | None
    other_counts: bool

    @property
    def counts(self) -> bool:
        """Whether it stands, and the other record has a report that counts."""
        return self.ended is None and self.other_counts

    @property
    def told(self) -> tuple[Text, ...]:
        """What spoke for it when it was made."""
        data = self.made.data
        return Why(
            named=bool(data.get("named")),
            distance_m=data.get("distance_m"),
            share=data.get("share"),
            days=data.get("days"),
        ).told


def links_of_record(record: Record, who: User, known: int) -> list[LinkLine]:
    """The links that stood after decision `known`, then those that were undone by then."""
    about = Q(a=record.pk) | Q(b=record.pk)
    rows = list(
        Link.objects.filter(about, holds=True, known_from__lte=known)
        .select_related("a", "b")
        .order_by("known_from")
    )
    newest = {(row.relation, row.a_id, row.b_id): row for row in rows}
    seqs = {n for row in newest.values() for n in (row.known_from, row.known_to) if n}
    decisions = Decision.objects.in_bulk(seqs)
    others = {row.b if row.a_id == record.pk else row.a for row in newest.values()}
    counting = _counting({o.pk for o in others}, known)
    visible = scope_for(who, Permission.RECORD_READ)
    lines = []
    for row in newest.values():
        other = row.b if row.a_id == record.pk else row.a
        is_ended = row.known_to is not None and row.known_to <= known
        lines.append(
            LinkLine(
                key=f"{row.relation}:{row.a_id}:{row.b_id}",
                word=BY_KEY[row.relation].word_on(record.kind),
                other=other if visible.allows(other.organisation_id) else None,
                made=decisions[row.known_from],
                ended=decisions[row.known_to or 0] if is_ended else None,
                other_counts=other.pk in counting,
            )
        )
    places = {key: place for place, key in enumerate(BY_KEY)}
    lines.sort(key=lambda x: (x.ended is not None, places[x.key.partition(":")[0]], x.made.seq))
    return lines


def _counting(ids: Iterable[UUID], known: int) -> set[UUID]:
    """Those of some records about which a report counted after decision `known`."""
    stood = Version.objects.filter(record_id__in=list(ids), known_from__lte=known)
    stood = stood.filter(Q(known_to__isnull=True) | Q(known_to__gt=known))
    return set(stood.values_list("record_id", flat=True).distinct())


def link_decisions(record: Record) -> set[int]:
    """The numbers of every decision about a link of the record, on whichever side it stands."""
    about = Link.objects.filter(Q(a=record.pk) | Q(b=record.pk))
    found = about.values_list("known_from", "known_to")
    return {seq for both in found for seq in both if seq is not None}

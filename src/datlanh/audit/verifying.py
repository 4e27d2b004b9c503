"""Is the trail what it was? The chain computed anew, and held against the heads outside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection, transaction

from datlanh.audit import chain, heads
from datlanh.audit.chain import FIRST, Row
from datlanh.audit.heads import Head, Mark

SHOWN = 20
# Longest a transaction may take between writing an event and ending; what was written longer
# before its neighbours in the chain was put in under a false time.
LATE = dt.timedelta(hours=2)


@dataclass(frozen=True)
class Flaw:
    """Something that is not as it was. `kind`: altered, missing, inserted, chain, head."""

    kind: str
    number: int | None  # place in the chain
    event_id: int | None
    what: str


@dataclass
class Verdict:
    """What verification found. `flaws` stand in the order of the chain; the first comes first."""

    flaws: list[Flaw] = field(default_factory=list)
    count: int = 0  # flaws, also those beyond what `flaws` holds
    put_back: list[str] = field(default_factory=list)  # restores that somebody signed for
    seals: int = 0
    heads: int = 0
    headed: int = 0  # number of the last head outside
    unsealed: int = 0
    unsealed_since: dt.datetime | None = None
    sealed_at: dt.datetime | None = None

    @property
    def sound(self) -> bool:
        """Whether nothing was altered, lost or put in."""
        return not self.count

    def add(self, kind: str, number: int | None, event_id: int | None, what: str) -> None:
        """One more flaw."""
        self.count += 1
        if len(self.flaws) < SHOWN:
            self.flaws.append(Flaw(kind, number, event_id, what))


class Link(NamedTuple):
    """A seal as it is stored, with the event beside it, where there is one."""

    number: int
    event_id: int
    digest: bytes
    link: bytes
    sealed_at: dt.datetime
    row: Row | None


_CHAIN = f"""
select s.number, s.event_id, s.digest, s.link, s.sealed_at, {chain.COLUMNS}
  from audit_seal s left join audit_event e on e.id = s.event_id order by s.number
"""  # noqa: S608 - our own names
_BESIDE = """
select e.id, u.event_id is not null
  from audit_event e left join audit_unsealed u on u.event_id = e.id
 where not exists (select from audit_seal s where s.event_id = e.id) order by e.id
"""


@transaction.atomic
def audit_verify(
    outside: Iterable[Head] = (),
    *,
    key: Ed25519PublicKey | None = None,
    paper: Sequence[tuple[int, str]] = (),
    restored: bool = False,
) -> Verdict:
    """Compute the chain anew and compare it with what left the database.

    Args:
        outside: heads from a copy that whoever has the database could not reach, in order.
        key: whose signature they must carry; None does not look.
        paper: (number, first digits of the link) as printed heads say.
        restored: a backup is looked at, which may end before the heads do.
    """
    verdict = Verdict()
    with connection.cursor() as cursor:
        cursor.execute("set transaction isolation level repeatable read, read only")
        cursor.execute("select set_config('statement_timeout', '0', true)")
    known = _Known(verdict, list(_signed(outside, key, verdict)), paper)
    walk = _Walk(verdict, known)
    for link in _links():
        walk.take(link)
    if not restored:
        walk.end()
    _beside(verdict)
    return verdict


def _links() -> Iterator[Link]:
    """The chain as it is stored, read in pieces."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_CHAIN)
        while found := cursor.fetchmany(5000):
            for number, event_id, digest, link, at, *event in found:
                row = Row(*event) if event[0] is not None else None
                yield Link(number, event_id, bytes(digest), bytes(link), at, row)


def _signed(
    outside: Iterable[Head], key: Ed25519PublicKey | None, verdict: Verdict
) -> Iterator[Head]:
    for head in outside:
        verdict.heads += 1
        if key is not None and not heads.is_signed(head, key):
            told = f"the head of number {head.number} ({head.at}) does not carry the signature"
            verdict.add("head", head.number, None, told)
            continue
        yield head


class _Known:
    """What left the database, by number: each event's mark, and the link at each head."""

    def __init__(
        self, verdict: Verdict, outside: list[Head], paper: Sequence[tuple[int, str]]
    ) -> None:
        self.marks: dict[int, Mark] = {}
        self.links: dict[int, str] = {}
        for head in outside:
            if head.put_back:
                self._put_back(head, verdict)
            self.marks |= {mark.number: mark for mark in head.marks}
            if head.number:
                self.links[head.number] = head.link
        self.links |= {n: digits.lower() for n, digits in paper}
        self.last = max([*self.marks, *self.links], default=0)
        verdict.headed = self.last

    def _put_back(self, head: Head, verdict: Verdict) -> None:
        """A restore: told for good, and no flaw, for who has the database alone cannot sign it."""
        gone = sorted(n for n in self.marks if n > head.number)
        lost = [self.marks.pop(n).event_id for n in gone]
        self.links = {n: link for n, link in self.links.items() if n <= head.number}
        verdict.put_back.append(
            f"put back on {head.at[:16]} UTC to number {head.number} (“{head.put_back}”):"
            f" {len(lost)} events known outside were lost"
            + (f", the first is event {lost[0]}" if lost else "")
        )


class _Walk:
    """Along the chain, from the first link to the last."""

    def __init__(self, verdict: Verdict, known: _Known) -> None:
        self.verdict, self.known = verdict, known
        self.number, self.link = 0, FIRST
        self.newest: dt.datetime | None = None

    def take(self, found: Link) -> None:
        """The next stored link: is it the one that was sealed?"""
        verdict = self.verdict
        for lost in range(self.number + 1, min(found.number, self.number + 1 + SHOWN)):
            self._lost(lost)
        if found.number > self.number + 1 + SHOWN:
            verdict.count += found.number - self.number - 1 - SHOWN
        self.number, verdict.seals, verdict.sealed_at = found.number, found.number, found.sealed_at
        flaw_before = verdict.count
        digest = self._event(found)
        expected = chain.link_of(self.link, found.number, found.event_id, digest)
        if verdict.count == flaw_before and expected != found.link:
            told = f"the link of number {found.number} does not follow from the one before"
            verdict.add("chain", found.number, found.event_id, told)
        outside = self.known.links.get(found.number)
        if verdict.count == flaw_before and outside and not found.link.hex().startswith(outside):
            told = f"the head outside has another link for number {found.number}"
            verdict.add("head", found.number, found.event_id, told)
        self.link = found.link

    def _event(self, found: Link) -> bytes:
        """Compare the event; answers the digest that counts from here on."""
        mark = self.known.marks.get(found.number)
        if mark is not None and mark.event_id != found.event_id:
            self._other(found, mark)
        elif found.row is None:
            told = f"event {found.event_id} (number {found.number}) is missing"
            self.verdict.add("missing", found.number, found.event_id, told)
        else:
            self._content(found, found.row, mark)
        return found.digest

    def _content(self, found: Link, row: Row, mark: Mark | None) -> None:
        digest = chain.digest_of(row)
        told = f"event {row.id} (number {found.number}, {row.action} of {row.at:%Y-%m-%d %H:%M:%S})"
        if digest != found.digest or (mark is not None and mark.digits != chain.mark_of(digest)):
            self.verdict.add("altered", found.number, row.id, f"{told} was altered")
        elif self.newest is not None and row.written_at < self.newest - LATE:
            late = f"{told} was put in later than it says"
            self.verdict.add("inserted", found.number, row.id, late)
        self.newest = max(self.newest or row.written_at, row.written_at)

    def _other(self, found: Link, mark: Mark) -> None:
        """Another event stands at this place than the one that was sealed there."""
        if _exists(mark.event_id):
            told = (
                f"event {found.event_id} stands at number {found.number}, where event"
                f" {mark.event_id} was sealed: it was put in, or moved there"
            )
            self.verdict.add("inserted", found.number, found.event_id, told)
        else:
            told = f"event {mark.event_id} (number {found.number}) is missing"
            self.verdict.add("missing", found.number, mark.event_id, told)

    def _lost(self, number: int) -> None:
        mark = self.known.marks.get(number)
        whose = f", that of event {mark.event_id}," if mark else ""
        gone = "" if mark is None or _exists(mark.event_id) else " with its event"
        self.verdict.add(
            "missing", number, mark.event_id if mark else None,
            f"the seal of number {number}{whose} is missing{gone}",
        )  # fmt: skip

    def end(self) -> None:
        """What the heads know beyond the last link."""
        beyond = self.known.last - self.number
        for number in range(self.number + 1, min(self.known.last, self.number + SHOWN) + 1):
            self._lost(number)
        self.verdict.count += max(0, beyond - SHOWN)


def _exists(event_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select exists (select from audit_event where id = %s)", [event_id])
        return bool(cursor.fetchone()[0])


def _beside(verdict: Verdict) -> None:
    """Events outside the chain: those that wait, and those that never did."""
    with connection.cursor() as cursor:
        cursor.execute(_BESIDE)
        for event_id, waits in cursor.fetchall():
            if not waits:
                told = f"event {event_id} stands beside the chain: it was put in past the trigger"
                verdict.add("inserted", None, event_id, told)
        cursor.execute(
            "select u.event_id from audit_unsealed u left join audit_event e on e.id = u.event_id"
            " where e.id is null order by 1"
        )
        for (event_id,) in cursor.fetchall():
            told = f"event {event_id} is missing: it waited to be sealed"
            verdict.add("missing", None, event_id, told)
        cursor.execute(
            "select count(*), min(e.written_at) from audit_unsealed u"
            " join audit_event e on e.id = u.event_id"
        )
        verdict.unsealed, verdict.unsealed_since = cursor.fetchone()


def told(verdict: Verdict) -> Iterator[Any]:
    """The verdict as lines for a terminal."""
    for flaw in verdict.flaws:
        yield f"✗ {flaw.kind}: {flaw.what}"
    if verdict.count > len(verdict.flaws):
        yield f"  and {verdict.count - len(verdict.flaws)} more"
    for each in verdict.put_back:
        yield f"! {each}"
    if verdict.unsealed:
        since = f"{verdict.unsealed_since:%Y-%m-%d %H:%M:%S} UTC"
        yield f"· not yet sealed: {verdict.unsealed} events, the oldest of {since}"
    else:
        yield "· every event is sealed"
    if verdict.headed < verdict.seals:
        behind = verdict.seals - verdict.headed
        yield (
            f"· known outside up to number {verdict.headed}: the last {behind} could be cut off"
            " unseen by who controls the database"
        )

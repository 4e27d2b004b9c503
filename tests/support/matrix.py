"""The access policy as data: what an address needs, and what follows from that for whom.

An entry says which permissions open a page, which one must reach the organisation whose object
it shows, and which one the step itself needs. Who has what is read from `accounts.roles`, so a
changed role changes what is expected here without anybody touching a test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver

from datlanh.accounts.permissions import Permission
from datlanh.accounts.roles import role_spec
from support.world import Things, World

# What an answer means to the one who asked.
OPENS = "opens"  # 200
TAKEN = "taken"  # 201, 202, 204
DONE = "done"  # 302, to somewhere else than the sign-in page
REFUSED = "refused"  # 409, 422: heard, and not done
UNREADABLE = "unreadable"  # 400
SIGN_IN = "sign in"  # 302 to the sign-in page
UNKNOWN = "unknown"  # 401
FORBIDDEN = "forbidden"  # 403
ABSENT = "absent"  # 404
NOT_SERVED = "not served"  # 405

STATUSES = {
    200: OPENS,
    201: TAKEN,
    202: TAKEN,
    204: TAKEN,
    400: UNREADABLE,
    401: UNKNOWN,
    403: FORBIDDEN,
    404: ABSENT,
    405: NOT_SERVED,
    409: REFUSED,
    422: REFUSED,
}


@dataclass(frozen=True)
class Person:
    """Somebody with one role, in one organisation or (within None) in the whole province."""

    username: str
    role: str
    within: str | None = None

    def has(self, permission: Permission) -> bool:
        """Anywhere at all."""
        spec = role_spec(self.role)
        assert spec is not None
        return permission in spec.permissions

    def reaches(self, permission: Permission, organisation: str) -> bool:
        """For the things of that organisation."""
        return self.has(permission) and self.within in (None, organisation)


Words = Callable[[World, Things], Mapping[str, Any]]


def nothing(world: World, things: Things) -> Mapping[str, Any]:
    """No values."""
    return {}


@dataclass(frozen=True)
class Entry:
    """What one address asks of the one who calls it by one method.

    `opens`: any of them lets one in; none means everybody who is signed in. `finds` must reach
    the organisation of the object, else it is as absent; `acts` is what the step needs besides.
    `where` and `query` name the object in the address, `sends` is the body.
    `shows` are words that must stand in the answer when `finds` reaches, and never else.
    """

    name: str
    method: str = "GET"
    opens: tuple[Permission, ...] = ()
    finds: Permission | None = None
    acts: Permission | None = None
    answer: str = OPENS
    anonymous: str = SIGN_IN
    unseen: str = ABSENT
    door: str = "session"  # or "key": a phone's secret, "password": basic sign-in
    where: Words = nothing
    query: Words = nothing
    sends: Words = nothing
    shows: Callable[[Things], list[str]] | None = None
    note: str = ""  # tells two entries of one address apart
    headers: Mapping[str, str] | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The address as the resolver knows it, and the method."""
        return f"{self.name} by {self.door}" if self.door != "session" else self.name, self.method

    def __str__(self) -> str:
        told = f"{self.method} {self.key[0]}"
        return f"{told} ({self.note})" if self.note else told

    @property
    def has_object(self) -> bool:
        """Whether somebody else's thing is told like one that is not there."""
        return self.finds is not None and self.shows is None

    def expected(self, person: Person | None, organisation: str) -> str:
        """What `person` (None: nobody) is answered about a thing of that organisation."""
        if person is None:
            return self.anonymous
        if self.opens and not any(person.has(p) for p in self.opens):
            return FORBIDDEN
        if self.has_object and not person.reaches(self.finds, organisation):  # type: ignore[arg-type]
            return self.unseen
        if self.acts is not None and not person.reaches(self.acts, organisation):
            return self.unseen
        return self.answer


def meaning(answer: HttpResponseBase) -> str:
    """What an answer says to the one who asked."""
    if answer.status_code in (301, 302, 303):
        return SIGN_IN if "/accounts/login/" in answer["Location"] else DONE
    return STATUSES.get(answer.status_code, str(answer.status_code))


def text_of(answer: HttpResponseBase) -> str:
    """Everything an answer says, headers too, as text; a file's bytes one character each."""
    # A stream is read to its end: the test client closes it then.
    content = answer.content if isinstance(answer, HttpResponse) else b"".join(answer)  # type: ignore[call-overload]
    headers = "\n".join(f"{k}: {v}" for k, v in answer.items())
    return f"{headers}\n{content.decode('utf-8', 'replace')}"


_CHANGING = re.compile(r'(name="csrfmiddlewaretoken" value=|name="csrf-token" content=)"\w+"')


def told_alike(answer: HttpResponseBase, *names: object) -> str:
    """An answer without its tokens and without what the asker wrote into the address."""
    text = _CHANGING.sub("", text_of(answer))
    for name in sorted((str(n) for n in names if str(n)), key=len, reverse=True):
        text = text.replace(name, "…")
    return re.sub(r"(Date|Content-Length|Expires|Set-Cookie): .*", "", text)


@dataclass(frozen=True)
class Route:
    """One address of the resolver."""

    name: str
    pattern: str

    @property
    def key(self) -> str:
        """Its name; the two doors of OpenRosa, which share names, apart."""
        if self.pattern.startswith("key/"):
            return f"{self.name} by key"
        return f"{self.name} by password" if self.pattern.startswith("openrosa/") else self.name


def routes() -> list[Route]:
    """Every address the project serves."""
    return list(_routes(get_resolver(), "", ()))


def _routes(resolver: URLResolver, start: str, spaces: tuple[str, ...]) -> Iterator[Route]:
    for found in resolver.url_patterns:
        pattern = f"{start}{found.pattern}"
        if isinstance(found, URLPattern):
            yield Route(":".join((*spaces, found.name or "")), pattern)
        else:
            space = (found.namespace,) if found.namespace else ()
            yield from _routes(found, pattern, (*spaces, *space))

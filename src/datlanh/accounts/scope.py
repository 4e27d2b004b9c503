"""Who may do what, where: the one function behind every list, tile, export, count and write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from datlanh.accounts.models import Grant, User
from datlanh.kernel.actor import Actor
from datlanh.kernel.errors import DomainError
from datlanh.kernel.text import Text

NOT_ALLOWED = Text(
    "Tài khoản của bạn không có quyền làm việc này ({permission}).",
    "Your account may not do this ({permission}).",
)


class NotAllowedError(DomainError):
    """The grants of the one who asks do not reach so far."""

    code = "not_allowed"


@dataclass(frozen=True)
class Scope:
    """Whose data a permission reaches: everything, or those of some organisations."""

    everything: bool = False
    organisation_ids: frozenset[int] = frozenset()

    @property
    def nothing(self) -> bool:
        """True when the permission reaches no data at all."""
        return not self.everything and not self.organisation_ids

    def q(self, field: str = "organisation") -> Q:
        """The row filter; `field` leads to the organisation: "report__organisation"."""
        if self.everything:
            return Q()
        return Q(**{f"{field}__in": sorted(self.organisation_ids)})

    def allows(self, organisation_id: int | None) -> bool:
        """Whether a row of that organisation lies within; None is the whole province."""
        return self.everything or organisation_id in self.organisation_ids

    def setting(self) -> str:
        """For the database session: "all", "3,7" or "" (nothing)."""
        return "all" if self.everything else ",".join(map(str, sorted(self.organisation_ids)))


EVERYTHING = Scope(everything=True)
NOTHING = Scope()


def scope_for(who: Actor | AnonymousUser, permission: str) -> Scope:
    """Where `who` has `permission`. One query per user object, then from memory."""
    if isinstance(who, User):
        if who.known_scopes is None:
            who.known_scopes = _load(who)
        return who.known_scopes.get(str(permission), NOTHING)
    return EVERYTHING if getattr(who, "is_system", False) else NOTHING


def has(who: Actor | AnonymousUser, permission: str, organisation_id: int | None = None) -> bool:
    """Whether `who` has `permission` for that organisation's data; without one: anywhere."""
    scope = scope_for(who, permission)
    return not scope.nothing if organisation_id is None else scope.allows(organisation_id)


def require(who: Actor | AnonymousUser, permission: str, organisation_id: int | None) -> None:
    """Raise NotAllowedError unless the scope holds that organisation (None: the province)."""
    if not scope_for(who, permission).allows(organisation_id):
        raise NotAllowedError(NOT_ALLOWED, permission=str(permission))


def forget(who: Actor) -> None:
    """Read the grants anew next time: they have changed."""
    if isinstance(who, User):
        who.known_scopes = None


def _load(user: User) -> Mapping[str, Scope]:
    if not user.is_active:
        return {}
    return scopes_of(
        Grant.objects.filter(user=user, ended_at__isnull=True).values_list(
            "organisation_id", "role__permissions"
        )
    )


def scopes_of(grants: Iterable[tuple[int | None, Iterable[str]]]) -> Mapping[str, Scope]:
    """Where each permission holds, from live grants as (organisation or None, permissions)."""
    reach: dict[str, set[int | None]] = {}
    for organisation_id, permissions in grants:
        for permission in permissions:
            reach.setdefault(permission, set()).add(organisation_id)
    return {
        permission: EVERYTHING
        if None in found
        else Scope(organisation_ids=frozenset(i for i in found if i is not None))
        for permission, found in reach.items()
    }

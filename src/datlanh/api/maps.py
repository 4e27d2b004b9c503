"""What maps ask for: tiles, the numbers of the legend and the plain basemap."""

from __future__ import annotations

import functools
import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.core.cache import caches
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from datlanh import __version__
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import NOT_ALLOWED, NotAllowedError, Scope, scope_for
from datlanh.delivery.strike_tiles import strike_tile
from datlanh.delivery.tiles import Place, area_tile, releases_of
from datlanh.hazards.selectors import AreaFilter, Rows, area_counts, area_total, rows
from datlanh.kernel import clock
from datlanh.kernel.text import Text
from datlanh.places import selectors as places
from datlanh.register.selectors import decision_newest

MVT = "application/vnd.mapbox-vector-tile"
GEOJSON = "application/geo+json"
COMPRESS_FROM = 1_000  # bytes
YEAR_DIGITS = 4
GZIPPED = b"\x1f\x8b"  # no tile and no JSON begins like this
MADE = caches["maps"]

SIGN_IN = Text("Hãy đăng nhập.", "Sign in first.")

View = Callable[..., HttpResponse]


def mapped(view: View) -> View:
    """A view for signed-in readers of the map; it gets their scope."""

    @require_safe
    @functools.wraps(view)
    def scoped(request: HttpRequest, **more: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            # A program asks: a sign-in page would be no answer.
            language = getattr(request, "LANGUAGE_CODE", "vi")
            return JsonResponse({"code": "sign_in", "detail": SIGN_IN.say(language)}, status=401)
        scope = scope_for(request.user, Permission.MAP_READ)
        if scope.nothing:
            raise NotAllowedError(NOT_ALLOWED, permission=str(Permission.MAP_READ))
        answer = view(request, scope, **more)
        answer.headers.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(answer, ["Cookie", "Accept-Encoding"])
        return answer

    return scoped


@mapped
def tile(request: HttpRequest, scope: Scope, z: int, x: int, y: int) -> HttpResponse:
    """`/tiles/<z>/<x>/<y>.mvt?<filter>`: see `delivery.tiles.area_tile` for the layers."""
    if not Place(z, x, y).is_there:
        raise Http404
    wanted = AreaFilter.from_query(request.GET)
    # The mark is taken first: what is decided meanwhile gives a newer tile an older mark,
    # which the next question mends; the other way round it would stay.
    etag = _etag("tile", z, x, y, scope.setting(), wanted.query(), *_moment())
    return _unless_known(request, etag, MVT, lambda: area_tile(z, x, y, scope, wanted))


@mapped
def strikes(request: HttpRequest, scope: Scope, z: int, x: int, y: int) -> HttpResponse:
    """`/tiles/strikes/<z>/<x>/<y>.mvt?year=1968`: see `delivery.strike_tiles.strike_tile`.

    Without a year, or with one that is none: of all years. Empty where no records were taken in.
    """
    if not Place(z, x, y).is_there:
        raise Http404
    file = places.strikes_file()
    said = request.GET.get("year", "")
    year = int(said) if said.isdecimal() and len(said) == YEAR_DIGITS else None
    etag = _etag("strikes", z, x, y, file.pk if file else 0, year)
    first, last = (year, year) if year else (0, 9999)
    return _unless_known(request, etag, MVT, lambda: strike_tile(z, x, y, first, last))


@mapped
def legend(request: HttpRequest, scope: Scope) -> HttpResponse:
    """How many areas stand in each state, whatever states the filter names; sums and extent.

    `{"counts": {"open": 12, …, "releases": 30}, "total": 40, "area_m2": …, "area_reported_m2": …,
    "extent": [west, south, east, north] | null}`; the last four are of what the filter shows.
    """
    wanted = AreaFilter.from_query(request.GET)
    etag = _etag("legend", scope.setting(), wanted.query(), *_moment())

    def made() -> bytes:
        total, area_m2, reported_m2 = area_total(scope, wanted)
        return json.dumps(
            {
                "counts": {
                    **area_counts(scope, replace(wanted, status=())),
                    "releases": _count(rows(scope, releases_of(wanted))),
                },
                "total": total,
                "area_m2": area_m2,
                "area_reported_m2": reported_m2,
                "extent": _extent(scope, wanted),
            }
        ).encode()

    return _unless_known(request, etag, "application/json", made)


@mapped
def basemap(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Province, communes and their names as GeoJSON: the same for everybody."""
    edition = places.edition_current().digest
    return _unless_known(
        request, _etag("basemap", edition, clock.today()), GEOJSON, lambda: _basemap(edition)
    )


@functools.lru_cache(maxsize=2)
def _basemap(edition: str) -> bytes:
    drawn = places.basemap_geojson()
    return json.dumps(drawn, ensure_ascii=False, separators=(",", ":")).encode()


def _count(found: Rows) -> int:
    with connection.cursor() as cursor:
        cursor.execute(found.select("count(*)"), found.params)
        (number,) = cursor.fetchone()
    return int(number)


def _extent(scope: Scope, wanted: AreaFilter) -> list[float] | None:
    found = rows(scope, wanted)
    box = "st_extent(coalesce(t.outline, t.position))"
    columns = ", ".join(f"st_{side}({box})" for side in ("xmin", "ymin", "xmax", "ymax"))
    with connection.cursor() as cursor:
        cursor.execute(found.select(columns), found.params)
        sides = cursor.fetchone()
    return None if sides is None or sides[0] is None else [round(side, 5) for side in sides]


def _moment() -> tuple[object, ...]:
    """What every change of the register changes, and the day (for what is true today)."""
    return decision_newest(), clock.today()


def _etag(*parts: object) -> str:
    seen = "|".join(str(p) for p in (__version__, connection.settings_dict["NAME"], *parts))
    return f'"{hashlib.sha256(seen.encode()).hexdigest()[:32]}"'


def _unless_known(
    request: HttpRequest, etag: str, kind: str, make: Callable[[], bytes]
) -> HttpResponse:
    """304 where the browser has it already; else what `make` gives, compressed where it pays."""
    known = get_conditional_response(request, etag=etag)
    if known is not None:
        return known
    headers = {"ETag": etag}
    small = "gzip" in request.headers.get("Accept-Encoding", "")
    # The mark names all that the answer depends on, whose data included: whoever may see the
    # same is given the same, and the next decision makes it another mark.
    mark = etag.strip('"') + ("-gzip" if small else "")
    content = MADE.get(mark)
    if content is None:
        content = make()
        if small and len(content) >= COMPRESS_FROM:
            content = gzip.compress(content, 5, mtime=0)
        MADE.set(mark, content)
    if content.startswith(GZIPPED):
        headers["Content-Encoding"] = "gzip"
    return HttpResponse(content, content_type=kind, headers=headers)

"""Filtered list pages at a million areas, as an operator's field user, also deep in the list.

Rows of the list are multiplied as rows, for size alone; the base they come from is folded from
inputs and verified. Floor: the page's rows by their keys, which the client knows already.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace

from bench import place
from bench.measure import clocked, each_ms, header, line, peak_mb, percentile

USER = "mag.hientruong"
BASE = 20_000


def main(argv: list[str]) -> None:
    """Fill once, then turn pages."""
    parser = argparse.ArgumentParser(prog="python -m bench lists", description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--each", type=int, default=8, help="times each page is asked for")
    options = parser.parse_args(argv)
    header(f"List pages, {options.records} areas, as one operator's field user")
    _filled(options.records)
    pages = _pages()
    found: list[float] = []
    worst: dict[str, float] = {}
    for _ in range(options.runs):
        every: list[float] = []
        for name, page in pages.items():
            took = each_ms(page, options.each, warm=1)
            every += took
            worst[name] = max(worst.get(name, 0.0), percentile(took, 0.95))
        found.append(percentile(every, 0.95))
    line("a page's query: p95", found, "ms")
    for name, ms in sorted(worst.items(), key=lambda pair: -pair[1])[:5]:
        print(f"     slowest: {name:<33} {ms:.0f} ms")
    line("the same fifty rows by key: p95 (floor)", _floor(options.runs), "ms", 1)
    _over_http(options.runs, options.each)
    print(f"  {'most memory held':<44} {peak_mb():.0f} MB")


def _pages(username: str = USER) -> dict[str, Callable[[], object]]:
    """The filters people use, each in every order, at its beginning and deep in it."""
    from datlanh.accounts.models import User
    from datlanh.accounts.permissions import Permission
    from datlanh.accounts.scope import scope_for
    from datlanh.hazards.selectors import AreaFilter, area_page
    from datlanh.hazards.selectors.lists import SORTS, Turn

    scope = scope_for(User.objects.get(username=username), Permission.RECORD_READ)
    commune, month = _common()
    filters = {
        "everything": AreaFilter(),
        "open": AreaFilter(status=("open",)),
        "commune": AreaFilter(communes=(commune,)),
        "open, commune": AreaFilter(status=("open",), communes=(commune,)),
        "high priority": AreaFilter(priority=("high",)),
        "month": AreaFilter(month=month),
        "text": AreaFilter(text="HAZ-409-0012"),
    }
    found: dict[str, Callable[[], object]] = {}
    for name, wanted in filters.items():
        for sort in SORTS:
            turn = Turn(sort=sort)
            found[f"{name}, {sort}"] = lambda f=wanted, t=turn: area_page(scope, f, t)
            # The key after twenty thousand rows; where there are fewer, nothing is deep.
            if deep := area_page(scope, wanted, replace(turn, size=20_000)).after:
                later = replace(turn, after=deep)
                found[f"{name}, {sort}, deep"] = lambda f=wanted, t=later: area_page(scope, f, t)
    return found


def _common() -> tuple[str, str]:
    """A commune's code and a month with many areas."""
    with place.here() as connection:
        row = connection.execute(
            "select u.code from hazards_hazardousarea t join places_adminunit u on"
            " u.id = t.commune_id group by u.code order by count(*) desc limit 1"
        ).fetchone()
        month = connection.execute(
            "select to_char(true_from, 'YYYY-MM') from hazards_hazardousarea"
            " group by 1 order by count(*) desc limit 1"
        ).fetchone()
    assert row is not None
    assert month is not None
    return row[0], month[0]


def _floor(runs: int) -> list[float]:
    with place.here() as connection:
        keys = [
            row[0]
            for row in connection.execute(
                "select record_id from hazards_hazardousarea order by md5(local_id) limit 50"
            )
        ]
        query = "select * from hazards_hazardousarea where record_id = any(%s)"
        return [
            percentile(each_ms(lambda: connection.execute(query, [keys]).fetchall(), 40), 0.95)
            for _ in range(runs)
        ]


def _over_http(runs: int, each: int) -> None:
    from django.urls import reverse

    from bench.server import Browser, serving

    commune, _ = _common()
    asked = ["", "?status=open", f"?commune={commune}", "?status=open&sort=-area"]
    found = []
    with serving() as port:
        browser = Browser(port, USER)
        address = reverse("web:areas")
        for _ in range(runs):
            took: list[float] = []
            for query in asked:
                took += each_ms(lambda q=query: browser.get(address + q), each, warm=2)
            found.append(percentile(took, 0.95))
    line("the page over HTTP: p95", found, "ms")


def _filled(records: int) -> None:
    place.stand_in("lists", keep=True)
    from bench.filling import inputs
    from datlanh.accounts.acting import SYSTEM, acting
    from datlanh.hazards.models import HazardousArea
    from datlanh.intake.services.comparing import register_verify
    from datlanh.intake.services.rebuilding import register_rebuild

    if HazardousArea.objects.count() >= records:
        return
    place.stand_in("lists")
    base = min(BASE, records // 2)
    inputs(base)
    with acting(SYSTEM, via="command"):
        register_rebuild(by=SYSTEM)
        assert register_verify().equal
    with clocked() as took:
        _multiply(records, base)
    print(f"  (multiplied in {took[0]:.0f} s)")


def _multiply(records: int, base: int) -> None:
    """Copies of the base's rows: other ids, days, operators, states; the same ground, moved."""
    columns = (
        "record_id, local_id, internal_id, organisation_id, reporting_team, commune_code, "
        "village_name, shape_id, outline, position, area_reported_m2, true_from, known_seq, "
        "reports, area_m2, commune_id, derived_by, area_type, public_status, identification_date, "
        "survey_method, land_use, beneficiaries, clearance_priority, assessment_score, "
        "assessment_date"
    )
    with place.here() as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("set synchronous_commit = off")
        connection.execute(_MORE_RECORDS, {"copies": records // base, "base": base})
        connection.execute(_MORE_AREAS.format(columns=columns), {"base": base})
        connection.execute("vacuum analyze")


_MORE_RECORDS = """
insert into register_record (id, kind, local_id, organisation_id, created_seq, is_live)
select gen_random_uuid(), r.kind,
       'HAZ-409-' || lpad((row_number() over (order by n, r.local_id) + %(base)s)::text, 7, '0'),
       (array(select id from organisations_organisation
               where key in ('mag', 'npa_renew', 'ptvn', 'military') order by id)
       )[1 + (hashtext(r.local_id || n) & 3)],
       10000000 + row_number() over (order by n, r.local_id), true
  from register_record r cross join generate_series(1, %(copies)s - 1) n
"""
_MORE_AREAS = """
insert into hazards_hazardousarea ({columns})
select r.id, r.local_id, 'TS-' || right(r.local_id, 6), r.organisation_id, t.reporting_team,
       t.commune_code, t.village_name, 'TS-' || right(r.local_id, 6),
       st_translate(t.outline, h.a / 1e6, h.b / 1e6),
       st_translate(t.position, h.a / 1e6, h.b / 1e6),
       t.area_reported_m2, date '2016-01-01' + (h.a %% 3900), r.created_seq, 1,
       t.area_m2 * (0.5 + h.b / 50000.0), t.commune_id, t.derived_by, t.area_type,
       (array['open', 'open', 'open', 'ongoing', 'suspended', 'closed', 'closed'])[1 + h.b %% 7],
       date '2015-12-20' + (h.a %% 3900), t.survey_method, t.land_use, t.beneficiaries,
       (array['high', 'medium', 'low'])[1 + h.a %% 3], t.assessment_score, t.assessment_date
  from register_record r
  cross join lateral (select abs(hashtext(r.local_id)) %% 50000 as a,
                             abs(hashtext(reverse(r.local_id))) %% 50000 as b) h
  join hazards_hazardousarea t
    on t.local_id = 'HAZ-409-' || lpad((substr(r.local_id, 9)::int %% %(base)s)::text, 6, '0')
 where r.created_seq > 10000000
"""

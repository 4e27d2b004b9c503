"""A list of 100,000 areas as a file of each kind, beside the table copied out of the database."""

from __future__ import annotations

import argparse

from bench.measure import clocked, header, line, peak_mb

USER = "csdl"


def main(argv: list[str]) -> None:
    """Fill once, then make the files."""
    parser = argparse.ArgumentParser(prog="python -m bench exports", description=__doc__)
    parser.add_argument("--records", type=int, default=100_624)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args(argv)
    header(f"Exports of {options.records} areas")
    from bench.tiles import filled

    filled(options.records)
    from bench import place
    from datlanh.accounts.models import User
    from datlanh.exchange.models import Export
    from datlanh.exchange.services import export_make, export_path
    from datlanh.exchange.writers import WRITERS
    from datlanh.kernel import clock

    user = User.objects.get(username=USER)
    for kind in WRITERS:
        took, sizes = [], []
        for _ in range(options.runs):
            export = Export.objects.create(
                by=user, table="areas", format=kind, language="vi", asked_at=clock.now()
            )
            with clocked() as seconds:
                export_make(export_id=str(export.pk))
            export.refresh_from_db()
            assert export.total == options.records, export.total
            took.append(seconds[0])
            sizes.append((export.size or 0) / 1e6)
            export_path(export).unlink()
        line(f"{kind}: whole file", took, "s", 2)
        line(f"{kind}: size", sizes, "MB", 1)
    line("the version rows copied out as CSV (floor)", _floor(place, options.runs), "s", 2)
    print(f"  {'most memory held':<44} {peak_mb():.0f} MB")


def _floor(place: object, runs: int) -> list[float]:
    took = []
    for _ in range(runs):
        with place.here() as connection, clocked() as seconds:  # type: ignore[attr-defined]
            statement = (
                "copy (select * from register_version where known_to is null and "
                "true_to is null and kind = 'hazardous_area') to stdout with (format csv)"
            )
            with connection.cursor() as cursor, cursor.copy(statement) as copy:
                for _piece in copy:
                    pass
        took.append(seconds[0])
    return took

"""A mapping corrected: how long it takes, and how long nobody else can decide meanwhile.

Ten thousand reports of one version, three to a record; one attribute gets another name and the
rows of one list another column, so that every record and every list row changes. Floor: the
rebuild of the same register, which folds everything once.
"""

from __future__ import annotations

import argparse
import io

from bench import place
from bench.measure import clocked, header, line, peak_mb

CHANGES = {"slope": "steepness", "quantity": "pieces"}


def main(argv: list[str]) -> None:
    """One size, corrected there and back again a few times."""
    parser = argparse.ArgumentParser(prog="python -m bench remaps", description=__doc__)
    parser.add_argument("--reports", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=1)
    options = parser.parse_args(argv)
    header("A mapping corrected")
    place.stand_in("remaps")
    from bench.filling import inputs
    from datlanh.accounts.acting import SYSTEM, acting
    from datlanh.intake.services.comparing import register_verify
    from datlanh.intake.services.rebuilding import register_rebuild

    reports = inputs(options.reports // 3, updates=2)
    with acting(SYSTEM, via="command"), clocked() as took:
        register_rebuild(by=SYSTEM)
    line(f"{reports} reports: rebuilt (floor)", [took[0]], "s", 1)
    with place.here() as connection:
        connection.execute("vacuum analyze")
    spans: dict[str, list[float]] = {}
    for run in range(options.runs):
        for name, seconds in _corrected(back=run % 2 == 1).items():
            spans.setdefault(name, []).append(seconds)
    for name, seconds in spans.items():
        line(f"{reports} reports corrected: {name}", seconds, "s", 1)
    with acting(SYSTEM, via="command"):
        verdict = register_verify()
    assert verdict.equal, verdict.differences[:3]
    print(f"  {'most memory held':<44} {peak_mb():.0f} MB")


def _corrected(*, back: bool) -> dict[str, float]:
    """Propose and confirm; the seconds of each part."""
    from datlanh.accounts.acting import acting
    from datlanh.accounts.models import User
    from datlanh.intake.selectors.corrections import correction_of
    from datlanh.intake.services.proposing import form_propose, mapping_propose
    from datlanh.intake.services.remapping import mapping_confirm

    people = {u.username: u for u in User.objects.filter(username__in=["csdl", "kiemtra1"])}
    with acting(people["csdl"], via="command"), clocked() as proposing:
        proposal = form_propose(workbook=_workbook(back=back), by=people["csdl"])
        mapping_propose(id=proposal.pk, by=people["csdl"], reason="bench")
    with acting(people["kiemtra1"], via="command"):
        with clocked() as shown:
            seen = correction_of(proposal, people["kiemtra1"]).seen
        with clocked() as whole:
            done = mapping_confirm(id=proposal.pk, by=people["kiemtra1"], seen=seen)
    told = {"proposing": proposing[0], "page shown": shown[0], **done.seconds}
    return told | {"confirmed, all in all": whole[0]}


def _workbook(*, back: bool) -> bytes:
    """The workbook in force with other names, or with the first ones again."""
    import openpyxl

    from datlanh.intake.models import FormVersion

    version = FormVersion.objects.get(form="cha", retired_at=None)
    book = openpyxl.load_workbook(io.BytesIO(bytes(version.xlsform)))
    rows = book["survey"]
    heads = [cell.value for cell in rows[1]]
    name, attribute = heads.index("name"), heads.index("register::attribute")
    for row in rows.iter_rows(min_row=2):
        if not back and row[name].value in CHANGES:
            row[attribute].value = CHANGES[row[name].value]
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


if __name__ == "__main__":
    main([])

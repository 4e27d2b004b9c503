"""Many reports withdrawn by one act of two persons: how long, and how long others wait.

Floor: the same reports withdrawn one by one, each with its own request's work.
"""

from __future__ import annotations

import argparse

from bench import place
from bench.measure import clocked, header, line


def main(argv: list[str]) -> None:
    """One batch of the largest size, of records of their own."""
    parser = argparse.ArgumentParser(prog="python -m bench withdrawals", description=__doc__)
    parser.add_argument("--reports", type=int, default=500)
    parser.add_argument("--beside", type=int, default=1500, help="records that stay")
    options = parser.parse_args(argv)
    header("Withdrawn by one act")
    place.stand_in("withdrawals")
    from bench.filling import inputs
    from datlanh.accounts.acting import SYSTEM, acting
    from datlanh.accounts.models import User
    from datlanh.intake.batching import seen_in_batch
    from datlanh.intake.models import Report
    from datlanh.intake.services.batches import Chosen, batch_confirm, batch_propose
    from datlanh.intake.services.comparing import register_verify
    from datlanh.intake.services.rebuilding import register_rebuild

    inputs(options.reports + options.beside)
    with acting(SYSTEM, via="command"):
        register_rebuild(by=SYSTEM)
    with place.here() as connection:
        connection.execute("vacuum analyze")
    people = {u.username: u for u in User.objects.filter(username__in=["csdl", "kiemtra1"])}
    first, second = people["csdl"], people["kiemtra1"]
    found = Report.objects.order_by("pk")[: options.reports]
    chosen = [Chosen(r.pk, seen_in_batch(r)) for r in found]
    with clocked() as proposing, acting(first, via="command"):
        batch = batch_propose(chosen=chosen, by=first, note="bench")
    with clocked() as confirming, acting(second, via="command"):
        batch_confirm(id=batch.pk, by=second, confirm=True)
    line(f"{len(chosen)} reports proposed", proposing, "s", 1)
    line(f"{len(chosen)} reports withdrawn", confirming, "s", 1)
    with acting(SYSTEM, via="command"):
        verdict = register_verify()
    assert verdict.equal, verdict.differences[:3]

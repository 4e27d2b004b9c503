"""What the rules miss and what they alarm at without cause, over a corpus of labelled reports."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

# The corpus belongs to the tests, which assert what is only printed here.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))


def main(words: list[str]) -> int:
    """Print the figures; 1 when a planted fault was missed or a clean report stopped."""
    from support.corpus import corpus, judge

    parser = argparse.ArgumentParser(prog="python -m bench corpus", description=__doc__)
    parser.add_argument("--seed", type=int, default=3)
    seed = parser.parse_args(words).seed
    samples = list(corpus(seed))
    found = judge(iter(samples))
    by_form = Counter(s.form for s in samples)
    print(f"\ncorpus, seed {seed}: {found.clean} clean and {found.faulty} faulty reports")
    print("  " + ", ".join(f"{form} {count}" for form, count in by_form.items()))
    print(f"  planted faults   {found.planted:5d}  of {len(found.rules)} rules")
    print(f"  missed           {len(found.missed):5d}")
    print(f"  clean, blocked   {len(found.blocked):5d}")
    print(f"  clean, warned of {found.alarms.total():5d}  {dict(found.alarms) or ''}")
    for line in (*found.missed, *found.blocked):
        print(f"    {line}")
    return 1 if found.missed or found.blocked else 0

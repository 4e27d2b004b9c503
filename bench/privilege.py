"""List pages of those who may see little beside the same pages of who may see everything.

The two are asked for in turn, so that whatever else the machine does meets both. Wanted: a page of
the least privileged costs at most 1.2 times the administrator's, all pages together.
"""

from __future__ import annotations

import argparse
import statistics

from bench.lists import _filled, _pages
from bench.measure import each_ms, header, line

ADMINISTRATOR = "csdl"
LEAST = ("mag.hientruong", "mag")


def main(argv: list[str]) -> None:
    """Fill once, then ask for each page as each of them."""
    parser = argparse.ArgumentParser(prog="python -m bench privilege", description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--each", type=int, default=8, help="times each page is asked for")
    options = parser.parse_args(argv)
    header(f"Pages by privilege, {options.records} areas")
    _filled(options.records)
    everything = _pages(ADMINISTRATOR)
    for who in LEAST:
        pages = {name: page for name, page in _pages(who).items() if name in everything}
        ratios, slowest = [], dict[str, tuple[float, float]]()
        for _ in range(options.runs):
            own, all_of_it = 0.0, 0.0
            for name, page in pages.items():
                mine = statistics.median(each_ms(page, options.each, warm=1))
                theirs = statistics.median(each_ms(everything[name], options.each, warm=1))
                own, all_of_it = own + mine, all_of_it + theirs
                slowest[name] = max(slowest.get(name, (0.0, 0.0)), (mine / theirs, mine))
            ratios.append(own / all_of_it)
        line(f"{who} ÷ {ADMINISTRATOR}, {len(pages)} pages", ratios, "×", 2)
        for name, (ratio, ms) in sorted(slowest.items(), key=lambda pair: pair[1])[:-4:-1]:
            print(f"     most: {name:<37} {ratio:.2f} ×, {ms:.1f} ms")

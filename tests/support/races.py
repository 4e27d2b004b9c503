"""Several people at one moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def together(*actions: Callable[[], Any]) -> list[Any]:
    """Run the actions at the same moment, each on its own connection; results or exceptions."""
    gate = threading.Barrier(len(actions))
    results: list[Any] = [None] * len(actions)

    def run(place: int, action: Callable[[], Any]) -> None:
        try:
            gate.wait(timeout=20)
            results[place] = action()
        except Exception as error:
            results[place] = error
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=(i, a)) for i, a in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results

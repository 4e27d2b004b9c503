"""A line between a browser and the site that can be cut where it hurts."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

CHUNK = 64 * 1024
POST = b"/submission HTTP/1.1\r\n"


class Line:
    """Carries bytes to and fro. What is broken stays broken until it is mended.

    `cut_upload`: a submission is cut off after so many bytes. `swallow_answer`: it arrives whole,
    and the connection ends before its answer comes back.
    """

    def __init__(self, target: str) -> None:
        host, _, port = target.removeprefix("http://").partition(":")
        self.target = (host, int(port))
        self.cut_upload: int | None = None
        self.swallow_answer = False
        self.submissions = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def mend(self) -> None:
        """Carry everything from now on."""
        self.cut_upload, self.swallow_answer = None, False

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                browser, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(browser,), daemon=True).start()

    def _carry(self, browser: socket.socket) -> None:
        with browser, contextlib.suppress(OSError), socket.create_connection(self.target) as site:
            uploading = False
            carried = 0
            while True:
                ready, _, _ = select.select([browser, site], [], [], 60)
                if not ready:
                    return
                if browser in ready:
                    data = browser.recv(CHUNK)
                    if POST in data:
                        uploading, carried = True, 0
                        self.submissions += 1
                    carried += len(data)
                    if not data or (
                        uploading and self.cut_upload is not None and carried > self.cut_upload
                    ):
                        return
                    site.sendall(data)
                if site in ready:
                    data = site.recv(CHUNK)
                    if not data or (uploading and self.swallow_answer):
                        return
                    browser.sendall(data)


@contextmanager
def line_to(target: str) -> Iterator[Line]:
    """A line to `target`, as long as it is needed."""
    line = Line(target)
    try:
        yield line
    finally:
        line.close()

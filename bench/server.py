"""The server as `./run` starts it: granian with two workers of four threads, on a free port."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.place import ROOT


@contextmanager
def serving() -> Iterator[int]:
    """Serve this bench's database; gives the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        sys.executable, "-m", "granian", "datlanh.config.wsgi:application", "--interface", "wsgi",
        "--no-ws", "--host", "127.0.0.1", "--port", str(port), "--workers", "2",
        "--blocking-threads", "4", "--log-level", "warning",
    ]  # fmt: skip
    environment = {**os.environ, "DATLANH_STATEMENT_TIMEOUT_MS": "30000"}
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _answers(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(15)


def _answers(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/accounts/login/")
            if connection.getresponse().status < 500:
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server does not answer")


class Browser:
    """A signed-in person over one kept connection."""

    def __init__(self, port: int, username: str) -> None:
        from django.conf import settings
        from django.test import Client

        from datlanh.accounts.models import User

        client = Client()
        client.force_login(
            User.objects.get(username=username), "datlanh.accounts.sessions.AccountBackend"
        )
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={key}", "Accept-Language": "vi"}
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, address: str) -> bytes:
        """The body of an answer 200; anything else ends the bench."""
        self.connection.request("GET", address, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{answer.status} {address}\n{body[:300]!r}")
        return body

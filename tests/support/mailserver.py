"""A small mail server on loopback: takes what it is sent, or refuses as it is told."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class MailServer(socketserver.ThreadingTCPServer):
    """What came in stands in `taken`; `refusals` are answers to the next RCPT commands."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.taken: list[EmailMessage] = []
        self.refusals: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Session(socketserver.StreamRequestHandler):
    server: MailServer

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline():
            word = line.decode().strip().upper().split(" ")[0]
            if word == "QUIT":
                self.say("221 bye")
                return
            if word == "RCPT" and self.server.refusals:
                self.say(self.server.refusals.pop(0))
            elif word == "DATA":
                self.say("354 go on")
                self.server.taken.append(self.message())
                self.say("250 taken")
            else:
                self.say("250 fine")

    def message(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b"..") else line)
        found = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A running server."""
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()

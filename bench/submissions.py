"""How many submissions a second a server takes: `python bench/submissions.py --address …`.

Posts distinct CHA reports over keep-alive connections, as one phone each, and prints the rate
and the spread of the answers' times. Uses the database of the settings to make the phone.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import time
import uuid
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
BOUNDARY = "b" * 24
MARK = "uuid:00000000-0000-0000-0000-000000000000"
NUMBER = "HAZ-409-600001"


def prepared() -> tuple[str, bytes]:
    """A phone's secret and the XML of a report to send."""
    sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "datlanh.config.settings")
    import django

    django.setup()
    from datlanh.accounts.services import device_add
    from support.reports import cha, demo_cast, sent

    user = demo_cast()["renew.hientruong"]
    _, secret = device_add(user=user, name="bench", by=demo_cast()["csdl"])
    return secret, sent(cha(1), MARK)


def request(path: str, host: str, xml: bytes, photo: bytes) -> bytes:
    """One multipart POST, whole."""
    parts = [
        (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="xml_submission_file"; '
            f'filename="a.xml"\r\nContent-Type: text/xml\r\n\r\n'
        ).encode()
        + xml
    ]
    if photo:
        parts.append(
            (
                f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="p.jpg"; '
                f'filename="p.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
            ).encode()
            + photo
        )
    body = b"\r\n".join(parts) + f"\r\n--{BOUNDARY}--\r\n".encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nX-OpenRosa-Version: 1.0\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def client(
    host: str, port: int, queue: list[bytes], took: list[float], bad: list[bytes]
) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    while queue:
        message = queue.pop()
        began = time.perf_counter()
        writer.write(message)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"\r\ncontent-length:")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        took.append(time.perf_counter() - began)
        if b" 201 " not in head[:20]:
            bad.append(head[:40] + body)
    writer.close()


async def run(
    address: str, messages: list[bytes], clients: int
) -> tuple[float, list[float], list[bytes]]:
    parts = urlsplit(address)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    took: list[float] = []
    bad: list[bytes] = []
    began = time.perf_counter()
    await asyncio.gather(*(client(host, port, messages, took, bad) for _ in range(clients)))
    return time.perf_counter() - began, took, bad


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="http://127.0.0.1:8105")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--photo-kb", type=int, default=0)
    options = parser.parse_args()
    secret, xml = prepared()
    path, host = f"/key/{secret}/submission", urlsplit(options.address).netloc
    for number in range(options.rounds):
        messages = []
        for i in range(options.count):
            own = xml.replace(MARK.encode(), f"uuid:{uuid.uuid4()}".encode())
            own = own.replace(NUMBER.encode(), f"HAZ-409-{600000 + (i % 99999):06d}".encode())
            photo = (
                b"\xff\xd8\xff" + os.urandom(options.photo_kb * 1024) if options.photo_kb else b""
            )
            messages.append(request(path, host, own, photo))
        seconds, took, bad = asyncio.run(run(options.address, messages, options.clients))
        cuts = statistics.quantiles(took, n=100)
        print(
            f"round {number + 1}: {options.count / seconds:.0f}/s; ms median {cuts[49] * 1e3:.0f}, "
            f"p95 {cuts[94] * 1e3:.0f}, max {max(took) * 1e3:.0f}; refused {len(bad)}",
            *(bad[:1]),
        )


if __name__ == "__main__":
    main()

"""Durable submissions a second from 32 phones, against the server as `./run` starts it.

Posts distinct CHA reports over kept connections. Floor: as many bare inserts, each committed, by
32 connections. Both with fsync: an answer means the report is on disk.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import uuid

import psycopg

from bench import place
from bench.measure import header, line, peak_mb, percentile

BOUNDARY = "b" * 24
MARK = "uuid:00000000-0000-0000-0000-000000000000"
NUMBER = "HAZ-409-600001"
CLIENTS = 32

Sent = tuple[float, list[float]]  # seconds of all, ms of each


def main(argv: list[str]) -> None:
    """Rounds of submissions, each beside its floor."""
    parser = argparse.ArgumentParser(prog="python -m bench submissions", description=__doc__)
    parser.add_argument("--count", type=int, default=1500)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--photo-kb", type=int, default=0)
    options = parser.parse_args(argv)
    header(f"Submissions, {CLIENTS} clients")
    place.stand_in("submissions")
    path, xml = _prepared()
    from bench.server import serving

    rates, slow, slower, floor, floor_slow = [], [], [], [], []
    with serving() as port:
        host = f"127.0.0.1:{port}"
        asyncio.run(_send(port, _messages(200, path, host, xml, options.photo_kb)))  # warm
        for _ in range(options.runs):
            messages = _messages(options.count, path, host, xml, options.photo_kb)
            seconds, took = asyncio.run(_send(port, messages))
            rates.append(options.count / seconds)
            slow.append(percentile(took, 0.5))
            slower.append(percentile(took, 0.99))
            seconds, took = asyncio.run(_insert(options.count, len(xml)))
            floor.append(options.count / seconds)
            floor_slow.append(percentile(took, 0.99))
    line("submissions", rates, "/s")
    line("an answer: median", slow, "ms")
    line("an answer: p99", slower, "ms")
    line("bare inserts, committed (floor)", floor, "/s")
    line("a bare insert: p99 (floor)", floor_slow, "ms", 1)
    with place.here() as connection:
        kept = connection.execute("select count(*) from intake_report").fetchone()
    print(f"  {'reports kept':<44} {kept[0] if kept else 0}")
    print(f"  {'most memory held':<44} {peak_mb():.0f} MB")


def _prepared() -> tuple[str, bytes]:
    """The address of a phone with its secret, and the XML of a report to send."""
    from bench.filling import templates
    from datlanh.accounts.models import User
    from datlanh.accounts.services import device_add
    from datlanh.intake.instance import instance_of
    from datlanh.intake.models import FormVersion

    sender = User.objects.get(username="renew.hientruong")
    officer = User.objects.get(username="renew")
    _, secret = device_add(user=sender, name="bench", by=officer)
    form = FormVersion.objects.get(form="cha", retired_at=None)
    template = templates()[0]
    template.values["cha_id"] = NUMBER
    return f"/key/{secret}/submission", instance_of(form, template, MARK)


def _messages(count: int, path: str, host: str, xml: bytes, photo_kb: int) -> list[bytes]:
    messages = []
    for number in range(count):
        own = xml.replace(MARK.encode(), f"uuid:{uuid.uuid4()}".encode())
        own = own.replace(NUMBER.encode(), f"HAZ-409-{600000 + number % 99999:06d}".encode())
        photo = b"\xff\xd8\xff" + os.urandom(photo_kb * 1024) if photo_kb else b""
        messages.append(_request(path, host, own, photo))
    return messages


def _request(path: str, host: str, xml: bytes, photo: bytes) -> bytes:
    """One multipart POST, whole."""
    parts = [_part("xml_submission_file", "a.xml", "text/xml", xml)]
    if photo:
        parts.append(_part("p.jpg", "p.jpg", "image/jpeg", photo))
    body = b"\r\n".join(parts) + f"\r\n--{BOUNDARY}--\r\n".encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nX-OpenRosa-Version: 1.0\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _part(name: str, file: str, kind: str, content: bytes) -> bytes:
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'
        f"Content-Type: {kind}\r\n\r\n"
    )
    return head.encode() + content


async def _send(port: int, messages: list[bytes]) -> Sent:
    took: list[float] = []
    clock = asyncio.get_running_loop().time

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while messages:
            message = messages.pop()
            began = clock()
            writer.write(message)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"\r\ncontent-length:")[1].split(b"\r\n")[0])
            body = await reader.readexactly(length)
            took.append((clock() - began) * 1000)
            if b" 201 " not in head[:20]:
                raise SystemExit(f"refused: {head[:60]!r} {body[:300]!r}")
        writer.close()

    began = clock()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return clock() - began, took


async def _insert(count: int, size: int) -> Sent:
    """The floor: rows of a report's size, each in a transaction of its own."""
    parameters = place.parameters()
    with place.here() as connection:
        connection.execute("drop table if exists floor")
        connection.execute("create table floor (id bigserial primary key, at timestamptz, t text)")
    left, took = list(range(count)), list[float]()
    clock = asyncio.get_running_loop().time
    text = "x" * size

    async def client() -> None:
        connection = await psycopg.AsyncConnection.connect(**parameters, autocommit=True)
        async with connection:
            while left:
                left.pop()
                began = clock()
                await connection.execute("insert into floor (at, t) values (now(), %s)", [text])
                took.append((clock() - began) * 1000)

    began = clock()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return clock() - began, took

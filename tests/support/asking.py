"""Asking an address of the policy as somebody, through the door its entry names."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from support.matrix import Entry
from support.world import Things, World

NOBODY = "nobody"
PASSWORD = "chỉ để thử mà thôi"
NO_SECRET = "khong-co-bi-mat-nay"


def address(entry: Entry, where: Mapping[str, Any], secret: str = "") -> str:
    if entry.door == "key":
        return reverse(entry.name, kwargs={**where, "secret": secret})
    return reverse(entry.name, kwargs=dict(where))


def ask(
    world: World,
    entry: Entry,
    who: str,
    things: Things,
    *,
    method: str = "",
    where: Mapping[str, Any] | None = None,
    sends: Mapping[str, Any] | None = None,
) -> HttpResponseBase:
    """The answer to one person (or nobody), about one operator's things."""
    headers = dict(entry.headers or {})
    client = world.client(who) if who != NOBODY and entry.door == "session" else Client()
    if who != NOBODY and entry.door == "password":
        pair = base64.b64encode(f"{who}:{PASSWORD}".encode()).decode()
        headers["Authorization"] = f"Basic {pair}"
    where = entry.where(world, things) if where is None else where
    sends = entry.sends(world, things) if sends is None else sends
    path = address(entry, where, world.secrets.get(who, NO_SECRET))
    more: dict[str, Any] = {"headers": headers, "query_params": dict(entry.query(world, things))}
    if "" in sends:
        return client.generic("POST", path, sends[""], content_type="text/xml", **more)
    method = method or entry.method
    if method == "POST":
        return client.post(path, dict(sends), **more)
    return client.generic(method, path, **more)

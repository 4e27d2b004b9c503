"""Asking for pages as somebody, and reading forms out of them."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse
from lxml import html as parser

from datlanh.accounts.models import User

BACKEND = "datlanh.accounts.sessions.AccountBackend"


def signed_in(user: User, language: str = "en") -> Client:
    """A browser of `user`, reading in `language`."""
    client = Client(headers={"Accept": "text/html"})
    client.force_login(user, backend=BACKEND)
    client.cookies["django_language"] = language
    return client


def page(client: Client, name: str, *args: object, status: int = 200, **query: str) -> str:
    """The page of that name in `web`; fails when its status is another."""
    answer = client.get(reverse(f"web:{name}", args=args), query)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return "" if answer.streaming else answer.content.decode()


def typed(html: str, form_id: str = "correct-form") -> dict[str, Any]:
    """Everything a form would send as it stands, but its button and its token."""
    form = parser.fromstring(html).get_element_by_id(form_id)
    sent: dict[str, list[str]] = {}
    for name, value in form.form_values():
        if name != "csrfmiddlewaretoken":
            sent.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in sent.items()}

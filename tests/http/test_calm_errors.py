"""Refusals and failures reach the asker calmly, in the form and language asked for."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from datlanh.accounts.scope import NotAllowedError
from datlanh.delivery import errors
from datlanh.delivery.security import HEADER, ContentSecurity, policy
from datlanh.kernel.errors import (
    ConflictError,
    DomainError,
    TransitionError,
    TryLaterError,
    UnreadableError,
)
from datlanh.kernel.text import Text

SENTENCE = Text("Còn 2 lỗi chặn.", "2 blocking findings remain.")
PAGE, JSON, PLAIN = "text/html", "application/json", "text/plain"


def asking(accept: str, **headers: str) -> HttpRequest:
    request = RequestFactory().get("/x", headers={"Accept": accept, **headers})
    request.user = AnonymousUser()
    return request


def answer(error: Exception, request: HttpRequest) -> HttpResponse | None:
    return errors.CalmErrors(lambda _: HttpResponse()).process_exception(request, error)


@pytest.mark.parametrize("accept", [PAGE, JSON, PLAIN])
@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (DomainError, 422),
        (NotAllowedError, 403),
        (TransitionError, 409),
        (ConflictError, 409),
        (UnreadableError, 400),
        (TryLaterError, 503),
    ],
)
def test_a_refusal_keeps_its_sentence_and_status_in_every_form(
    kind: type[DomainError], status: int, accept: str
) -> None:
    said = answer(kind(SENTENCE), asking(accept))
    assert said is not None
    assert said.status_code == status
    assert said.headers["Content-Type"].startswith(accept)
    assert "Còn 2 lỗi chặn." in (
        json.loads(said.content)["detail"] if accept == JSON else said.content.decode()
    )
    assert ("Retry-After" in said.headers) == (status == 503)


def test_a_refusal_is_told_in_english_when_english_is_asked() -> None:
    with translation.override("en"):
        said = answer(ConflictError(SENTENCE), asking(JSON))
    assert said is not None
    assert json.loads(said.content) == {
        "code": "conflict",
        "detail": "2 blocking findings remain.",
    }


def test_a_refused_fragment_lands_among_the_messages() -> None:
    said = answer(TransitionError(SENTENCE), asking("*/*", **{"HX-Request": "true"}))
    assert said is not None
    assert said.status_code == 422  # the only refusal htmx swaps
    assert said.headers["HX-Retarget"] == "#messages"
    assert b"<html" not in said.content


def test_a_silent_database_is_a_calm_503_that_needs_no_database() -> None:
    said = answer(OperationalError("gone"), asking(PAGE))
    assert said is not None
    assert (said.status_code, said.headers["Retry-After"]) == (503, "60")
    assert "Chưa có gì mất" in said.content.decode()


def test_a_failure_of_ours_is_left_to_django() -> None:
    assert answer(ValueError("a bug"), asking(PAGE)) is None


@pytest.mark.parametrize("accept", [PAGE, JSON, PLAIN])
def test_django_s_four_failures_answer_in_the_form_asked(accept: str) -> None:
    request = asking(accept)
    said = [
        errors.bad_request(request, Exception()),
        errors.forbidden(request),
        errors.not_found(request),
        errors.broken(request),
    ]
    assert [s.status_code for s in said] == [400, 403, 404, 500]
    assert all(s.headers["Content-Type"].startswith(accept) for s in said)


def test_pages_carry_the_policy_unless_the_view_set_its_own() -> None:
    own = HttpResponse(headers={HEADER: policy(style_src="'self' 'unsafe-inline'")})
    request = asking(PAGE)
    assert "script-src 'self'" in ContentSecurity(lambda _: HttpResponse())(request).headers[HEADER]
    assert "'unsafe-inline'" in ContentSecurity(lambda _: own)(request).headers[HEADER]

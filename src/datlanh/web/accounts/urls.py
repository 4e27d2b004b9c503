"""Addresses of accounts and sessions."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from datlanh.web.accounts import people, sessions

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/sessions/", sessions.sessions, name="sessions"),
    path("account/sessions/end", sessions.session_end, name="session_end"),
    path("users/", people.accounts, name="accounts"),
    path("users/add", people.account_add, name="account_add"),
    path("users/<int:id>/", people.account, name="account"),
    path("users/<int:id>/password", people.account_password, name="account_password"),
    path("users/<int:id>/grant", people.account_grant, name="account_grant"),
    path("users/<int:id>/grant/end", people.account_grant_end, name="account_grant_end"),
    path("users/<int:id>/sessions", people.account_sessions_end, name="account_sessions_end"),
    path("users/<int:id>/second-step", people.account_second_step, name="account_second_step"),
    path("users/<int:id>/deactivate", people.account_deactivate, name="account_deactivate"),
]

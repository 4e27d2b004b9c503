"""Django's handle on the package."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "datlanh.accounts"
    label = "accounts"

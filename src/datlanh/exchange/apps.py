"""Django's handle on the package."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "datlanh.exchange"
    label = "exchange"

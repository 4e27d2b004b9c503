"""Django's handle on the package."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "datlanh.notices"
    label = "notices"

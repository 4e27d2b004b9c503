"""Django's handle on the package."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "datlanh.intake"
    label = "intake"

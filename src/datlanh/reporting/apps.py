"""Django's handle on the package."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "datlanh.reporting"
    label = "reporting"

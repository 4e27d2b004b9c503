"""Django's handle on the package."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "datlanh.audit"
    label = "audit"

"""Django's handle on the package."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "datlanh.organisations"
    label = "organisations"

"""Django's handle on the package."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "datlanh.people"
    label = "people"

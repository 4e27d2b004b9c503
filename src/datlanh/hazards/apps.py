"""Django's handle on the package."""

from django.apps import AppConfig


class HazardsConfig(AppConfig):
    name = "datlanh.hazards"
    label = "hazards"

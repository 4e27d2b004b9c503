"""Django's handle on the package."""

from django.apps import AppConfig


class OrdnanceConfig(AppConfig):
    name = "datlanh.ordnance"
    label = "ordnance"

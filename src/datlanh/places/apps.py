"""Django's handle on the package."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "datlanh.places"
    label = "places"

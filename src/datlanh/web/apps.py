"""Django's handle on the package."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "datlanh.web"
    label = "web"

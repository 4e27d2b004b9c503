"""Django's handle on the package."""

from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "datlanh.register"
    label = "register"

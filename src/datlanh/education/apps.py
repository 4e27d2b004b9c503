"""Django's handle on the package."""

from django.apps import AppConfig


class EducationConfig(AppConfig):
    name = "datlanh.education"
    label = "education"

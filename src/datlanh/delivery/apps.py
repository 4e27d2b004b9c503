"""Django's handle on the package."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "datlanh.delivery"
    label = "delivery"

"""The WSGI application that granian serves."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "datlanh.config.settings")


def settle() -> None:
    """Load what the first request would, and let the collector never look at it again.

    Code and models are some hundred thousand objects that stay; walking them stopped a worker
    for a tenth of a second every few requests.
    """
    import_module(settings.ROOT_URLCONF)  # and so every view
    gc.collect()
    gc.freeze()


application = get_wsgi_application()
settle()

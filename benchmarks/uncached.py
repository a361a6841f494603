"""The benchmarks' settings with every page rendered each time it is asked for."""

from .settings import *  # noqa: F403  CONFIG: settings inherit by star import
from .settings import CACHES

CACHES = {**CACHES, "pages": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

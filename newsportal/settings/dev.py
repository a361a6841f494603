"""One machine, plain http: what ``make run`` and ``manage.py`` use."""

from .base import *  # noqa: F403  CONFIG: settings inherit by star import

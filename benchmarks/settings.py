"""The tests' settings with the real limits and one more page, ``/hello/``, to measure against."""

from newsportal.settings.test import *  # noqa: F403  CONFIG: settings inherit by star import

ROOT_URLCONF = "benchmarks.urls"
# The portal's own: the flood check reads as many moments as this allows.
COMMENTS_PER_MINUTE = 6

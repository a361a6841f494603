"""British dates, in the admin as readers see them on the site; Django's clocks count to twelve."""

from django.conf.locale.en_GB.formats import *  # noqa: F403  CONFIG: formats inherit by star import

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, H:i"

"""What an application server loads: ``newsportal.wsgi:application``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsportal.settings.prod")

application = get_wsgi_application()

"""WSGI entry point for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "catalog_portal.settings")
application = get_wsgi_application()

from requests_app.keys import require_keys  # noqa: E402 - its settings have to be there first

require_keys()  # before the first request rather than at the first resident

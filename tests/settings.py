"""The portal's settings as the tests need them: quick passwords, no static manifest."""

import os

os.environ.setdefault("DEMO", "1")
os.environ.setdefault("DATABASE_URL", "sqlite:///:memory:")

from catalog_portal.settings import *
from catalog_portal.settings import STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True

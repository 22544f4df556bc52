"""The portal's settings as the tests need them: quick passwords, no static manifest."""

import os

os.environ.setdefault("DEMO", "1")
os.environ.setdefault("DATABASE_URL", "sqlite:///:memory:")

from catalog_portal.settings import *
from catalog_portal.settings import DATABASES, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True

# A live server answers in several threads: SQLite in memory would refuse some of them ("table is
# locked"), a file makes them wait for each other as in a real installation.
if str(DATABASES["default"]["NAME"]).endswith(".sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": f"{DATABASES['default']['NAME']}-test"}

"""The portal's own settings, with one more address: a view that does nothing."""

from catalog_portal.settings import *  # noqa: F403

ROOT_URLCONF = "bench.http_urls"

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Error, register


class CatalogsConfig(AppConfig):
    name = "catalogs"
    verbose_name = "证明事项清单"

    def ready(self) -> None:
        register(signing_key_is_one)


def signing_key_is_one(**_: Any) -> list[Error]:
    """A wrong key is found when the portal starts, not when an edition is to be published."""
    from catalogs import seals

    if settings.EDITION_SIGNING_KEY:
        try:
            seals.sign(b"", settings.EDITION_SIGNING_KEY)
        except seals.BadKey as problem:
            return [Error(f"EDITION_SIGNING_KEY: {problem}", id="catalogs.E001")]
    return []

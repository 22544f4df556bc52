"""Model fields that keep personal data encrypted in the database."""

import json
from typing import Any

from django.db import models

from requests_app.encryption import decrypt, encrypt


class EncryptedTextField(models.TextField):
    """Text that only the portal can read; the database sees a token. It cannot be searched."""

    def get_prep_value(self, value: Any) -> Any:
        return encrypt(str(value)) if value else ""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str:
        return decrypt(value or "")


class EncryptedJSONField(EncryptedTextField):
    """A dict or list, kept as one encrypted text."""

    def get_prep_value(self, value: Any) -> Any:
        return encrypt(json.dumps(value, ensure_ascii=False)) if value else ""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return json.loads(decrypt(value)) if value else {}

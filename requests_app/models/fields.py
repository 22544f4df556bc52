"""Model fields that keep personal data encrypted in the database."""

import json
from typing import Any

from django.db import models

from requests_app.encryption import decrypt, encrypt

_SEALED = "encrypted:"  # before a token in what ``dumpdata`` writes


class EncryptedTextField(models.TextField):
    """Text that only the portal can read; the database sees a token. It cannot be searched.

    ``dumpdata`` writes the token, and ``loaddata`` takes it back under the same keys.
    """

    def get_prep_value(self, value: Any) -> Any:
        return encrypt(self._as_text(value)) if value else ""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return self._from_text(decrypt(value or ""))

    def value_to_string(self, obj: models.Model) -> str:
        token = self.get_prep_value(self.value_from_object(obj))
        return f"{_SEALED}{token}" if token else ""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith(_SEALED):
            return self._from_text(decrypt(value.removeprefix(_SEALED)))
        return value

    def _as_text(self, value: Any) -> str:
        return str(value)

    def _from_text(self, text: str) -> Any:
        return text


class EncryptedJSONField(EncryptedTextField):
    """A dict or list, kept as one encrypted text."""

    def _as_text(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    def _from_text(self, text: str) -> Any:
        return json.loads(text) if text else {}

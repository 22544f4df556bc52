"""Attached files at rest: encrypted like the rest of residents' data, for they show papers and names."""

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, storages
from django.db.models.fields.files import FieldFile

from requests_app.encryption import decrypt_bytes, encrypt_bytes


class EncryptedFileStorage(FileSystemStorage):
    """Files under the media folder that only the portal can read; whole in memory, 10 MB at most each."""

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        content.seek(0)
        return super().save(name, ContentFile(encrypt_bytes(content.read())), max_length)

    def open(self, name: str, mode: str = "rb") -> File:
        """The file as it was attached. Raises WrongKey where no key opens it."""
        if mode != "rb":
            raise ValueError("an encrypted file is only read whole or saved anew")
        with super().open(name, mode) as file:
            return ContentFile(decrypt_bytes(file.read()), name=name)

    def reencrypt(self, name: str) -> None:
        """Encrypt a file with the newest key, under the same name; a crash leaves the old one whole."""
        content = encrypt_bytes(self.open(name).read())
        path = Path(self.path(name))
        handle, beside = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(beside).replace(path)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise


@contextmanager
def attached(field: FieldFile, upload: File | None) -> Iterator[None]:
    """Keep an upload under a random name in a field of a row that is saved meanwhile.

    The file goes again if that fails: no row would know it, so nothing would ever remove it.
    """
    if upload is None:
        yield
        return
    extension = str(upload.name or "").rsplit(".", 1)[-1].lower()
    field.save(f"{uuid.uuid4().hex}.{extension}", upload, save=False)
    try:
        yield
    except BaseException:
        field.storage.delete(str(field.name))
        raise


def attachments() -> EncryptedFileStorage:
    """Where attached files are kept; a field names this function, so that settings decide."""
    return cast("EncryptedFileStorage", storages["attachments"])

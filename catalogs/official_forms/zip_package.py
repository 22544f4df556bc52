"""The zip archive around a workbook or document, opened with distrust: sizes first, content counted."""

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.limits import (
    MAX_INFLATED,
    MAX_MEMBERS,
    MAX_RATIO,
    RATIO_FROM,
    Budget,
)
from catalogs.official_forms.refusals import DAMAGED, LOCKED, NESTED, TOO_BIG

_CHUNK = 64 * 1024
_ARCHIVES = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf")


class Package:
    """The members of an archive, by lower-case name with forward slashes.

    ``budget`` is what reading may still cost.
    """

    def __init__(self, data: bytes) -> None:
        """Open ``data``; raises UnreadableForm for a broken or locked archive and for a bomb."""
        try:
            self._archive = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as problem:
            raise UnreadableForm(DAMAGED) from problem
        members = self._archive.infolist()
        _refuse_bomb(members)
        if any(one.flag_bits & 0x1 for one in members):
            raise UnreadableForm(LOCKED)
        self._members = {one.filename.replace("\\", "/").lower(): one for one in members}
        self.names = frozenset(self._members)
        self._left = MAX_INFLATED
        self.budget = Budget()

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._members

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a member piece by piece.

        What comes out is counted over all calls, whatever sizes the archive declares: raises
        UnreadableForm at the cap, and for content that does not inflate or check.
        """
        try:
            with self._archive.open(self._member(name)) as stream:
                while chunk := stream.read(_CHUNK):
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise UnreadableForm(TOO_BIG)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as problem:
            raise UnreadableForm(DAMAGED) from problem

    def refuse_nested(self) -> None:
        """Raises UnreadableForm when a member is an archive itself."""
        for name in self.names:
            try:
                with self._archive.open(self._member(name)) as stream:
                    head = stream.read(8)
            except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as problem:
                raise UnreadableForm(DAMAGED) from problem
            if head.startswith(_ARCHIVES):
                raise UnreadableForm(NESTED)

    def _member(self, name: str) -> zipfile.ZipInfo:
        member = self._members.get(name.lower())
        if member is None or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnreadableForm(DAMAGED)
        return member


def _refuse_bomb(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise UnreadableForm(TOO_BIG)
    if sum(one.file_size for one in members) > MAX_INFLATED:
        raise UnreadableForm(TOO_BIG)
    for one in members:
        if one.file_size >= RATIO_FROM and one.file_size > MAX_RATIO * max(one.compress_size, 1):
            raise UnreadableForm(TOO_BIG)

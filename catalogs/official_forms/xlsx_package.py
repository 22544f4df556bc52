"""The zip archive around a workbook, opened with distrust: sizes first, content counted."""

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.kinds import why_not_workbook

MAX_INFLATED = 60 * 1024 * 1024  # bytes, all members together
MAX_ELEMENTS = 2_200_000  # XML elements read, all parts together; bounds the time it takes
MAX_MEMBERS = 2_000
MAX_RATIO = 200  # a sheet of formatted blank rows reaches about 30, a bomb about 1,000
RATIO_FROM = 1024 * 1024  # bytes; below this any ratio is harmless
_CHUNK = 64 * 1024

DAMAGED = "文件不完整或已损坏，无法读取。请用 Excel 或 WPS 打开确认后另存，再重新上传。"
TOO_BIG = "文件解压后过大，无法读取。请删除表格下方的空白行、图片和多余工作表，另存后重新上传。"


class Package:
    """The members of an .xlsx archive, by lower-case name with forward slashes."""

    def __init__(self, data: bytes) -> None:
        """Open ``data``; raises UnreadableForm for a broken archive, a bomb or another kind."""
        try:
            self._archive = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as problem:
            raise UnreadableForm(DAMAGED) from problem
        members = self._archive.infolist()
        _refuse_bomb(members)
        self._members = {one.filename.replace("\\", "/").lower(): one for one in members}
        refusal = why_not_workbook(set(self._members))
        if refusal:
            raise UnreadableForm(refusal)
        if any(one.flag_bits & 0x1 for one in members):
            raise UnreadableForm("文件设有密码，无法读取。请取消密码后重新上传。")
        self._left = MAX_INFLATED
        self.elements_left = MAX_ELEMENTS

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._members

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a member piece by piece.

        What comes out is counted over all calls, whatever sizes the archive declares: raises
        UnreadableForm at the cap, and for content that does not inflate or check.
        """
        try:
            member = self._members[name.lower()]
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise UnreadableForm(DAMAGED)
            with self._archive.open(member) as stream:
                while chunk := stream.read(_CHUNK):
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise UnreadableForm(TOO_BIG)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, RuntimeError) as problem:
            raise UnreadableForm(DAMAGED) from problem


def _refuse_bomb(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise UnreadableForm(TOO_BIG)
    if sum(one.file_size for one in members) > MAX_INFLATED:
        raise UnreadableForm(TOO_BIG)
    for one in members:
        is_xml = one.filename.lower().endswith((".xml", ".rels"))
        swollen = one.file_size > MAX_RATIO * max(one.compress_size, 1)
        if is_xml and one.file_size >= RATIO_FROM and swollen:
            raise UnreadableForm(TOO_BIG)

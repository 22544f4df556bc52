"""What a file is, judged by its content: its name proves nothing."""

import re
from collections.abc import Collection
from enum import Enum, auto

from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.refusals import EMPTY, LOCKED, MACROS, REOPEN

_RETYPE = "请上传填写在 Excel 工作簿（*.xlsx）或 Word 文档（*.docx）中的官方表格。"
_UNPACK = "请先解压，再上传其中的官方表格。"


class Kind(Enum):
    """The kinds of content that a reader exists for."""

    ARCHIVE = auto()  # zip: .xlsx, .docx, .ods
    COMPOUND = auto()  # OLE2: .xls
    BARE_XLS = auto()  # an .xls without its compound file, as some systems export
    WEB_ARCHIVE = auto()  # a web page with its parts in one file, .mht
    MARKUP = auto()  # text that begins with a tag: HTML or XML
    TEXT = auto()  # any other text: CSV


class InArchive(Enum):
    """What an archive holds."""

    WORKBOOK = auto()
    DOCUMENT = auto()
    OPEN_SPREADSHEET = auto()


_MARKS = (
    (b"PK\x03\x04", Kind.ARCHIVE),
    (b"PK\x05\x06", Kind.ARCHIVE),
    (b"PK\x07\x08", Kind.ARCHIVE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.COMPOUND),
    (b"\x09\x08\x10\x00\x00\x06", Kind.BARE_XLS),
    (b"\x09\x08\x08\x00\x00\x05", Kind.BARE_XLS),
)
_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", 0),
    (b"\xff\xd8\xff", 0),
    (b"GIF8", 0),
    (b"BM", 0),
    (b"II*\x00", 0),
    (b"MM\x00*", 0),
    (b"WEBP", 8),
    (b"ftyphei", 4),
    (b"ftypmif1", 4),
)
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_WEB_ARCHIVE = (b"mime-version:", b"content-type: multipart/", b"from: <saved by", b'from: "saved by')
_TAG = re.compile(rb"<[a-z!?]")
_NO_CODE = ("script-lc.xml", "script-lb.xml", "dialog-lc.xml", "dialog-lb.xml", "")


def kind_of(data: bytes) -> Kind:
    """Return what ``data`` is by its first bytes; raises UnreadableForm for what has no reader."""
    if not data:
        raise UnreadableForm(EMPTY)
    head = data[:4096]
    for mark, kind in _MARKS:
        if head.startswith(mark):
            return kind
    if b"%PDF-" in head[:1024]:
        raise UnreadableForm(f"这是 PDF 文件，不是电子表格。{_RETYPE}")
    if _is_image(head):
        raise UnreadableForm(f"这是图片（扫描件或截图），不是电子表格。{_RETYPE}")
    if head.startswith(_ARCHIVES):
        raise UnreadableForm(f"这是压缩包，不是电子表格。{_UNPACK}")
    # Without NUL bytes UTF-16 reads like ASCII, which is all that the marks below need.
    start = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith(b"{\\rtf"):
        raise UnreadableForm(f"这是 RTF 文档，不是电子表格。{REOPEN}")
    if start.startswith(_WEB_ARCHIVE):
        return Kind.WEB_ARCHIVE
    return Kind.MARKUP if _TAG.match(start) or b"<table" in start else Kind.TEXT


def _is_image(head: bytes) -> bool:
    if any(head[at:].startswith(mark) for mark, at in _IMAGES if mark != b"BM"):
        return True
    return head.startswith(b"BM") and head[6:10] == bytes(4)  # a text may begin with BM


def kind_in_archive(names: Collection[str]) -> InArchive:
    """Return what an archive with these members is.

    ``names`` are lower case, with forward slashes. Raises UnreadableForm for macros and for
    what has no reader.
    """
    if any(_is_macro(name) for name in names):
        raise UnreadableForm(MACROS)
    if "xl/workbook.bin" in names:
        raise UnreadableForm(f"这是二进制格式的工作簿（.xlsb），暂不能读取。{REOPEN}")
    if "[content_types].xml" in names:
        if any(name.startswith("word/") for name in names):
            return InArchive.DOCUMENT
        if any(name.startswith("ppt/") for name in names):
            raise UnreadableForm(f"这是演示文稿（.pptx），不是电子表格。{_RETYPE}")
        if any(name.endswith("workbook.xml") for name in names):
            return InArchive.WORKBOOK
    if "ofd.xml" in names:
        raise UnreadableForm(f"这是 OFD 版式文件，不是电子表格。{_RETYPE}")
    if "mimetype" in names and "content.xml" in names:
        return InArchive.OPEN_SPREADSHEET
    raise UnreadableForm(f"这是压缩包，不是电子表格。{_UNPACK}")


def _is_macro(name: str) -> bool:
    if name.endswith("vbaproject.bin") or "/macrosheets/" in name:
        return True
    if name.startswith("basic/"):
        return name.rpartition("/")[2] not in _NO_CODE
    return name.startswith("scripts/") and not name.endswith("/")


def stream_in_compound(names: Collection[str]) -> str:
    """Return the name of the stream that holds the workbook of a compound file.

    ``names`` are those of its streams and storages at the top, lower case. Raises UnreadableForm
    for a locked file, for macros and for what has no reader.
    """
    if "encryptedpackage" in names:
        raise UnreadableForm(LOCKED)
    if "worddocument" in names:
        raise UnreadableForm(
            "这是旧版 Word 文档（.doc 或 .wps），暂不能读取。"
            "请用 Word 或 WPS 打开，另存为 Word 文档（*.docx）后重新上传。"
        )
    if "powerpoint document" in names:
        raise UnreadableForm(f"这是演示文稿（.ppt），不是电子表格。{_RETYPE}")
    stream = next((name for name in ("workbook", "book") if name in names), None)
    if stream is None:
        raise UnreadableForm(f"这是旧版 Office 文件，暂不能读取。{REOPEN}")
    if "_vba_project_cur" in names or "_vba_project" in names or "macros" in names:
        raise UnreadableForm(MACROS)
    return stream

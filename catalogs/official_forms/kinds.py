"""What a file is, judged by its content: its name proves nothing."""

import codecs

MEND = "请将附件3另存为“Excel 工作簿（*.xlsx）”后重新上传。"

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
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_zip(data: bytes) -> bool:
    """Whether the content begins like a zip archive, as every .xlsx does."""
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


def why_not_zip(data: bytes) -> str:
    """Return the refusal (Chinese) for content that is no zip archive."""
    head = data[:4096]
    if not data:
        return "文件是空的，没有任何内容。请检查后重新上传填好的附件3。"
    if b"%PDF-" in head[:1024]:
        return f"这是 PDF 文件，不是电子表格。{MEND}"
    if head.startswith(_OLE):
        return _why_not_ole(data)
    if any(head[at:].startswith(mark) for mark, at in _IMAGES):
        return f"这是图片（扫描件或截图），不是电子表格。{MEND}"
    if head.startswith(_ARCHIVES):
        return "这是压缩包，不是电子表格。请先解压，再上传其中的附件3（*.xlsx）。"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"{\\rtf"):
        return f"这是 RTF 文档，不是电子表格。{MEND}"
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head")):
        return f"这是网页格式的表格，不是 Excel 工作簿。请用 Excel 或 WPS 打开，{MEND[1:]}"
    if start.startswith(b"<?xml"):
        return f"这是 XML 文件，不是 Excel 工作簿。请用 Excel 或 WPS 打开，{MEND[1:]}"
    if _is_text(head):
        return f"这是纯文本或 CSV 文件，不是 Excel 工作簿。请用 Excel 或 WPS 打开，{MEND[1:]}"
    return f"无法识别这个文件的格式，它不是 Excel 工作簿。{MEND}"


def _why_not_ole(data: bytes) -> str:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") + b"\x00\x00" in data

    if holds("EncryptedPackage"):
        return "工作簿设有打开密码，无法读取。请在 Excel 或 WPS 中取消密码后重新上传。"
    if holds("Workbook") or holds("Book"):
        return f"这是旧版 Excel 文件（.xls 或 .et），暂不能读取。请用 Excel 或 WPS 打开，{MEND[1:]}"
    if holds("WordDocument"):
        return f"这是旧版 Word 文档（.doc 或 .wps），不是电子表格。{MEND}"
    return f"这是旧版 Office 文件，暂不能读取。请用 Excel 或 WPS 打开，{MEND[1:]}"


def _is_text(head: bytes) -> bool:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    if any(byte < 9 or 13 < byte < 27 for byte in head):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        return True
    return False


def why_not_workbook(names: set[str]) -> str | None:
    """Return the refusal (Chinese) for a zip archive with these members, or None for a workbook.

    ``names`` are lower case, with forward slashes.
    """
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        return f"工作簿含有宏，不能接收。请另存为不含宏的工作簿：{MEND}"
    if "xl/workbook.bin" in names:
        return f"这是二进制格式的工作簿（.xlsb），暂不能读取。请用 Excel 或 WPS 打开，{MEND[1:]}"
    if "[content_types].xml" in names:
        if any(name.startswith("word/") for name in names):
            return f"这是 Word 文档（.docx），不是 Excel 工作簿。{MEND}"
        if any(name.startswith("ppt/") for name in names):
            return f"这是演示文稿（.pptx），不是 Excel 工作簿。{MEND}"
        if any(name.endswith("workbook.xml") for name in names):
            return None
    if "ofd.xml" in names:
        return f"这是 OFD 版式文件，不是电子表格。{MEND}"
    if "mimetype" in names and "content.xml" in names:
        return f"这是 OpenDocument 文件（.ods 等），暂不能读取。请用 Excel 或 WPS 打开，{MEND[1:]}"
    return "这是压缩包，不是 Excel 工作簿。请先解压，再上传其中的附件3（*.xlsx）。"

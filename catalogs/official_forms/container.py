"""Is this a workbook that is safe to open? Decided by content, before anything parses it."""

import io
import zipfile

from catalogs.official_forms.errors import UnreadableForm

MAX_INFLATED = 60 * 1024 * 1024  # bytes over all parts; a real form inflates to under 2 MB
MAX_RATIO = 200  # inflated : packed; real sheets stay below 30
MAX_PARTS = 2_000
SAVE_AS = "请用 WPS 或 Excel 打开，另存为 .xlsx 格式后重新上传。"

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", f"这是 PDF 文件，不是表格。{SAVE_AS}"),
    (
        b"\xd0\xcf\x11\xe0",
        f"这是旧版 .xls 表格或加了密码的表格，暂不能读取。如有密码请先取消，{SAVE_AS}",
    ),
    (b"\x89PNG", "这是图片，不是表格。请上传填好的 .xlsx 表格。"),
    (b"\xff\xd8\xff", "这是图片，不是表格。请上传填好的 .xlsx 表格。"),
    (b"Rar!", "这是压缩包。请解压后上传其中的 .xlsx 表格。"),
    (b"7z\xbc\xaf", "这是压缩包。请解压后上传其中的 .xlsx 表格。"),
)


def require_workbook(data: bytes) -> None:
    """Raise UnreadableForm unless ``data`` is an .xlsx workbook of bounded size without macros."""
    if not data:
        raise UnreadableForm("文件是空的（0 字节）。请确认表格已保存，再重新上传。")
    for signature, message in _SIGNATURES:
        if data.startswith(signature):
            raise UnreadableForm(message)
    if not data.startswith(b"PK"):
        raise UnreadableForm(f"文件内容不是 Excel 表格（.xlsx）。{SAVE_AS}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_parts(archive)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
    ) as error:
        raise UnreadableForm(f"文件已损坏或没有传完整。请重新打开原文件，{SAVE_AS}") from error


def _check_parts(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    if "word/document.xml" in names:
        raise UnreadableForm("这是 Word 文档，暂不能读取。请把表格粘贴到官方 Excel 表格中再上传。")
    if "xl/workbook.xml" not in names:
        raise UnreadableForm(f"这是压缩包或其他文件，其中没有 Excel 表格。{SAVE_AS}")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise UnreadableForm("表格带有宏。请另存为不含宏的 .xlsx 格式后重新上传。")
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise UnreadableForm(f"表格内部文件过多，不是正常的填报表。{SAVE_AS}")
    total = 0
    for part in parts:
        # Count what really comes out: a header can claim any size.
        with archive.open(part) as stream:
            size = 0
            while chunk := stream.read(1 << 20):
                size += len(chunk)
                total += len(chunk)
                if total > MAX_INFLATED or (size > 1 << 20 and size > MAX_RATIO * part.compress_size):
                    raise UnreadableForm(
                        f"表格展开后过大，不是正常的填报表。请删除多余内容和空白行，{SAVE_AS}"
                    )

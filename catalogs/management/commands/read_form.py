"""``manage.py read_form``: read official forms without a database, one JSON object a line."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from catalogs.official_forms import FIELDS, SURVEY_FIELDS, Annex2Form, Annex3Form, UnreadableForm
from catalogs.official_forms.isolated import WHILE_WAITING, read_isolated
from catalogs.official_forms.wire import kind_of
from catalogs.reference_files import findings_by_row


class Command(BaseCommand):
    help = "读取附件2或附件3（不用数据库），每个文件输出一行 JSON；全部可读时退出码为 0，否则为 1。"
    requires_system_checks = ()

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="要读取的文件")
        parser.add_argument("--form", choices=("annex2", "annex3"), help="只接收附件2或附件3；默认自动识别")
        parser.add_argument("--findings", action="store_true", help="每行附上自动核查结论的代码")
        parser.add_argument(
            "--seconds",
            type=int,
            default=WHILE_WAITING.cpu_seconds,
            help="每个文件最多用多少秒处理器时间（默认 %(default)s）",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        limits = replace(WHILE_WAITING, cpu_seconds=options["seconds"], seconds=3 * options["seconds"])
        all_accepted = True
        for name in options["files"]:
            try:
                form = read_isolated(_content(Path(name)), options["form"], limits)
            except UnreadableForm as problem:
                all_accepted = False
                answer: dict[str, Any] = {"file": name, "accept": False, "why": problem.message}
            else:
                answer = {"file": name, "accept": True, **_as_json(form, options["findings"])}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if not all_accepted:
            sys.exit(1)


def _content(path: Path) -> bytes:
    """Raises UnreadableForm when there is no such file, or it is larger than an upload may be."""
    try:
        if path.stat().st_size > settings.UPLOAD_LIMIT_BYTES:
            limit = settings.UPLOAD_LIMIT_BYTES // 1048576
            raise UnreadableForm(f"文件超过上限 {limit} MB。请删除文件中的图片和多余工作表后重试。")
        return path.read_bytes()
    except OSError as problem:
        raise UnreadableForm(f"文件打不开：{problem.strerror}。请检查文件名和权限。") from problem


def _as_json(form: Annex2Form | Annex3Form, with_findings: bool) -> dict[str, Any]:
    fields = ("region", *SURVEY_FIELDS) if isinstance(form, Annex2Form) else tuple(FIELDS)
    rows: list[dict[str, Any]] = [{field: getattr(row, field) for field in fields} for row in form.rows]
    if with_findings:
        for row, codes in zip(rows, findings_by_row(form), strict=True):
            row["findings"] = codes
    return {
        "form": kind_of(form),
        "city": form.city,
        "reporter": form.reporter,
        "contact": form.contact,
        "date": form.reported_on.isoformat() if form.reported_on else None,
        "rows": rows,
        "remarks": list(form.remarks),
    }

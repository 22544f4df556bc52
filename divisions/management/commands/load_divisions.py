"""``manage.py load_divisions FILE.csv [--dry-run]``."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.records import SYSTEM
from divisions.loading import DivisionFileError, LoadReport, load_divisions

SHOWN = 50  # errors and names printed; the rest are counted


class Command(BaseCommand):
    help = "装载行政区划 CSV（列：code,name,level,parent_code,kind；UTF-8 或 GB18030）。"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path, help="CSV 文件")
        parser.add_argument("--dry-run", action="store_true", help="只报告，不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open("rb") as stream:
                report = load_divisions(
                    stream,
                    source_name=path.name,
                    actor=SYSTEM,
                    dry_run=options["dry_run"],
                    progress=_bar if options["verbosity"] else None,
                )
        except OSError as error:
            raise CommandError(f"打不开文件“{path}”：{error.strerror}") from error
        except DivisionFileError as error:
            raise CommandError(_errors(error)) from error
        self._say(report, options["dry_run"])

    def _say(self, report: LoadReport, dry_run: bool) -> None:
        self.stdout.write("试运行，未写入：" if dry_run else "装载完成：")
        self.stdout.write(
            f"  新增 {len(report.added)}，更名 {len(report.renamed)}，其他变更 {len(report.changed)}，"
            f"未变 {report.unchanged}，库中有而文件中没有 {len(report.missing)}（未删除）"
        )
        for code, old, new in report.renamed[:SHOWN]:
            self.stdout.write(f"  更名 {code}：{old} → {new}")
        for code in report.missing[:SHOWN]:
            self.stdout.write(f"  文件中没有 {code}")


def _errors(error: DivisionFileError) -> str:
    shown = [str(one) for one in error.errors[:SHOWN]]
    rest = len(error.errors) - len(shown)
    return "\n".join(
        [
            f"文件有 {len(error.errors)} 处错误，未作任何改动：",
            *shown,
            *([f"……另有 {rest} 处"] if rest else []),
        ]
    )


def _bar(done: int, total: int) -> None:
    width = 30
    filled = width * done // total if total else width
    end = "\n" if done == total else ""
    sys.stderr.write(f"\r[{'█' * filled}{'·' * (width - filled)}] {done}/{total}{end}")
    sys.stderr.flush()

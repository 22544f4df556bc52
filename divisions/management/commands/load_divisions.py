"""``manage.py load_divisions FILE.csv [--dry-run]``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError

from audit.records import SYSTEM
from divisions.division_file import DivisionFileError
from divisions.loading import LoadReport, Progress, load_divisions
from divisions.models import Division

SHOWN = 50  # errors and names printed; the rest are counted
BAR_WIDTH = 30


class Command(BaseCommand):
    help = (
        "装载行政区划 CSV（列：code,name,level,parent_code,kind，可另有 closed_on；UTF-8 或 GB18030）。"
        "只新增和更新，不删除；文件有一处错误即不作任何改动。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV 文件")
        parser.add_argument("--dry-run", action="store_true", help="试运行：只报告，不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open("rb") as stream:
                report = load_divisions(
                    stream,
                    source_name=path.name,
                    actor=SYSTEM,
                    dry_run=options["dry_run"],
                    progress=self._progress() if options["verbosity"] else None,
                )
        except OSError as error:
            raise CommandError(f"无法打开文件“{path}”，请确认文件存在且有权读取。") from error
        except DivisionFileError as error:
            raise CommandError(_refusal(error)) from error
        except IntegrityError as error:
            raise CommandError("装载期间有其他操作改动了行政区划，未作任何改动，请重新装载。") from error
        self._tell(report, options["dry_run"])

    def _progress(self) -> Progress:
        """A bar that redraws itself on a terminal, and plain lines in a log."""
        terminal = self.stderr.isatty()

        def show(done: int, total: int) -> None:
            filled = BAR_WIDTH * done // total
            bar = f"[{'█' * filled}{'·' * (BAR_WIDTH - filled)}] {done}/{total}"
            if terminal:
                self.stderr.write(f"\r{bar}", str, ending="\n" if done == total else "")
            else:
                self.stderr.write(bar, str)
            self.stderr.flush()

        return show

    def _tell(self, report: LoadReport, dry_run: bool) -> None:
        self.stdout.write("试运行，未写入任何数据：" if dry_run else "装载完成：")
        self.stdout.write(
            f"  新增 {len(report.added)}，更名 {len(report.renamed)}，其他变更 {len(report.changed)}，"
            f"未变 {report.unchanged}，缺失 {len(report.missing)}（库中有、文件中没有，未删除）"
        )
        if report.ignored_columns:
            self.stdout.write(f"  未采用的列：{'、'.join(report.ignored_columns)}")
        self._list("更名", [f"{code} {old} → {new}" for code, old, new in report.renamed])
        self._list("其他变更", report.changed)
        self._list("缺失", _named(report.missing))

    def _list(self, word: str, lines: list[str]) -> None:
        for line in lines[:SHOWN]:
            self.stdout.write(f"  {word}：{line}")
        if len(lines) > SHOWN:
            self.stdout.write(f"  ……另有 {len(lines) - SHOWN} 个{word}")


def _named(codes: list[str]) -> list[str]:
    """The codes, the ones that get printed with the name, and the day where already closed."""
    stored = Division.objects.in_bulk(codes[:SHOWN])
    lines = list(codes)
    for number, code in enumerate(codes[:SHOWN]):
        division = stored[code]
        closed = f"（{division.closed_on}起撤销）" if division.closed_on else ""
        lines[number] = f"{code} {division.name}{closed}"
    return lines


def _refusal(error: DivisionFileError) -> str:
    shown = [str(one) for one in error.errors[:SHOWN]]
    rest = len(error.errors) - len(shown)
    return "\n".join(
        [
            f"文件有 {len(error.errors)} 处错误，未作任何改动：",
            *shown,
            *([f"……另有 {rest} 处错误未列出"] if rest else []),
        ]
    )

"""``manage.py check_names``: one question a line in, one JSON answer a line out."""

import datetime as dt
import json
import sys
from argparse import ArgumentTypeError
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from catalogs import lookup
from catalogs.answers import as_line
from catalogs.matching import Catalogue
from catalogs.reference_files import catalogue_from_fixtures
from divisions.models import Division


class Command(BaseCommand):
    help = "逐行回答“能不能开”：每行一个问题，输出一行 JSON。数据库未就绪时按内置清单回答。"
    requires_system_checks = ()

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="问题文件；- 为标准输入")
        parser.add_argument(
            "--division", default="", metavar="CODE", help="区划代码；默认自治区，仅按不应出具清单"
        )
        parser.add_argument("--on", type=_day, default=None, metavar="DATE", help="按哪一天的清单；默认今天")
        parser.add_argument("--matter", default="", metavar="TEXT", help="证明用于办什么事")

    def handle(self, *args: Any, **options: Any) -> None:
        on = options["on"] or timezone.localdate()
        catalogue = self._catalogue(options["division"], on)
        for question in _questions(options["file"]):
            line = as_line(catalogue.answer(question, options["matter"]))
            self.stdout.write(json.dumps(line, ensure_ascii=False))

    def _catalogue(self, code: str, on: dt.date) -> Catalogue:
        """Raises CommandError for an unknown division, or one asked for without a database."""
        try:
            if not code:
                place = Division.objects.filter(parent=None).order_by("code").first()
            elif (place := Division.objects.filter(pk=code).first()) is None:
                raise CommandError(f"没有区划代码 {code}。")
        except DatabaseError as problem:
            if code:
                raise CommandError(
                    "数据库未就绪，不能按区划查询。请先运行 migrate 和 load_reference。"
                ) from problem
            place = None
        if place is None:
            self.stderr.write("数据库未就绪或未装载参考数据，按内置清单回答。")
            return catalogue_from_fixtures(on)
        return lookup.lists_for(place.city_code, on).catalogue


def _questions(name: str) -> Iterator[str]:
    """Raises CommandError when the file cannot be read as UTF-8 text."""
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as problem:
        raise CommandError(f"文件打不开：{problem.strerror}。") from problem
    except UnicodeDecodeError as problem:
        raise CommandError("文件不是 UTF-8 文本。请另存为 UTF-8 编码后重试。") from problem
    for line in text.split("\n"):
        if question := line.strip():
            yield question


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as problem:
        raise ArgumentTypeError("日期应写成 2026-01-31 的样子") from problem

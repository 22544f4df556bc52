"""``manage.py verify_history``: is the history still what the portal wrote?"""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.verification import Verification, one_moment, recorded_models


class Command(BaseCommand):
    help = "核验变更记录：找出被改动、插入或删除的记录。有问题时以非零状态结束。"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--model", help="只核验一张表，例如 catalogs.SubmissionItem")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["model"]
        chosen = [model for model in recorded_models() if wanted in {None, model._meta.label}]
        if not chosen:
            raise CommandError(f"没有“{wanted}”这张表，或者它没有变更记录。")
        started, problems, checked = time.monotonic(), 0, 0
        with one_moment():
            for model in chosen:
                verification = Verification(model)
                for problem in verification.problems():
                    problems += 1
                    self.stdout.write(str(problem))
                checked += verification.checked
        seconds = time.monotonic() - started
        summary = f"共核验 {checked} 条变更记录，用时 {seconds:.1f} 秒"
        if problems:
            raise CommandError(f"{summary}，发现 {problems} 处问题。")
        self.stdout.write(f"{summary}，没有发现问题。")

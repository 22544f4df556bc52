"""``manage.py run_worker``: do the long work that requests hand over."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from catalogs import tasks


class Command(BaseCommand):
    help = "运行后台任务（读取大型统计表等）；先接着做上次中断的任务。可同时运行多个。"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--batch", action="store_true", help="做完现有任务后退出")

    def handle(self, *args: Any, **options: Any) -> None:
        resumed = tasks.resume()
        if resumed:
            self.stdout.write(f"接着读取 {resumed} 份未读完的统计表。")
        call_command(
            "db_worker",
            batch=options["batch"],
            reload=False,
            startup_delay=False,
            verbosity=options["verbosity"],
        )

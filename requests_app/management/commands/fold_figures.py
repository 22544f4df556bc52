"""``manage.py fold_figures``: add what happened to the monthly figures; every few minutes."""

from typing import Any

from django.core.management.base import BaseCommand

from requests_app.figures import fold_figures


class Command(BaseCommand):
    help = "把新办理情况汇总进月度统计。可以每几分钟运行一次；不运行统计也准确，只是慢一些。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"已汇总 {fold_figures()} 条。")

"""``manage.py purge_personal_data``: remove residents' data whose time is over; run it every day."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from requests_app.residents import purge


class Command(BaseCommand):
    help = "清除保存期满的个人信息、证明正文、核实情况及附件；办理记录和统计保留。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"已清除 {purge(timezone.localdate())} 件申请的个人信息。")

"""``manage.py anchor_history``: hold the history as it stands; run daily, keep the digests elsewhere."""

from typing import Any

from django.core.management.base import BaseCommand

from audit.verification import drop_anchor, recorded_models


class Command(BaseCommand):
    help = "为变更记录下锚：记下每张表现有记录的摘要。请把显示的摘要另外保存。"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--all", action="store_true", help="连最近十分钟的记录也计入（没有人在用平台时）")

    def handle(self, *args: Any, **options: Any) -> None:
        for model in recorded_models():
            anchor = drop_anchor(model, options["all"])
            if anchor is not None:
                name = model._meta.verbose_name
                self.stdout.write(f"{name}：{anchor.records} 条，截至 {anchor.up_to}，{anchor.digest}")

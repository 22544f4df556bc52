"""``manage.py seal_history``: once, after upgrading to sealed history."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from audit.verification import recorded_models, seal_unsealed


class Command(BaseCommand):
    help = "为升级之前写下、还没有封印的变更记录加封。只在升级后运行一次。"

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            sealed = sum(seal_unsealed(model) for model in recorded_models())
        self.stdout.write(f"已加封 {sealed} 条变更记录。")

"""``manage.py load_reference``: load or refresh the reference data of the project."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from catalogs.reference import load_reference
from requests_app.promising import load_exclusions


class Command(BaseCommand):
    help = "装载或更新参考数据（区划、部门、法律法规、不应出具清单、编制批次）；人工修改过的内容不覆盖。"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                tally = load_reference(settings.FIXTURE_ROOT)
                fresh = load_exclusions(settings.FIXTURE_ROOT / "promise_exclusions.json")
        except (OSError, ValueError, KeyError) as error:
            raise CommandError(f"参考数据文件有误，未作任何改动：{error}") from error
        if fresh:
            tally.added["不适用告知承诺的事项"] = fresh
        for word, counts in (("新增", tally.added), ("更新", tally.changed), ("保留人工修改", tally.left)):
            if counts:
                self.stdout.write(f"{word}：" + "、".join(f"{name} {n}" for name, n in counts.items()))
        if not (tally.added or tally.changed):
            self.stdout.write("参考数据已是最新。")

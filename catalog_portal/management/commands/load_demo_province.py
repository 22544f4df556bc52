"""``manage.py load_demo_province``: a whole province at work, to see board, matrix and workbench full.

Fourteen cities file some sixty rows each, in all stages, through the very verbs that people use.
Only where ``DEMO=1``; a second run changes nothing.
"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from catalog_portal.demo_accounts import joint_account
from catalog_portal.demo_province import JOINT, ROUND, Province
from catalog_portal.management.commands.load_demo import PASSWORD
from catalogs.models import Round


class Command(BaseCommand):
    help = "建立全区十四个市各阶段的演示数据（仅限 DEMO=1，先运行 load_demo）。"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("演示数据只能在 DEMO=1 时建立。")
        lead = User.objects.filter(username="reviewer", is_demo=True).first()
        if lead is None:
            raise CommandError("请先运行 load_demo 建立演示账号。")
        if Round.objects.filter(name=ROUND).exists():
            self.stdout.write("全区演示数据已经有了。")
            return
        with transaction.atomic():
            Province(lead, self.stdout.write).build()
        self.stdout.write(
            f"已建立“{ROUND}”。用 reviewer 登录看“编制进度”；"
            f"会审部门账号为 {'、'.join(map(joint_account, JOINT))}，"
            f"各市账号为 city4503 等，密码均为 {PASSWORD}。"
        )

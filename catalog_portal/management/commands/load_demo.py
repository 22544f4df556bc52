"""``manage.py load_demo``: accounts and a round to try the portal with. Only where ``DEMO=1``."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import Department, User
from accounts.roles import Role
from audit.records import SYSTEM, save_recorded
from catalog_portal import demo_window
from catalogs.models import Round
from divisions.models import Division

PASSWORD = "yanshi-2026"  # noqa: S105 - printed on screen; demo accounts cannot log in without DEMO=1
REASON = "建立演示数据"
ROUND = "演示编制批次"
ROUND_DAYS = 30

# username, full name, role, division code, department code
ACCOUNTS = [
    ("admin", "自治区管理员（演示）", Role.PROVINCE_ADMIN, "45", "civil_affairs"),
    ("reviewer", "自治区审核员甲（演示）", Role.PROVINCE_REVIEWER, "45", "civil_affairs"),
    ("reviewer2", "自治区审核员乙（演示）", Role.PROVINCE_REVIEWER, "45", "civil_affairs"),
    ("joint", "会审部门审核员（演示）", Role.JOINT_REVIEWER, "45", "public_security"),
    ("nanning", "南宁市经办人（演示）", Role.CITY_OFFICER, "4501", "civil_affairs"),
    ("liuzhou", "柳州市经办人（演示）", Role.CITY_OFFICER, "4502", "civil_affairs"),
    ("county", "兴宁区经办人（演示）", Role.COUNTY_OFFICER, "450102", "civil_affairs"),
    ("department", "行业部门经办人（演示）", Role.DEPARTMENT_OFFICER, "45", "market_regulation"),
    ("village", "村（居）工作人员（演示）", Role.VILLAGE_STAFF, "", ""),
]
WHERE_TO_GO = {
    Role.PROVINCE_ADMIN: "管理后台",
    Role.PROVINCE_REVIEWER: "编制进度",
    Role.JOINT_REVIEWER: "会审意见",
    Role.CITY_OFFICER: "清单填报",
    Role.COUNTY_OFFICER: "现状统计",
    Role.DEPARTMENT_OFFICER: "办事指南",
    Role.VILLAGE_STAFF: "查询”或者“办件",
}


class Command(BaseCommand):
    help = "建立演示账号和演示批次（仅限 DEMO=1）。"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--port", type=int, default=8000, help="演示服务的端口，仅用于显示")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("演示账号只能在 DEMO=1 时建立。")
        with transaction.atomic():
            for username, full_name, role, division, department in ACCOUNTS:
                _account(username, full_name, role, division, department)
            if not Round.objects.filter(name=ROUND).exists():
                due = timezone.localdate() + dt.timedelta(days=ROUND_DAYS)
                save_recorded(Round(name=ROUND, due_on=due), actor=SYSTEM, reason=REASON)
            people = {user.username: user for user in User.objects.filter(is_demo=True)}
            demo_window.build(people, _department_officer, REASON)
        self._table(options["port"])

    def _table(self, port: int) -> None:
        self.stdout.write(f"\n演示账号（密码均为 {PASSWORD}）：")
        for user in User.objects.filter(is_demo=True).select_related("division").order_by("pk"):
            place = user.division.path_name if user.division else ""
            go = WHERE_TO_GO[Role(user.role)]
            self.stdout.write(f"  {user.username:<32}{user.get_role_display()}｜{place}｜登录后点“{go}”")
        self.stdout.write(f"\n打开 http://127.0.0.1:{port} ，群众查询不用登录。按 Ctrl+C 停止。\n")


def _department_officer(code: str) -> User:
    """The demo officer of a department at the region; made where there is none yet."""
    department = Department.objects.get(code=code)
    officers = User.objects.filter(role=Role.DEPARTMENT_OFFICER, department=department, is_demo=True)
    if not officers.exists():
        name = f"{department.short_name}经办人（演示）"
        _account(f"department_{code}", name, Role.DEPARTMENT_OFFICER, "45", code)
    found: User = officers.get()
    return found


def _account(username: str, full_name: str, role: Role, division: str, department: str) -> None:
    if User.objects.filter(username=username).exists():
        return
    if role == Role.VILLAGE_STAFF:
        place = Division.objects.filter(code__startswith="4501", level="village").earliest("code")
    else:
        place = Division.objects.get(code=division)
    user = User(
        username=username,
        full_name=full_name,
        role=role,
        division=place,
        department=Department.objects.get(code=department) if department else None,
        is_demo=True,
        must_change_password=False,
    )
    user.set_password(PASSWORD)
    user.full_clean()
    save_recorded(user, actor=SYSTEM, reason=REASON)

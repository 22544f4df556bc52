"""``manage.py check_figures``: are the monthly figures what the requests say?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from requests_app.models import Outcome
from requests_app.recounting import differences, misfolded, repair

_SHOWN = 50  # lines


class Command(BaseCommand):
    help = "把月度统计与办件逐项核对；有出入时以非零状态结束，--repair 更正。更正时不要同时运行两次。"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--repair", action="store_true", help="更正有出入的统计")

    def handle(self, *args: Any, **options: Any) -> None:
        missing, unfolded = differences(), misfolded()
        lines = [_line(*key, *amount) for key, amount in missing.items()]
        for scope, _, month, outcome, _, kind, demander, count, days in unfolded:
            lines.append(f"汇总 {_line(scope, month, outcome, kind, demander, count, days)}")
        for line in lines[:_SHOWN]:
            self.stdout.write(line)
        if not lines:
            self.stdout.write("统计与办件一致。")
        elif options["repair"]:
            repair(missing, unfolded)
            self.stdout.write(f"已更正 {len(lines)} 处。")
        else:
            raise CommandError(f"有 {len(lines)} 处出入。核实后可以用 --repair 更正。")


def _line(scope: str, month: Any, outcome: str, kind: Any, demander: str, count: int, days: int) -> str:
    said = f"应{'多' if count > 0 else '少'} {abs(count)} 件" if count else "件数相符"
    if days:
        said += f"，用时应{'多' if days > 0 else '少'} {abs(days)} 日"
    return f"{scope} {month:%Y-%m} {Outcome(outcome).label} 证明{kind or '（无）'} {demander}：{said}"

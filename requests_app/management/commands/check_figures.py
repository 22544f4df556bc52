"""``manage.py check_figures``: are the monthly figures what the requests say?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from requests_app.figures import correct, differences


class Command(BaseCommand):
    help = "把月度统计与办件逐项核对；有出入时以非零状态结束，--repair 更正。"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--repair", action="store_true", help="更正有出入的统计")

    def handle(self, *args: Any, **options: Any) -> None:
        found = differences()
        for (village, month, outcome, kind, demander), count in list(found.items())[:50]:
            what = f"{village} {month:%Y-%m} {outcome} 证明{kind or '（无）'} {demander}"
            self.stdout.write(f"{what}：应{'多' if count > 0 else '少'} {abs(count)} 件")
        if not found:
            self.stdout.write("统计与办件一致。")
        elif options["repair"]:
            correct(found)
            self.stdout.write(f"已更正 {len(found)} 处。")
        else:
            raise CommandError(f"有 {len(found)} 处出入。核实后可以用 --repair 更正。")

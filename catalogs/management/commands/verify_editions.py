"""``manage.py verify_editions``: whether every published edition is what was published."""

from itertools import groupby
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalogs import chain
from catalogs.models import Edition


class Command(BaseCommand):
    help = "核验已公布的保留清单：摘要、前后衔接、电子签名。有问题时退出状态为 1。"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--division", default="", metavar="CODE", help="只核验这个市")
        parser.add_argument(
            "--public-key", default="", metavar="HEX", help="只认这个公钥的签名；没有签名也算问题"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        editions = Edition.objects.select_related("city").order_by("city", "number")
        if options["division"]:
            editions = editions.filter(city=options["division"])
        bad = count = 0
        for _, of_city in groupby(editions, key=lambda one: one.city_id):
            for link in chain.links(of_city, options["public_key"].lower()):
                count += 1
                bad += bool(link.problems)
                said = "；".join(link.problems) or ("一致，签名有效" if link.is_signed else "一致，未签名")
                self.stdout.write(f"{link.edition} {link.edition.digest[:16]} {said}")
        if bad:
            raise CommandError(f"{count} 版中有 {bad} 版不一致。")
        self.stdout.write(f"共 {count} 版，全部一致。")

"""``manage.py reencrypt_personal_data``: after a new key was put in front of PERSONAL_DATA_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand

from requests_app.residents import reencrypt


class Command(BaseCommand):
    help = "用新密钥重新加密全部个人信息。完成后可以从 PERSONAL_DATA_KEYS 中去掉旧密钥。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"已重新加密 {reencrypt()} 条记录。")

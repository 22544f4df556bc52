from django.apps import AppConfig
from django.core.checks import Tags, register


class RequestsConfig(AppConfig):
    name = "requests_app"
    verbose_name = "村（居）窗口"

    def ready(self) -> None:
        from requests_app.keys import check_keys

        register(check_keys, Tags.security, deploy=True)

from django.apps import AppConfig


def _yes_or_no(value: bool | None) -> str:
    return {True: "是", False: "否", None: "未知"}[value]


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "变更记录"

    def ready(self) -> None:
        from django.contrib.admin.templatetags import admin_list
        from simple_history.signals import pre_create_historical_record

        from audit.sealing import seal_record

        # Django's icons are called "True" and "False" for those who hear the page.
        admin_list._boolean_icon = _yes_or_no  # type: ignore[attr-defined]

        pre_create_historical_record.connect(seal_record, dispatch_uid="seal_record")

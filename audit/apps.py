from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "变更记录"

    def ready(self) -> None:
        from simple_history.signals import pre_create_historical_record

        from audit.sealing import seal_record

        pre_create_historical_record.connect(seal_record, dispatch_uid="seal_record")

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "catalog_portal"
    verbose_name = "门户"

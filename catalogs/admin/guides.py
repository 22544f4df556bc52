"""Guides: to be found and their history read; written and published on the portal's own pages."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from accounts.choosing import DepartmentFilter
from audit.admin import ReadOnlyAdmin
from catalogs.models import ServiceGuide


@admin.register(ServiceGuide)
class ServiceGuideAdmin(ReadOnlyAdmin):
    list_display = ["certificate_type", "version", "division", "department", "status", "effective_from"]
    list_filter = ["status", ("department", DepartmentFilter)]
    list_select_related = ["certificate_type", "division", "department"]
    search_fields = ["certificate_type__name"]
    search_help_text = "可输入证明名称"
    fields = [
        "certificate_type",
        "division",
        "department",
        "version",
        "status",
        "effective_from",
        "written_by",
        "submitted_at",
        "checked_by",
        "checked_at",
        "return_reason",
        "whole",
    ]
    readonly_fields = ["whole"]

    @admin.display(description="指南全文")
    def whole(self, guide: ServiceGuide) -> str:
        """The page that shows all it says, with the filled sample."""
        return format_html('<a href="{}">查看</a>', reverse("guide", args=[guide.pk]))

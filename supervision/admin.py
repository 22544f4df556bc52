"""Filed complaints in the admin: read only; a village's drafts are its own."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from requests_app.admin import KeysetAdmin
from supervision.models import Complaint


@admin.register(Complaint)
class ComplaintAdmin(KeysetAdmin):
    list_display = ["demander", "certificate", "matter", "village", "filed_at"]
    list_select_related = ["village"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(status=Complaint.Status.FILED)

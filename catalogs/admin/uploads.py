"""The uploaded files in the admin, to be read."""

from typing import Any, ClassVar

from django.contrib import admin

from audit.admin import ReadOnlyAdmin
from catalogs.models import UploadedForm


@admin.register(UploadedForm)
class UploadedFormAdmin(ReadOnlyAdmin):
    list_display = ["name", "division", "form", "round", "size", "uploaded_by", "uploaded_at", "outcome"]
    list_filter = ["outcome", "form", "round"]
    list_select_related = ["division", "round", "uploaded_by__division"]
    search_fields = ["name", "sha256", "division__name"]
    readonly_fields: ClassVar[Any] = [
        "name",
        "division",
        "department",
        "form",
        "round",
        "size",
        "sha256",
        "uploaded_by",
        "uploaded_at",
        "outcome",
        "message",
    ]
    fields = readonly_fields

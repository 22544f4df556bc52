"""Accounts and departments, for the province administrator."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm
from django.contrib.auth.models import Group
from django.http import HttpRequest

from accounts.choosing import ChoosesDepartment
from accounts.models import Department, DepartmentAlias, User
from accounts.resources import DepartmentAliasResource
from audit.admin import ReasonForm, RecordedAdmin, ScopedRecordedAdmin
from audit.tables import TableImportExport

# Permissions come from roles; a group could only mislead.
admin.site.unregister(Group)


class AddUserForm(ReasonForm, AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["username", "full_name", "role", "division", "department"]


class ResetPasswordForm(AdminPasswordChangeForm):
    """After a reset by an administrator the person chooses a new password at the next login."""

    def save(self, commit: bool = True) -> User:
        self.user.must_change_password = True
        self.user._change_reason = "重置密码"
        user: User = super().save(commit)
        return user


@admin.register(User)
class UserAdmin(ChoosesDepartment, ScopedRecordedAdmin, DjangoUserAdmin):
    add_form = AddUserForm
    change_password_form = ResetPasswordForm
    list_display = ["username", "full_name", "role", "division", "department", "is_active"]
    list_filter = ["role", "is_active"]
    list_select_related = ["division", "department"]
    search_fields = ["username", "full_name", "division__name", "department__name"]
    search_help_text = "可输入用户名、姓名、区划或者部门的名称"
    ordering = ["division", "username"]
    autocomplete_fields = ["division"]
    filter_horizontal = ()
    readonly_fields = ["must_change_password", "last_login", "created_at"]
    fieldsets = [
        (None, {"fields": ["username", "password", "full_name", "email"]}),
        ("职责与范围", {"fields": ["role", "division", "department", "is_active"]}),
        ("状态", {"fields": ["must_change_password", "last_login", "created_at"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "full_name", "role", "division", "department"]}),
        ("初始密码（首次登录须修改）", {"fields": ["password1", "password2"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Superusers are managed by superusers alone."""
        people = super().get_queryset(request)
        return people if request.user.is_superuser else people.filter(is_superuser=False)


class DepartmentAliasInline(admin.TabularInline):
    model = DepartmentAlias
    extra = 1


@admin.register(Department)
class DepartmentAdmin(RecordedAdmin):
    list_display = ["name", "short_name", "kind", "joint_review"]
    list_filter = ["kind", "joint_review"]
    search_fields = ["name", "short_name", "aliases__name"]
    search_help_text = "可输入部门的名称、简称或者别名"
    inlines = [DepartmentAliasInline]


@admin.register(DepartmentAlias)
class DepartmentAliasAdmin(TableImportExport, RecordedAdmin):
    resource_classes = [DepartmentAliasResource]
    list_display = ["name", "department"]
    list_select_related = ["department"]
    search_fields = ["name", "department__name"]
    search_help_text = "可输入别名或者部门名称"
    autocomplete_fields = ["department"]

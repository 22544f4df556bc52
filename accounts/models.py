"""People and the departments they work for."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models

from accounts.roles import ADMIN_SITE_ROLES, DEPARTMENT_ROLES, ROLE_LEVEL, Role
from audit.history import recorded
from divisions.models import Division
from divisions.scope import ScopedQuerySet


class Department(models.Model):
    """A kind of public body (部门): it reviews jointly, writes guides, asks for certificates."""

    class Kind(models.TextChoices):
        GOVERNMENT = "government", "行政机关"
        COURT_PROCURATORATE = "court_procuratorate", "司法机关"
        PUBLIC_SERVICE = "public_service", "公共服务机构"
        PEOPLE_ORGANISATION = "people_organisation", "群团组织"
        ENTERPRISE = "enterprise", "公用企事业单位"

    code = models.SlugField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=60, unique=True)
    short_name = models.CharField("简称", max_length=30)
    kind = models.CharField("类型", max_length=20, choices=Kind.choices)
    joint_review = models.BooleanField("参与会审", default=False)
    field_words = models.CharField(
        "主管领域用词",
        max_length=300,
        blank=True,
        help_text="事项或依据中出现这些词的行，建议送该部门会审；用顿号隔开",
    )
    history = recorded()

    class Meta:
        verbose_name = verbose_name_plural = "部门"
        ordering = ["-joint_review", "code"]

    def __str__(self) -> str:
        return self.name


class DepartmentAlias(models.Model):
    """Another name of a department: 市场监管局 and 市场监督管理部门 are one body."""

    department = models.ForeignKey(Department, models.CASCADE, verbose_name="部门", related_name="aliases")
    name = models.CharField("别名", max_length=60, unique=True)
    history = recorded()

    class Meta:
        verbose_name = verbose_name_plural = "部门别名"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager.from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """Create an account; raises ValidationError when role, division and department disagree."""
        user: User = self.model(username=username, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save()
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        fields.setdefault("full_name", username)
        return self.create_user(username, password, is_superuser=True, role=Role.PROVINCE_ADMIN, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """An account: one role, in one division, for some roles in one department."""

    username = models.CharField("用户名", max_length=60, unique=True, validators=[UnicodeUsernameValidator()])
    full_name = models.CharField("姓名", max_length=60)
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    division = models.ForeignKey(Division, models.PROTECT, verbose_name="所属区划", null=True, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, verbose_name="所属部门", null=True, blank=True)
    email = models.EmailField("电子邮箱", blank=True, help_text="填写后，待办提醒同时发送到该邮箱")
    is_active = models.BooleanField("启用", default=True)
    is_demo = models.BooleanField("演示账号", default=False, editable=False)
    must_change_password = models.BooleanField("须修改初始密码", default=True)
    created_at = models.DateTimeField("开户时间", auto_now_add=True)
    # A password hash in the history would outlive the password; last_login is not a change.
    history = recorded(excluded_fields=["password", "last_login"])

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        verbose_name = verbose_name_plural = "用户"
        ordering = ["division", "username"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_superuser=True) | models.Q(division__isnull=False),
                name="user_has_division",
            ),
            models.CheckConstraint(
                condition=~models.Q(role__in=sorted(DEPARTMENT_ROLES)) | models.Q(department__isnull=False),
                name="user_of_department_role_has_department",
            ),
        ]

    def __str__(self) -> str:
        place = self.division.name if self.division else "全平台"
        return f"{self.full_name}（{place}·{self.get_role_display()}）"

    def clean(self) -> None:
        super().clean()
        errors: dict[str, str] = {}
        if self.division is None:
            if not self.is_superuser:
                errors["division"] = "请选择所属区划。"
        else:
            level = ROLE_LEVEL.get(self.role)
            if level and self.division.level != level:
                role = self.get_role_display()
                errors["division"] = f"“{role}”的所属区划应为{level.label}一级，请重新选择。"
        if self.role in DEPARTMENT_ROLES and self.department is None:
            errors["department"] = "该角色须选择所属部门。"
        if errors:
            raise ValidationError(errors)

    @property
    def display_name(self) -> str:
        return self.full_name

    @property
    def is_staff(self) -> bool:
        """Whether the admin site is open to this account."""
        return self.is_superuser or self.role in ADMIN_SITE_ROLES

    @property
    def office(self) -> str:
        """Division and department in one text, for 回避: nobody decides what their office filed."""
        return f"{self.division_id}:{self.department_id or ''}" if self.division_id else ""

    @property
    def scope_prefix(self) -> str | None:
        """How far this account reaches: see ``divisions.scope``."""
        if not self.is_active:
            return None
        if self.division_id:
            return self.division_id
        return "" if self.is_superuser else None

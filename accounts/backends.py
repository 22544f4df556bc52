"""Permissions come from the role alone: no groups, no per-user grants to forget about."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend

from accounts.roles import ROLE_PERMISSIONS


class RoleBackend(ModelBackend):
    """Checks passwords as Django does, and answers permission questions from the role table."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Closed accounts cannot log in; demo accounts only where ``DEMO=1``."""
        return super().user_can_authenticate(user) and (settings.DEMO or not user.is_demo)

    def get_user(self, user_id: Any) -> Any:
        """The account with its division, which every page asks for."""
        user = get_user_model()._default_manager.select_related("division").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if obj is not None or user_obj.is_anonymous or not user_obj.is_active:
            return set()
        if user_obj.is_superuser:
            return super().get_all_permissions(user_obj)
        return set(ROLE_PERMISSIONS.get(user_obj.role, frozenset()))

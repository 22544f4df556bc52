"""Those who work on the demo's province: an officer for each city, a reviewer for each department."""

from typing import Any

from accounts.models import Department, User
from accounts.roles import Role
from audit.records import SYSTEM, save_recorded
from catalog_portal.management.commands.load_demo import PASSWORD, REASON
from divisions.models import Division


def joint_account(code: str) -> str:
    """The name of a department's account."""
    return f"joint_{code}"


def account(username: str, **fields: Any) -> User:
    """A demo account by its name, made when there is none."""
    found: User | None = User.objects.filter(username=username).first()
    if found is not None:
        return found
    user = User(username=username, is_demo=True, must_change_password=False, **fields)
    user.set_password(PASSWORD)
    user.full_clean()
    save_recorded(user, actor=SYSTEM, reason=REASON)
    return user


def city_officer(city: Division) -> User:
    """Who files for a city."""
    officers = User.objects.filter(role=Role.CITY_OFFICER, division=city, is_demo=True)
    found: User | None = officers.first()
    return found or account(
        f"city{city.code}",
        full_name=f"{city.name}经办人（演示）",
        role=Role.CITY_OFFICER,
        division=city,
        department=Department.objects.get(code="civil_affairs"),
    )


def joint_reviewer(code: str) -> User:
    """Who gives a department's opinions, by its code."""
    department = Department.objects.get(code=code)
    return account(
        joint_account(code),
        full_name=f"{department.short_name}会审员（演示）",
        role=Role.JOINT_REVIEWER,
        division=Division.objects.get(code="45"),
        department=department,
    )

"""Named people for the tests: one of each role, and some who must not see the others' work."""

from accounts.models import Department, User
from accounts.roles import Role

PASSWORD = "ceshi-mima-2026"

# name: (full name, role, division, department)
CAST: dict[str, tuple[str, Role, str, str]] = {
    "province_admin": ("管理员", Role.PROVINCE_ADMIN, "45", "civil_affairs"),
    "reviewer": ("审核员甲", Role.PROVINCE_REVIEWER, "45", "civil_affairs"),
    "second_reviewer": ("审核员乙", Role.PROVINCE_REVIEWER, "45", "civil_affairs"),
    "joint_reviewer": ("会审员", Role.JOINT_REVIEWER, "45", "public_security"),
    "city_officer": ("南宁经办人", Role.CITY_OFFICER, "4501", "civil_affairs"),
    "other_city_officer": ("柳州经办人", Role.CITY_OFFICER, "4502", "civil_affairs"),
    "county_officer": ("兴宁经办人", Role.COUNTY_OFFICER, "450102", "civil_affairs"),
    "department_officer": ("部门经办人", Role.DEPARTMENT_OFFICER, "45", "market_regulation"),
    "other_village_staff": ("邻社区工作人员", Role.VILLAGE_STAFF, "450102001007", ""),
    "village_staff": ("社区工作人员", Role.VILLAGE_STAFF, "450102001003", ""),
}


def person(name: str, **changes: object) -> User:
    """Create one of the cast, with ``changes`` to their account."""
    full_name, role, division, department = CAST[name]
    fields = {
        "full_name": full_name,
        "role": role,
        "division_id": division,
        "department": Department.objects.get(code=department) if department else None,
        "must_change_password": False,
        **changes,
    }
    return User.objects.create_user(name, PASSWORD, **fields)


def everyone() -> dict[str, User]:
    """Create the whole cast and a superuser."""
    people = {name: person(name) for name in CAST}
    people["superuser"] = User.objects.create_superuser(
        "superuser", PASSWORD, full_name="超级用户", must_change_password=False
    )
    return people

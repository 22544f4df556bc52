"""The one question every verb asks first: may this person do this, here?"""

from typing import Any

from catalogs.errors import NotAllowed
from divisions.models import Division
from divisions.scope import in_scope


def require(actor: Any, permission: str, division: Division) -> None:
    """Raise NotAllowed unless the actor's role grants ``permission`` and their scope holds ``division``.

    An empty ``permission`` asks only who the actor is and where.
    """
    if actor is None or not getattr(actor, "is_authenticated", False):
        raise NotAllowed("请先登录。")
    if permission and not actor.has_perm(permission):
        raise NotAllowed("您的角色没有此项操作权限。")
    if not in_scope(actor, division.code):
        raise NotAllowed(f"{division.name}不在您的管辖范围内。")

"""The menu: what each person can go to."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from catalogs import drafts, joint_review, learning, under_review
from divisions.models import Level


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Template context ``nav_items``: the pages this person may open, the current one marked."""
    user = getattr(request, "user", None)
    names = [("check", "查询")]
    if user and user.is_authenticated and not user.must_change_password:
        if user.has_perm("requests_app.view_certificaterequest"):
            names += [("requests", "办件"), ("commitments", "告知承诺"), ("complaints", "监督线索")]
        if user.has_perm("requests_app.view_figures"):
            names.append(("figures", "办理统计"))
        if user.has_perm(drafts.FILE) and user.division and user.division.level == Level.CITY:
            names.append(("workbench", "清单填报"))
        if user.has_perm("catalogs.view_survey") and user.division:
            names.append(("surveys", "现状统计"))
        if user.is_staff and user.has_perm(under_review.REVIEW):
            names += [
                ("board", "编制进度"),
                ("admin:catalogs_submission_changelist", "清单审核"),
                ("reports", "报批"),
            ]
        if user.has_perm(joint_review.OPINE) and user.department_id:
            names.append(("opinion_lists", "会审意见"))
        if user.has_perm("catalogs.view_proposal"):
            names.append(("proposals", "动态调整"))
        if user.has_perm("catalogs.view_serviceguide"):
            names.append(("guides", "办事指南"))
        if user.has_perm(learning.IMPROVE):
            names.append(("wordings", "查询用语"))
        if user.is_staff:
            names.append(("admin:index", "管理后台"))
    names += [("cities", "各市保留清单"), ("banned", "不应出具清单"), ("verify", "证明查验")]
    pages = [(reverse(name), label) for name, label in names]
    # The page itself, or the one it lies below: 管理后台 is not current on 清单审核.
    current = max((url for url, _ in pages if request.path.startswith(url)), key=len, default=None)
    return {"nav_items": [{"url": url, "label": label, "current": url == current} for url, label in pages]}

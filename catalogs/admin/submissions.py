"""The submissions in the admin: the list of them, and the way to their pages."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from audit.admin import ReadOnlyAdmin
from catalogs import under_review
from catalogs.admin.review_page import ReviewPage
from catalogs.admin.review_rows import decisions_workbook
from catalogs.admin.row_page import RowPage
from catalogs.admin.send_page import SendPage
from catalogs.downloads import file_response
from catalogs.history import submission_histories
from catalogs.models import Submission


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    list_display = [
        "city",
        "round",
        "version",
        "status",
        "row_count",
        "finding_count",
        "undecided_count",
        "lateness",
        "submitted_at",
    ]
    list_filter = ["round", "status"]
    list_select_related = ["city", "round"]
    search_fields = ["city__name"]
    search_help_text = "可输入市的名称"

    def get_queryset(self, request: HttpRequest) -> Any:
        submissions: Any = super().get_queryset(request)
        return submissions.with_counts()

    def get_urls(self) -> list[Any]:
        own = [
            path(
                "<int:pk>/rows/<int:item>/",
                self.admin_site.admin_view(self.row_view),
                name="catalogs_submission_row",
            ),
            path(
                "<int:pk>/joint-review/",
                self.admin_site.admin_view(self.send_view),
                name="catalogs_submission_send",
            ),
        ]
        return own + super().get_urls()

    @admin.display(description="行数", ordering="row_count")
    def row_count(self, submission: Any) -> int:
        return int(submission.row_count)

    @admin.display(description="需修改", ordering="finding_count")
    def finding_count(self, submission: Any) -> int:
        return int(submission.finding_count)

    @admin.display(description="未审", ordering="undecided_count")
    def undecided_count(self, submission: Any) -> int:
        return int(submission.undecided_count)

    @admin.display(description="报送时限")
    def lateness(self, submission: Submission) -> str:
        done = submission.submitted_on
        left = submission.round.days_left(done or timezone.localdate())
        if done:
            return "按时" if left >= 0 else f"逾期 {-left} 天报送"
        return f"剩 {left} 天" if left >= 0 else f"已逾期 {-left} 天"

    def history_sources(self, obj: Any) -> list[models.QuerySet[Any]]:
        return submission_histories(obj)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page for deciding: GET shows it, or the decisions as a workbook; POST carries out an action."""
        submission = self._viewable(request, object_id)
        if "download" in request.GET:
            return file_response(decisions_workbook(submission), f"{submission} 审核结论.xlsx")
        page = ReviewPage(self, request, submission)
        return page.post() if request.method == "POST" else page.render()

    def row_view(self, request: HttpRequest, pk: int, item: int) -> HttpResponse:
        """One row with its whole story, where its words can be changed."""
        submission = self._viewable(request, str(pk))
        row = submission.items.filter(pk=item).first()
        if row is None:
            raise Http404
        row.submission = submission
        page = RowPage(self, request, row)
        return page.post() if request.method == "POST" else page.render()

    def send_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Rows × departments: whom to ask for an opinion."""
        submission = self._viewable(request, str(pk))
        if not request.user.has_perm(under_review.REVIEW):
            raise PermissionDenied
        page = SendPage(self, request, submission)
        return page.post() if request.method == "POST" else page.render()

    def _viewable(self, request: HttpRequest, object_id: str) -> Submission:
        submission: Submission | None = self.get_object(request, object_id)
        if submission is None:
            raise Http404
        if not self.has_view_permission(request, submission):
            raise PermissionDenied
        return submission

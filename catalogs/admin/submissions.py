"""Submissions: the list of them, and the page where a reviewer decides."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from audit.admin import ReadOnlyAdmin
from catalogs import publication, review
from catalogs.admin.review_forms import DecisionForm, PublishForm, ReturnForm, read_choices
from catalogs.admin.review_page import SHOW, decisions_workbook, review_rows
from catalogs.downloads import file_response
from catalogs.errors import NotAllowed, Refused
from catalogs.history import submission_histories
from catalogs.models import Submission, UploadedForm


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

    def get_queryset(self, request: HttpRequest) -> Any:
        submissions: Any = super().get_queryset(request)
        return submissions.with_counts()

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
        done = submission.submitted_at
        left = submission.round.days_left(timezone.localdate(done) if done else timezone.localdate())
        if done:
            return "按时" if left >= 0 else f"逾期 {-left} 天报送"
        return f"剩 {left} 天" if left >= 0 else f"已逾期 {-left} 天"

    def history_sources(self, obj: Any) -> list[models.QuerySet[Any]]:
        return submission_histories(obj)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page for deciding: GET shows it, or the decisions as a workbook; POST carries out an action."""
        submission = self.get_object(request, object_id)
        if submission is None:
            raise Http404
        if not self.has_view_permission(request, submission):
            raise PermissionDenied
        if "download" in request.GET:
            return file_response(decisions_workbook(submission), f"{submission} 审核结论.xlsx")
        page = ReviewPage(self, request, submission)
        return page.post() if request.method == "POST" else page.render()


class ReviewPage:
    """One request for one submission's review page."""

    def __init__(self, site: SubmissionAdmin, request: HttpRequest, submission: Submission) -> None:
        self.site = site
        self.request = request
        self.submission = submission
        self.decision_form = DecisionForm()
        self.return_form = ReturnForm(initial={"revision": submission.revision})
        self.publish_form = PublishForm(
            initial={
                "revision": submission.revision,
                "approved_on": timezone.localdate(),
                "effective_from": timezone.localdate(),
            }
        )
        self.conflicts: list[str] = []
        self.typed: dict[int, tuple[str, str]] = {}

    def post(self) -> HttpResponse:
        actions = {
            "decide": self._decide,
            "recheck": self._recheck,
            "return": self._return,
            "publish": self._publish,
        }
        action = actions.get(self.request.POST.get("action", ""))
        if action is None:
            raise Http404
        try:
            done = action()
        except NotAllowed as refusal:
            messages.error(self.request, refusal.message)
            return self.render(status=403)
        except Refused as refusal:
            messages.error(self.request, refusal.message)
            return self.render(status=409)
        return done or self.render(status=400)

    def render(self, status: int = 200) -> HttpResponse:
        submission = self.submission = self.site.get_queryset(self.request).get(pk=self.submission.pk)
        show = self.request.GET.get("show", "all")
        for form in (self.return_form, self.publish_form):
            # What the page shows now is what a next try confirms.
            if form.is_bound:
                form.data = {**self.request.POST.dict(), "revision": submission.revision}
        context = {
            **self.site.admin_site.each_context(self.request),
            "title": str(submission),
            "opts": self.site.opts,
            "original": submission,
            "submission": submission,
            "rows": review_rows(submission, show, self.typed),
            "show": show,
            "shows": SHOW.items(),
            "about_list": submission.findings.filter(item=None),
            "may_review": self.request.user.has_perm(review.REVIEW) and submission.is_under_review,
            "is_filer": self.request.user.pk in review.filers(submission),
            "decision_form": self.decision_form,
            "return_form": self.return_form,
            "publish_form": self.publish_form,
            "edition": getattr(submission, "edition", None),
            "conflicts": self.conflicts,
        }
        return TemplateResponse(self.request, "admin/catalogs/submission/review.html", context, status=status)

    def _again(self) -> HttpResponse:
        return redirect(self.request.get_full_path())

    def _decide(self) -> HttpResponse | None:
        choices = read_choices(self.request.POST)
        self.typed = {choice.item_id: (choice.decision, choice.reason) for choice in choices}
        if not choices:
            messages.warning(self.request, "没有需要保存的结论：请先选择“予以保留”或“不予保留”。")
            return self._again()
        outcome = review.decide_rows(
            actor=self.request.user, submission_id=self.submission.pk, choices=choices
        )
        if outcome.saved:
            messages.success(self.request, f"已保存 {len(outcome.saved)} 行的审核结论。")
        if not outcome.conflicts:
            return self._again()
        self.conflicts = [review.describe_conflict(conflict) for conflict in outcome.conflicts]
        self.typed = {}
        return self.render(status=409)

    def _recheck(self) -> HttpResponse:
        review.recheck(actor=self.request.user, submission_id=self.submission.pk)
        messages.success(self.request, "已按现行清单和法律法规重新核查。")
        return self._again()

    def _return(self) -> HttpResponse | None:
        self.return_form = ReturnForm(self.request.POST)
        if not self.return_form.is_valid():
            return None
        review.return_submission(
            actor=self.request.user, submission_id=self.submission.pk, **self.return_form.cleaned_data
        )
        messages.success(self.request, f"已退回{self.submission.city.name}修改。")
        return self._again()

    def _publish(self) -> HttpResponse | None:
        self.publish_form = PublishForm(self.request.POST)
        if not self.publish_form.is_valid():
            return None
        edition = publication.publish(
            actor=self.request.user,
            submission_id=self.submission.pk,
            **self.publish_form.cleaned_data,
        )
        messages.success(self.request, f"已公布{edition}，共 {edition.items.count()} 项。")
        return self._again()


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

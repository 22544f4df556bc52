"""Submissions: the list of them, and the pages where a reviewer decides."""

import datetime as dt
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from audit.admin import ReadOnlyAdmin
from catalogs import harmonising, joint_review, matrix, publication, review, row_story, versions
from catalogs.admin.review_forms import (
    DECISIONS,
    REASON_TEMPLATES,
    DecisionForm,
    PublishForm,
    ReturnForm,
    SendForm,
    read_choices,
    read_pairs,
    read_row_choice,
    typed_of,
)
from catalogs.admin.review_page import SHOW, decisions_workbook, review_rows, rows_for
from catalogs.downloads import file_response
from catalogs.errors import NotAllowed, Refused
from catalogs.findings import FIELD_LABELS
from catalogs.history import submission_histories
from catalogs.models import (
    Decision,
    Opinion,
    RejectCode,
    Submission,
    SubmissionItem,
    SubmissionStatus,
    UploadedForm,
)

DAYS_FOR_OPINIONS = 10


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
        if not request.user.has_perm(review.REVIEW):
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


class _Page:
    """One request for a page about one submission."""

    def __init__(self, site: SubmissionAdmin, request: HttpRequest, submission: Submission) -> None:
        self.site = site
        self.request = request
        self.submission = submission

    def context(self, **more: Any) -> dict[str, Any]:
        submission = self.submission
        user = self.request.user
        is_filer = user.pk in review.filers(submission) or (
            bool(user.office) and user.office in review.filing_offices(submission)  # type: ignore[union-attr]
        )
        return {
            **self.site.admin_site.each_context(self.request),
            "title": str(submission),
            "opts": self.site.opts,
            "original": submission,
            "submission": submission,
            "is_filer": is_filer,
            "may_review": user.has_perm(review.REVIEW) and submission.is_under_review and not is_filer,
            "codes": [(code, label, REASON_TEMPLATES[code]) for code, label in RejectCode.choices],
            "decisions": DECISIONS,
            **more,
        }

    def refused(self, refusal: Refused) -> int:
        """Show why a verb refused; returns the status of the answer."""
        messages.error(self.request, refusal.message)
        return 403 if isinstance(refusal, NotAllowed) else 409

    def again(self) -> HttpResponse:
        return redirect(self.request.get_full_path())


class ReviewPage(_Page):
    """One request for one submission's review page."""

    def __init__(self, site: SubmissionAdmin, request: HttpRequest, submission: Submission) -> None:
        super().__init__(site, request, submission)
        self.decision_form = DecisionForm()
        self.return_form = ReturnForm(initial={"revision": submission.revision})
        self.publish_form = PublishForm(
            initial={"revision": submission.revision, "effective_from": timezone.localdate()}
        )
        self.conflicts: list[str] = []
        self.typed: dict[int, dict[str, Any]] = {}

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
        except Refused as refusal:
            return self.render(status=self.refused(refusal))
        return done or self.render(status=400)

    def render(self, status: int = 200) -> HttpResponse:
        submission = self.submission = self.site.get_queryset(self.request).get(pk=self.submission.pk)
        show = self.request.GET.get("show", "all")
        for form in (self.return_form, self.publish_form):
            # What the page shows now is what a next try confirms.
            if form.is_bound:
                form.data = {**self.request.POST.dict(), "revision": submission.revision}
        rows = review_rows(submission, show, self.typed)
        context = self.context(
            rows=rows,
            show=show,
            shows=SHOW.items(),
            dropped=versions.dropped(submission, submission.items.all()) if submission.version > 1 else [],
            about_list=submission.findings.filter(item=None),
            decision_form=self.decision_form,
            return_form=self.return_form,
            publish_form=self.publish_form,
            edition=getattr(submission, "edition", None),
            may_publish=self.request.user.has_perm(publication.PUBLISH)
            and submission.status == SubmissionStatus.APPROVED,
            conflicts=self.conflicts,
        )
        return TemplateResponse(self.request, "admin/catalogs/submission/review.html", context, status=status)

    def _decide(self) -> HttpResponse | None:
        choices = read_choices(self.request.POST)
        self.typed = {choice.item_id: typed_of(choice) for choice in choices}
        if not choices:
            messages.warning(self.request, "没有需要保存的结论：请先选择结论。")
            return self.again()
        if self.request.POST.get("bulk_decision") and "confirmed" not in self.request.POST:
            return self._preview(choices)
        outcome = review.decide_rows(
            actor=self.request.user, submission_id=self.submission.pk, choices=choices
        )
        if outcome.saved:
            messages.success(self.request, f"已保存 {len(outcome.saved)} 行的审核结论。")
        if not outcome.conflicts:
            return self.again()
        self.conflicts = [review.describe_conflict(conflict) for conflict in outcome.conflicts]
        self.typed = {}
        return self.render(status=409)

    def _preview(self, choices: list[review.RowChoice]) -> HttpResponse:
        """What a bulk decision would change, row by row, before it does."""
        items = self.submission.items.prefetch_related("opinions", "findings").in_bulk(
            [choice.item_id for choice in choices]
        )
        chosen = [choice for choice in choices if choice.item_id in items]
        context = self.context(
            changes=[
                {
                    "item": items[choice.item_id],
                    "choice": choice,
                    "old": items[choice.item_id].get_decision_display(),
                    "new": Decision(choice.decision).label if choice.decision in Decision.values else "",
                    "is_changed": items[choice.item_id].revision != choice.revision,
                }
                for choice in chosen
            ],
            problems=[
                (problem, rows)
                for problem, rows in review.problems(
                    items, [choice for choice in chosen if choice.decision in Decision.values]
                ).items()
            ],
            redecided=sum(items[choice.item_id].decision != Decision.UNDECIDED for choice in chosen),
        )
        return TemplateResponse(self.request, "admin/catalogs/submission/bulk_preview.html", context)

    def _recheck(self) -> HttpResponse:
        review.recheck(actor=self.request.user, submission_id=self.submission.pk)
        messages.success(self.request, "已按现行清单和法律法规重新核查。")
        return self.again()

    def _return(self) -> HttpResponse | None:
        self.return_form = ReturnForm(self.request.POST)
        if not self.return_form.is_valid():
            return None
        review.return_submission(
            actor=self.request.user, submission_id=self.submission.pk, **self.return_form.cleaned_data
        )
        messages.success(self.request, f"已退回{self.submission.city.name}修改。")
        return self.again()

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
        return self.again()


class RowPage(_Page):
    """One request for the page of one row."""

    def __init__(self, site: SubmissionAdmin, request: HttpRequest, item: SubmissionItem) -> None:
        super().__init__(site, request, item.submission)
        self.item = item
        self.typed: dict[int, dict[str, Any]] = {}

    def post(self) -> HttpResponse:
        try:
            if self.request.POST.get("action") == "reuse":
                return self._reuse()
            choice = read_row_choice(self.request.POST, self.item.pk)
            self.typed = {self.item.pk: typed_of(choice)}
            outcome = review.decide_rows(
                actor=self.request.user, submission_id=self.submission.pk, choices=[choice]
            )
        except Refused as refusal:
            return self.render(status=self.refused(refusal))
        if outcome.conflicts:
            messages.error(self.request, review.describe_conflict(outcome.conflicts[0]))
            return self.render(status=409)
        messages.success(self.request, f"已保存第{self.item.position}行的审核结论。")
        return self.again()

    def _reuse(self) -> HttpResponse:
        pairs = (value.partition("-") for value in self.request.POST.getlist("target"))
        targets = [(int(row), int(at)) for row, _, at in pairs if row.isdigit() and at.isdigit()]
        outcomes = harmonising.reuse_decision(actor=self.request.user, item=self.item, targets=targets)
        saved = sum(len(outcome.saved) for outcome in outcomes.values())
        messages.success(self.request, f"已将同一结论用于其他市的 {saved} 行。")
        for outcome in outcomes.values():
            for conflict in outcome.conflicts:
                messages.warning(self.request, review.describe_conflict(conflict))
        return self.again()

    def render(self, status: int = 200) -> HttpResponse:
        self.item.refresh_from_db()
        row = rows_for(self.submission, [self.item], self.typed)[0]
        typed = self.typed.get(self.item.pk, {}).get("amended", {})
        beside = list(self.submission.items.filter(position__gt=self.item.position).order_by("position")[:1])
        same = matrix.same_elsewhere(self.item) if self.item.decision in {"keep", "reject"} else []
        context = self.context(
            row=row,
            item=self.item,
            texts=[
                (field, label, getattr(self.item, field), typed.get(field, self.item.final(field)))
                for field, label in FIELD_LABELS.items()
            ],
            row_decisions=[*DECISIONS[:1], (Decision.AMEND, "修改后保留"), *DECISIONS[1:]],
            same=same,
            next=beside[0] if beside else None,
            entries=row_story.story(self.item),
        )
        context["title"] = f"{self.submission} 第{self.item.position}行"
        return TemplateResponse(self.request, "admin/catalogs/submission/row.html", context, status=status)


class SendPage(_Page):
    """One request for the page where rows are sent to departments."""

    def post(self) -> HttpResponse:
        self.form = SendForm(self.request.POST)
        if not self.form.is_valid():
            return self.render(400)
        try:
            asked, withdrawn = joint_review.send_rows(
                actor=self.request.user,
                submission_id=self.submission.pk,
                wanted=read_pairs(self.request.POST),
                **self.form.cleaned_data,
            )
        except Refused as refusal:
            return self.render(self.refused(refusal))
        messages.success(self.request, f"已送会审 {asked} 条，撤回 {withdrawn} 条。")
        return redirect(reverse("admin:catalogs_submission_change", args=[self.submission.pk]))

    def render(self, status: int = 200) -> HttpResponse:
        submission = self.submission
        departments = joint_review.joint_departments()
        items = list(submission.items.prefetch_related("opinions").order_by("position"))
        anything = Opinion.objects.filter(item__submission=submission)
        due = timezone.localdate() + dt.timedelta(days=DAYS_FOR_OPINIONS)
        if status == 200:
            first = anything.exclude(state=Opinion.State.GIVEN).order_by("-due_on").first()
            due = max(first.due_on, timezone.localdate()) if first else due
            self.form = SendForm(initial={"revision": submission.revision, "due_on": due})
        ticked = read_pairs(self.request.POST) if self.request.method == "POST" else None
        lines = []
        for item in items:
            by_department = {opinion.department_id: opinion for opinion in item.opinions.all()}
            hints = {one.pk for one in joint_review.suggested(item, departments)}
            cells = []
            for department in departments:
                opinion = by_department.get(department.pk)
                chosen = opinion is not None or (not by_department and department.pk in hints)
                if ticked is not None:
                    chosen = (item.pk, department.pk) in ticked
                cells.append((department, opinion, chosen, department.pk in hints))
            lines.append((item, cells))
        context = self.context(departments=departments, lines=lines, form=self.form)
        context["title"] = f"{submission} 送会审"
        return TemplateResponse(self.request, "admin/catalogs/submission/send.html", context, status=status)


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

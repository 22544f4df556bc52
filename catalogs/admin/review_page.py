"""The page where a reviewer decides the rows of a list, returns it, checks it again or publishes it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from audit.admin import ReadOnlyAdmin
from catalogs import publication, review, row_choices, versions
from catalogs.admin.review_forms import DecisionForm, PublishForm, ReturnForm, read_choices, typed_of
from catalogs.admin.review_rows import SHOW, review_rows
from catalogs.admin.submission_page import SubmissionPage
from catalogs.errors import Refused
from catalogs.models import Decision, Submission, SubmissionStatus


class ReviewPage(SubmissionPage):
    """One request for one submission's review page."""

    def __init__(self, site: ReadOnlyAdmin, request: HttpRequest, submission: Submission) -> None:
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

    def _preview(self, choices: list[row_choices.RowChoice]) -> HttpResponse:
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
                for problem, rows in row_choices.problems(
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

"""The page of one row of a list: its whole story, its words to be changed, its decision used elsewhere."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from audit.admin import ReadOnlyAdmin
from catalogs import harmonising, matrix, review, row_story
from catalogs.admin.review_forms import DECISIONS, read_row_choice, typed_of
from catalogs.admin.review_rows import rows_for
from catalogs.admin.submission_page import SubmissionPage
from catalogs.errors import Refused
from catalogs.findings import FIELD_LABELS
from catalogs.models import Decision, SubmissionItem


class RowPage(SubmissionPage):
    """One request for the page of one row."""

    def __init__(self, site: ReadOnlyAdmin, request: HttpRequest, item: SubmissionItem) -> None:
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

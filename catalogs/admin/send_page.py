"""The page where rows of a list are sent to departments for their opinions."""

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from catalogs import joint_review
from catalogs.admin.review_forms import SendForm, read_pairs
from catalogs.admin.submission_page import SubmissionPage
from catalogs.errors import Refused
from catalogs.models import Opinion

DAYS_FOR_OPINIONS = 10


class SendPage(SubmissionPage):
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

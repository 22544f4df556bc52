"""What the reviewer's pages about one list have in common."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from audit.admin import ReadOnlyAdmin
from catalogs import under_review
from catalogs.admin.review_forms import DECISIONS, REASON_TEMPLATES
from catalogs.errors import NotAllowed, Refused
from catalogs.models import RejectCode, Submission


class SubmissionPage:
    """One request for a page about one submission."""

    def __init__(self, site: ReadOnlyAdmin, request: HttpRequest, submission: Submission) -> None:
        self.site = site
        self.request = request
        self.submission = submission

    def context(self, **more: Any) -> dict[str, Any]:
        submission = self.submission
        user = self.request.user
        is_filer = user.pk in under_review.filers(submission) or (
            bool(user.office) and user.office in under_review.filing_offices(submission)  # type: ignore[union-attr]
        )
        return {
            **self.site.admin_site.each_context(self.request),
            "title": str(submission),
            "opts": self.site.opts,
            "original": submission,
            "submission": submission,
            "is_filer": is_filer,
            "may_review": user.has_perm(under_review.REVIEW) and submission.is_under_review and not is_filer,
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

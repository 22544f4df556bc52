"""A person's messages (提醒)."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from catalogs.models import Notice
from catalogs.notices import read_all

SHOWN = 200


@login_required
@require_http_methods(["GET", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """The last messages, the unread ones marked; POST marks them as read."""
    if request.method == "POST":
        read_all(request.user)
        return redirect("notices")
    mine = Notice.objects.filter(recipient=request.user)  # type: ignore[misc]
    return render(request, "catalogs/notices.html", {"notices": mine[:SHOWN]})

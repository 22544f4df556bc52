"""One person's data, for that person (个人信息查阅、导出)."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from catalogs.downloads import file_response
from catalogs.errors import Refused
from requests_app import own_data, residents
from requests_app.forms import PersonForm
from requests_app.lines import tell_states

_SHOWN = 50


@login_required
@permission_required(residents.UNMASK, raise_exception=True)
@never_cache
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest) -> HttpResponse:
    """Find a person's requests by ID number, or hand out all that is kept about them.

    The number is sent in the body, so that no address or log holds it.
    """
    form = PersonForm(request.POST or None)
    problem, found, asked = "", [], False
    if request.method == "POST" and form.is_valid():
        number, reason = form.cleaned_data["id_number"], form.cleaned_data["reason"]
        if "export" in request.POST:
            try:
                data = own_data.export(actor=request.user, id_number=number, reason=reason)
            except Refused as refusal:
                problem = refusal.message
            else:
                return file_response(own_data.as_workbook(data), "个人信息查阅件.xlsx")
        else:
            try:
                found, asked = own_data.find(actor=request.user, id_number=number, most=_SHOWN), True
                tell_states(found)
            except Refused as refusal:
                problem = refusal.message
    context = {"form": form, "problem": problem, "found": found, "asked": asked}
    return render(request, "requests_app/person.html", context)

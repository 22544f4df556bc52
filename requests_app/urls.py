from django.urls import path

from requests_app.views import api, check, offline, papers, people, verify, window

urlpatterns = [
    path("api/v1/check/", api.check, name="api_check"),
    path("check/", check.check, name="check"),
    path("check/slip/", check.slip, name="check_slip"),
    path("check/disputes/", check.dispute, name="check_dispute"),
    path("check/offline/", offline.shell, name="check_offline"),
    path("check/worker.js", offline.worker, name="check_worker"),
    path("api/v1/lists/", api.offline_list, name="api_offline"),
    path("v/<str:serial>/<str:code>/", verify.verify_certificate, name="verify_certificate"),
    path("v/", verify.verify_form, name="verify"),
    path("requests/", window.requests, name="requests"),
    path("requests/new/", window.register, name="register_request"),
    path("requests/person/", people.person, name="person"),
    path("requests/<int:pk>/", window.request_page, name="request"),
    path("requests/<int:pk>/facts/", window.record_fact, name="record_fact"),
    path("requests/<int:pk>/deliberation/", window.record_deliberation, name="record_deliberation"),
    path("requests/<int:pk>/issue/", window.issue, name="issue_certificate"),
    path("requests/<int:pk>/refuse/", window.refuse, name="refuse_request"),
    path("requests/<int:pk>/withdraw/", window.withdraw, name="withdraw_request"),
    path("requests/<int:pk>/reveal/", window.reveal, name="reveal_resident"),
    path("certificates/<str:serial>/", papers.certificate, name="certificate"),
    path("certificates/<str:serial>/print/", papers.certificate_print, name="certificate_print"),
    path("certificates/<str:serial>/docx/", papers.certificate_docx, name="certificate_docx"),
    path("certificates/<str:serial>/revoke/", papers.certificate_revoke, name="certificate_revoke"),
    path("slips/<str:serial>/", papers.refusal, name="refusal"),
    path("seal-register/", papers.seal_register, name="seal_register"),
]

from django.urls import path

from requests_app.views import api, check, offline

urlpatterns = [
    path("api/v1/check/", api.check, name="api_check"),
    path("check/", check.check, name="check"),
    path("check/slip/", check.slip, name="check_slip"),
    path("check/disputes/", check.dispute, name="check_dispute"),
    path("check/offline/", offline.shell, name="check_offline"),
    path("check/worker.js", offline.worker, name="check_worker"),
    path("api/v1/lists/", api.offline_list, name="api_offline"),
]

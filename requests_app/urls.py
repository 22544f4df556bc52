from django.urls import path

from requests_app.views.check import check

urlpatterns = [path("check/", check, name="check")]

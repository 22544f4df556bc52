"""The address book of the portal."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from catalog_portal.views import admin_login, healthz, home

admin.site.site_header = "证明事项清单管理平台"
admin.site.site_title = "省级审核后台"
admin.site.index_title = "审核与基础数据"

urlpatterns = [
    # The addresses asked most come first: each is compared with those before it.
    path("", include("requests_app.urls")),
    path("", home, name="home"),
    path("healthz/", healthz, name="healthz"),
    path("", include("accounts.urls")),
    path("", include("supervision.urls")),
    path("", include("catalogs.urls")),
    # One login, one logout and one password page for the whole portal.
    path("admin/login/", admin_login),
    path("admin/password_change/", RedirectView.as_view(pattern_name="password_change")),
    path("admin/", admin.site.urls),
]

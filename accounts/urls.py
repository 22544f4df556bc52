from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from accounts.views import OwnPasswordView

urlpatterns = [
    path("login/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", OwnPasswordView.as_view(), name="password_change"),
]

"""Login and password pages."""

from django.contrib import messages
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpResponse
from django.urls import reverse_lazy

from audit.records import save_recorded


class OwnPasswordView(PasswordChangeView):
    """Change one's own password; this also ends the duty to change a first password."""

    template_name = "registration/password_change.html"
    success_url = reverse_lazy("home")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        response = super().form_valid(form)
        user = form.user
        if user.must_change_password:
            user.must_change_password = False
            save_recorded(user, actor=user, reason="修改初始密码", fields=["must_change_password"])
        messages.success(self.request, "密码已修改。")
        return response

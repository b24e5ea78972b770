"""The sign-in page, which lists the demonstration's accounts where this is one."""

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings

from config.demo.accounts import DEMO_PASSWORD, demo_accounts


class SignInView(LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if settings.DEMO:
            context |= {"demo_accounts": demo_accounts(), "demo_password": DEMO_PASSWORD}
        return context


sign_in = SignInView.as_view()

"""The pages of signing in that differ from django-allauth's own: what they know of this deployment."""

import logging
import smtplib
from typing import Any

from allauth.account.forms import ResetPasswordForm
from allauth.account.views import LoginView, PasswordResetView
from django.conf import settings
from django.http import HttpResponse

from config.demo.accounts import DEMO_PASSWORD, demo_accounts

logger = logging.getLogger(__name__)


class SignInView(LoginView):
    """The sign-in page, which lists the demonstration's accounts where this is one."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if settings.DEMO:
            context |= {"demo_accounts": demo_accounts(), "demo_password": DEMO_PASSWORD}
        return context


class PasswordLinkView(PasswordResetView):
    """Asking for a link to choose a password. It is mailed at once, so that a mail server in trouble can be told of."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"sends": settings.EMAIL_CONFIGURED}

    def form_valid(self, form: ResetPasswordForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except (OSError, smtplib.SMTPException):
            logger.exception("A link to choose a password could not be sent")
            form.add_error("email", "The mail server cannot be reached. Try again in a few minutes")
            return self.form_invalid(form)


sign_in = SignInView.as_view()
password_link = PasswordLinkView.as_view()

"""The pages of signing in that differ from django-allauth's own: what they know of this deployment."""

import logging
import smtplib
from typing import Any

from allauth.account.forms import ResetPasswordForm
from allauth.account.views import LoginView, PasswordChangeView, PasswordResetView
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

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


class ChangePasswordView(PasswordChangeView):
    """Changing one's password. Who has none to change chooses one by a link, as for the first time."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not request.user.has_usable_password():
            return redirect("account_reset_password")
        return super().dispatch(request, *args, **kwargs)


sign_in = SignInView.as_view()
password_link = PasswordLinkView.as_view()
change_password = ChangePasswordView.as_view()

"""Signing in. Accounts are made by an administrator: there is no sign-up and no reset by e-mail.

Only the pages of django-allauth that we want have an address here.
"""

from allauth.account import views
from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import include, path


class Adapter(DefaultAccountAdapter):
    """What we decide differently from allauth."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def attempted_name(request: HttpRequest, credentials: dict[str, str] | None = None) -> str | None:
    """Whose lock-out an attempt counts for; without it a wrong password locks the whole address."""
    named = (credentials or {}).get("username") or request.POST.get("login")
    return named.strip().lower() if named else None


urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("2fa/", include("allauth.mfa.urls")),
]

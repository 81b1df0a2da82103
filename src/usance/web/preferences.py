"""How the person wants to see the pages: language and theme.

A person who signed in has both in the user row. The theme is also in a cookie, so that the page
before the sign-in looks the same.
"""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

THEMES = {"system": "", "light": "usance", "dark": "usance-dark"}  # And the style sheet's.
COOKIE = "theme"
A_YEAR = 365 * 24 * 3600

Handler = Callable[[HttpRequest], HttpResponse]


def middleware(get_response: Handler) -> Handler:
    """Speaks the language of the person who signed in; others are asked by their browser."""

    def in_language(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.user.language in dict(settings.LANGUAGES):
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return get_response(request)

    return in_language


def theme_of(request: HttpRequest) -> str:
    """A key of THEMES: the cookie first, then the user row, then the system's own."""
    chosen = request.COOKIES.get(COOKIE) or getattr(request.user, "theme", "system")
    return chosen if chosen in THEMES else "system"


@login_not_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keeps the theme in the cookie and, for a person who signed in, in the user row."""
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        return HttpResponseBadRequest("theme is system, light or dark")
    if request.user.is_authenticated:
        request.user.theme = theme
        request.user.save(update_fields=["theme"])
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    answer = HttpResponseRedirect(back)
    answer.set_cookie(
        COOKIE, theme, max_age=A_YEAR, samesite="Lax", httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return answer

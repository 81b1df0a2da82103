"""Which face a person may enter: colleagues the office, clients their own pages, and never both.

It looks at the address alone, before any view: a page that is added later is closed to clients
unless it lies behind their own door.
"""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from usance.shared.models import Role

OWN = "/client/"  # The clients' door.
# What everybody who signed in needs: the account, the theme, reports of the browser, and the
# debtor's pages, which know no sign-in.
SHARED = ("/account/", "/preferences/", "/csp", "/i/", "/static/")

Handler = Callable[[HttpRequest], HttpResponse]


def is_client(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated and user.role == Role.CLIENT


def middleware(get_response: Handler) -> Handler:
    """404, as for an address that is not there: nobody learns what lies behind the other door."""

    def at_the_door(request: HttpRequest) -> HttpResponse:
        signed_in = request.user.is_authenticated
        if is_client(request):
            if request.path == "/":
                return HttpResponseRedirect(OWN)
            if not request.path.startswith((OWN, *SHARED)):
                raise Http404("not behind this door")
        elif signed_in and request.path.startswith(OWN):
            raise Http404("not behind this door")
        return get_response(request)

    return at_the_door

"""What VAT a client may correct for invoices that came back to it unpaid."""

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from usance.web import relieved

from .pages import client_of


@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """Whose it is says who signed in."""
    return relieved.answer(request, client_of(request), "client/vat_relief.html")

"""What was bought in each purchase, who of the client signed it, and by which seal it is proved."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from usance import models
from usance.queries import schedules as query
from usance.web import assigning


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "office/schedules.html", assigning.listing(request, client=None))


@require_safe
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    return render(request, "office/schedule.html", assigning.drawn(_found(pk)))


@require_safe
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """As it was printed and sealed last."""
    return assigning.download(_found(pk))


def _found(pk: UUID) -> models.Schedule:
    row = query.whole(pk)
    if row is None:
        raise Http404("there is no such schedule")
    return row

"""A client's VAT in what its debtors never paid: from when it may correct it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from usance import models
from usance.web import relieved


@require_safe
def page(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    return relieved.answer(
        request, get_object_or_404(models.Client, pk=pk), "office/vat_relief.html"
    )

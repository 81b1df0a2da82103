"""Where a client's own pages are: all behind web.doors.OWN."""

from django.urls import path

from . import (
    availability,
    batches,
    fees,
    ledger,
    offers,
    pages,
    schedules,
    speed,
    statement,
    vat_relief,
)

urlpatterns = [
    path("client/", pages.invoices_page, name="own_invoices"),
    path("client/availability", availability.page, name="own_availability"),
    path("client/batches", batches.page, name="own_batches"),
    path("client/batches/<uuid:pk>", batches.batch, name="own_batch"),
    path("client/ledger", ledger.page, name="own_ledger"),
    path("client/offers", offers.page, name="own_offers"),
    path("client/offers/<uuid:pk>", offers.offer, name="own_offer"),
    path("client/offers/<uuid:pk>/answer", offers.answer, name="own_offer_answer"),
    path("client/speed", speed.page, name="own_speed"),
    path("client/vat-relief", vat_relief.page, name="own_vat_relief"),
    path("client/fees", fees.page, name="own_fees"),
    path("client/fees/<uuid:pk>.<slug:form>", fees.paper, name="own_fee_paper"),
    path("client/schedules", schedules.page, name="own_schedules"),
    path("client/schedules/<uuid:pk>", schedules.one, name="own_schedule"),
    path("client/schedules/<uuid:pk>.pdf", schedules.paper, name="own_schedule_paper"),
    path("client/schedules/<uuid:pk>/signature", schedules.sign, name="own_schedule_sign"),
    path("client/statement", statement.page, name="own_statement"),
    path("client/invoices/<uuid:pk>", pages.invoice_page, name="own_invoice"),
    path("client/invoices/<uuid:pk>/certificate", pages.certificate, name="own_certificate"),
    path("client/invoices/<uuid:pk>/documents/<str:sha256>", pages.document, name="own_document"),
]

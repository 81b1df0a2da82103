"""Where the screens of the office are. Names of places are those in web.shell.PLACES."""

from django.urls import path

from . import documents, held, invoice, invoices, today

urlpatterns = [
    path("", today.page, name="today"),
    path("invoices", invoices.page, name="invoices"),
    path("invoices/<uuid:pk>", invoice.page, name="invoice"),
    path("invoices/<uuid:pk>/dispute", invoice.open_dispute, name="open_dispute"),
    path("invoices/<uuid:pk>/dispute/close", invoice.close_dispute, name="close_dispute"),
    path("invoices/<uuid:pk>/debtor", invoice.choose_debtor, name="choose_debtor"),
    path("invoices/<uuid:pk>/reminders", invoice.remind, name="remind"),
    path("invoices/<uuid:pk>/notes", invoice.write_note, name="write_note"),
    path("held", held.page, name="held"),
    path("held/release", held.release, name="release_holds"),
    path("held/reject", held.reject, name="reject_holds"),
    path("documents/<str:sha256>", documents.file, name="document"),
    path("documents/<str:sha256>/look", documents.look, name="look"),
    path("documents/<str:sha256>/pages/<int:number>.png", documents.picture, name="document_page"),
]

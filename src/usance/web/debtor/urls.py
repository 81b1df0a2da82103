"""Where the debtor's page is: short, because it is printed."""

from django.urls import path

from . import pages, questions

urlpatterns = [
    path("v/<str:token>", questions.page, name="question_asked"),
    path("v/<str:token>/seen", questions.seen, name="question_seen"),
    path("v/<str:token>/answer", questions.answer, name="question_answered"),
    path("i/<str:token>", pages.page, name="portal"),
    path("i/<str:token>/seen", pages.seen, name="portal_seen"),
    path("i/<str:token>/received", pages.received, name="portal_received"),
    path("i/<str:token>/paid", pages.paid, name="portal_paid"),
    path("i/<str:token>/pays", pages.pays, name="portal_pays"),
    path("i/<str:token>/plan", pages.plan, name="portal_plan"),
    path("i/<str:token>/online", pages.online, name="portal_online"),
    path("i/<str:token>/push", pages.push, name="portal_push"),
    path("i/<str:token>/objection", pages.objection, name="portal_objection"),
    path("i/<str:token>/<slug:paper>.pdf", pages.copy, name="portal_copy"),
    path("i/<str:token>/<slug:paper>.png", pages.picture, name="portal_picture"),
]

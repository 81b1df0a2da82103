"""usance as one Django app: the tables of a book."""

from django.apps import AppConfig


class Usance(AppConfig):
    name = "usance"
    label = "usance"
    default_auto_field = "django.db.models.BigAutoField"

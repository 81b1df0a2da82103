"""usance as one Django app: the tables of a book."""

from django.apps import AppConfig


class Usance(AppConfig):
    name = "usance"
    label = "usance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from usance import pipeline  # noqa: F401 - connects the belt to the diary

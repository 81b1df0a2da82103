"""What all books of an installation share: users, keys, the list of books."""

from django.apps import AppConfig


class Shared(AppConfig):
    name = "usance.shared"
    label = "shared"
    default_auto_field = "django.db.models.BigAutoField"

"""By which files of a client come in by themselves: its code, and whose mail is believed."""

from django.db import models

from .ids import new_id
from .party import Client


class Door(models.Model):
    """A client without one is still known by its identifiers, as folders and addresses name it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.OneToOneField(Client, on_delete=models.PROTECT, related_name="door")
    code = models.CharField(max_length=40, unique=True)  # Lower case; in folders and addresses.
    senders = models.JSONField(default=list)  # Addresses, and domains as "@acme.example".
    acknowledges = models.BooleanField(default=True)  # Senders are told what was taken.

    class Meta:
        db_table = "door"

    def __str__(self) -> str:
        return self.code

"""Browsers that asked to be told: a subscription each, until the browser or its owner ends it."""

from django.db import models
from django.db.models import Q

from .ids import new_id
from .party import Debtor


class PushSubscription(models.Model):
    """One browser of a debtor's. An ended one is kept: messages were sent to it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    debtor = models.ForeignKey(Debtor, on_delete=models.PROTECT, related_name="browsers")
    endpoint = models.CharField(max_length=800)
    p256dh = models.CharField(max_length=90)  # The browser's public key, base64url.
    auth = models.CharField(max_length=24)
    page = models.CharField(max_length=200, blank=True)  # Where it asked; opened by a click.
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "push_subscription"
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"], condition=Q(ended_at=None), name="push_subscription_open"
            ),
            models.CheckConstraint(
                condition=Q(endpoint__startswith="https://"), name="push_subscription_https"
            ),
        ]

    def __str__(self) -> str:
        return self.endpoint

    def address(self) -> dict[str, str]:
        """The keys by which a push channel finds the browser."""
        return {
            "push": self.id.hex,
            "endpoint": self.endpoint,
            "p256dh": self.p256dh,
            "auth": self.auth,
            "page": self.page,
        }
